"""The views as a group in the making will leave them: what is committed, and on top of it what was decided before.

Rows that are asked for by their key, or by the values of their columns, are answered as they will be. Any other select
is answered by the database, unless the group has touched a table that it reads: then it must wait until that is
written, and `NotYet` says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from services.kernel.manifest import Look
from services.kernel.view import Change, Rows

Key = tuple[Any, ...]
Row = dict[str, Any]
T = TypeVar("T")


class NotYet(Exception):
    """What is asked for can be told once the group is written."""


class Ahead:
    """Reading the views ahead of their being written (see `manifest.Look`), from the thread that makes the group."""

    def __init__(self, look: Look) -> None:
        self._look, self._seen = look, 0
        self._rows: dict[sa.Table, dict[Key, Row | None]] = defaultdict(dict)
        self._pending: dict[sa.Table, list[Change]] = defaultdict(list)
        self._opaque: set[sa.Table] = set()

    def catch_up(self, changes: Sequence[Change | Rows]) -> None:
        """Show all of these changes from now on; those that are shown already come first."""
        for change in changes[self._seen :]:
            if isinstance(change, Rows):
                self._opaque.add(change.table)
            else:
                self._pending[change.table].append(change)
        self._seen = len(changes)

    def one(self, table: sa.Table, *key: Any) -> Row | None:
        """The row under this primary key, or None."""
        rows = self._ahead(table)
        if key not in rows:
            return self._look.one(table, *key)
        row = rows[key]
        return None if row is None else dict(row)

    def all(self, table: sa.Table, **equals: Any) -> list[Row]:
        """All rows whose columns equal these values, in the order of the primary key."""
        rows, found = self._ahead(table), self._look.all(table, **equals)
        if not rows:
            return found
        names = [column.name for column in table.primary_key]
        kept = {key: row for row in found if (key := tuple(row[name] for name in names)) not in rows}
        mine = {key: dict(row) for key, row in rows.items() if row is not None and _matches(row, equals)}
        return [row for _, row in sorted((kept | mine).items(), key=lambda pair: pair[0])]

    def run(self, statement: sa.Select[Any]) -> list[Row]:
        """The rows of a select over tables that the group leaves alone. Raises NotYet."""
        touched = self._pending.keys() | self._rows.keys() | self._opaque
        if touched and not touched.isdisjoint(sa.sql.visitors.iterate(statement)):
            raise NotYet
        return self._look.run(statement)

    def beside(self, make: Callable[[], T]) -> T:
        """What is kept beside the committed views."""
        return self._look.beside(make)

    # --- the rows that the group has touched, as they will be ---

    def _ahead(self, table: sa.Table) -> dict[Key, Row | None]:
        if table in self._opaque:
            raise NotYet
        rows, pending = self._rows.get(table, {}), self._pending.pop(table, None)
        if pending:
            rows = self._rows[table]
            self._fetch(table, {change.key for change in pending if not change.clears} - rows.keys())
            for change in pending:
                if change.clears:
                    self._clear(table, change.key)
                else:
                    rows[change.key] = _changed(table, rows[change.key], change)
        return rows

    def _fetch(self, table: sa.Table, keys: set[Key]) -> None:
        """The rows under these keys as they are committed."""
        columns = list(table.primary_key)
        found = self._look.run(sa.select(table).where(_under(columns, keys))) if keys else []
        committed = {tuple(row[column.name] for column in columns): row for row in found}
        self._rows[table] |= {key: committed.get(key) for key in keys}

    def _clear(self, table: sa.Table, start: Key) -> None:
        """No row whose key begins so is there any more."""
        columns = list(table.primary_key)
        where = [column == value for column, value in zip(columns, start, strict=False)]
        committed = self._look.run(sa.select(*columns).where(*where))
        rows = self._rows[table]
        gone = {tuple(row.values()) for row in committed} | {key for key in rows if key[: len(start)] == start}
        rows |= dict.fromkeys(gone)


def _under(columns: list[sa.Column[Any]], keys: Iterable[Key]) -> sa.ColumnElement[bool]:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return sa.tuple_(*columns).in_(list(keys))


def _changed(table: sa.Table, row: Row | None, change: Change) -> Row | None:
    """A row after a change, as the statement that writes the change will leave it."""
    before = None if change.drop else row
    if change.drop and not (change.sets or change.adds or change.anew):
        return None
    names = (column.name for column in table.primary_key)
    after = (
        dict(before)
        if before is not None
        else dict.fromkeys(table.c.keys()) | dict(zip(names, change.key, strict=True))
    )
    after |= {name: _stored(table.c[name], value) for name, value in change.sets.items()}
    return after | {name: (after[name] or 0) + amount for name, amount in change.adds.items()}


def _stored(column: sa.Column[Any], value: Any) -> Any:
    """A value as it will be read back."""
    return msgspec.json.decode(msgspec.json.encode(value)) if isinstance(column.type, sa.JSON) else value


def _matches(row: Row, equals: Row) -> bool:
    return all(row[name] == value for name, value in equals.items())
