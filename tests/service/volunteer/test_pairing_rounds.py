"""A year's pairing: as many pairs as can be, wishes met well, each of the two agrees, and the same faces where wished."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, permutations
from pathlib import Path

import pytest

from services.contracts.volunteer import (
    ConfirmPair,
    DeclinePair,
    OpenPairingRound,
    PairConfirmed,
    PairDeclined,
    PairingRoundOpened,
    PairsProposed,
    ProposedPair,
    ProposePairs,
    RequestSwap,
    StateWishes,
    SwapRequested,
    WishesStated,
)
from services.kernel.message import Actor
from services.volunteer.domain import pairing_round
from services.volunteer.matching.pairs import Matched, matched
from services.volunteer.views_rounds import round_pairs, rounds
from tests.service.volunteer.desk import Desk
from tests.support.spec import NOON, Spec

# --- who goes with whom -----------------------------------------------------------------------------------------------

Wishes = dict[str, tuple[str, ...]]


def drawn(dice: random.Random, size: int) -> tuple[Wishes, Wishes]:
    """Wishes of a few on either side."""
    left, right = [f"a{n}" for n in range(size)], [f"b{n}" for n in range(size)]
    return (
        {one: tuple(dice.sample(right, dice.randint(0, size))) for one in left},
        {one: tuple(dice.sample(left, dice.randint(0, size))) for one in right},
    )


def cost(pairs: tuple[tuple[str, str], ...], left: Wishes, right: Wishes) -> int:
    """The squares of both ranks, added up."""
    return sum((left[a].index(b) + 1) ** 2 + (right[b].index(a) + 1) ** 2 for a, b in pairs)


def best(left: Wishes, right: Wishes) -> tuple[int, int]:
    """How many pairs there can be and the least that so many cost, by trying everything."""
    able = {(a, b) for a in left for b in left[a] if a in right[b]}
    for number in range(min(len(left), len(right)), 0, -1):
        costs = [
            cost(tuple(zip(some, others, strict=True)), left, right)
            for some in combinations(left, number)
            for others in permutations(right, number)
            if set(zip(some, others, strict=True)) <= able
        ]
        if costs:
            return number, min(costs)
    return 0, 0


def test_there_are_as_many_pairs_as_can_be_and_no_others_cost_less() -> None:
    dice = random.Random(3)
    for _ in range(60):
        left, right = drawn(dice, dice.randint(1, 4))
        found = matched(left, right)
        assert (len(found.pairs), cost(found.pairs, left, right)) == best(left, right)
        assert len(set(found.alone)) == len(left) + len(right) - 2 * len(found.pairs)


def test_only_who_wishes_for_each_other_is_paired() -> None:
    assert matched({"a": ("b",)}, {"b": ()}) == Matched((), ("a", "b"), ())
    assert matched({}, {}) == Matched((), (), ())


def test_who_would_rather_have_each_other_is_reported() -> None:
    left = {"a1": ("b1", "b2"), "a2": ("b1",)}
    right = {"b1": ("a1", "a2"), "b2": ("a1",)}
    found = matched(left, right)
    assert set(found.pairs) == {("a1", "b2"), ("a2", "b1")} and found.blocking == (("a1", "b1"),)


def test_who_said_no_is_not_proposed_again_and_who_is_paired_is_left_alone() -> None:
    left, right = {"a1": ("b1", "b2"), "a2": ("b1",)}, {"b1": ("a1", "a2"), "b2": ("a1",)}
    assert matched(left, right, refused=[("a2", "b1")]).pairs == (("a1", "b1"),)
    assert matched(left, right, taken=["b1"]).pairs == (("a1", "b2"),)


def test_the_same_faces_stay_together_where_both_wish_for_it() -> None:
    left = {"a1": ("b1", "b2"), "a2": ("b1", "b2")}
    right = {"b1": ("a1", "a2"), "b2": ("a1", "a2")}
    assert set(matched(left, right, again=[("a1", "b2")]).pairs) == {("a1", "b2"), ("a2", "b1")}


# --- the round --------------------------------------------------------------------------------------------------------

ZMY, ZXY, GX = "person:s-zmy", "worker:w-zxy", "worker:w-gx"
round_ = Spec(pairing_round.DECIDER)
OPEN = OpenPairingRound(kind="school_community", year=2026, answer_by=NOON + timedelta(days=9))
OPENED = PairingRoundOpened(kind="school_community", year=2026, answer_by=NOON + timedelta(days=9))
STUDENT = WishesStated(party=ZMY, side="left", wishes=(ZXY, GX))
WORKER = WishesStated(party=ZXY, side="right", wishes=(ZMY,))
OTHER = WishesStated(party=GX, side="right", wishes=(ZMY,))
PAIR = ProposedPair(one=ZMY, other=ZXY)
PROPOSE = ProposePairs(pairs=(PAIR,), blocking=0, alone=1, model="squared-ranks-1")
PROPOSED = PairsProposed(number=1, pairs=(PAIR,), blocking=0, alone=1, model="squared-ranks-1")
SAID = (OPENED, STUDENT, WORKER, OTHER)
HALF = PairConfirmed(one=ZMY, other=ZXY, by=ZXY, settled=False)
BOTH = PairConfirmed(one=ZMY, other=ZXY, by=ZMY, settled=True)


def test_a_round_is_opened_and_wishes_are_said_until_a_pair_is_proposed() -> None:
    round_.when(OPEN).then(OPENED)
    say = StateWishes(party=ZMY, side="left", wishes=(ZXY, GX, ZXY))
    round_.given(OPENED).when(say).then(STUDENT)
    round_.given(OPENED, STUDENT).when(say).then_nothing()
    round_.given(*SAID, PROPOSED).when(say).then_refused("pair-open")
    round_.when(say).then_refused("pairing-round-unknown")


def test_only_who_wished_for_each_other_and_is_free_is_proposed() -> None:
    round_.given(*SAID).when(PROPOSE).then(PROPOSED)
    round_.given(OPENED, STUDENT).when(PROPOSE).then_refused("not-wished")
    round_.given(*SAID, PROPOSED).when(PROPOSE).then_refused("not-free")


def test_a_pair_is_settled_when_both_have_agreed() -> None:
    round_.given(*SAID, PROPOSED).when(ConfirmPair(party=ZXY)).then(HALF)
    round_.given(*SAID, PROPOSED, HALF).when(ConfirmPair(party=ZMY)).then(BOTH)
    round_.given(*SAID, PROPOSED, HALF).when(ConfirmPair(party=ZXY)).then_nothing()
    round_.given(*SAID).when(ConfirmPair(party=ZXY)).then_refused("no-pair")


def test_who_declines_is_free_and_the_two_are_not_proposed_to_each_other_again() -> None:
    no = PairDeclined(one=ZMY, other=ZXY, by=ZXY)
    round_.given(*SAID, PROPOSED).when(DeclinePair(party=ZXY)).then(no)
    round_.given(*SAID, PROPOSED, no).when(DeclinePair(party=ZXY)).then_nothing()
    round_.given(*SAID, PROPOSED, no).when(PROPOSE).then_refused("not-wished")
    again = ProposePairs(pairs=(ProposedPair(one=ZMY, other=GX),), blocking=0, alone=1, model="squared-ranks-1")
    second = PairsProposed(number=2, pairs=again.pairs, blocking=0, alone=1, model="squared-ranks-1")
    round_.given(*SAID, PROPOSED, no).when(again).then(second)


def test_a_settled_pair_is_swapped_for_a_reason_and_not_declined() -> None:
    swap = RequestSwap(party=ZMY, reason_code="moved")
    settled = round_.given(*SAID, PROPOSED, HALF, BOTH)
    settled.when(DeclinePair(party=ZMY)).then_refused("not-in-this-state")
    settled.when(swap).then(SwapRequested(one=ZMY, other=ZXY, by=ZMY, reason_code="moved"))
    round_.given(*SAID, PROPOSED).when(swap).then_refused("not-in-this-state")


def test_nobody_agrees_for_somebody_else() -> None:
    other = Actor(id="9", role="volunteer")
    round_.given(*SAID, PROPOSED).when(ConfirmPair(party=ZXY), actor=other).then_refused("not-yours")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty log."""
    made = Desk(tmp_path)
    yield made
    made.store.stop()


def test_the_views_show_the_round_and_what_became_of_each_pair(desk: Desk) -> None:
    on = desk.asks(OPEN, pairing_round.DECIDER)
    for said in (STUDENT, WORKER, OTHER):
        desk.asks(StateWishes(party=said.party, side=said.side, wishes=said.wishes), pairing_round.DECIDER, on)
    for command in (PROPOSE, ConfirmPair(party=ZXY), ConfirmPair(party=ZMY)):
        desk.asks(command, pairing_round.DECIDER, on)
    (row,) = desk.sees(rounds)
    assert (row["year"], row["proposals"], row["settled"], row["alone"], row["swaps"]) == (2026, 1, 1, 1, 0)
    desk.asks(RequestSwap(party=ZMY, reason_code="moved"), pairing_round.DECIDER, on)
    assert [(pair["one"], pair["other"], pair["state"]) for pair in desk.sees(round_pairs)] == [(ZMY, ZXY, "swapped")]
    assert desk.sees(rounds)[0]["settled"] == 0
