"""Units of commands: strict and lenient, repeated and refused, in one group and from several processes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import sqlalchemy as sa

from services.kernel import draft, metrics
from services.kernel.clock import system_clock
from services.kernel.errors import ConcurrentChange, ContractBroken, HubError, Refused, Unavailable
from services.kernel.manifest import Look
from services.kernel.store import Store
from services.kernel.tables import command
from services.kernel.unit import Done
from services.kernel.view import Rows, put
from tests.kernel.conftest import Opening
from tests.kernel.till import count, done, envelopes, error, together
from tests.kernel.toy import (
    SHOP,
    BreakToy,
    BuildToy,
    LendToy,
    PaintToy,
    PlaceToy,
    RuinToy,
    ToyLent,
    WriteOnToy,
    order,
    shelves,
    toys,
    unit,
)

CAR, RED = BuildToy(kind="car"), PaintToy(colour="red")


def test_a_strict_unit_is_written_whole_or_not_at_all(shop: Store) -> None:
    first, second, row = uuid4(), uuid4(), put(shelves, "top", toys=1)
    results = shop.submit(unit(order(first, CAR, uuid4()), order(second, BreakToy()), rows=[row])).result(30)
    assert [type(result) for result in results] == [Refused, Refused]
    assert (shop.refresh(), count(shop, toys), count(shop, shelves), count(shop, command)) == (0, 0, 0, 0)


def test_a_lenient_unit_is_written_without_what_was_refused(shop: Store) -> None:
    first, second, row = uuid4(), uuid4(), put(shelves, "top", toys=1)
    orders = [order(first, CAR), order(second, BreakToy()), order(second, CAR)]
    results = shop.submit(unit(*orders, rows=[row], lenient=True)).result(30)
    assert [type(result) for result in results] == [Done, Refused, Done]
    assert (shop.refresh(), count(shop, toys), count(shop, shelves)) == (2, 2, 1)


@pytest.mark.parametrize("lenient", [False, True])
def test_a_fault_is_the_whole_units_own(shop: Store, lenient: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        shop.submit(unit(order(uuid4(), CAR), order(uuid4(), RuinToy()), lenient=lenient)).result(30)
    assert (shop.refresh(), count(shop, toys)) == (0, 0)


def test_the_fault_of_one_unit_does_not_take_others_with_it(shop: Store) -> None:
    streams = [uuid4() for _ in range(5)]
    units = [unit(order(stream, CAR)) for stream in streams]
    units[1] = unit(order(streams[1], RuinToy()))
    units[3] = unit(order(streams[3], CAR), rows=[Rows(shelves, ("shelf", "toys"), [(None, 1)])])
    outcomes = together(shop, *units)
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert isinstance(outcomes[3], Exception)
    assert not isinstance(outcomes[3], HubError)
    assert [outcomes[n][0].version for n in (0, 2, 4)] == [1, 1, 1]
    assert {row["id"] for row in shop.look().all(toys)} == {streams[0], streams[2], streams[4]}
    assert [e.position for e in envelopes(shop)] == [1, 2, 3]


def test_a_refused_unit_leaves_no_trace_in_its_group(shop: Store) -> None:
    made, spoilt = uuid4(), uuid4()
    first, second, third, fourth = together(
        shop,
        unit(order(made, CAR)),
        unit(order(spoilt, CAR), order(made, RED), order(spoilt, WriteOnToy(text="a sentence"))),
        unit(order(made, RED)),
        unit(order(spoilt, CAR, expected=0)),
    )
    assert all(isinstance(result, ContractBroken) for result in second)
    assert (first[0].version, third[0].version, fourth[0].version) == (1, 2, 1)
    assert [(e.position, e.type) for e in envelopes(shop)] == [(1, "toy.built"), (2, "toy.painted"), (3, "toy.built")]


def test_orders_of_a_unit_see_each_other(shop: Store) -> None:
    stream = uuid4()
    answers = done(shop, order(stream, CAR), order(stream, RED), order(stream, BreakToy()), order(stream, BreakToy()))
    assert [(a.version, a.events) for a in answers] == [
        (1, ("toy.built",)), (2, ("toy.painted",)), (3, ("toy.broken",)), (3, ()),
    ]  # fmt: skip


def test_a_command_that_changed_nothing_gets_its_first_answer_too(opened: Opening) -> None:
    store, stream, key = opened(), uuid4(), uuid4()
    done(store, order(stream, CAR), order(stream, BreakToy()))
    assert done(store, order(stream, BreakToy(), key)) == [Done(stream, 2, 0, ())]
    assert done(opened(), order(stream, BreakToy(), key)) == [Done(stream, 2, 0, (), again=True)]


def test_a_command_that_was_refused_may_be_asked_again(shop: Store) -> None:
    stream, key = uuid4(), uuid4()
    assert isinstance(error(shop, order(stream, BreakToy(), key)), Refused)
    done(shop, order(stream, CAR))
    assert done(shop, order(stream, BreakToy(), key)) == [Done(stream, 2, 2, ("toy.broken",))]


def test_ten_times_the_same_at_once_has_one_effect(opened: Opening) -> None:
    stores, stream, key = [opened(), opened()], uuid4(), uuid4()
    done(stores[0], order(stream, CAR))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: done(stores[n % 2], order(stream, RED, key))[0], range(10)))
    assert sorted(answer.again for answer in answers) == [False] + [True] * 9
    assert {(a.version, a.position, a.events) for a in answers} == {(2, 2, ("toy.painted",))}
    assert done(opened(), order(stream, RED, key))[0].again
    assert stores[0].refresh() == 2


def test_ten_times_the_same_in_one_group_has_one_effect(shop: Store) -> None:
    stream, key = uuid4(), uuid4()
    answers = [outcome[0] for outcome in together(shop, *(unit(order(stream, CAR, key)) for _ in range(10)))]
    assert [answer.again for answer in answers] == [False] + [True] * 9
    assert shop.refresh() == 1


def test_a_version_that_another_process_has_left_behind_is_stale(opened: Opening) -> None:
    here, there, stream = opened(), opened(), uuid4()
    done(here, order(stream, CAR))
    done(there, order(stream, RED, expected=1))
    assert isinstance(error(here, order(stream, RED, expected=1)), ConcurrentChange)
    assert done(here, order(stream, RED, expected=2))[0].version == 3


def test_a_version_that_was_only_read_since_is_not_stale(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """An honest editor is not turned away because somebody looked meanwhile, before or in the same group."""
    monkeypatch.setitem(about_lent(), "reading", True)
    shop, stream = opened(), uuid4()
    lent = LendToy(until=datetime(2030, 1, 1, tzinfo=UTC))
    done(shop, order(stream, CAR), order(stream, lent))
    first, second = together(shop, unit(order(stream, lent)), unit(order(stream, RED, expected=1)))
    assert [first[0].version, second[0].version] == [3, 4]
    assert isinstance(error(shop, order(stream, RED, expected=3)), ConcurrentChange), "it was painted since"
    assert isinstance(error(shop, order(stream, RED, expected=5)), ConcurrentChange), "nobody has seen that yet"


def about_lent() -> dict[str, object]:
    """What is declared about lending."""
    declared: dict[str, object] = ToyLent.__hub__  # type: ignore[attr-defined]
    return declared


def test_a_refusal_stands_on_the_newest_state(opened: Opening) -> None:
    here, there, stream = opened(), opened(), uuid4()
    done(here, order(stream, CAR))
    done(there, order(stream, BreakToy()))
    assert isinstance(error(here, order(stream, RED)), Refused)
    other = uuid4()
    assert isinstance(error(here, order(other, RED)), Refused)
    done(there, order(other, CAR))
    assert done(here, order(other, RED))[0].version == 2


def test_two_processes_take_turns_on_one_stream(opened: Opening) -> None:
    stores, stream = [opened(), opened(), opened()], uuid4()
    done(stores[0], order(stream, CAR))

    def call(n: int) -> int:
        return done(stores[n % 3], order(stream, RED))[0].version

    with ThreadPoolExecutor(9) as pool:
        versions = sorted(pool.map(call, range(90)))
    assert versions == list(range(2, 92))


@pytest.mark.parametrize("processes", [1, 2])
def test_the_last_place_is_given_once(opened: Opening, processes: int) -> None:
    stores = [opened() for _ in range(processes)]
    streams = [uuid4() for _ in range(12)]
    done(stores[0], *(order(stream, CAR) for stream in streams))
    ready = threading.Barrier(12)

    def claim(n: int) -> Any:
        ready.wait(10)
        return stores[n % processes].submit(unit(order(streams[n], PlaceToy(shelf="top")))).result(30)[0]

    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(claim, range(12)))
    assert [type(r) for r in results].count(Done) == 3
    assert {r.code for r in results if isinstance(r, Refused)} == {"shelf-full"}
    assert stores[0].look().one(shelves, "top") == {"shelf": "top", "toys": 3}


def test_the_last_place_is_given_once_within_a_group(shop: Store) -> None:
    streams = [uuid4() for _ in range(6)]
    units = [unit(order(stream, CAR)) for stream in streams]
    units += [unit(order(stream, PlaceToy(shelf="top"))) for stream in streams]
    outcomes = [outcome[0] for outcome in together(shop, *units)][6:]
    assert [type(outcome) for outcome in outcomes] == [Done] * 3 + [Refused] * 3


def test_commands_that_look_facts_up_are_written_together(shop: Store, commits: list[int]) -> None:
    streams = [uuid4() for _ in range(20)]
    done(shop, *(order(stream, CAR) for stream in streams))
    units = [unit(order(stream, PlaceToy(shelf=f"s{n % 10}"))) for n, stream in enumerate(streams)]
    outcomes = together(shop, *units)
    assert all(isinstance(outcome[0], Done) for outcome in outcomes)
    assert commits == [20, 20]


def test_facts_that_only_the_database_can_tell_wait_until_what_they_are_about_is_written(
    opened: Opening, commits: list[int]
) -> None:
    shop = opened(replace(SHOP, facts={PlaceToy: counted}))
    streams = [uuid4() for _ in range(6)]
    done(shop, *(order(stream, CAR) for stream in streams))
    outcomes = together(shop, *(unit(order(stream, PlaceToy(shelf="top"))) for stream in streams))
    assert [type(outcome[0]) for outcome in outcomes] == [Done] * 3 + [Refused] * 3
    assert commits == [6, 1, 1, 1]


def counted(command: PlaceToy, stream_id: UUID, look: Look) -> int:
    """How many toys stand there already, asked by a select."""
    return sum(row["toys"] for row in look.run(sa.select(shelves).where(shelves.c.shelf == command.shelf)))


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events each commit of this process has written."""
    made: list[int] = []
    monkeypatch.setattr(metrics, "committed", lambda name, position, events, *_: made.append(events))
    return made


