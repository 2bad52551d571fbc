"""Opening a case that nobody has in memory: long and short, with and without a snapshot; beside the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from statistics import median
from time import perf_counter
from uuid import UUID

import sqlalchemy as sa

from services.intake.domain import case
from services.intake.service import MANIFEST
from services.kernel.appender import load_streams
from services.kernel.database import Writer, writer_for
from services.kernel.draft import SNAPSHOT_EVERY
from services.kernel.store import Store
from services.kernel.tables import snapshot
from tests.bench import eventsourced
from tests.bench.eventsourced import PAYLOAD, Dossier
from tests.bench.stage import Row, Stage
from tests.bench.subject import long_case

LONG, MIDDLE, SHORT = 10_000, 1_000, 10
TAIL = SNAPSHOT_EVERY // 2
"""On average as many events as this have come since the last snapshot."""


def run(stage: Stage) -> Iterable[Row]:
    """Two rows for each database."""
    for kind, name in (("postgresql", "PostgreSQL"), ("sqlite", "SQLite")):
        store = Store(MANIFEST, stage.database(kind))
        store.start()
        ids = {size: long_case(store, size + (TAIL if size == LONG else 0)) for size in (LONG, MIDDLE, SHORT)}
        with store.engine.begin() as connection:
            connection.execute(sa.delete(snapshot).where(snapshot.c.stream == f"case/{ids[MIDDLE]}"))
        peer = eventsourced.dossiers(stage.database(kind))
        theirs = dossier(peer, MIDDLE)
        writer = writer_for(store.engine)
        long, middle, short, library = (
            1000 * each
            for each in stage.medians(
                lambda ids=ids, writer=writer: opening(writer, ids[LONG], 50),  # type: ignore[misc]
                lambda ids=ids, writer=writer: opening(writer, ids[MIDDLE], 10),  # type: ignore[misc]
                lambda ids=ids, writer=writer: opening(writer, ids[SHORT], 50),  # type: ignore[misc]
                lambda peer=peer, theirs=theirs: timed(lambda: peer.repository.get(theirs), 10),  # type: ignore[misc]
            )
        )
        writer.close()
        store.stop()
        peer.close()
        yield Row(what=f"opening a case of {LONG:,} events, {name}", goal="≤ 2 × one of 10", ours=long, unit="ms", peer=short,
                  least=True, reached=long <= 2 * short, note=f"a case of 10 events; {TAIL} events since the snapshot")  # fmt: skip
        yield Row(what=f"opening one of {MIDDLE:,}, no snapshot, {name}", goal="≥ 10 ×", ours=middle, unit="ms", peer=library,
                  least=True, reached=library >= 10 * middle, note="eventsourcing, repository.get")  # fmt: skip


def opening(writer: Writer, case_id: UUID, times: int) -> float:
    """Seconds to read a case and fold its state, as the appender does before a decision."""
    cold = {f"case/{case_id}": case.DECIDER}
    return timed(lambda: load_streams(writer, cold), times)


def timed(work: Callable[[], object], times: int) -> float:
    """The median of so many, in seconds."""
    taken = []
    for _ in range(times):
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return median(taken)


def dossier(peer: eventsourced.Dossiers, events: int) -> UUID:
    """One of the library's aggregates with this many events."""
    made = Dossier(text=PAYLOAD)
    for number in range(events - 1):
        made.note(PAYLOAD, number)
    peer.save(made)
    return made.id
