"""Writing to PostgreSQL: one connection, everything of a group sent in one pipeline, so one round trip and one fsync."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import errors

from services.kernel import tables
from services.kernel.database import CommandRow, DatabaseGone, Group, Head, HeadMoved, SnapshotRow, Tail, idle
from services.kernel.database_pipe import (
    BIGINT,
    BOOLEAN,
    BYTES,
    DATE,
    INSTANT,
    INTEGER,
    JSON,
    TEXT,
    UUID_KIND,
    Kind,
    Pipe,
    Statement,
    packed,
    source,
)
from services.kernel.database_upsert import amended, upsert_tail
from services.kernel.errors import ConcurrentChange
from services.kernel.view import Batch, Change, Rows, batches, dropped, merged

MOVE = (
    "UPDATE head SET position = CASE WHEN position = $1::bigint THEN $2::bigint END, "
    "hash = $3::bytea, recorded_at = $4::bigint WHERE id = 1"
)
MOVE_KINDS = (BIGINT, BIGINT, BYTES, BIGINT)
MOVED = (
    "INSERT INTO cursor (publisher, position) SELECT $1::text, "
    "CASE WHEN $3::bigint = 0 OR EXISTS (SELECT FROM cursor WHERE publisher = $1) THEN $2::bigint END "
    "ON CONFLICT (publisher) DO UPDATE SET position = CASE WHEN cursor.position = $3 THEN excluded.position END"
)
MOVED_KINDS = (TEXT, BIGINT, BIGINT)
EVENT = ("position", "stream", "version", "type", "recorded_at", "raw")
COMMAND = ("id", "digest", "stream", "version", "position", "events")
SNAPSHOT = ("stream", "version", "fingerprint", "state")
RENEW = (
    " ON CONFLICT (stream) DO UPDATE SET version = excluded.version, "
    "fingerprint = excluded.fingerprint, state = excluded.state"
)
# One statement, so that snapshot and events are of one moment. Of one stream, the events come as the index has them:
# they need not be sorted as long as they are.
TAIL = (
    "WITH s AS (SELECT version, state FROM snapshot WHERE stream = %(stream)s AND fingerprint = %(fingerprint)s) "
    "SELECT version, '' AS type, state FROM s UNION ALL (SELECT version, type, raw FROM event "
    "WHERE stream = %(stream)s AND version > coalesce((SELECT version FROM s), 0) ORDER BY version)"
)
# By place and not by name: names are slow to compare and to read.
TAILS = (
    "WITH w AS MATERIALIZED (SELECT w.place, w.stream, s.version, s.state "
    "FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY w(stream, fingerprint, place) "
    "LEFT JOIN snapshot s USING (stream, fingerprint)) "
    "SELECT place, version, '', state FROM w WHERE version IS NOT NULL UNION ALL "
    "SELECT w.place, e.version, e.type, e.raw FROM w CROSS JOIN LATERAL ("
    "SELECT version, type, raw FROM event WHERE stream = w.stream AND version > coalesce(w.version, 0)) e ORDER BY 1, 2"
)
GONE = (psycopg.OperationalError, psycopg.InterfaceError)
WATCHFUL: dict[str, Any] = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
"""A server that is gone without a word is noticed within seconds."""


class PostgresWriter:
    """The single writing connection of a process to its PostgreSQL database."""

    def __init__(self, engine: sa.Engine) -> None:
        conninfo = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            self._raw = psycopg.connect(conninfo, connect_timeout=5, autocommit=True, **WATCHFUL)
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken
        self._pipe = Pipe(self._raw)

    def head(self) -> Head:
        """Where the log ends now."""
        return Head(*self._read("SELECT position, hash, recorded_at FROM head WHERE id = 1", ())[0])

    def _read(self, sql: str, params: Sequence[Any] | dict[str, Any]) -> list[Any]:
        try:
            return self._raw.execute(sql, params, prepare=True, binary=True).fetchall()
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def write(self, group: Group, meanwhile: Callable[[], None] = idle) -> None:
        """Write the group in one transaction, sent in one go."""
        statements = [
            _logged(group),
            *_inserted(tables.command, COMMAND, group.commands),
            *_inserted(tables.snapshot, SNAPSHOT, _newest(group.snapshots), RENEW),
            *((MOVED, packed(MOVED_KINDS, [(m.publisher, m.after, m.before)])) for m in group.moves),
            *_changed(group.changes),
        ]
        self._run(statements, group.changes, meanwhile)

    def apply(self, changes: Sequence[Change | Rows]) -> None:
        """Write these changes alone."""
        self._run(_changed(changes), changes)

    def _run(
        self, statements: Sequence[Statement], changes: Sequence[Change | Rows], meanwhile: Callable[[], None] = idle
    ) -> None:
        try:
            self._pipe.run(statements, meanwhile)
        except errors.NotNullViolation as moved:
            if moved.diag.table_name == "head":
                raise HeadMoved(str(moved)) from moved
            if moved.diag.table_name == "cursor":
                raise ConcurrentChange("cursor", -1, -1) from moved
            raise
        except errors.UniqueViolation as taken:
            if taken.diag.table_name in {rows.table.name for rows in changes if isinstance(rows, Rows)}:
                raise ConcurrentChange(str(taken.diag.table_name), -1, -1) from taken
            raise
        except GONE as broken:
            raise DatabaseGone(str(broken)) from broken

    def tails(self, streams: Sequence[str], fingerprints: Sequence[str]) -> list[Tail]:
        """These streams, in the order in which they are asked for."""
        if len(streams) == 1:
            return [_tail(self._read(TAIL, {"stream": streams[0], "fingerprint": fingerprints[0]}))]
        found: list[list[Any]] = [[] for _ in streams]
        for place, *row in self._read(TAILS, (list(streams), list(fingerprints))):
            found[place - 1].append(row)
        return [_tail(rows) for rows in found]

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


def _tail(rows: list[Any]) -> Tail:
    """A stream from rows of version, name and bytes; what has no name is the snapshot."""
    rows.sort(key=itemgetter(0))
    events = [(kind, raw) for _, kind, raw in rows]
    if not events or events[0][0]:
        return None, events
    return (rows[0][0], rows[0][2]), events[1:]


KINDS: dict[type[sa.types.TypeEngine[Any]], Kind] = {
    sa.BigInteger: BIGINT, sa.Integer: INTEGER, sa.Boolean: BOOLEAN, sa.DateTime: INSTANT, sa.Date: DATE,
    sa.Uuid: UUID_KIND, sa.LargeBinary: BYTES, sa.JSON: JSON, sa.String: TEXT,
}  # fmt: skip


@cache
def _kinds(table: sa.Table, columns: tuple[str, ...]) -> tuple[Kind, ...]:
    found = (table.c[name].type for name in columns)
    return tuple(next(kind for cls, kind in KINDS.items() if isinstance(each, cls)) for each in found)


def _logged(group: Group) -> Statement:
    """The head moves, and in the same statement, where the head could be moved, the events come behind it."""
    after = group.after
    moved = packed(MOVE_KINDS, [(group.before.position, after.position, after.hash, after.recorded_at)])
    if not group.events:
        return MOVE, moved
    return _log(len(group.events) == 1), moved + packed(_kinds(tables.event, EVENT), group.events)


@cache
def _log(alone: bool) -> str:
    rows = source(_kinds(tables.event, EVENT), alone, len(MOVE_KINDS) + 1)
    return (
        f"WITH moved AS ({MOVE} RETURNING 1) INSERT INTO event ({', '.join(EVENT)}) SELECT given.* FROM moved, {rows}"
    )


@cache
def _insert(table: sa.Table, columns: tuple[str, ...], alone: bool) -> str:
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{table.name}" ({names}) SELECT given.* FROM {source(_kinds(table, columns), alone)}'


def _inserted(
    table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], tail: str = ""
) -> list[Statement]:
    if not rows:
        return []
    return [(_insert(table, columns, len(rows) == 1) + tail, packed(_kinds(table, columns), rows))]


def _deleted(table: sa.Table, names: tuple[str, ...], keys: Sequence[tuple[Any, ...]]) -> Statement:
    listed = ", ".join(f'"{n}"' for n in names)
    kinds = _kinds(table, names)
    gone = f"SELECT given.* FROM {source(kinds, len(keys) == 1)}"
    return f'DELETE FROM "{table.name}" WHERE ({listed}) IN ({gone})', packed(kinds, keys)


def _changed(changes: Sequence[Change | Rows]) -> list[Statement]:
    statements: list[Statement] = []
    if not changes:
        return statements
    for rows in (c for c in changes if isinstance(c, Rows)):
        statements += _inserted(rows.table, rows.columns, rows.values)
    wanted = merged(c for c in changes if isinstance(c, Change))
    statements += [_deleted(*named, keys) for named, keys in dropped(wanted).items()]
    for batch in batches(wanted):
        if batch.founds:
            statements += _inserted(batch.table, batch.columns, batch.values, " " + upsert_tail(batch))
        else:
            statements += _amended(batch)
    return statements


def _amended(batch: Batch) -> list[Statement]:
    kinds, names = _kinds(batch.table, batch.columns), ", ".join(f'"{c}"' for c in batch.columns)
    given = f"{source(kinds, len(batch.values) == 1)} ({names})"
    values = packed(kinds, batch.values)
    return [(sql, values) for sql in amended(batch, given)]


def _newest(snapshots: Sequence[SnapshotRow]) -> list[SnapshotRow]:
    """One snapshot a stream, the last: a statement may touch a row but once."""
    return list({row[0]: row for row in snapshots}.values())
