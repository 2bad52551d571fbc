"""Writing to SQLite: one connection, WAL, full synchronisation, one transaction a group."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.database import CommandRow, DatabaseGone, Group, Head, HeadMoved, Tail, idle, is_away
from services.kernel.database_upsert import amended, upsert_tail
from services.kernel.errors import ConcurrentChange
from services.kernel.unit import Moved
from services.kernel.view import Batch, Change, Rows, batches, dropped, merged

MOVE = "UPDATE head SET position = CASE WHEN position = ? THEN ? END, hash = ?, recorded_at = ? WHERE id = 1"
EVENTS = "INSERT INTO event (position, stream, version, type, recorded_at, raw) VALUES (?, ?, ?, ?, ?, ?)"
COMMANDS = "INSERT INTO command (id, digest, stream, version, position, events) VALUES (?, ?, ?, ?, ?, ?)"
SNAPSHOTS = "INSERT OR REPLACE INTO snapshot (stream, version, fingerprint, state) VALUES (?, ?, ?, ?)"

# The triggers say so of rows that are never changed (`schema`).
TAKEN = (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_TRIGGER)
MOVED = (
    "INSERT INTO cursor (publisher, position) SELECT ?1, "
    "CASE WHEN ?3 = 0 OR EXISTS (SELECT 1 FROM cursor WHERE publisher = ?1) THEN ?2 END WHERE true "
    "ON CONFLICT (publisher) DO UPDATE SET position = CASE WHEN cursor.position = ?3 THEN excluded.position END"
)


@contextmanager
def _telling_faults_apart() -> Iterator[None]:
    """A statement that is wrong is a fault of ours and stays sqlite3's error; all else is a database that is away."""
    try:
        yield
    except sqlite3.OperationalError as broken:
        if not is_away(broken):
            raise
        raise DatabaseGone(str(broken)) from broken


class SqliteWriter:
    """The single writing connection to a SQLite file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._dialect = engine.dialect
        pooled = engine.raw_connection()
        self._raw: sqlite3.Connection = pooled.driver_connection  # type: ignore[assignment]
        # It begins and ends its transactions itself: nobody may get it from the pool after us.
        pooled.detach()
        self._raw.isolation_level = None

    def head(self) -> Head:
        """Where the log ends now."""
        return Head(*self._rows("SELECT position, hash, recorded_at FROM head WHERE id = 1")[0])

    def _rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        with _telling_faults_apart():
            return self._raw.execute(sql, params).fetchall()

    def write(self, group: Group, meanwhile: Callable[[], None] = idle) -> None:
        """Write the group in one transaction."""
        meanwhile()
        self._transact(lambda: self._fill(group))

    def apply(self, changes: Sequence[Change | Rows]) -> None:
        """Write these changes alone."""
        self._transact(lambda: self._change(changes))

    def _transact(self, work: Callable[[], None]) -> None:
        with _telling_faults_apart():
            self._raw.execute("BEGIN IMMEDIATE")
            try:
                work()
                self._raw.execute("COMMIT")
            except BaseException:
                if self._raw.in_transaction:
                    self._raw.execute("ROLLBACK")
                raise

    def _fill(self, group: Group) -> None:
        run, many = self._raw.execute, self._raw.executemany
        try:
            run(MOVE, (group.before.position, group.after.position, group.after.hash, group.after.recorded_at))
        except sqlite3.IntegrityError as moved:
            raise HeadMoved(str(moved)) from moved
        if group.events:
            many(EVENTS, group.events)
        if group.commands:
            many(COMMANDS, [(row[0].hex, *row[1:]) for row in group.commands])
        if group.snapshots:
            many(SNAPSHOTS, group.snapshots)
        for move in group.moves:
            self._move(move)
        if group.changes:
            self._change(group.changes)

    def _move(self, move: Moved) -> None:
        try:
            self._raw.execute(MOVED, (move.publisher, move.after, move.before))
        except sqlite3.IntegrityError as moved:
            raise ConcurrentChange(f"cursor/{move.publisher}", move.before, -1) from moved

    def _change(self, changes: Sequence[Change | Rows]) -> None:
        for rows in (c for c in changes if isinstance(c, Rows)):
            self._add(rows)
        wanted = merged(c for c in changes if isinstance(c, Change))
        for (table, names), keys in dropped(wanted).items():
            where = " AND ".join(f'"{name}" = ?' for name in names)
            self._many(f'DELETE FROM "{table.name}" WHERE {where}', table, names, keys)
        for batch in batches(wanted):
            for sql in _written(batch):
                self._many(sql, batch.table, batch.columns, batch.values)

    def _add(self, rows: Rows) -> None:
        try:
            self._many(_insert(rows.table, rows.columns), rows.table, rows.columns, rows.values)
        except sqlite3.IntegrityError as taken:
            if taken.sqlite_errorcode in TAKEN:
                raise ConcurrentChange(str(rows.table.name), -1, -1) from taken
            raise

    def _many(self, sql: str, table: sa.Table, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> None:
        binders = [(i, b) for i, b in enumerate(_binders(table, columns, self._dialect)) if b]
        if not binders:
            self._raw.executemany(sql, values)
            return
        bound = []
        for row in values:
            cells = list(row)
            for i, bind in binders:
                cells[i] = bind(cells[i])
            bound.append(cells)
        self._raw.executemany(sql, bound)

    def tails(self, streams: Sequence[str], fingerprints: Sequence[str]) -> list[Tail]:
        """These streams, in the order in which they are asked for."""
        return [self._tail(*asked) for asked in zip(streams, fingerprints, strict=True)]

    def _tail(self, stream: str, fingerprint: str) -> Tail:
        kept = self._rows(
            "SELECT version, state FROM snapshot WHERE stream = ? AND fingerprint = ?", (stream, fingerprint)
        )
        snapshot = kept[0] if kept else None
        return snapshot, self._rows(
            "SELECT type, raw FROM event WHERE stream = ? AND version > ? ORDER BY version",
            (stream, snapshot[0] if snapshot else 0),
        )

    def answers(self, ids: Sequence[UUID]) -> list[CommandRow]:
        """What was answered to those of these commands that are known."""
        rows = self._rows(
            "SELECT id, digest, stream, version, position, events FROM command "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([i.hex for i in ids]),),
        )
        return [(UUID(row[0]), *row[1:]) for row in rows]

    def event(self, position: int) -> bytes | None:
        """The stored bytes of the event at this position."""
        found = self._rows("SELECT raw FROM event WHERE position = ?", (position,))
        return found[0][0] if found else None

    def streams_since(self, position: int) -> list[str]:
        """The streams that have events after this position."""
        return [row[0] for row in self._rows("SELECT DISTINCT stream FROM event WHERE position > ?", (position,))]

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()


def _insert(table: sa.Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({", ".join("?" * len(columns))})'


def _written(batch: Batch) -> list[str]:
    if batch.founds:
        return [f"{_insert(batch.table, batch.columns)} {upsert_tail(batch)}"]
    cells = ", ".join(f'? AS "{c}"' for c in batch.columns)
    return amended(batch, f"(SELECT {cells}) AS given")


@cache
def _binders(table: sa.Table, columns: tuple[str, ...], dialect: sa.Dialect) -> list[Callable[[Any], Any] | None]:
    """How each column's values become what sqlite3 takes."""
    return [_binder(table.c[name].type, dialect) for name in columns]


def _binder(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    if isinstance(kind, sa.String):
        return lambda value: value if value is None or type(value) is str else str(value)
    return kind.dialect_impl(dialect).bind_processor(dialect)
