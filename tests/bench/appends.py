"""Durable appends: many callers, and one; each waits until its event is on disk before it comes again."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from services.kernel.store import Store
from services.kernel.unit import Unit
from tests.bench import eventsourced
from tests.bench.eventsourced import PAYLOAD, Dossier
from tests.bench.stage import Row, Stage
from tests.bench.subject import NOTES, note

CALLERS = 64


def run(stage: Stage) -> Iterable[Row]:
    """Rows for PostgreSQL and SQLite."""
    yield from _measured(stage, "postgresql", "PostgreSQL", 20)
    yield from _measured(stage, "sqlite", "SQLite, FULL", 7)


def _measured(stage: Stage, kind: str, name: str, factor: int) -> Iterable[Row]:
    many, few = stage.size(30_000), stage.size(3_000)
    store, peer = Store(NOTES, stage.database(kind)), eventsourced.dossiers(stage.database(kind))
    store.start()
    together(store, CALLERS, 500)
    crowd, alone, theirs = stage.medians(
        lambda: together(store, CALLERS, many), lambda: together(store, 1, few), lambda: saved(peer, few)
    )
    size = len(store.read(0, 1)[0])
    store.stop()
    peer.close()
    beside = f"eventsourcing, one event a save; event of {size} bytes"
    yield Row(what=f"durable appends, {CALLERS} callers, {name}", goal=f"≥ {factor} ×", ours=crowd, unit="/s",
              peer=theirs, reached=crowd >= factor * theirs, note=beside)  # fmt: skip
    if kind == "postgresql":
        yield Row(what=f"durable appends, one caller, {name}", goal="≥ 3 ×", ours=alone, unit="/s", peer=theirs,
                  reached=alone >= 3 * theirs, note="eventsourcing, one event a save")  # fmt: skip


def together(store: Store, callers: int, count: int) -> float:
    """Appends a second by callers that each post their next command when the one before was answered."""
    done, left = threading.Event(), [count]
    orders = [note() for _ in range(count)]

    def answer(outcome: Any) -> None:
        if isinstance(outcome, BaseException):
            raise outcome
        left[0] -= 1
        if orders:
            store.post(Unit([orders.pop()], answer=answer))
        elif left[0] == 0:
            done.set()

    began = perf_counter()
    store.post(*(Unit([orders.pop()], answer=answer) for _ in range(min(callers, count))))
    done.wait(300)
    return count / (perf_counter() - began)


def saved(peer: eventsourced.Dossiers, count: int) -> float:
    """Saves a second of the library, one new event each."""
    fresh = [Dossier(text=PAYLOAD) for _ in range(count)]
    began = perf_counter()
    for dossier in fresh:
        peer.save(dossier)
    return count / (perf_counter() - began)
