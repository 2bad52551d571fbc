"""Needs that nobody took: once each, until somebody takes them or they are none any more (H1)."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.referral.lookup import FACTS
from services.referral.views.tables import grants
from services.referral.views.unmet import unmet
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import (
    CASE,
    DRAFTED,
    HEAD,
    LEIFENG,
    LOTUS,
    MATTER,
    ORIGIN,
    READY,
    REFERRAL,
    accepted,
    declined,
    handoff,
    offered,
)
from tests.unit.referral.test_grant import APPROVED, GRANT, HINT, PAID, PAY, TO_FUND

EXHAUSTED = public.ReferralExhausted(
    matter_id=MATTER, case_id=CASE, need_codes=("one-to-one-support",), tried=(LEIFENG,),
    declined_reasons=("no-capacity",), handoff=handoff("taken", ORIGIN, HEAD),
)  # fmt: skip
ROUND = (DRAFTED, READY, offered(), declined(), EXHAUSTED)


@pytest.fixture
def shelf() -> Shelf:
    """A need for which one organization was asked in vain."""
    made = Shelf()
    made.play(REFERRAL, *ROUND)
    return made


def test_a_need_that_nobody_took_stands_there_with_whom_was_asked_and_why_not(shelf: Shelf):
    row = shelf.one(unmet, REFERRAL)
    assert row is not None
    assert (row["need_codes"], row["tried"]) == (["one-to-one-support"], [str(LEIFENG)])
    assert row["declined_reasons"] == ["no-capacity"]


def test_a_second_round_in_vain_is_the_same_need(shelf: Shelf):
    shelf.play(REFERRAL, offered(LOTUS), declined(LOTUS), replace(EXHAUSTED, tried=(LEIFENG, LOTUS)))
    assert [row["tried"] for row in shelf.all(unmet)] == [[str(LEIFENG), str(LOTUS)]]


def test_somebody_found_after_all_meets_it(shelf: Shelf):
    shelf.play(REFERRAL, offered(LOTUS), accepted(LOTUS))
    assert shelf.all(unmet) == []


@pytest.mark.parametrize(
    "end",
    [
        public.ReferralWithdrawn(matter_id=MATTER, need_id=REFERRAL, by="client", reason_code="client-wish"),
        public.ReferralCancelled(matter_id=MATTER, need_id=REFERRAL, reason_code="matter-closed"),
        public.ReferralEnteredInError(
            matter_id=MATTER, need_id=REFERRAL, reason_code="wrong-person", approver_id="w-head"
        ),
    ],
)
def test_what_is_no_need_any_more_is_not_unmet(shelf: Shelf, end: object):
    shelf.play(REFERRAL, end)
    assert shelf.all(unmet) == []


def test_a_need_that_was_closed_unmet_stays(shelf: Shelf):
    closed = public.ReferralClosed(
        matter_id=MATTER, outcome="not_delivered", confirmed=False, unconfirmed_reason="nobody-left", offers_count=1,
        handoff=handoff("released", HEAD, ORIGIN),
    )  # fmt: skip
    shelf.play(REFERRAL, closed)
    assert len(shelf.all(unmet)) == 1


# --- what a payment looks up ----------------------------------------------------------------------------------------

OTHER = UUID(int=44)


def test_a_payment_finds_what_was_paid_for_the_same_person_and_need():
    shelf = Shelf()
    shelf.play(OTHER, replace(TO_FUND, fund="charity:another"), replace(APPROVED, fund="charity:another"), PAID)
    shelf.play(GRANT, TO_FUND, APPROVED)
    found = FACTS[public.DisburseGrant](PAY, GRANT, shelf)
    assert [(payment.grant_id, payment.fund) for payment in found.payments] == [(OTHER, "charity:another")]


def test_what_went_back_wholly_was_not_paid():
    shelf = Shelf()
    back = public.GrantReturned(matter_id=MATTER, amount_fen=PAID.amount_fen, reason_code="not-needed")
    shelf.play(OTHER, replace(TO_FUND, fund="charity:another"), replace(APPROVED, fund="charity:another"), PAID, back)
    shelf.play(GRANT, TO_FUND, APPROVED)
    assert FACTS[public.DisburseGrant](PAY, GRANT, shelf).payments == ()


def test_another_need_or_another_person_does_not_overlap():
    shelf = Shelf()
    shelf.play(OTHER, replace(TO_FUND, purpose_code="tuition"), APPROVED, PAID)
    shelf.play(UUID(int=45), replace(TO_FUND, person_id=UUID(int=99)), APPROVED, PAID)
    shelf.play(GRANT, TO_FUND, APPROVED)
    assert FACTS[public.DisburseGrant](PAY, GRANT, shelf).payments == ()


def test_the_hint_is_shown_with_the_grant():
    shelf = Shelf()
    shelf.play(GRANT, TO_FUND, APPROVED, PAID, HINT)
    row = shelf.one(grants, GRANT)
    assert row is not None
    assert row["overlaps"] == 1
