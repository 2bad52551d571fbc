"""Checking everything that is derived: each view is folded anew beside the one that serves, and compared row by row.

The rolling check (`inspecting`) folds a few matters again each minute; this goes through all views, statistics and
findings included, from the first entry and the first own event on, a little each turn and one view after the other. A row
that differs, is missing or is too many is named in `crooked`; a rebuild mends it. What a view is folded into here lies in
a temporary database of its own, and nothing but the names of rows is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa

from services.audit.inspecting import crooked
from services.audit.ledger import micros
from services.kernel import log, metrics
from services.kernel.contract import EVENTS
from services.kernel.database import engine_for, writer_for
from services.kernel.manifest import Follower, Look
from services.kernel.store import Views
from services.kernel.stored import read_recorded
from services.kernel.unit import Unit
from services.kernel.view import Change, drop, put

T = TypeVar("T")
PAGE = 1_000
AT_ONCE = 400
SECONDS = 2.0
"""So long a turn goes on; the rest of its minute belongs to others."""
KEPT = 100
COMMIT_SECONDS = 30


class Folding(Protocol):
    """How some tables are made from what lies before them."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def tables(self) -> Sequence[sa.Table]:
        """What it makes."""
        ...

    def step(self, look: Look, after: int) -> tuple[Sequence[Change], int]:
        """The changes that follow from what comes after this place, and the place then; the same where there is nothing."""
        ...

    def level(self) -> int | None:
        """The place of the tables that serve, where they are level with what lies before them; else None."""
        ...


@dataclass
class Derived:
    """The tables of a follower, from the ledger."""

    store: Any
    follower: Follower

    @property
    def name(self) -> str:
        """The follower's."""
        return self.follower.name

    @property
    def tables(self) -> Sequence[sa.Table]:
        """The follower's."""
        return self.follower.tables

    def step(self, look: Look, after: int) -> tuple[Sequence[Change], int]:
        """The follower's own step; what it would have said is not said again."""
        changes, _, at = self.follower.step(look, after)
        return changes, at

    def level(self) -> int | None:
        """Where the follower stands; it is level when it has nothing to do."""
        at = int(self.store.cursor(f"follower:{self.follower.name}"))
        changes, _, then = self.follower.step(self.store.views, at)
        return at if then == at and not changes else None


@dataclass
class Own:
    """The tables that audit's own events give: findings, samples, reports, checks and what else it has said."""

    store: Any
    tables: Sequence[sa.Table]
    name: str = "own-events"

    def step(self, look: Look, after: int) -> tuple[Sequence[Change], int]:
        """The next page of the own log."""
        page = self.store.read(after, PAGE)
        found = read_recorded(EVENTS, page)
        return [change for recorded in found for change in self.store.manifest.project(recorded)], after + len(page)

    def level(self) -> int | None:
        """Events and rows are written together, so it is always level."""
        return int(self.store.refresh())


def foldings(store: Any) -> list[Folding]:
    """All of audit's views: one for each follower, and one for what its own events give."""
    followers = [Derived(store, follower) for follower in store.manifest.followers]
    derived = {table for each in followers for table in each.tables}
    own = [table for table in store.manifest.metadata.sorted_tables if table not in derived]
    made: list[Folding] = [*followers]
    return [*made, Own(store, own)]


