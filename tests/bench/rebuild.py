"""Rebuilding the view of cases from the log, into new tables that are swapped in; beside a projection of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import Any

import psycopg
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.postgres import PostgresFactory, PostgresTrackingRecorder
from eventsourcing.sqlite import SQLiteFactory, SQLiteTrackingRecorder
from eventsourcing.utils import Environment

from services.intake.service import MANIFEST
from services.kernel.projector import Rebuild
from services.kernel.store import Store
from tests.bench import eventsourced
from tests.bench.eventsourced import PAYLOAD, Dossier
from tests.bench.stage import Row, Stage
from tests.bench.subject import case_events, fill

TABLES = ("cases", "case_months")
PAGE = 500


def run(stage: Stage) -> Iterable[Row]:
    """A row for each database."""
    count, few = stage.size(60_000), stage.size(4_000)
    for kind, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        store = Store(MANIFEST, stage.database(kind))
        store.start()
        fill(store, list(case_events(count)))
        peer, views = eventsourced.dossiers(stage.database(kind)), recorders(stage, kind)
        save(peer, few)
        ours, theirs = stage.medians(
            lambda store=store: rebuilt(store),
            lambda peer=peer, views=views: projected(peer, next(views), few),  # type: ignore[misc]
        )
        store.stop()
        peer.close()
        yield Row(what=f"rebuild of the view of cases, {name}", goal="≥ 20,000/s", ours=ours, unit="/s", peer=theirs,
                  reached=ours >= 20_000, note="eventsourcing projection, one event a transaction")  # fmt: skip


def nobody(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
    """Nobody else has said anything."""
    return iter(())


def rebuilt(store: Store) -> float:
    """Events a second, from nothing to swapped."""
    began = perf_counter()
    events = Rebuild(store, nobody, TABLES).run()
    return events / (perf_counter() - began)


# --- the peer -----------------------------------------------------------------------------------------------------


UPSERT = (
    "INSERT INTO dossier_view (id, entries, last) VALUES ({0}, 1, {0}) "
    "ON CONFLICT (id) DO UPDATE SET entries = dossier_view.entries + 1, last = excluded.last"
)
TABLE = "CREATE TABLE IF NOT EXISTS dossier_view (id TEXT PRIMARY KEY, entries INTEGER, last TEXT)"


class SqliteView(SQLiteTrackingRecorder):
    """A view as the library's documentation writes one: the row and the tracking in one transaction."""

    def construct_create_table_statements(self) -> list[str]:
        """The view's table too."""
        return [*super().construct_create_table_statements(), TABLE]

    def show(self, dossier: str, tracking: Tracking) -> None:
        """One event's effect."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(UPSERT.format("?"), (dossier, dossier))
            self._insert_tracking(cursor, tracking)


class PostgresView(PostgresTrackingRecorder):
    """The same on PostgreSQL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements.append(psycopg.sql.SQL(TABLE))

    def show(self, dossier: str, tracking: Tracking) -> None:
        """One event's effect."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(UPSERT.format("%s"), (dossier, dossier), prepare=True)
            self._insert_tracking(cursor, tracking)


def recorders(stage: Stage, kind: str) -> Iterator[Any]:
    """A new view for each round."""
    while True:
        environment = Environment(name="view", env=eventsourced.environment(stage.database(kind)))
        factory: Any = (SQLiteFactory if kind == "sqlite" else PostgresFactory)(environment)
        view = SqliteView if kind == "sqlite" else PostgresView
        yield factory.tracking_recorder(view)


def save(peer: eventsourced.Dossiers, count: int) -> None:
    """Write the library's events, ten to a dossier."""
    for _ in range(count // 10):
        dossier = Dossier(text=PAYLOAD)
        for number in range(9):
            dossier.note(PAYLOAD, number)
        peer.save(dossier)


def projected(peer: eventsourced.Dossiers, view: Any, count: int) -> float:
    """Events a second of the library: each read from its notification log, shown, tracked."""
    recorder: TrackingRecorder = view
    began, at = perf_counter(), 0
    show: Callable[[str, Tracking], None] = view.show
    while at < count:
        for notification in peer.recorder.select_notifications(start=at + 1, limit=PAGE):
            domain_event = peer.mapper.to_domain_event(notification)
            show(str(domain_event.originator_id), Tracking(peer.name, notification.id))
            at = notification.id
    seconds = perf_counter() - began
    assert recorder.max_tracking_id(peer.name) == at
    return count / seconds
