"""Rebuilding views from zero: into new tables while the old ones serve, then swapped in one transaction.

What a view shows of its own service comes from the log; what it shows of others is pulled from them again, as far as
this service has heard them, without what is parked. Views that a follower derives are derived anew by it. The swap holds
the head's row, so nothing is written between the last page and the swap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from secrets import token_hex
from time import sleep
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import structs
from sqlalchemy.sql.visitors import replacement_traverse

from services.kernel import metrics, widening
from services.kernel.contract import EVENTS
from services.kernel.database import engine_for, writer_for
from services.kernel.heard import read_message
from services.kernel.manifest import Follower, shows_nothing
from services.kernel.message import Recorded
from services.kernel.parking import Parking
from services.kernel.store import Store, Views
from services.kernel.stored import read_recorded
from services.kernel.tables import cursor, head
from services.kernel.view import Change, Project, merged

PAGE = 2_000
SUFFIX = re.compile(r"__[0-9a-f]{6}$")
SWAPS = 20
LOCK_MILLISECONDS = 500

Pull = Callable[[str, int, int], Iterator[list[bytes]]]
"""(publisher, after, until) -> pages of its events, in order."""

Progress = Callable[[str, int, int], None]
"""(source, done, of)."""

Write = Callable[[list[Change]], None]


def silent(source: str, done: int, of: int) -> None:
    """Nobody watches."""


class Redirected(Views):
    """Looks at new tables where it is asked for old ones."""

    def __init__(self, engine: sa.Engine, new: dict[str, sa.Table]) -> None:
        super().__init__(engine)
        self._new = new

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select."""
        redirected: Any = replacement_traverse(statement, {}, self._instead)
        return super().run(redirected)

    def with_values(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[dict[str, Any]]:
        """The same, of one with places."""
        return self.run(statement.params(values))

    def _instead(self, element: Any, **_: Any) -> Any:
        if isinstance(element, sa.Table):
            return self._new.get(element.name)
        if isinstance(element, sa.Column) and element.table.name in self._new:
            return self._new[element.table.name].c[element.name]
        return None


def read_own(publisher: str, after: int, page: list[bytes]) -> list[Recorded]:
    """A page of the own log, all at once; where that fails, one by one, to say which event cannot be read."""
    with suppress(msgspec.MsgspecError, LookupError, TypeError, ValueError):
        found = read_recorded(EVENTS, page)
        if all(recorded.position == position for position, recorded in enumerate(found, after + 1)):
            return found
    return [read_message(publisher, position, raw) for position, raw in enumerate(page, after + 1)]


@dataclass
class Folded:
    """How far each source has been folded, and which messages were left out because they were parked."""

    own: int = 0
    heard: dict[str, int] = field(default_factory=dict)
    left_out: dict[tuple[str, int], bytes] = field(default_factory=dict)
    events: int = 0

    def copy(self) -> Folded:
        """The same, to go back to."""
        return replace(self, heard=dict(self.heard), left_out=dict(self.left_out))


@dataclass
class Rebuild:
    """One rebuild of some views of a service; `tables` empty means all of them.

    `owner_url` is the database as its owner, where the service's own role may not make tables.
    """

    store: Store
    pull: Pull
    tables: tuple[str, ...] = ()
    progress: Progress = silent
    owner_url: str = ""

    def __post_init__(self) -> None:
        manifest = self.store.manifest
        every = {str(table.name): table for table in manifest.metadata.sorted_tables}
        self._followers = [f for f in manifest.followers if not self.tables or set(_names(f)) & set(self.tables)]
        wanted = {*(self.tables or every), *(name for f in self._followers for name in _names(f))}
        self._old = {name: table for name, table in every.items() if name in wanted}
        self._suffix, fresh = f"__{token_hex(3)}", sa.MetaData()
        self._new = {n: t.to_metadata(fresh, name=n + self._suffix) for n, t in self._old.items()}
        for table in self._new.values():
            table.indexes.clear()
        self._at, self._stand = Folded(), dict[str, int]()

    def run(self) -> int:
        """Rebuild and swap; the number of events that were read."""
        engine = self.store.engine
        owner = engine_for(self.owner_url) if self.owner_url else engine
        writer = writer_for(engine)
        try:
            self._begin(owner)
            self._fold_all(writer.apply)
            for follower in self._followers:
                self._derive(follower, writer.apply)
            self._index(owner)
            self._swap(owner)
        finally:
            writer.close()
            if owner is not engine:
                owner.dispose()
        return self._at.events

    def _begin(self, owner: sa.Engine) -> None:
        """New tables, after what a rebuild that was killed has left behind."""
        role, quote = self.store.engine.url.username, owner.dialect.identifier_preparer.quote
        with owner.begin() as connection:
            for name in sa.inspect(connection).get_table_names():
                if SUFFIX.search(name) and SUFFIX.sub("", name) in self._old:
                    connection.exec_driver_sql(f'DROP TABLE "{name}"')
            for table in self._new.values():
                table.create(connection)
                if role and self.owner_url:
                    connection.exec_driver_sql(
                        f'GRANT SELECT, INSERT, UPDATE, DELETE ON "{table.name}" TO {quote(role)}'
                    )

    # --- folding ---

    def _fold_all(self, write: Write) -> None:
        """Fold everything, and what has come meanwhile, until little is left."""
        before = -PAGE
        while self._at.events - before >= PAGE:
            before = self._at.events
            self._fold(write)

    def _fold(self, write: Write) -> None:
        manifest = self.store.manifest
        for publisher in manifest.hears if manifest.project_heard is not shows_nothing else ():
            self._fold_heard(publisher, write)
        self._release(write)
        until = self.store.refresh()
        for page in self._own_pages(self._at.own, until):
            self._at.own = self._take(self.store.name, self._at.own, page, self._project, write)
            self._report(self.store.name, self._at.own, until)

    def _project(self, recorded: Recorded) -> Iterable[Change]:
        """What the service itself has said; what an older one said and today's does not know shows nothing."""
        return () if recorded.event is None else self.store.manifest.project(recorded)

    def _own_pages(self, after: int, until: int) -> Iterator[list[bytes]]:
        while after < until and (page := self.store.read(after, min(PAGE, until - after))):
            yield page
            after += len(page)

    def _fold_heard(self, publisher: str, write: Write) -> None:
        own = publisher == self.store.name
        until, at = self.store.cursor(publisher), self._at.heard.get(publisher, 0)
        for page in self._own_pages(at, until) if own else self.pull(publisher, at, until):
            at = self._take(publisher, at, page, self.store.manifest.project_heard, write, self._parked(publisher))
            self._at.heard[publisher] = at
            self._report(publisher, at, until)

    def _parked(self, publisher: str) -> set[int]:
        return {held.position for held in Parking(self.store).all(publisher)}

    def _release(self, write: Write) -> None:
        """Fold what was parked when its turn was, and has been handled since."""
        for publisher in {publisher for publisher, _ in self._at.left_out}:
            parked = self._parked(publisher)
            for place in sorted(p for p in self._at.left_out if p[0] == publisher and p[1] not in parked):
                raw = self._at.left_out.pop(place)
                self._take(publisher, place[1] - 1, [raw], self.store.manifest.project_heard, write)

    def _take(
        self, publisher: str, after: int, page: list[bytes], project: Project, write: Write,
        parked: Set[int] = frozenset(),
    ) -> int:  # fmt: skip
        if publisher == self.store.name and not parked:
            found = read_own(publisher, after, page)
        else:
            found = self._read(publisher, after, page, parked)
        write(self._redirected(change for recorded in found for change in project(recorded)))
        self._at.events += len(page)
        return after + len(page)

    def _read(self, publisher: str, after: int, page: list[bytes], parked: Set[int]) -> list[Recorded]:
        found: list[Recorded] = []
        for position, raw in enumerate(page, after + 1):
            if position in parked:
                self._at.left_out[publisher, position] = raw
            else:
                found.append(read_message(publisher, position, raw))
        return found

    def _redirected(self, changes: Iterable[Change]) -> list[Change]:
        """What becomes of each new table's rows."""
        wanted = merged(change for change in changes if change.table.name in self._new)
        return [structs.replace(change, table=self._new[change.table.name]) for change in wanted]

    def _derive(self, follower: Follower, write: Write) -> None:
        """Step by step to where the follower stands; what it would ask for, it has asked for, or will."""
        look, at = Redirected(self.store.engine, self._new), 0
        until = self.store.cursor(place := f"follower:{follower.name}")
        while at < until:
            changes, _, now_at = follower.step(look, at)
            write(self._redirected(changes))
            at = now_at
            self._report(follower.name, min(at, until), until)
        self._stand[place] = min(at, until)

    def _report(self, source: str, done: int, of: int) -> None:
        metrics.view_lag(self.store.name, source, of - done)
        self.progress(source, done, of)

    # --- the swap ---

    def _index(self, owner: sa.Engine) -> None:
        """Indexes under other names; SQLite cannot rename one and makes them in the swap."""
        if owner.dialect.name == "sqlite":
            return
        with owner.begin() as connection:
            for name, old in self._old.items():
                new = self._new[name]
                for index in old.indexes:
                    columns = [new.c[column.name] for column in index.columns]
                    sa.Index(f"{index.name}{self._suffix}", *columns, unique=index.unique).create(connection)

    def _swap(self, owner: sa.Engine) -> None:
        """Try until no reader is in the way; while one is, nobody waits longer than half a second for it."""
        for left in range(SWAPS - 1, -1, -1):
            before = self._at.copy()
            try:
                with owner.begin() as connection:
                    self._exchange(connection)
                return
            except sa.exc.OperationalError:
                self._at = before
                if not left:
                    raise
                sleep(0.1)

    def _exchange(self, connection: sa.Connection) -> None:
        """Holding the head: fold the rest, then change the names."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
        connection.execute(head.update().values(id=head.c.id))
        self._fold(lambda changes: write_alone(connection, changes))
        for place, at in self._stand.items():
            connection.execute(
                cursor.update().where(cursor.c.publisher == place, cursor.c.position > at).values(position=at)
            )
        for name, old in self._old.items():
            connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}"')
            connection.exec_driver_sql(f'ALTER TABLE "{name}{self._suffix}" RENAME TO "{name}"')
            self._rename_indexes(connection, old)
        widening.settled(connection, self._old)

    def _rename_indexes(self, connection: sa.Connection, old: sa.Table) -> None:
        if connection.dialect.name == "sqlite":
            for index in old.indexes:
                index.create(connection)
            return
        key = f'"{old.name}{self._suffix}_pkey" TO "{old.name}_pkey"'
        connection.exec_driver_sql(f'ALTER TABLE "{old.name}" RENAME CONSTRAINT {key}')
        for index in old.indexes:
            connection.exec_driver_sql(f'ALTER INDEX "{index.name}{self._suffix}" RENAME TO "{index.name}"')


def _names(follower: Follower) -> list[str]:
    return [str(table.name) for table in follower.tables]


def write_alone(connection: sa.Connection, changes: list[Change]) -> None:
    """The few changes of the swap itself, one row after the other."""
    for change in changes:
        table = change.table
        named = list(table.primary_key)[: len(change.key)]
        where = [column == value for column, value in zip(named, _fit(named, change.key), strict=True)]
        if change.drop:
            connection.execute(table.delete().where(*where))
        if change.drop and not (change.sets or change.adds or change.anew):
            continue
        found = connection.execute(sa.select(table).where(*where)).mappings().first()
        adds = {name: ((found and found[name]) or 0) + amount for name, amount in change.adds.items()}
        cells = change.sets | adds
        cells = dict(zip(cells, _fit([table.c[name] for name in cells], cells.values()), strict=True))
        if found is None:
            keys = dict(zip((c.name for c in table.primary_key), _fit(table.primary_key, change.key), strict=True))
            connection.execute(table.insert().values(keys | cells))
        elif cells:
            connection.execute(table.update().where(*where).values(cells))


def _fit(columns: Any, values: Any) -> list[Any]:
    """Values as the columns take them: what stands in a text column is text."""
    return [
        str(value) if value is not None and isinstance(column.type, sa.String) else value
        for column, value in zip(columns, values, strict=True)
    ]
