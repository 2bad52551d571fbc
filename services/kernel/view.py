"""Views: disposable tables folded from events, written in the same transaction as the events they show.

A service gives `project(recorded) -> list[Change]`, pure. A change names a row by its key and says what becomes of it:
`put` sets the named columns and leaves the others, `add` increases counters, `drop` removes the row. Changes of a batch
are merged per row before they are written, so a rebuild writes each row once a batch and not once an event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from services.kernel.message import Recorded


@dataclass(frozen=True)
class Change:
    """What becomes of one row: `drop` first, then `sets`, then `adds`."""

    table: sa.Table
    key: tuple[Any, ...]
    sets: dict[str, Any] = field(default_factory=dict)
    adds: dict[str, int] = field(default_factory=dict)
    drop: bool = False


def put(table: sa.Table, *key: Any, **columns: Any) -> Change:
    """Create the row under this key (in the order of the table's primary key columns), or set these columns of it."""
    return Change(table, key, sets=columns)


def add(table: sa.Table, *key: Any, **amounts: int) -> Change:
    """Increase counters of the row under this key, creating it with them if it is not there."""
    return Change(table, key, adds=amounts)


def drop(table: sa.Table, *key: Any) -> Change:
    """Remove the row under this key, if it is there."""
    return Change(table, key, drop=True)


Project = Callable[[Recorded], Iterable[Change]]


def then(first: Change, second: Change) -> Change:
    """One change with the effect of two on the same row, one after the other."""
    if second.drop:
        return second
    sets = {**first.sets, **second.sets}
    adds = {k: v for k, v in first.adds.items() if k not in second.sets}
    for name, amount in second.adds.items():
        if name in sets:
            sets[name] = (sets[name] or 0) + amount
        else:
            adds[name] = adds.get(name, 0) + amount
    return Change(first.table, first.key, sets, adds, first.drop)


def merged(changes: Iterable[Change]) -> list[Change]:
    """At most one change a row, in the order in which the rows were first touched."""
    rows: dict[tuple[sa.Table, tuple[Any, ...]], Change] = {}
    for change in changes:
        place = (change.table, change.key)
        known = rows.get(place)
        rows[place] = change if known is None else then(known, change)
    return list(rows.values())
