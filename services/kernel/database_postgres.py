"""Writing to PostgreSQL: one connection, everything of a group sent in one pipeline, so one round trip and one fsync."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import errors
from psycopg.types.json import Json

from services.kernel.database import CommandRow, DatabaseGone, Group, Head, HeadMoved, SnapshotRow
from services.kernel.errors import ConcurrentChange
from services.kernel.view import Batch, Change, Rows, batches, dropped, merged, upsert_tail

MOVE = "UPDATE head SET position = CASE WHEN position = %s THEN %s END, hash = %s, recorded_at = %s WHERE id = 1"
EVENTS = (
    "INSERT INTO event (position, stream, version, type, recorded_at, raw) "
    "SELECT * FROM unnest(%b::bigint[], %b::text[], %b::int[], %b::text[], %b::bigint[], %b::bytea[])"
)
EVENT = "INSERT INTO event (position, stream, version, type, recorded_at, raw) VALUES (%s, %s, %s, %s, %s, %b)"
COMMANDS = (
    "INSERT INTO command (id, digest, stream, version, position, events) "
    "SELECT * FROM unnest(%b::uuid[], %b::bytea[], %b::text[], %b::int[], %b::bigint[], %b::text[])"
)
SNAPSHOTS = (
    "INSERT INTO snapshot (stream, version, fingerprint, state) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT (stream) DO UPDATE SET version = excluded.version, fingerprint = excluded.fingerprint, state = excluded.state"
)
MOVED = (
    "INSERT INTO cursor (publisher, position) VALUES (%s, %s) ON CONFLICT (publisher) "
    "DO UPDATE SET position = CASE WHEN cursor.position = %s THEN excluded.position END"
)
GONE = (psycopg.OperationalError, psycopg.InterfaceError)


class PostgresWriter:
    """The single writing connection of a process to its PostgreSQL database."""

    def __init__(self, engine: sa.Engine) -> None:
        conninfo = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            self._raw = psycopg.connect(conninfo, connect_timeout=5, prepare_threshold=1)
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def head(self) -> Head:
        """Where the log ends now."""
        return Head(*self._read("SELECT position, hash, recorded_at FROM head WHERE id = 1", ())[0])

    def _read(self, sql: str, params: Sequence[Any]) -> list[Any]:
        try:
            rows = self._raw.execute(sql, params, prepare=True).fetchall()
            self._raw.rollback()
            return rows
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def write(self, group: Group) -> None:
        """Write the group in one transaction, sent in one go."""
        self._transact(lambda: self._fill(group))

    def apply(self, changes: Sequence[Change | Rows]) -> None:
        """Write these changes alone."""
        self._transact(lambda: self._change(changes))

    def _transact(self, work: Callable[[], None]) -> None:
        try:
            try:
                with self._raw.pipeline():
                    work()
                    self._raw.commit()
            except errors.NotNullViolation as moved:
                self._raw.rollback()
                if moved.diag.table_name == "head":
                    raise HeadMoved(str(moved)) from moved
                if moved.diag.table_name == "cursor":
                    raise ConcurrentChange("cursor", -1, -1) from moved
                raise
            except psycopg.Error:
                if not self._raw.closed:
                    self._raw.rollback()
                raise
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def _fill(self, group: Group) -> None:
        run = self._raw.cursor().execute
        after = group.after
        run(MOVE, (group.before.position, after.position, after.hash, after.recorded_at))
        if len(group.events) == 1:
            run(EVENT, group.events[0])
        elif group.events:
            run(EVENTS, tuple(map(list, zip(*group.events, strict=True))))
        if group.commands:
            run(COMMANDS, tuple(map(list, zip(*group.commands, strict=True))))
        for row in group.snapshots:
            run(SNAPSHOTS, row)
        for move in group.moves:
            run(MOVED, (move.publisher, move.after, move.before))
        if group.changes:
            self._change(group.changes)

    def _change(self, changes: Sequence[Change | Rows]) -> None:
        run = self._raw.cursor().execute
        for rows in (c for c in changes if isinstance(c, Rows)):
            if rows.values:
                run(_insert(rows.table, rows.columns), _columns(rows.table, rows.columns, rows.values))
        wanted = merged(c for c in changes if isinstance(c, Change))
        for table, keys in dropped(wanted).items():
            names = tuple(c.name for c in table.primary_key)
            run(_delete(table, names), _columns(table, names, keys))
        for batch in batches(wanted):
            columns = (*batch.keys, *batch.sets, *batch.adds)
            run(_upsert(batch, columns), _columns(batch.table, columns, batch.values))

    def tails(
        self, streams: Sequence[str], fingerprints: Sequence[str]
    ) -> tuple[list[SnapshotRow], list[tuple[str, int, bytes]]]:
        """The usable snapshots of these streams, and the events after them."""
        wanted, prints = list(streams), list(fingerprints)
        try:
            with self._raw.pipeline():
                usable = self._raw.execute(
                    "SELECT s.stream, s.version, s.fingerprint, s.state FROM snapshot s "
                    "JOIN unnest(%s::text[], %s::text[]) w(stream, fingerprint) USING (stream, fingerprint)",
                    (wanted, prints),
                )
                later = self._raw.execute(
                    "SELECT e.stream, e.version, e.raw FROM unnest(%s::text[], %s::text[]) w(stream, fingerprint) "
                    "LEFT JOIN snapshot s USING (stream, fingerprint) JOIN event e ON e.stream = w.stream "
                    "AND e.version > coalesce(s.version, 0) ORDER BY e.stream, e.version",
                    (wanted, prints),
                    binary=True,
                )
                snapshots, events = usable.fetchall(), later.fetchall()
            self._raw.rollback()
            return snapshots, events
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def answers(self, ids: Sequence[UUID]) -> list[CommandRow]:
        """What was answered to those of these commands that are known."""
        return self._read(
            "SELECT id, digest, stream, version, position, events FROM command WHERE id = ANY(%s)", (list(ids),)
        )

    def event(self, position: int) -> bytes | None:
        """The stored bytes of the event at this position."""
        found = self._read("SELECT raw FROM event WHERE position = %s", (position,))
        return bytes(found[0][0]) if found else None

    def streams_since(self, position: int) -> list[str]:
        """The streams that have events after this position."""
        return [row[0] for row in self._read("SELECT DISTINCT stream FROM event WHERE position > %s", (position,))]

    def close(self) -> None:
        """Close the connection."""
        self._raw.close()


ARRAY_OF = {
    sa.BigInteger: "bigint", sa.Integer: "int", sa.Boolean: "bool", sa.DateTime: "timestamptz", sa.Date: "date",
    sa.Uuid: "uuid", sa.LargeBinary: "bytea", sa.JSON: "json", sa.String: "text",
}  # fmt: skip


def _array_of(kind: sa.types.TypeEngine[Any]) -> str:
    return next(name for cls, name in ARRAY_OF.items() if isinstance(kind, cls))


@cache
def _source(table: sa.Table, columns: tuple[str, ...]) -> str:
    kinds = [_array_of(table.c[name].type) for name in columns]
    return "unnest(" + ", ".join(f"%{'b' if kind == 'bytea' else 's'}::{kind}[]" for kind in kinds) + ")"


@cache
def _insert(table: sa.Table, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT * FROM {_source(table, columns)}'


def _upsert(batch: Batch, columns: tuple[str, ...]) -> str:
    return f"{_insert(batch.table, columns)} {upsert_tail(batch)}"


@cache
def _delete(table: sa.Table, names: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{n}"' for n in names)
    return f'DELETE FROM "{table.name}" WHERE ({listed}) IN (SELECT * FROM {_source(table, names)})'


def _columns(table: sa.Table, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """Rows turned into one list a column, each value as psycopg takes it."""
    by_column = zip(*values, strict=True)
    return tuple(_fit(table.c[name].type, list(cells)) for name, cells in zip(columns, by_column, strict=True))


def _fit(kind: sa.types.TypeEngine[Any], cells: list[Any]) -> list[Any]:
    if isinstance(kind, sa.JSON):
        return [None if cell is None else Json(cell) for cell in cells]
    if isinstance(kind, sa.String):
        return [cell if cell is None or type(cell) is str else str(cell) for cell in cells]
    return cells
