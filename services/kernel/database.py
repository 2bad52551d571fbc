"""One engine's ways: what the store needs from SQLite and from PostgreSQL, behind one interface.

`Writer` belongs to the appender's thread alone. Reading for views goes through SQLAlchemy (`engine_for`), from any
thread. A group is written under a compare-and-set on the head row: if another process has written since, nothing is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg.pq import Format
from sqlalchemy.dialects.sqlite import DATETIME

from services.kernel.errors import HubError, Unavailable
from services.kernel.unit import Moved
from services.kernel.view import Change, Rows


class HeadMoved(HubError):
    """Another process wrote first; nothing of this group was written."""


class DatabaseGone(HubError):
    """The connection broke; whether the group was written is to be found out from the head."""


@dataclass(frozen=True)
class Head:
    """Where a log ends: position (0 when empty), hash of the last event's bytes, microseconds when it was recorded."""

    position: int
    hash: bytes
    recorded_at: int


EventRow = tuple[int, str, int, str, int, bytes]
CommandRow = tuple[UUID, bytes, str, int, int, str]
SnapshotRow = tuple[str, int, str, bytes]
Tail = tuple[tuple[int, bytes] | None, list[tuple[str, bytes]]]
"""A stream as it is stored: version and state of its snapshot, where one is usable, and the events' names and bytes after it."""


@dataclass
class Group:
    """Everything that one transaction writes."""

    before: Head
    after: Head
    events: list[EventRow] = field(default_factory=list)
    commands: list[CommandRow] = field(default_factory=list)
    snapshots: list[SnapshotRow] = field(default_factory=list)
    changes: list[Change | Rows] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)

    @property
    def holds_anything(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.commands or self.changes or self.moves)


def idle() -> None:
    """Nothing to do meanwhile."""


class Writer(Protocol):
    """The single writing connection of a process."""

    def head(self) -> Head:
        """Where the log ends now."""
        ...

    def write(self, group: Group, meanwhile: Callable[[], None] = idle) -> None:
        """Write the group durably, or raise HeadMoved, DatabaseGone or the database's own error, having written nothing.

        `meanwhile` is called while the database is at work, where it leaves us free, or before; it does not raise.
        """
        ...

    def apply(self, changes: Sequence[Change | Rows]) -> None:
        """Write these changes alone, in one transaction, whatever the head."""
        ...

    def tails(self, streams: Sequence[str], fingerprints: Sequence[str]) -> list[Tail]:
        """These streams, in the order in which they are asked for."""
        ...

    def answers(self, ids: Sequence[UUID]) -> list[CommandRow]:
        """What was answered to those of these commands that are known."""
        ...

    def event(self, position: int) -> bytes | None:
        """The stored bytes of the event at this position."""
        ...

    def streams_since(self, position: int) -> list[str]:
        """The streams that have events after this position."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def is_away(error: BaseException) -> bool:
    """Whether the database cannot answer now; a statement that is wrong is a fault of ours, and none the better for waiting.

    PostgreSQL's driver tells the two apart by class; SQLite's says OperationalError to both, with a code of its own.
    """
    if isinstance(error, sa.exc.DBAPIError):
        return error.connection_invalidated or is_away(error.orig or BaseException())
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_ERROR
    return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))


@contextmanager
def answering(what: str = "the database") -> Iterator[None]:
    """Work with a database: raises Unavailable where it is away, and whatever else it says as it is."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as broken:
        if is_away(broken):
            raise Unavailable(f"{what} is away") from broken
        raise


class _UtcDateTime(DATETIME):
    """SQLite keeps no offset: instants go in as UTC and come out aware."""

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        inner: Any = super().bind_processor(dialect)
        return lambda value: inner(value.astimezone(UTC) if value is not None and value.tzinfo else value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        inner = super().result_processor(dialect, coltype)

        def read(value: Any) -> datetime | None:
            found = inner(value) if inner else value
            return None if found is None else found.replace(tzinfo=UTC)

        return read


# A page that is written often is copied from the WAL into the file once in 16 MiB, not once in 4.
SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "wal_autocheckpoint=4000",
    "cache_size=-8000",
)  # fmt: skip


def engine_for(url: str, **options: Any) -> sa.Engine:
    """An engine for reading views and making tables: WAL and full synchronisation on SQLite, UTC everywhere."""
    parsed = sa.make_url(url)
    options = {"hide_parameters": True} | options  # what is bound may be sealed, or a key
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(parsed, connect_args={"timeout": 30, "check_same_thread": False}, **options)
        engine.dialect.colspecs = {**engine.dialect.colspecs, sa.DateTime: _UtcDateTime}
        sa.event.listen(engine, "connect", _sqlite_pragmas)
        return engine
    engine = sa.create_engine(parsed, pool_pre_ping=True, pool_size=4, max_overflow=6, **options)
    sa.event.listen(engine, "connect", lambda raw, _: raw.execute("SET TIME ZONE 'UTC'") and raw.commit())
    sa.event.listen(engine, "before_cursor_execute", _as_it_is_held)
    return engine


def reader_for(engine: sa.Engine) -> sa.Engine:
    """An engine for single selects on the database of another: each costs one round trip, and no transaction.

    Its connections are not tried before they are used: a reader tries again when one turns out to be broken. They are
    let go with those of the other engine.
    """
    if engine.dialect.name == "sqlite":
        return engine
    made = sa.create_engine(
        engine.url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, pool_size=8, max_overflow=12,
        hide_parameters=True,
    )  # fmt: skip
    sa.event.listen(made, "connect", lambda raw, _: raw.execute("SET TIME ZONE 'UTC'"))
    sa.event.listen(made, "before_cursor_execute", _as_it_is_held)
    sa.event.listen(engine, "engine_disposed", lambda _: made.dispose())
    return made


IN_BYTES = {"in_bytes": True}
"""Execution options of a select that finds many bytes: as text PostgreSQL writes each of them in two letters, to be read."""


def _as_it_is_held(_: Any, cursor: Any, *rest: Any) -> None:
    """Fetch what was asked for with `IN_BYTES` as the database holds it."""
    context = rest[2]
    if context is not None and context.execution_options.get("in_bytes"):
        cursor.format = Format.BINARY


def _sqlite_pragmas(raw: Any, _: Any) -> None:
    for pragma in SQLITE_PRAGMAS:
        raw.execute(f"PRAGMA {pragma}")


def writer_for(engine: sa.Engine) -> Writer:
    """The writing connection that fits an engine."""
    if engine.dialect.name == "sqlite":
        from services.kernel.database_sqlite import SqliteWriter

        return SqliteWriter(engine)
    from services.kernel.database_postgres import PostgresWriter

    return PostgresWriter(engine)
