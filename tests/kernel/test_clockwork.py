"""Timers fire once, and followers do nothing twice, whatever is repeated, stopped or done by two processes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.kernel import clockwork
from services.kernel.clock import system_clock
from services.kernel.clockwork import Clockwork
from services.kernel.errors import ConcurrentChange, Unavailable
from services.kernel.manifest import Do, Look
from services.kernel.store import Store
from services.kernel.tables import event
from services.kernel.view import Change, add
from tests.kernel.conftest import Opening
from tests.kernel.play import until
from tests.kernel.till import done, envelopes
from tests.kernel.toy import CLOCKED, SHOP, TOY, BuildToy, LendToy, RemindOfToy, order, shelves, toys

CAR = BuildToy(kind="car")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds would only take time."""
    monkeypatch.setattr(clockwork, "TICK_SECONDS", 0.02)


@pytest.fixture
def wound() -> Iterator[Any]:
    """Winds up the clockwork of stores, and stops all at the end."""
    running: list[Clockwork] = []

    def wind(*stores: Store) -> None:
        for store in stores:
            made = Clockwork(store)
            made.start()
            running.append(made)

    yield wind
    for made in running:
        made.stop()


def said(store: Store, kind: str) -> int:
    """How many events of a kind there are."""
    return [e.type for e in envelopes(store)].count(kind)


def ticks(store: Store) -> None:
    """Long enough for every timer to look a few times."""
    seen, looked = [0], store.views.run

    def counting(statement: Any) -> list[dict[str, Any]]:
        seen[0] += 1
        return looked(statement)

    store.views.run = counting  # type: ignore[method-assign]
    until(lambda: seen[0] > 12)
    store.views.run = looked  # type: ignore[method-assign]


def test_a_timer_fires_once_for_each_due_time(opened: Opening, wound: Any) -> None:
    stores = [opened(CLOCKED), opened(CLOCKED)]
    streams = [uuid4() for _ in range(5)]
    past, future = system_clock() - timedelta(days=1), system_clock() + timedelta(days=1)
    done(stores[0], *(order(s, CAR) for s in streams), *(order(s, LendToy(until=past)) for s in streams[:4]),
         order(streams[4], LendToy(until=future)))  # fmt: skip
    wound(*stores)
    until(lambda: (said(stores[0], "toy.returned"), said(stores[0], "toy.asked-for")) == (4, 4))
    ticks(stores[0])
    assert (said(stores[0], "toy.returned"), said(stores[0], "toy.asked-for")) == (4, 4)
    done(stores[0], order(streams[0], LendToy(until=past + timedelta(hours=1))))
    until(lambda: (said(stores[0], "toy.returned"), said(stores[0], "toy.asked-for")) == (5, 5))
    rows = {row["id"]: row["due"] for row in stores[0].look().all(toys)}
    assert rows == dict.fromkeys(streams[:4]) | {streams[4]: future}


def test_a_timer_that_fired_does_not_fire_again_after_a_restart(opened: Opening, wound: Any) -> None:
    store, stream = opened(CLOCKED), uuid4()
    done(store, order(stream, CAR), order(stream, LendToy(until=system_clock() - timedelta(days=1))))
    wound(store)
    until(lambda: said(store, "toy.asked-for") == 1)
    again = opened(CLOCKED)
    wound(again)
    ticks(again)
    assert said(again, "toy.asked-for") == 1


def test_a_timer_acts_as_the_service_itself(opened: Opening, wound: Any) -> None:
    store, stream = opened(CLOCKED), uuid4()
    done(store, order(stream, CAR), order(stream, LendToy(until=system_clock() - timedelta(days=1))))
    wound(store)
    until(lambda: said(store, "toy.returned") == 1)
    (returned,) = [e for e in envelopes(store) if e.type == "toy.returned"]
    assert (returned.actorid, returned.actorrole, returned.channel) == ("shop:returns", "service", "system")


class Counter:
    """Counts each event under its type, and reminds of each toy that was built; two events at a step."""

    name = "counter"
    tables: tuple[sa.Table, ...] = (shelves,)

    def __init__(self) -> None:
        self.steps: list[int] = []

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """Two events further."""
        self.steps.append(after)
        rows = look.run(sa.select(event).where(event.c.position > after).order_by(event.c.position).limit(2))
        built = [UUID(row["stream"].partition("/")[2]) for row in rows if row["type"] == "toy.built"]
        changes = [add(shelves, row["type"], toys=1) for row in rows]
        return changes, [Do(TOY, b, RemindOfToy()) for b in built], rows[-1]["position"] if rows else after


def counted(store: Store) -> dict[str, int]:
    """What the follower has made of it."""
    return {row["shelf"]: row["toys"] for row in store.look().all(shelves)}


def follows(opened: Opening, follower: Counter) -> Store:
    """A store with this follower."""
    return opened(replace(SHOP, followers=(follower,)))


def build(store: Store, toys_: int) -> None:
    """So many toys."""
    for _ in range(toys_):
        done(store, order(uuid4(), CAR))


def test_followers_in_two_processes_repeat_nothing(opened: Opening, wound: Any) -> None:
    stores = [follows(opened, Counter()) for _ in range(2)]
    wound(*stores)
    build(stores[0], 10)
    build(stores[1], 5)
    everything = {"toy.built": 15, "toy.asked-for": 15}
    until(lambda: counted(stores[0]) == everything, 30)
    assert (said(stores[0], "toy.built"), said(stores[0], "toy.asked-for")) == (15, 15)
    assert stores[0].cursor("follower:counter") == 30


def test_a_step_that_another_process_made_further_asks_nothing_twice(opened: Opening) -> None:
    slow, quick = Counter(), Counter()
    stores = [follows(opened, slow), follows(opened, quick)]
    build(stores[0], 1)
    look = slow.step

    def overtaken(views: Look, after: int) -> tuple[list[Change], list[Do], int]:
        found = look(views, after)
        build(stores[0], 1)
        Clockwork(stores[1])._step(quick)
        return found

    slow.step = overtaken  # type: ignore[method-assign]
    with pytest.raises(ConcurrentChange):
        Clockwork(stores[0])._step(slow)
    while Clockwork(stores[1])._step(quick):
        pass
    assert counted(stores[0]) == {"toy.built": 2, "toy.asked-for": 2}


def test_a_step_that_is_repeated_asks_nothing_twice(opened: Opening, wound: Any) -> None:
    follower, failed = Counter(), threading.Event()
    store = follows(opened, follower)
    build(store, 6)
    submit = store.submit

    def failing(unit: Any) -> Any:
        if unit.moved is not None and not failed.is_set():
            failed.set()
            raise Unavailable("just now")
        return submit(unit)

    store.submit = failing  # type: ignore[method-assign]
    wound(store)
    until(lambda: counted(store) == {"toy.built": 6, "toy.asked-for": 6}, 30)
    assert follower.steps.count(0) == 2
    assert said(store, "toy.asked-for") == 6


def test_a_follower_goes_on_where_it_stood(opened: Opening, wound: Any) -> None:
    first = follows(opened, Counter())
    wound(first)
    build(first, 3)
    until(lambda: first.cursor("follower:counter") == 6, 30)
    later = Counter()
    store = follows(opened, later)
    wound(store)
    build(store, 1)
    until(lambda: counted(store) == {"toy.built": 4, "toy.asked-for": 4}, 30)
    assert min(later.steps) == 6
