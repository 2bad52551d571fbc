"""What the reference deployment makes in PostgreSQL and RabbitMQ: each service reaches its own, and nobody else's."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import amqp
import psycopg
import pytest
from amqp.exceptions import AccessRefused
from psycopg import sql

from services.kernel.entrypoints.rabbit import RabbitFeed, RabbitWire, connect
from services.kernel.keyring import prepare_keys
from services.kernel.manifest import Manifest
from services.kernel.relay import EVENTS, LOG
from services.kernel.store import Store
from tests.support.servers import Postgres, Rabbit

DEPLOY = Path(__file__).parents[2] / "deploy"
PASSWORDS = {f"{name}_{kind}": "x1" for name in ("FIRST", "OTHER") for kind in ("PASSWORD", "OWNER_PASSWORD")}


@pytest.fixture
def databases(postgres_server: Postgres) -> Iterator[Postgres]:
    """A server on which the deployment's script has run, twice."""
    environment = os.environ | PASSWORDS | {
        "HUB_DATABASES": "first other", "PGHOST": "127.0.0.1", "PGPORT": str(postgres_server.port),
    }  # fmt: skip
    for _ in range(2):
        done = subprocess.run(
            [DEPLOY / "postgres/init.sh"], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
    yield postgres_server
    for name in ("first", "other"):
        postgres_server.drop_database(name)
        for role in (name, f"{name}_owner"):
            postgres_server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.mark.postgres
def test_a_service_adds_events_and_cannot_change_them(databases: Postgres) -> None:
    store = Store(
        Manifest(name="first"), databases.url("first", "first"), owner_url=databases.url("first", "first_owner")
    )
    store.engine.dispose()
    with psycopg.connect(f"host=127.0.0.1 port={databases.port} user=first dbname=first", autocommit=True) as service:
        add = "INSERT INTO event VALUES (1, 's/1', 1, 't', 0, 'x')"
        service.execute(add)
        for forbidden in (
            "UPDATE event SET raw = 'y'", "DELETE FROM event", "TRUNCATE event", "DROP TABLE event",
            "ALTER TABLE event DISABLE TRIGGER ALL", "CREATE TABLE mine (id int)",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                service.execute(forbidden)
        assert service.execute("SELECT count(*) FROM event").fetchone() == (1,)
    with psycopg.connect(
        f"host=127.0.0.1 port={databases.port} user=first_owner dbname=first", autocommit=True
    ) as owner:
        for act in ("UPDATE event SET raw = 'y'", "DELETE FROM event", "TRUNCATE event"):
            with pytest.raises(psycopg.errors.RaiseException, match="is never changed"):
                owner.execute(act)


@pytest.mark.postgres
def test_a_service_cannot_delete_a_key_row(databases: Postgres) -> None:
    prepare_keys(databases.url("first", "first_owner"), databases.url("first", "first"))
    with psycopg.connect(f"host=127.0.0.1 port={databases.port} user=first dbname=first", autocommit=True) as service:
        service.execute("UPDATE subject_key SET state = 'active'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute("DELETE FROM subject_key")


@pytest.mark.postgres
@pytest.mark.parametrize("role", ["first", "first_owner"])
def test_no_role_reaches_the_database_of_another_service(databases: Postgres, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(f"host=127.0.0.1 port={databases.port} user={role} dbname=other")


@pytest.fixture
def users(rabbit: Rabbit) -> Iterator[Rabbit]:
    """A broker on which the deployment's script has run, twice; guest stays, for other tests."""
    environment = rabbit.environment() | {
        "HUB_USERS": "intake referral", "INTAKE_AMQP_PASSWORD": "x1", "REFERRAL_AMQP_PASSWORD": "x2",
        "RABBITMQCTL": f"{Rabbit.CTL} -n {rabbit.node}", "HUB_COOKIE": str(rabbit.folder / ".erlang.cookie"),
        "HUB_USERS_DONE": str(rabbit.folder / "done"), "HUB_VHOST": "deployed", "HUB_KEEP_GUEST": "yes",
    }  # fmt: skip
    for _ in range(2):
        done = subprocess.run(
            [DEPLOY / "rabbitmq/users.sh"],
            env=environment,
            cwd=rabbit.folder,
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
    yield rabbit
    rabbit.ctl("delete_vhost", "deployed")
    for name in ("intake", "referral"):
        rabbit.ctl("delete_user", name)


def url(broker: Rabbit, user: str, password: str) -> str:
    """How a service of the deployment reaches the broker."""
    return f"amqp://{user}:{password}@127.0.0.1:{broker.port}/deployed"


@pytest.mark.broker
def test_a_service_speaks_in_its_own_name_alone(users: Rabbit) -> None:
    intake = url(users, "intake", "x1")
    for output in (LOG, EVENTS):
        RabbitWire(intake, "intake", output).close()
    RabbitWire(url(users, "referral", "x2"), "referral", LOG).close()
    feed = RabbitFeed(url(users, "referral", "x2"), "referral")
    assert feed.subscribe("intake")
    feed.close()
    with pytest.raises(AccessRefused):
        RabbitWire(intake, "referral", EVENTS)
    for forbidden in (
        lambda channel: channel.basic_get("referral.intake.log"),
        lambda channel: channel.queue_purge("referral.intake.log"),
        lambda channel: channel.queue_bind("referral.intake.log", "intake.log"),
        lambda channel: channel.exchange_delete("referral.log"),
        lambda channel: channel.queue_declare("anything"),
        lambda channel: channel.basic_publish_confirm(amqp.Message("forged"), "referral.log"),
    ):
        with connect(intake, "test") as connection, pytest.raises(AccessRefused):
            forbidden(connection.channel())


def rights_of_a_partner() -> list[list[str]]:
    """The commands by which docs/partners.md makes a partner's user."""
    page = (DEPLOY.parent / "docs/partners.md").read_text(encoding="utf-8")
    return [shlex.split(line)[1:] for line in page.splitlines() if line.startswith("rabbitmqctl set_")]


@pytest.mark.broker
def test_a_partner_hears_the_types_that_were_agreed_and_no_others(users: Rabbit) -> None:
    RabbitWire(url(users, "referral", "x2"), "referral", EVENTS).close()
    users.ctl("add_user", "lotus", "x3")
    try:
        for command in rights_of_a_partner():
            users.ctl(*("deployed" if part == "hub" else part for part in command))
        partner, queue = url(users, "lotus", "x3"), "evt-referral-referral.accepted--lotus.taken_on"
        with connect(partner, "test") as connection:
            channel = connection.channel()
            channel.queue_declare(queue, durable=True, auto_delete=False)
            channel.queue_bind(queue, "referral.events", "referral.accepted")
        for forbidden in (
            lambda channel: channel.queue_bind(queue, "referral.events", "#"),
            lambda channel: channel.queue_bind(queue, "referral.events", "referral.escalated"),
            lambda channel: channel.queue_bind(queue, "referral.log"),
            lambda channel: channel.exchange_delete("referral.events"),
            lambda channel: channel.basic_publish_confirm(amqp.Message("x"), "referral.events", "referral.accepted"),
        ):
            with connect(partner, "test") as connection, pytest.raises(AccessRefused):
                forbidden(connection.channel())
    finally:
        users.ctl("delete_user", "lotus")
