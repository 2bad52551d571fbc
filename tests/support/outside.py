"""Everything outside the vault: whatever the databases, the broker, the logs and the figures of a deployment hold, as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import amqp
import psycopg
import requests
from psycopg import sql

from tests.support.courier import NAME, let_in
from tests.support.reference import Reference
from tests.support.servers import Postgres, Rabbit

VHOSTS = ("hub", "partners")
TRACED, TAP = "amq.rabbitmq.trace", "tap"

Place = tuple[str, bytes]


class Tap:
    """Hears every message that any exchange takes and that any queue gives, in each virtual host, while it is open."""

    def __init__(self, rabbit: Rabbit) -> None:
        self._rabbit, self.exchanges = rabbit, set[str]()

    def __enter__(self) -> Self:
        let_in(self._rabbit)
        for vhost in VHOSTS:
            self._rabbit.ctl("set_permissions", "-p", vhost, NAME, ".*", ".*", ".*")
            with self.connection(vhost) as connection, closing(connection.channel()) as channel:
                channel.queue_declare(TAP, durable=True, auto_delete=False)
                channel.queue_bind(TAP, TRACED, "#")
            self._rabbit.ctl("trace_on", "-p", vhost)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for vhost in VHOSTS:
            self._rabbit.ctl("trace_off", "-p", vhost)
            with self.connection(vhost) as connection, closing(connection.channel()) as channel:
                channel.queue_delete(TAP)

    def connection(self, vhost: str) -> amqp.Connection:
        """As one who may do everything."""
        return amqp.Connection(
            host=f"127.0.0.1:{self._rabbit.port}", userid=NAME, password=NAME, virtual_host=vhost, connect_timeout=10
        )

    def messages(self) -> Iterator[Place]:
        """Each message with its headers, once for each exchange that took it and each queue that gave it."""
        for vhost in VHOSTS:
            with self.connection(vhost) as connection, closing(connection.channel()) as channel:
                while (message := channel.basic_get(TAP, no_ack=True)) is not None:
                    self.exchanges.add(str(message.headers["exchange_name"]))
                    head = f"{message.delivery_info['routing_key']} {message.headers}".encode()
                    body = message.body if isinstance(message.body, bytes) else str(message.body).encode()
                    yield f"message {message.delivery_info['routing_key']}", head + b"\n" + body


def tables(server: Postgres, kind: str = "table") -> Iterator[Place]:
    """Every column of every table of every database, as the bytes that PostgreSQL keeps."""
    with psycopg.connect(server.conninfo()) as asked:
        databases = asked.execute("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate").fetchall()
    for (database,) in databases:
        with psycopg.connect(server.conninfo(database)) as connection:
            for schema, table in connection.execute(
                "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall():
                query = sql.SQL("COPY {}.{} TO STDOUT (FORMAT binary)").format(
                    sql.Identifier(schema), sql.Identifier(table)
                )
                with connection.cursor() as cursor, cursor.copy(query) as copy:
                    yield f"{kind} {database}.{table}", b"".join(bytes(piece) for piece in copy)


def files(folder: Path, *patterns: str) -> Iterator[Place]:
    """What lies in a folder, file by file."""
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                yield f"file {folder.name}/{path.relative_to(folder)}", path.read_bytes()


def figures(reference: Reference) -> Iterator[Place]:
    """What each service tells whoever watches it."""
    for name in reference.processes:
        answer = requests.get(f"{reference.url(name)}/metrics", timeout=20)
        assert answer.status_code == 200, name
        yield f"figures of {name}", answer.content


def everywhere(reference: Reference, tap: Tap) -> Iterator[Place]:
    """All of it. Of the databases also the journal that they write ahead, of the broker also what it keeps on disk."""
    for kind, server in (("table", reference.postgres), ("keys", reference.keys)):
        yield from tables(server, kind)
        yield from files(server.folder, "log", "data/log/*", "data/pg_wal/*")
    yield from tap.messages()
    yield from files(reference.rabbit.folder, "log", "logs/*", "mnesia/**/*")
    yield from files(reference.folder, "*.log")
    yield from figures(reference)
