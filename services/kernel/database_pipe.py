"""Sending several statements to PostgreSQL in one go: one round trip, one transaction, values in binary.

This speaks libpq's pipeline mode itself: psycopg's own waits once a statement, and a commit of one event would spend
more time there than in the database. Statements up to the closing sync are one implicit transaction.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from struct import Struct
from typing import Any

import msgspec
import psycopg
from psycopg import errors, pq

Packed = bytes | None
Statement = tuple[str, list[Packed]]
"""SQL with places $1, $2 …, and a value for each, packed."""


@dataclass(frozen=True)
class Kind:
    """A type of PostgreSQL: its name, its number, how a value becomes its binary form, and how long each is (0: as it is)."""

    name: str
    oid: int
    pack: Callable[[Any], bytes]
    size: int = 0


LONG, INT = Struct("!q").pack, Struct("!i").pack
FIRST_DAY, FIRST_INSTANT = date(2000, 1, 1), datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

BIGINT = Kind("bigint", 20, LONG, 8)
INTEGER = Kind("int", 23, INT, 4)
BOOLEAN = Kind("bool", 16, lambda value: b"\1" if value else b"\0", 1)
TEXT = Kind("text", 25, lambda value: (value if type(value) is str else str(value)).encode())
UUID_KIND = Kind("uuid", 2950, attrgetter("bytes"), 16)
BYTES = Kind("bytea", 17, bytes)
DATE = Kind("date", 1082, lambda value: INT((value - FIRST_DAY).days), 4)
INSTANT = Kind("timestamptz", 1184, lambda value: LONG((value - FIRST_INSTANT) // MICROSECOND), 8)
JSON = Kind("json", 114, msgspec.json.encode)

ARRAY_HEAD = Struct("!iiIii").pack
NULL = INT(-1)


def packed(kinds: Sequence[Kind], rows: Sequence[Sequence[Any]]) -> list[Packed]:
    """The values of one row as they are; of several rows, one array a column."""
    if len(rows) == 1:
        return [None if value is None else kind.pack(value) for kind, value in zip(kinds, rows[0], strict=True)]
    return [_array(kind, cells) for kind, cells in zip(kinds, zip(*rows, strict=True), strict=True)]


def _array(kind: Kind, cells: Sequence[Any]) -> bytes:
    holes = [cell is None for cell in cells].count(True)  # an id that is asked whether it equals None takes its time
    head = ARRAY_HEAD(1, holes > 0, kind.oid, len(cells), 1)
    if not holes:
        return head + _lengthy(kind, _all_packed(kind, cells))
    if holes == len(cells):
        return head + NULL * holes
    pack = kind.pack
    return head + b"".join([NULL if cell is None else _lengthy(kind, (pack(cell),)) for cell in cells])


def _all_packed(kind: Kind, cells: Sequence[Any]) -> list[bytes]:
    if kind is TEXT:
        with suppress(TypeError):  # where one is no text
            return list(map(str.encode, cells))
    return list(map(kind.pack, cells))


def _lengthy(kind: Kind, values: Sequence[bytes]) -> bytes:
    """Values one behind the other, each after its length."""
    if kind.size:
        length = INT(kind.size)
        return length + length.join(values)
    parts: list[bytes] = [b""] * (2 * len(values))
    parts[::2] = map(INT, map(len, values))
    parts[1::2] = values
    return b"".join(parts)


def source(kinds: Sequence[Kind], alone: bool, first: int = 1) -> str:
    """What `packed` values are read from: one row, or many; the parameters are numbered from `first`."""
    if alone:
        return f"(VALUES ({', '.join(f'${n}::{kind.name}' for n, kind in enumerate(kinds, first))})) given"
    return f"unnest({', '.join(f'${n}::{kind.name}[]' for n, kind in enumerate(kinds, first))}) given"


class Pipe:
    """The way into one connection, which must be in autocommit mode. Statements are prepared once and kept."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._pg = connection.pgconn
        self._names: dict[str, bytes] = {}
        self._poll = select.poll()

    def run(self, statements: Sequence[Statement], meanwhile: Callable[[], None] = lambda: None) -> None:
        """All of them, or none: raises the database's first error. `meanwhile` is called while it is at work."""
        named = [(self._prepared(sql), values) for sql, values in statements]
        if len(named) == 1:
            self._run_alone(*named[0], meanwhile)
            return
        self._pg.enter_pipeline_mode()
        try:
            for name, values in named:
                self._pg.send_query_prepared(name, values, [pq.Format.BINARY] * len(values))
            self._pg.pipeline_sync()
            self._flush()
            meanwhile()
            self._finish()
        finally:
            if self._pg.status == pq.ConnStatus.OK:
                self._pg.exit_pipeline_mode()

    def _run_alone(self, name: bytes, values: list[Packed], meanwhile: Callable[[], None]) -> None:
        self._pg.send_query_prepared(name, values, [pq.Format.BINARY] * len(values))
        self._flush()
        meanwhile()
        result = self._result()
        while self._result() is not None:  # until libpq says that this was all, nothing else can be sent
            pass
        if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result)

    def _prepared(self, sql: str) -> bytes:
        name = self._names.get(sql)
        if name is None:
            name = f"pipe{len(self._names)}".encode()
            result = self._pg.prepare(name, sql.encode())
            if result.status != pq.ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)
            self._names[sql] = name
        return name

    def _finish(self) -> None:
        failed: pq.abc.PGresult | None = None
        while (result := self._result()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
                failed = failed or result
        if failed is not None:
            raise errors.error_from_result(failed)

    def _result(self) -> pq.abc.PGresult | None:
        while self._pg.is_busy():
            self._wait(select.POLLIN)
        result = self._pg.get_result()
        if self._pg.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(self._pg.get_error_message())
        return result

    def _flush(self) -> None:
        while self._pg.flush():
            self._wait(select.POLLIN | select.POLLOUT)

    def _wait(self, for_what: int) -> None:
        self._poll.register(self._pg.socket, for_what)
        if self._poll.poll()[0][1] & ~select.POLLOUT:
            self._pg.consume_input()
