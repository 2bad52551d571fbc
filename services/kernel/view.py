"""Views: disposable tables folded from events, written in the same transaction as the events they show.

A service gives `project(recorded) -> list[Change]`, pure. A change names a row by its key and says what becomes of it:
`put` sets the named columns and leaves the others, `add` increases counters, `drop` removes the row, `clear` removes all
rows whose keys begin alike. Changes of a batch are merged per row before they are written, so a rebuild writes each row
once a batch and not once an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from services.kernel.message import Recorded


class Change(msgspec.Struct, frozen=True):
    """What becomes of one row: `drop` first, then `sets`, then `adds`; dropped and `anew`, it is there all the same.

    Where `drop` comes with the beginning of a key alone, it is about every row whose key begins so.
    """

    table: sa.Table
    key: tuple[Any, ...]
    sets: dict[str, Any] = {}
    adds: dict[str, int] = {}
    drop: bool = False
    anew: bool = False

    @property
    def clears(self) -> bool:
        """Whether it is about every row whose key begins so."""
        return self.drop and len(self.key) < len(self.table.primary_key)


def put(table: sa.Table, *key: Any, **columns: Any) -> Change:
    """Create the row under this key (in the order of the table's primary key columns), or set these columns of it."""
    return Change(table, key, sets=columns)


def add(table: sa.Table, *key: Any, **amounts: int) -> Change:
    """Increase counters of the row under this key, creating it with them if it is not there."""
    return Change(table, key, adds=amounts)


def drop(table: sa.Table, *key: Any) -> Change:
    """Remove the row under this key, if it is there."""
    return Change(table, key, drop=True)


def clear(table: sa.Table, *start: Any) -> Change:
    """Remove every row whose key begins so; what is put there afterwards stays."""
    return Change(table, start, drop=True)


Project = Callable[[Recorded], Iterable[Change]]


def then(first: Change, second: Change) -> Change:
    """One change with the effect of two on the same row, one after the other."""
    if second.drop:
        return second
    both = Change(first.table, first.key, dict(first.sets), dict(first.adds), first.drop, first.drop)
    _absorb(both, second)
    return both


def _absorb(first: Change, second: Change) -> None:
    sets, adds = first.sets, first.adds
    for name, value in second.sets.items():
        sets[name] = value
        adds.pop(name, None)
    for name, amount in second.adds.items():
        if name in sets:
            sets[name] = (sets[name] or 0) + amount
        else:
            adds[name] = adds.get(name, 0) + amount


def merged(changes: Iterable[Change]) -> list[Change]:
    """At most one change a row, in the order in which the rows were first touched."""
    rows: dict[tuple[sa.Table, tuple[Any, ...]], Change] = {}
    made: set[int] = set()
    for change in changes:
        if change.clears:
            for gone in [place for place in rows if _begins(place, change)]:
                made.discard(id(rows.pop(gone)))
        place = (change.table, change.key)
        known = rows.setdefault(place, change)
        if id(known) in made and not change.drop:
            _absorb(known, change)  # it was made here, so nobody else sees it change
        elif known is not change:
            rows[place] = then(known, change)
            made.discard(id(known))
            if not change.drop:
                made.add(id(rows[place]))
    return list(rows.values())


def _begins(place: tuple[sa.Table, tuple[Any, ...]], change: Change) -> bool:
    table, key = place
    return table is change.table and key[: len(change.key)] == change.key


@dataclass(frozen=True)
class Rows:
    """Many new rows for one table, inserted in bulk.

    Where a row's place is taken another process was there first: ConcurrentChange, and nothing of its unit is written.
    """

    table: sa.Table
    columns: tuple[str, ...]
    values: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Batch:
    """Changes of one table that name the same columns, ready to be written in one statement."""

    table: sa.Table
    keys: tuple[str, ...]
    sets: tuple[str, ...]
    adds: tuple[str, ...]
    values: list[tuple[Any, ...]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that each of its values has, in their order."""
        return (*self.keys, *self.sets, *self.adds)

    @property
    def founds(self) -> bool:
        """Whether rows can be made of it: not, where a column that must hold something is left out."""
        named = set(self.columns)
        return all(column.nullable or column.name in named for column in self.table.columns)


Named = tuple[sa.Table, tuple[str, ...]]


def dropped(changes: Iterable[Change]) -> dict[Named, list[tuple[Any, ...]]]:
    """The keys of the rows that go, and beginnings of keys, by table and by the columns that they are of."""
    gone: dict[Named, list[tuple[Any, ...]]] = {}
    for change in changes:
        if change.drop:
            names = tuple(column.name for column in change.table.primary_key)[: len(change.key)]
            gone.setdefault((change.table, names), []).append(change.key)
    return gone


def batches(changes: Iterable[Change]) -> list[Batch]:
    """Merged changes in as few statements as can be: one for each table and set of columns."""
    found: dict[tuple[sa.Table, tuple[str, ...], tuple[str, ...]], Batch] = {}
    shapes: dict[tuple[sa.Table, tuple[str, ...], tuple[str, ...]], Batch] = {}
    for change in changes:
        if change.drop and not (change.sets or change.adds or change.anew):
            continue
        shape = (change.table, tuple(change.sets), tuple(change.adds))
        batch = shapes.get(shape)
        if batch is None:
            sets, adds = tuple(sorted(change.sets)), tuple(sorted(change.adds))
            keys = tuple(column.name for column in change.table.primary_key)
            batch = found.setdefault((change.table, sets, adds), Batch(change.table, keys, sets, adds, []))
            shapes[shape] = batch
        batch.values.append((*change.key, *[change.sets[c] for c in batch.sets], *[change.adds[c] for c in batch.adds]))
    return list(found.values())
