"""Rows that the commands of one group will ask for, read together: one select a column, however many commands there are.

What a service says it will look up (`Manifest.gathers`) is read before the first of them is decided, and answered from
memory; whatever else is asked for is looked up when it is asked for. Nothing of it outlives the group: while the group is
made nobody else of this process writes, and where another process has, the group is not written and made anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import sqlalchemy as sa

from services.kernel.manifest import Look, Manifest, Wanted
from services.kernel.unit import Order

T = TypeVar("T")
Row = dict[str, Any]

AT_ONCE = 500
"""So many values of a column are asked for in one select."""


def wanted_by(manifest: Manifest, orders: Iterable[Order]) -> Iterator[Wanted]:
    """The rows that the facts of these commands will ask for, as far as the service says."""
    gathers = manifest.gathers
    for order in orders if gathers else ():
        if (wants := gathers.get(type(order.command))) is not None:
            yield from wants(order.command, order.stream_id)


class Gathered:
    """The committed views, some rows of which have been read (see `manifest.Look`)."""

    def __init__(self, look: Look, wanted: Iterable[Wanted]) -> None:
        self._look = look
        self._known: dict[tuple[sa.Table, str], dict[Any, list[Row]]] = {}
        values: dict[tuple[sa.Table, str], dict[Any, None]] = defaultdict(dict)
        for table, name, value in wanted:
            values[table, name][value] = None
        for (table, name), asked in values.items():
            self._read(table, name, list(asked))

    def _read(self, table: sa.Table, name: str, asked: list[Any]) -> None:
        known: dict[Any, list[Row]] = {value: [] for value in asked}
        column = table.c[name]
        for start in range(0, len(asked), AT_ONCE):
            some = sa.select(table).where(column.in_(asked[start : start + AT_ONCE]))
            for row in self._look.run(some.order_by(*table.primary_key)):
                known[row[name]].append(row)
        self._known[table, name] = known

    def one(self, table: sa.Table, *key: Any) -> Row | None:
        """The row under this primary key, or None."""
        names = [column.name for column in table.primary_key]
        found = self._among(table, names[0], key[0])
        if found is None:
            return self._look.one(table, *key)
        return next((dict(row) for row in found if all(row[n] == v for n, v in zip(names, key, strict=True))), None)

    def all(self, table: sa.Table, **equals: Any) -> list[Row]:
        """All rows whose columns equal these values, in the order of the primary key."""
        for name, value in equals.items():
            found = self._among(table, name, value)
            if found is not None:
                return [dict(row) for row in found if all(row[n] == v for n, v in equals.items())]
        return self._look.all(table, **equals)

    def _among(self, table: sa.Table, name: str, value: Any) -> list[Row] | None:
        known = self._known.get((table, name))
        return None if known is None else known.get(value)

    def run(self, statement: sa.Select[Any]) -> list[Row]:
        """The rows of any select."""
        return self._look.run(statement)

    def beside(self, make: Callable[[], T]) -> T:
        """What is kept beside the committed views."""
        return self._look.beside(make)
