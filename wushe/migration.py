"""From an embedded hub's SQLite files to the PostgreSQL databases of a reference deployment, row by row as they are.

Each database is copied table by table, in chunks that are committed together with how far they go; so it may be killed at
any moment and goes on from there. A database's head comes last, and a lock keeps services from making tables meanwhile.
At the end every row on both sides is counted and hashed. What is moved is what was: positions, hashes, cursors, answers to
commands, sealed values and their keys, the ledger and its tree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import sqlalchemy as sa
from psycopg import sql
from psycopg.types.json import Json

from services.kernel.database import engine_for
from services.kernel.errors import Refused
from services.kernel.keyring import KEYS, prepare_keys, subject_key
from services.kernel.schema import MAKING, prepare
from services.kernel.settings import SEALING
from services.kernel.tables import KERNEL, cursor, event, head, relay
from wushe.services import CLASSES, manifest

CHUNK_ROWS = 20_000
LOCK_WAIT = "20s"
MARK: LiteralString = "migration"
"""The table that says how far a migration has come. It is left in place: it says where the database came from."""

Tell = Callable[[str, str, int], None]


@dataclass(frozen=True)
class Move:
    """One database: the file that it is in, where it goes, and what it holds."""

    name: str
    source: Path
    url: str
    tables: Sequence[sa.Table]
    make: Callable[[str, str], None]
    last: sa.Table

    @property
    def source_url(self) -> str:
        """The file, as SQLAlchemy names it."""
        return f"sqlite:///{self.source.resolve()}"

    @property
    def running_url(self) -> str:
        """The database as the role that its service runs as."""
        name = self.name
        return sa.make_url(self.url).set(username=name).render_as_string(hide_password=False)


def moves(folder: Path, to: str, keys_to: str) -> list[Move]:
    """Every database of an embedded hub, with its place at these servers."""
    found = [_log(folder, name, to) for name in CLASSES]
    return found + [_keys(folder, name, keys_to) for name in SEALING]


def _log(folder: Path, name: str, to: str) -> Move:
    made, url = manifest(name), _at(to, name)
    every = (*KERNEL.sorted_tables, *made.metadata.sorted_tables, *made.kept.sorted_tables)
    tables = [table for table in every if table is not head]
    return Move(name, folder / f"{name}.db", url, [*tables, head], partial(prepare, made), head)


def _keys(folder: Path, service: str, to: str) -> Move:
    name = f"{service}_keys"
    tables = list(KEYS.sorted_tables)
    return Move(name, folder / f"{service}-keys.db", _at(to, name), tables, prepare_keys, subject_key)


def _at(to: str, name: str) -> str:
    """The database of this name at a server, as its owner: what is made there belongs to it, whoever has signed in."""
    given = sa.make_url(to)
    options = f"-crole={name}_owner"  # without a space, which a URL would spell otherwise
    at = given.set(drivername="postgresql+psycopg", database=name, query={**given.query, "options": options})
    return at.render_as_string(hide_password=False)


def migrate(folder: Path, to: str, keys_to: str, tell: Tell) -> dict[str, int]:
    """Move everything; how many rows each database holds. Raises Refused where a target may not be written to."""
    every = moves(folder, to, keys_to)
    _must_be_there(every)
    for each in every:
        with _target(each) as target:
            _may_be_written(each, target, _state_of(each))
    return {each.name: _moved(each, tell) for each in every}


def _must_be_there(every: Sequence[Move]) -> None:
    for each in every:
        if not each.source.exists():
            raise Refused("no-database", f"There is no {each.source}.", f"没有 {each.source}。")
        each.make(each.source_url, each.source_url)  # What this version has and the one before had not.


# --- one database ---------------------------------------------------------------------------------------------------


def _moved(each: Move, tell: Tell) -> int:
    """Copy what is not there yet, and compare both sides."""
    state = _state_of(each)
    source = engine_for(each.source_url)
    try:
        with _target(each) as target:
            _begin(each, target, state)
            each.make(each.url, each.running_url)
            _lock(target)
            for table in each.tables:
                _copy(source, target, table, tell, each.name)
            rows = sum(_compared(source, each, table) for table in each.tables)
            target.execute(f"UPDATE {MARK} SET done = true WHERE name = ''")  # noqa: S608 - a name of our own
            return rows
    finally:
        source.dispose()


@contextmanager
def _target(each: Move) -> Iterator[psycopg.Connection[Any]]:
    conninfo = sa.make_url(each.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(conninfo, autocommit=True, connect_timeout=10) as connection:
        yield connection


def _state_of(each: Move) -> str:
    """What the source is recognised by: it changes with every event, every answered command and every message heard."""
    engine = engine_for(each.source_url)
    try:
        with engine.connect() as connection:
            if each.last is head:
                said = [
                    connection.execute(sa.select(table).order_by(*table.primary_key)).all()
                    for table in (head, cursor, relay)
                ]
            else:
                key = subject_key.c
                said = [
                    connection.execute(
                        sa.select(sa.func.count(), sa.func.max(key.changed_at), sa.func.sum(key.changed_at))
                    ).all()
                ]
    finally:
        engine.dispose()
    return sha256(repr(said).encode()).hexdigest()


def _may_be_written(each: Move, target: psycopg.Connection[Any], state: str) -> bool:
    """Refuse a database that holds anything but an unfinished, or the finished, migration of this very source."""
    tables = {row[0] for row in target.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    if not tables:
        return True
    mark = target.execute(f"SELECT source, done FROM {MARK} WHERE name = ''").fetchone() if MARK in tables else None  # noqa: S608
    if mark is None or (mark[1] and mark[0] != state):
        raise Refused(
            "target-not-empty",
            f"The database {each.name} is not empty; a hub is moved into databases as deploy/postgres/init.sh makes them.",
            f"数据库 {each.name} 不是空的; 只能迁移到 deploy/postgres/init.sh 新建的数据库。",
        )
    return True


def _begin(each: Move, target: psycopg.Connection[Any], state: str) -> None:
    """Say whose copy this becomes; an unfinished copy of what the source was before is thrown away."""
    target.execute(
        f"CREATE TABLE IF NOT EXISTS {MARK} (name text PRIMARY KEY, source text, last bigint NOT NULL, done boolean NOT NULL)"
    )
    found = target.execute(f"SELECT source FROM {MARK} WHERE name = ''").fetchone()  # noqa: S608 - a name of our own
    if found is not None and found[0] != state:
        with target.transaction():
            for table in each.tables:
                target.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table.name)))
            target.execute(f"DELETE FROM {MARK}")  # noqa: S608 - a name of our own
        found = None
    if found is None:
        target.execute(f"INSERT INTO {MARK} VALUES ('', %s, 0, false)", (state,))  # noqa: S608 - a name of our own


def _lock(target: psycopg.Connection[Any]) -> None:
    """Nobody else makes or fills these tables while this connection lasts: services wait with theirs."""
    target.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(LOCK_WAIT)))
    try:
        target.execute("SELECT pg_advisory_lock(%s)", (MAKING,))
    except psycopg.errors.LockNotAvailable as busy:
        raise Refused("target-busy", "Somebody else makes tables there now.", "另有进程正在建表。") from busy
    target.execute("SET lock_timeout = 0")


# --- one table ------------------------------------------------------------------------------------------------------


def _copy(source: sa.Engine, target: psycopg.Connection[Any], table: sa.Table, tell: Tell, name: str) -> None:
    """Copy a table from where the last chunk ended; each chunk is committed with how far it goes."""
    found = target.execute(f"SELECT last, done FROM {MARK} WHERE name = %s", (table.name,)).fetchone()  # noqa: S608
    last, done = found or (0, False)
    if found is None:
        target.execute(f"DELETE FROM {MARK} WHERE name = %s", (table.name,))  # noqa: S608 - a name of our own
        _clear_what_was_made(target, table)
    while not done:
        rows = _chunk(source, table, last)
        done = len(rows) < CHUNK_ROWS
        last = rows[-1][0] if rows else last
        with target.transaction():
            _write(target, table, rows)
            target.execute(
                f"INSERT INTO {MARK} VALUES (%s, NULL, %s, %s) "  # noqa: S608 - a name of our own
                "ON CONFLICT (name) DO UPDATE SET last = excluded.last, done = excluded.done",
                (table.name, last, done),
            )
        tell(name, table.name, len(rows))


def _clear_what_was_made(target: psycopg.Connection[Any], table: sa.Table) -> None:
    """`prepare` begins a log at nothing: that row makes place for the true one, unless somebody has written since."""
    if table is head:
        gone = target.execute("DELETE FROM head WHERE position = 0").rowcount
        if not gone:
            raise Refused("target-busy", "A service has written there meanwhile.", "迁移期间已有服务写入。")


def _chunk(source: sa.Engine, table: sa.Table, last: int) -> list[tuple[Any, ...]]:
    rowid: sa.ColumnElement[int] = sa.literal_column("rowid", sa.BigInteger)
    query = sa.select(rowid.label("_rowid"), *table.columns).where(rowid > last).order_by(rowid).limit(CHUNK_ROWS)
    with source.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def _write(target: psycopg.Connection[Any], table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    jsons = {place for place, column in enumerate(table.columns, 1) if isinstance(column.type, sa.JSON)}
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    copying = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    with target.cursor() as cursor_, cursor_.copy(copying) as copy:
        for row in rows:
            cells = [
                Json(cell) if place in jsons and cell is not None else cell for place, cell in enumerate(row) if place
            ]
            copy.write_row(cells)


# --- comparing ------------------------------------------------------------------------------------------------------


def _compared(source: sa.Engine, each: Move, table: sa.Table) -> int:
    """How many rows both sides hold; raises Refused where they are not the same."""
    copy = engine_for(each.url)
    try:
        here, there = _sum_of(source, table), _sum_of(copy, table)
    finally:
        copy.dispose()
    if here != there:
        raise Refused(
            "copy-differs",
            f"{each.name}.{table.name} differs: {here[0]} rows here, {there[0]} there.",
            f"{each.name}.{table.name} 不一致: 此处 {here[0]} 行, 彼处 {there[0]} 行。",
        )
    return here[0]


def _sum_of(engine: sa.Engine, table: sa.Table) -> tuple[int, int]:
    """The number of rows, and a sum over their hashes that does not depend on their order; of a log also its own proof."""
    count, total = 0, 0
    with engine.connect().execution_options(stream_results=True, yield_per=2_000) as connection:
        for row in connection.execute(sa.select(table)):
            count += 1
            said = json.dumps([_plain(cell) for cell in row], sort_keys=True, ensure_ascii=False)
            total += int.from_bytes(sha256(said.encode()).digest()[:16], "big")
        if table is head:
            _must_end_with_its_hash(connection)
    return count, total % 2**128


def _must_end_with_its_hash(connection: sa.Connection) -> None:
    position, proof = connection.execute(sa.select(head.c.position, head.c.hash)).one()
    raw = connection.execute(sa.select(event.c.raw).where(event.c.position == position)).scalar()
    if bytes(proof) != (sha256(bytes(raw)).digest() if raw is not None else b""):
        raise Refused(
            "log-broken", "The log does not end with the hash that its head names.", "日志末尾与记录的哈希不符。"
        )


def _plain(cell: Any) -> Any:
    """A cell in a form that is the same from both databases."""
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).hex()
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return str(cell) if isinstance(cell, UUID) or hasattr(cell, "isoformat") else cell
