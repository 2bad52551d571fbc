"""PostgreSQL's own ways: its death during commits, its rights, and connections that are cut in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from services.kernel.errors import OutcomeUnknown, Unavailable
from services.kernel.store import Store
from services.kernel.tables import command, cursor, event
from services.kernel.unit import Done, Moved
from tests.kernel.till import count, done, envelopes, run
from tests.kernel.toy import SHOP, BuildToy, PaintToy, order, shelves, toys, unit
from tests.support.servers import Postgres

CAR, RED = BuildToy(kind="car"), PaintToy(colour="red")


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """A store on PostgreSQL."""
    made = Store(SHOP, postgres_url)
    made.start()
    yield made
    made.stop()


@dataclass
class Caller(threading.Thread):
    """Asks without end, and remembers what it was answered; what it was not told, it may have been denied."""

    store: Store
    asked: list[UUID] = field(default_factory=list)
    answered: dict[UUID, Done] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        """Until told to end: a new toy under a new key."""
        while not self.ended.is_set():
            key = uuid4()
            self.asked.append(key)
            try:
                answer, _ = self.store.submit(unit(order(key, CAR, key), order(key, RED))).result(30)
            except (Unavailable, OutcomeUnknown):
                time.sleep(0.02)
                continue
            assert isinstance(answer, Done)
            self.answered[key] = answer


@pytest.mark.faults
@pytest.mark.postgres
def test_postgresql_may_be_killed_during_commits(store: Store, postgres_server: Postgres) -> None:
    callers = [Caller(store) for _ in range(8)]
    for caller in callers:
        caller.start()
    for moment in (0.3, 0.11, 0.23):
        time.sleep(moment)
        postgres_server.kill9()
        time.sleep(0.2)
        postgres_server.restart()
        until_answered(callers)
    for caller in callers:
        caller.ended.set()
        caller.join(60)
    kept = {key: answer for caller in callers for key, answer in caller.answered.items()}
    asked = [key for caller in callers for key in caller.asked]
    log = envelopes(store)
    assert [e.position for e in log] == list(range(1, len(log) + 1))
    streams: dict[UUID, list[tuple[int, str]]] = {}
    for e in log:
        streams.setdefault(e.stream_id, []).append((e.streamversion, e.type))
    assert all(events == [(1, "toy.built"), (2, "toy.painted")] for events in streams.values())
    assert kept.keys() <= streams.keys() <= set(asked)
    assert {row["id"]: row["coats"] for row in store.look().all(toys)} == dict.fromkeys(streams, 1)
    for key in asked:
        (again,) = done(store, order(key, CAR, key))
        assert again.again is (key in streams)
        if key in kept:
            assert (again.version, again.position, again.events) == (1, kept[key].position, kept[key].events)


def until_answered(callers: list[Caller]) -> None:
    """Until everybody has been answered once more."""
    before, deadline = [len(caller.answered) for caller in callers], time.monotonic() + 60
    while any(len(caller.answered) <= n for caller, n in zip(callers, before, strict=True)):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.faults
@pytest.mark.postgres
def test_a_command_is_refused_while_postgresql_is_away(store: Store, postgres_server: Postgres) -> None:
    stream, key = uuid4(), uuid4()
    done(store, order(stream, CAR))
    postgres_server.kill9()
    try:
        for ask in (lambda: store.submit(unit(order(stream, RED, key))).result(30), store.refresh,
                    lambda: store.read(0, 1), lambda: store.move_relay("log", 1)):  # fmt: skip
            with pytest.raises(Unavailable):
                ask()
    finally:
        postgres_server.restart()
    assert done(store, order(stream, RED, key)) == [Done(stream, 2, 2, ("toy.painted",))]


@pytest.mark.postgres
def test_a_connection_cut_during_a_commit_leaves_one_effect(store: Store) -> None:
    run(
        store,
        "CREATE TABLE told (pid int)",
        "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END $$",
        "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION linger()",
    )
    stream, key = uuid4(), uuid4()
    future = store.submit(unit(order(stream, CAR, key), moved=Moved("other", 0, 3)))
    time.sleep(0.2)
    run(store, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    assert future.result(30) == [Done(stream, 1, 1, ("toy.built",))]
    assert [count(store, table) for table in (event, command, cursor, toys)] == [1, 1, 1, 1]
    assert done(store, order(stream, CAR, key))[0].again


@pytest.mark.postgres
def test_idle_connections_that_were_cut_are_no_error(store: Store) -> None:
    done(store, order(uuid4(), CAR))
    for _ in range(3):
        run(store, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                   "WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip
        assert done(store, order(uuid4(), CAR))[0].version == 1
    assert store.refresh() == 4


@pytest.mark.postgres
def test_other_writers_of_views_do_not_stop_the_log(store: Store) -> None:
    """Two appenders that lock rows in different orders: one may be sent away by the database, none for good."""
    other = Store(SHOP, store.engine.url.render_as_string(hide_password=False))
    other.start()
    streams = [uuid4() for _ in range(2)]
    done(store, *(order(stream, CAR) for stream in streams))
    with ThreadPoolExecutor(8) as pool:
        versions = list(
            pool.map(lambda n: done((store, other)[n % 2], order(streams[n % 2], RED))[0].version, range(60))
        )
    other.stop()
    assert sorted(versions) == sorted([*range(2, 32)] * 2)


@pytest.mark.postgres
def test_the_role_of_a_service_adds_events_and_changes_none(postgres_url: str, postgres_server: Postgres) -> None:
    role = f"shop_{uuid4().hex[:8]}"
    postgres_server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    database = str(sa.make_url(postgres_url).database)
    url = postgres_server.url(database, role)
    store = Store(SHOP, url, owner_url=postgres_url)
    store.start()
    try:
        done(store, order(uuid4(), CAR, uuid4()), rows=[], moved=Moved("other", 0, 1))
        store.move_relay("log", 1)
        for forbidden in (
            "UPDATE event SET raw = ''", "DELETE FROM event", "TRUNCATE event", "DROP TABLE event",
            "ALTER TABLE event DISABLE TRIGGER ALL", "CREATE TABLE mine (id int)",
        ):  # fmt: skip
            with pytest.raises(sa.exc.ProgrammingError) as refused:
                run(store, forbidden)
            assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
        assert store.read(0, 10)
        assert store.look().all(shelves) == []
    finally:
        store.stop()
        with psycopg.connect(postgres_server.conninfo(database), autocommit=True) as owner:
            owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        postgres_server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
