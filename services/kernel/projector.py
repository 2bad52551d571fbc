"""Rebuilding views from zero: into new tables while the old ones serve, then swapped in one transaction.

What a view shows of its own service comes from the log; what it shows of others is pulled from them again, as far as
this service has heard them. The swap holds the head's row, so nothing is written between the last page and the swap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from services.kernel.database import Writer, writer_for
from services.kernel.heard import read_message
from services.kernel.message import Recorded
from services.kernel.store import Store
from services.kernel.tables import head
from services.kernel.view import Change, Project, merged

PAGE = 2_000
SUFFIX = "__new"

Pull = Callable[[str, int, int], Iterator[list[bytes]]]
"""(publisher, after, until) -> pages of its events, in order."""

Progress = Callable[[str, int, int], None]
"""(source, done, of)."""


def silent(source: str, done: int, of: int) -> None:
    """Nobody watches."""


@dataclass
class Rebuild:
    """One rebuild of some views of a service; `tables` empty means all of them."""

    store: Store
    pull: Pull
    tables: tuple[str, ...] = ()
    progress: Progress = silent
    events: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        metadata = self.store.manifest.metadata
        self._old = {t.name: t for t in metadata.sorted_tables if not self.tables or t.name in self.tables}
        fresh = sa.MetaData()
        self._new = {name: t.to_metadata(fresh, name=f"{name}{SUFFIX}") for name, t in self._old.items()}
        self._fresh = fresh

    def run(self) -> int:
        """Rebuild and swap; the number of events that were read."""
        writer = writer_for(self.store.engine)
        try:
            self._begin()
            self._fill(writer)
            self._swap(writer)
        finally:
            writer.close()
        return self.events

    def _begin(self) -> None:
        for table in self._new.values():
            for index in list(table.indexes):
                index.name = sa.quoted_name(f"{index.name}{SUFFIX}", None)
        with self.store.engine.begin() as connection:
            self._fresh.drop_all(connection)
            self._fresh.create_all(connection)

    def _fill(self, writer: Writer) -> None:
        manifest = self.store.manifest
        for publisher in manifest.hears:
            until, at = self.store.cursor(publisher), 0
            for page in self.pull(publisher, 0, until):
                self._take(writer, publisher, at, page, manifest.project_heard)
                at += len(page)
                self.progress(publisher, at, until)
        self._at = self._own(writer, 0, self.store.refresh())

    def _own(self, writer: Writer, after: int, until: int) -> int:
        while after < until and (page := self.store.read(after, PAGE)):
            self._take(writer, self.store.name, after, page, self.store.manifest.project)
            after += len(page)
            self.progress(self.store.name, after, until)
        return after

    def _take(self, writer: Writer, publisher: str, after: int, page: list[bytes], project: Project) -> None:
        self.events += len(page)
        read = (read_message(publisher, after + n, raw) for n, raw in enumerate(page, 1))
        writer.apply(merged(self._redirected(read, project)))

    def _redirected(self, read: Iterable[Recorded], project: Project) -> Iterator[Change]:
        for recorded in read:
            if recorded.event is None:
                continue
            for change in project(recorded):
                table = self._new.get(str(change.table.name))
                if table is not None:
                    yield Change(table, change.key, change.sets, change.adds, change.drop)

    def _swap(self, writer: Writer) -> None:
        """Catch up with what was written meanwhile; then, holding the head, the rest and the change of names."""
        self._at = self._own(writer, self._at, self.store.refresh())
        with self.store.engine.begin() as connection:
            connection.execute(head.update().values(id=head.c.id))
            rest = self.store.read(self._at, PAGE)
            read = (read_message(self.store.name, self._at + n, raw) for n, raw in enumerate(rest, 1))
            _write(connection, merged(self._redirected(read, self.store.manifest.project)))
            for name in self._old:
                connection.exec_driver_sql(f'DROP TABLE "{name}"')
                connection.exec_driver_sql(f'ALTER TABLE "{name}{SUFFIX}" RENAME TO "{name}"')


def _write(connection: sa.Connection, changes: list[Change]) -> None:
    """The few changes of the swap itself, one statement a row."""
    for change in changes:
        keys = [column == value for column, value in zip(change.table.primary_key, change.key, strict=True)]
        if change.drop:
            connection.execute(change.table.delete().where(*keys))
        found = connection.execute(sa.select(change.table).where(*keys)).mappings().first()
        before = dict(found) if found is not None else {}
        adds = {name: (before.get(name) or 0) + amount for name, amount in change.adds.items()}
        if found is None and not (change.drop and not (change.sets or change.adds)):
            names = [column.name for column in change.table.primary_key]
            connection.execute(
                change.table.insert().values(dict(zip(names, change.key, strict=True)) | change.sets | adds)
            )
        elif found is not None and (change.sets or adds):
            connection.execute(change.table.update().where(*keys).values(change.sets | adds))
