"""A rehearsal answers what would be answered and leaves nothing behind, over SQLite and PostgreSQL alike."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.kernel.errors import HubError, KeyReused, NotFound, Refused
from services.kernel.manifest import Look
from services.kernel.rehearsal import Trial, rehearse
from services.kernel.store import Store
from services.kernel.tables import command, event, head, snapshot
from services.kernel.unit import Done, Order
from tests.kernel.till import count, done
from tests.kernel.toy import BreakToy, BuildToy, PaintToy, PlaceToy, order, shelves, toys, unit

CAR, TOP = BuildToy(kind="car"), PlaceToy(shelf="top")
TABLES = (event, command, snapshot, toys, shelves)


def rows(store: Store) -> dict[str, Any]:
    """Everything that the store holds."""
    return {table.name: store.look().run(sa.select(table)) for table in (*TABLES, head)}


def tried(store: Store, *orders: Order) -> list[Done | HubError]:
    """What the orders would be answered."""
    return rehearse(store, [Trial(unit(each)) for each in orders])


def codes(results: list[Any]) -> list[str]:
    """What each was answered, in a word."""
    return ["done" if isinstance(one, Done) else one.code for one in results]


def test_a_rehearsal_answers_as_the_commands_would_be_answered_and_writes_nothing(shop: Store) -> None:
    toy, key = uuid4(), uuid4()
    done(shop, order(toy, CAR, key))
    asked = [
        order(toy, PaintToy(colour="red", coats=30)), order(uuid4(), PaintToy(colour="red")), order(toy, TOP),
        order(toy, CAR, key), order(toy, CAR, key, b"otherwise"), order(toy, BreakToy()), order(toy, TOP),
    ]  # fmt: skip
    before = rows(shop)
    found = tried(shop, *asked)
    assert rows(shop) == before
    assert codes(found) == ["done", "no-such-toy", "done", "done", "idempotency-key-reused", "done", "toy-broken"]
    really = [shop.submit(unit(each)).result(30)[0] for each in asked]
    assert codes(really) == codes(found)


def test_each_command_stands_on_what_those_before_it_would_leave_also_in_the_views(shop: Store) -> None:
    """The shelf has room for three, and the fourth is told so although nobody stands there."""
    new = [uuid4() for _ in range(4)]
    asked = [order(toy, CAR, founds=True) for toy in new] + [order(toy, TOP) for toy in new]
    assert codes(tried(shop, *asked)) == ["done"] * 7 + ["shelf-full"]
    assert [count(shop, table) for table in TABLES] == [0] * len(TABLES)
    assert codes(tried(shop, *asked)) == ["done"] * 7 + ["shelf-full"]


def test_after_a_rehearsal_the_same_commands_are_done_for_the_first_time(shop: Store) -> None:
    toy, key = uuid4(), uuid4()
    assert tried(shop, order(toy, CAR, key)) == [Done(toy, 1, 1, ("toy.built",))] == done(shop, order(toy, CAR, key))
    again, other = tried(shop, order(toy, CAR, key), order(toy, CAR, key, b"other"))
    assert again == Done(toy, 1, 1, ("toy.built",), again=True)
    assert isinstance(other, KeyReused)


def test_a_rehearsal_and_commands_of_others_do_not_disturb_each_other(shop: Store) -> None:
    """What is tried is tried on the newest state, and what is asked meanwhile is done."""
    stop = threading.Event()
    built: list[Done] = []

    def building() -> None:
        while not stop.is_set():
            built.extend(done(shop, order(uuid4(), CAR)))

    worker = threading.Thread(target=building)
    worker.start()
    try:
        toy = uuid4()
        for number in range(20):
            found = tried(shop, order(toy, CAR, founds=True), order(toy, PaintToy(colour="red")))
            assert codes(found) == ["done", "done"], number
    finally:
        stop.set()
        worker.join()
    assert shop.refresh() == len(built) == count(shop, toys)
    assert [each.position for each in built] == list(range(1, len(built) + 1))


def test_a_refused_command_does_not_take_the_others_with_it(shop: Store) -> None:
    toy = uuid4()
    found = tried(shop, order(uuid4(), BreakToy()), order(toy, CAR), order(toy, BreakToy()))
    assert codes(found) == ["no-such-toy", "done", "done"]


def test_who_may_not_is_told_so_by_what_the_views_would_show(shop: Store) -> None:
    """A check finds the toy that the command before would bring into being, and what stands against it comes after."""
    toy = uuid4()

    def seen(look: Look) -> None:
        if look.one(toys, toy) is None:
            raise NotFound("nothing under this id")

    paint, gone = order(toy, PaintToy(colour="red")), Refused("gone", "It is gone.", "没有了。")
    trials = [Trial(unit(paint), seen), Trial(unit(order(toy, CAR))), Trial(unit(paint), seen)]
    trials += [Trial(unit(paint), None, gone), Trial(unit(order(uuid4(), BreakToy())))]
    assert codes(rehearse(shop, trials)) == ["not-found", "done", "done", "gone", "no-such-toy"]