def test_the_facts_of_a_unit_are_those_from_before_it(shop: Store) -> None:
    streams = [uuid4() for _ in range(5)]
    done(shop, *(order(stream, CAR) for stream in streams))
    done(shop, *(order(stream, PlaceToy(shelf="top")) for stream in streams[:4]))
    assert isinstance(error(shop, order(streams[4], PlaceToy(shelf="top"))), Refused)


def test_what_has_not_happened_yet_is_refused(shop: Store) -> None:
    stream = uuid4()
    done(shop, order(stream, CAR))
    early = order(stream, RED)
    early.ask = msgspec.structs.replace(early.ask, at=system_clock() + timedelta(minutes=10))
    refused = error(shop, early)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == ("in-the-future", "happened.at")


def test_an_event_that_no_entry_of_a_ledger_could_hold_is_refused(shop: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = uuid4()
    monkeypatch.setattr(draft, "LONGEST_DATA", 10)
    refused = error(shop, order(stream, CAR))
    assert isinstance(refused, Refused)
    assert refused.code == "event-too-long"
    monkeypatch.undo()
    assert done(shop, order(stream, CAR))[0].version == 1


def test_a_store_that_stops_answers_everybody(opened: Opening) -> None:
    store = opened()
    futures = [store.submit(unit(order(uuid4(), CAR))) for _ in range(200)]
    store.stop()
    late = store.submit(unit(order(uuid4(), CAR)))
    assert all(future.result(10)[0].version == 1 for future in futures)
    with pytest.raises(Unavailable):
        late.result(10)
    assert [e.position for e in envelopes(opened(start=False))] == list(range(1, 201))


def test_an_answer_that_nobody_can_take_ends_nothing(shop: Store) -> None:
    def breaks(outcome: object) -> None:
        raise RuntimeError("the caller has gone")

    lost = unit(order(uuid4(), CAR), answer=breaks)
    shop.post(lost)
    assert done(shop, order(uuid4(), CAR))[0].position == 2
