"""A rehearsal: commands decided as they would be now, each on top of those before it, and nothing of it is kept.

It stands where the appender stands: it locks the log's head as a commit does, so no command is decided beside it and
none of its rules meets an older state. What the commands would change is written into the views within one transaction,
for the facts of those that follow, and rolled back at the end: no event, no answer, no sealed value is ever written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.kernel.ahead import Ahead, NotYet
from services.kernel.appender import load_streams
from services.kernel.database import DatabaseGone, Writer, answering, writer_for
from services.kernel.draft import Draft, micros
from services.kernel.errors import HubError, Unavailable
from services.kernel.gathered import Gathered, wanted_by
from services.kernel.manifest import Look
from services.kernel.memory import Known
from services.kernel.store import Store
from services.kernel.tables import head
from services.kernel.unit import Done, Order, Unit
from services.kernel.view import Batch, Change, Rows, batches, dropped, merged

T = TypeVar("T")


@dataclass(frozen=True)
class Trial:
    """One command to be tried, a unit of its own.

    `check` raises what stands against it before it is decided, by the views as they would be by then; `against` is what
    stands against it whatever they show.
    """

    unit: Unit
    check: Callable[[Look], None] | None = None
    against: HubError | None = None


def rehearse(store: Store, trials: Sequence[Trial]) -> list[Done | HubError]:
    """What each would be answered, in this order, if all of them came now."""
    try:
        with answering(), _held(store.engine) as connection:
            return _decided(store, connection, trials)
    except DatabaseGone as gone:
        raise Unavailable("the database is away") from gone


@contextmanager
def _held(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that holds the log's head, as the one who writes does; it always ends in nothing."""
    own = engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "sqlite" else engine
    with own.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(sa.select(head.c.id).with_for_update())
        try:
            yield connection
        finally:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("ROLLBACK")
            connection.rollback()


def _decided(store: Store, connection: sa.Connection, trials: Sequence[Trial]) -> list[Done | HubError]:
    writer = writer_for(store.engine)
    try:
        known, newest = _load(writer, [order for trial in trials for order in trial.unit.orders]), writer.head()
    finally:
        writer.close()
    orders = [order for trial in trials for order in trial.unit.orders]
    look = Foretold(connection, Ahead(Gathered(store.look(), wanted_by(store.manifest, orders))))
    draft = Draft(store.manifest, known, look, newest, micros(store.clock()))
    return [_tried(trial, draft, look) for trial in trials]


def _tried(trial: Trial, draft: Draft, look: Foretold) -> Done | HubError:
    """One command: refused before it is decided, or decided, on what those before it have left."""
    try:
        if trial.check is not None:
            look.catch_up(draft.group.changes)
            trial.check(look)
        if trial.against is not None:
            return trial.against
    except HubError as refused:
        return refused
    draft.take(trial.unit)
    return draft.results[-1][1][-1]


# --- what the decisions stand on ------------------------------------------------------------------------------------


def _load(writer: Writer, orders: Sequence[Order]) -> Known:
    known = Known(streams=load_streams(writer, {order.stream: order.decider for order in orders}))
    asked = [order.ask.id for order in orders if not order.fresh]
    for row in writer.answers(asked) if asked else ():
        names = tuple(row[5].split(",")) if row[5] else ()
        known.answers[row[0]] = (bytes(row[1]), Done(UUID(row[2].rpartition("/")[2]), row[3], row[4], names))
    return known


class Rehearsed:
    """The views as they would be: read, and written to, within the one transaction (see `manifest.Look`)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection, self._seen = connection, 0
        self._pending: dict[sa.Table, list[Change | Rows]] = defaultdict(list)
        self._insert: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select."""
        self._write_what_is_read(statement)
        return [dict(row) for row in self._connection.execute(statement).mappings()]

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        where = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        found = self.run(sa.select(table).where(*where))
        return found[0] if found else None

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values, in the order of the primary key."""
        where = [table.c[name] == value for name, value in equals.items()]
        return self.run(sa.select(table).where(*where).order_by(*table.primary_key))

    def beside(self, make: Callable[[], T]) -> T:
        """Made anew: what only would be must not be remembered."""
        return make()

    def catch_up(self, changes: Sequence[Change | Rows]) -> None:
        """Show all of these changes from now on; those that are shown already come first."""
        for change in changes[self._seen :]:
            self._pending[change.table].append(change)
        self._seen = len(changes)

    def _write_what_is_read(self, statement: sa.Select[Any]) -> None:
        """Write what is to be shown of the tables that this reads: most have not been touched."""
        read = self._pending.keys() & set(sa.sql.visitors.iterate(statement)) if self._pending else set()
        for table in read:
            self._write(self._pending.pop(table))

    def _write(self, changes: Sequence[Change | Rows]) -> None:
        for rows in (each for each in changes if isinstance(each, Rows)):
            self._connection.execute(
                rows.table.insert(), [dict(zip(rows.columns, row, strict=True)) for row in rows.values]
            )
        wanted = merged(each for each in changes if isinstance(each, Change))
        for (table, names), keys in dropped(wanted).items():
            gone = sa.tuple_(*(table.c[name] for name in names)).in_(keys)
            self._connection.execute(table.delete().where(gone))
        for batch in batches(wanted):
            self._upsert(batch)

    def _upsert(self, batch: Batch) -> None:
        if not batch.founds:
            self._amend(batch)
            return
        insert = self._insert(batch.table)
        steps = {name: insert.excluded[name] for name in batch.sets}
        steps |= {name: sa.func.coalesce(batch.table.c[name], 0) + insert.excluded[name] for name in batch.adds}
        keys = list(batch.table.primary_key)
        whole = insert.on_conflict_do_update(index_elements=keys, set_=steps) if steps else (
            insert.on_conflict_do_nothing(index_elements=keys)
        )  # fmt: skip
        self._connection.execute(whole, [dict(zip(batch.columns, row, strict=True)) for row in batch.values])

    def _amend(self, batch: Batch) -> None:
        """Rows that are there; of what a new one lacks nothing can be made."""
        table = batch.table
        for row in batch.values:
            cells = dict(zip(batch.columns, row, strict=True))
            where = [table.c[name] == cells.pop(name) for name in batch.keys]
            cells |= {name: sa.func.coalesce(table.c[name], 0) + cells[name] for name in batch.adds}
            self._connection.execute(table.update().where(*where).values(cells))


class Foretold(Rehearsed):
    """The same, but rows that are asked for by their key, or by the values of their columns, are told from memory.

    `ahead` reads what is committed, which stays as it is while the transaction holds the head.
    """

    def __init__(self, connection: sa.Connection, ahead: Ahead) -> None:
        super().__init__(connection)
        self._ahead = ahead

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        try:
            return self._ahead.one(table, *key)
        except NotYet:
            return super().one(table, *key)

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values, in the order of the primary key."""
        try:
            return self._ahead.all(table, **equals)
        except NotYet:
            return super().all(table, **equals)

    def catch_up(self, changes: Sequence[Change | Rows]) -> None:
        """Show all of these changes from now on; those that are shown already come first."""
        self._ahead.catch_up(changes)
        super().catch_up(changes)