class Beside(Views):
    """Reads the tables that are folded anew, and all others where they are."""

    def __init__(self, engine: sa.Engine, look: Look, tables: Sequence[sa.Table]) -> None:
        super().__init__(engine)
        self._look, self._new = look, set(tables)

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a select over the one or the other."""
        new = self._new.intersection(statement.get_final_froms())
        return super().run(statement) if new else self._look.run(statement)

    def with_values(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[dict[str, Any]]:
        """The same, of one with places."""
        return self.run(statement.params(values))

    def beside(self, make: Callable[[], T]) -> T:
        """What is kept beside the tables that serve."""
        return self._look.beside(make)


class Anew:
    """One folding into tables of its own; `at` is how far it has come."""

    def __init__(self, folding: Folding, look: Look) -> None:
        self.folding, self.look, self.at = folding, look, 0
        self._folder = tempfile.TemporaryDirectory(prefix="hub-refolding-")
        self._engine = engine_for(f"sqlite:///{Path(self._folder.name) / 'views.db'}")
        for table in folding.tables:
            table.create(self._engine)
        self._writer = writer_for(self._engine)
        self.own = Beside(self._engine, look, folding.tables)

    def step(self) -> bool:
        """One page further; False where there is nothing more."""
        changes, at = self.folding.step(self.own, self.at)
        moved, self.at = at != self.at, at
        if changes:
            self._writer.apply(list(changes))
        return moved

    def wrong(self) -> set[tuple[str, str]] | None:
        """The rows that differ, by table and key; None where the tables that serve stand elsewhere now."""
        if self.folding.level() != self.at:
            return None
        found = {place for table in self.folding.tables for place in differing(self.own, self.look, table)}
        return found if self.folding.level() == self.at else None

    def close(self) -> None:
        """Let the temporary database go."""
        self._writer.close()
        self._engine.dispose()
        self._folder.cleanup()


def differing(one: Look, other: Look, table: sa.Table) -> set[tuple[str, str]]:
    """The keys under which two tables of the same shape do not hold the same, by pages: neither need fit into memory."""
    found: set[tuple[str, str]] = set()
    for first, second in ((one, other), (other, one)):
        for page in pages(first, table):
            beside = _under(second, table, list(page))
            found |= {_place(table, key) for key, row in page.items() if beside.get(key) != row}
    return found


Key = tuple[Any, ...]
Held = dict[Key, dict[str, Any]]


def pages(look: Look, table: sa.Table) -> Iterator[Held]:
    """All rows by their keys, in the order of the keys."""
    key, after = list(table.primary_key), None
    while True:
        query = sa.select(table).order_by(*key).limit(AT_ONCE)
        if after is not None:
            query = query.where(sa.tuple_(*key) > _literal(key, after))
        rows = look.run(query)
        if not rows:
            return
        after = tuple(rows[-1][column.name] for column in key)
        yield _by_key(table, rows)


def _under(look: Look, table: sa.Table, keys: Sequence[Key]) -> Held:
    """The rows under these keys."""
    key = list(table.primary_key)
    where = key[0].in_([each[0] for each in keys]) if len(key) == 1 else sa.tuple_(*key).in_(keys)
    return _by_key(table, look.run(sa.select(table).where(where)))


def _literal(key: Sequence[sa.Column[Any]], values: Key) -> Any:
    return sa.tuple_(*(sa.literal(value, column.type) for value, column in zip(values, key, strict=True)))


def _by_key(table: sa.Table, rows: Sequence[dict[str, Any]]) -> Held:
    key = [column.name for column in table.primary_key]
    plain = ({name: _plain(value) for name, value in row.items()} for row in rows)
    return {tuple(row[name] for name in key): row for row in plain}


def _place(table: sa.Table, key: Key) -> tuple[str, str]:
    return str(table.name), "/".join(map(str, key))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    return value


@dataclass
class Refolding:
    """The duty: a turn folds on, and when a view is level with the one that serves, compares the two."""

    store: Any
    look: Look
    every: float = 60.0
    name: str = "views"
    all: list[Folding] = field(default_factory=list)
    number: int = 0
    anew: Anew | None = None
    rounds: int = 0
    seconds: float = SECONDS

    @classmethod
    def duty(cls, hand: Any) -> Refolding:
        """As the service is set up."""
        return cls(hand.store, hand.look, hand.settings.inspect_seconds, all=foldings(hand.store))

    def health(self) -> dict[str, Any]:
        """Which view is folded, how far, and how many rounds were made since the start."""
        of = self.all[self.number % len(self.all)].name if self.all else ""
        return {"view": of, "at": self.anew.at if self.anew else 0, "rounds": self.rounds}

    def turn(self) -> bool:
        """Fold for a while; compare where nothing more is to be folded."""
        until = monotonic() + self.seconds
        self.anew = self.anew or Anew(self.all[self.number % len(self.all)], self.look)
        while self.anew.step():
            if monotonic() > until:
                return False
        wrong = self.anew.wrong()
        if wrong is not None:
            self._tell(self.anew.folding, wrong)
            self.anew.close()
            self.anew, self.number = None, self.number + 1
            self.rounds += self.number % len(self.all) == 0
        return False

    def _tell(self, folding: Folding, wrong: set[tuple[str, str]]) -> None:
        """Name the rows that differ; those of these tables that do not any more are forgotten."""
        names = {str(table.name) for table in folding.tables}
        known = {(row["view"], row["key"]) for row in self.look.all(crooked)}
        before = {place for place in known if place[0] in names}
        named, now = set(sorted(wrong)[:KEPT]), micros(self.store.clock())
        for view, _ in sorted(named - before):
            log.noticed("audit", "view-crooked", level="error", code=view)
        changes: list[Any] = [put(crooked, *place, found_at=now) for place in sorted(named - before)]
        changes += [drop(crooked, *place) for place in sorted(before - named)]
        if changes:
            self.store.submit(Unit(rows=changes)).result(timeout=COMMIT_SECONDS)
        metrics.inspected("audit", None, len((known - before) | named))
