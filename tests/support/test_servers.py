"""The servers that tests start: they start, survive being killed with their data, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from kombu import Connection
from psycopg import sql

from tests import conftest
from tests.support.servers import Postgres, Rabbit, ServerMissing, answers, free_port

ROOT = Path(__file__).parents[2]


def until(so: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes_about(folder: str) -> list[str]:
    """The command lines of living processes that mention this folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # It ended while we looked.
            continue
        if folder in line:
            found.append(line)
    return found


def test_free_ports_are_never_given_to_clients() -> None:
    first_handed_out = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(port < first_handed_out for port in (free_port() for _ in range(20)))


@pytest.mark.postgres
def test_each_test_has_an_empty_database_of_its_own(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM pg_stat_user_tables").fetchone() == (0,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


@pytest.mark.postgres
def test_postgres_keeps_what_was_committed_when_it_is_killed() -> None:
    with Postgres() as postgres:
        postgres.create_database("kept")
        postgres.execute(sql.SQL("CREATE TABLE notes AS SELECT 'written down' AS note"), "kept")
        postgres.kill9()
        assert not postgres.alive()
        assert not answers(postgres.port)
        postgres.restart()
        with psycopg.connect(postgres.conninfo("kept")) as connection:
            assert connection.execute("SELECT note FROM notes").fetchone() == ("written down",)


@pytest.mark.postgres
def test_postgres_leaves_neither_processes_nor_files() -> None:
    with Postgres() as postgres:
        folder = postgres.folder
        assert processes_about(str(folder))
    assert processes_about(str(folder)) == []
    assert not folder.exists()


@pytest.mark.broker
def test_each_test_has_a_virtual_host_of_its_own(rabbit: Rabbit, rabbit_url: str) -> None:
    with Connection(rabbit_url) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put("hello")
        assert queue.get(timeout=5).payload == "hello"
        queue.close()
    assert rabbit.queues() == {}


@pytest.mark.broker
def test_a_user_may_touch_only_what_was_granted(rabbit: Rabbit) -> None:
    url = rabbit.add_user("reader", "secret", read="^letters$")
    with Connection(url) as connection, pytest.raises(connection.channel_errors):
        connection.SimpleQueue("other").put("not allowed")


@pytest.mark.broker
@pytest.mark.slow
def test_rabbit_keeps_durable_messages_when_it_is_killed_and_leaves_nothing_at_the_end() -> None:
    with Rabbit() as rabbit:
        folder = rabbit.folder
        with Connection(rabbit.url, transport_options={"confirm_publish": True}) as connection:
            connection.SimpleQueue("letters").put("kept", delivery_mode=2)
        rabbit.kill9()
        assert not rabbit.alive()
        rabbit.restart()
        with Connection(rabbit.url) as connection:
            message = connection.SimpleQueue("letters").get(timeout=5)
            assert message.payload == "kept"
    assert processes_about(str(folder)) == []
    assert not answers(rabbit.mapper_port)
    assert not folder.exists()


RUN = """
    import time
    from tests.support.servers import {kind}
    with {kind}() as server:
        print(server.folder, flush=True)
        time.sleep(60)
"""


@pytest.mark.broker
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["Postgres", "Rabbit"])
@pytest.mark.usefixtures("rabbit", "postgres_server")  # They say it if a server is not installed.
def test_a_killed_test_run_leaves_neither_processes_nor_files(kind: str) -> None:
    script = textwrap.dedent(RUN.format(kind=kind))
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        folder = run.stdout.readline().strip()
        assert processes_about(folder)
        os.kill(run.pid, signal.SIGKILL)
    until(lambda: not processes_about(folder))
    until(lambda: not Path(folder).exists())


def test_a_missing_server_fails_where_servers_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_SERVERS", "required")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        conftest.without_server(ServerMissing("RabbitMQ is not installed here: run `make servers`."))


def test_a_missing_server_is_a_reason_to_skip_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("HUB_TEST_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        conftest.without_server(ServerMissing("RabbitMQ is not installed here: run `make servers`."))
