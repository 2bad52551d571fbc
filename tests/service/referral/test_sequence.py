"""One after the other: the next organization is asked by itself, and the head of the station takes what nobody wants."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.kernel.manifest import Do
from services.referral.domain.facts import Known, OfferingFact, OrganizationFact, Whom
from services.referral.domain.referral import DECIDER
from services.referral.policies import whenever
from services.referral.views.tables import referrals
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import (
    ACT,
    CASE,
    CLOCK,
    DRAFTED,
    HARBOR,
    HEAD,
    LEIFENG,
    LOTUS,
    MATTER,
    OFFERING,
    ORIGIN,
    READY,
    REFERRAL,
    STATION,
    accepted,
    declined,
    handoff,
    offer_id,
    offered,
    partner,
    referral,
    refused,
    team,
)

PLAN = public.PlanSequence(organization_ids=(LEIFENG, LOTUS, HARBOR), station_head=HEAD)
PLANNED = public.ReferralSequencePlanned(
    matter_id=MATTER, case_id=CASE, organization_ids=(LEIFENG, LOTUS, HARBOR), station_head=HEAD
)


def whom(organization_id: UUID, state: str = "active", service: str = "one-to-one-support", **offer: object) -> Whom:
    """An organization with one offering."""
    fact = OrganizationFact(organization_id=organization_id, state=state, party=team(organization_id))
    return Whom(organization=fact, offerings=(OfferingFact(offering_id=OFFERING, service_codes=(service,), **offer),))  # type: ignore[arg-type]


ALL = Known(in_turn=(whom(LEIFENG), whom(LOTUS), whom(HARBOR)))
FIRST = offered(mode="sequential")
SECOND = offered(LOTUS, mode="sequential", offer_id=offer_id(LEIFENG))
ASKED = (DRAFTED, READY, PLANNED, FIRST)
NEXT = public.AskNext(offer_id=offer_id(LEIFENG))


def test_the_first_is_asked_at_once():
    referral.given(DRAFTED, READY).when(PLAN, actor=STATION, facts=ALL).then(PLANNED, FIRST)


def test_while_somebody_is_asked_the_sequence_only_waits():
    referral.given(DRAFTED, READY, offered()).when(PLAN, actor=STATION, facts=ALL).then(PLANNED)


def test_the_same_plan_said_twice_is_one_plan():
    referral.given(*ASKED).when(PLAN, actor=STATION, facts=ALL).then_nothing()


def test_nobody_stands_in_a_sequence_twice():
    twice = replace(PLAN, organization_ids=(LEIFENG, LEIFENG))
    referral.given(DRAFTED, READY).when(twice, actor=STATION, facts=ALL).then_refused("asked-twice")


def test_a_plan_in_which_nobody_fits_is_none():
    unfit = Known(in_turn=(whom(LEIFENG, service="legal-aid"), whom(LOTUS, "suspended")))
    given = referral.given(DRAFTED, READY)
    assert given.when(PLAN, actor=STATION, facts=unfit).then_refused("nobody-fits").allowed


def test_only_the_origin_plans():
    referral.given(*ASKED).when(PLAN, actor=partner(LEIFENG), facts=ALL).then_refused("origin-only")


@pytest.mark.parametrize(
    "ending",
    [
        declined(),
        public.OfferExpired(
            matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, offers_left=0,
            handoff=handoff("refused", team(LEIFENG), ORIGIN),
        ),
        refused(LEIFENG, "capacity", 0),
    ],
)  # fmt: skip
def test_after_a_no_or_silence_the_next_is_asked(ending: object):
    referral.given(*ASKED, ending).when(NEXT, actor=CLOCK, facts=ALL).then(SECOND)


def test_what_the_origin_took_back_it_goes_on_with_itself():
    back = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, reason_code="client-wish", offers_left=0
    )
    referral.given(*ASKED, back).when(NEXT, actor=CLOCK, facts=ALL).then_nothing()


def test_who_no_longer_fits_is_passed_over():
    """An offering, an area and a status decide at the moment of asking (INV-12)."""
    full = Known(in_turn=(whom(LEIFENG), whom(LOTUS, capacity=1, taken=1), whom(HARBOR)))
    third = offered(HARBOR, mode="sequential", offer_id=offer_id(LEIFENG))
    referral.given(*ASKED, declined()).when(NEXT, actor=CLOCK, facts=full).then(third)


def test_who_has_declined_before_is_not_asked_again_by_itself():
    earlier = (DRAFTED, READY, offered(LOTUS), declined(LOTUS), PLANNED, FIRST, declined())
    third = offered(HARBOR, mode="sequential", offer_id=offer_id(LEIFENG))
    referral.given(*earlier).when(NEXT, actor=CLOCK, facts=ALL).then(third)


def test_after_the_last_the_head_of_the_station_takes_the_need():
    short = replace(PLANNED, organization_ids=(LEIFENG,))
    exhausted = public.ReferralExhausted(
        matter_id=MATTER, case_id=CASE, need_codes=("one-to-one-support",), tried=(LEIFENG,),
        declined_reasons=("no-capacity",), handoff=handoff("taken", ORIGIN, HEAD), wait=ACT,
    )  # fmt: skip
    escalated = public.ReferralEscalated(
        matter_id=MATTER, case_id=CASE, level="station_head", to=HEAD, reason_code="nobody-left"
    )
    given = referral.given(DRAFTED, READY, short, FIRST, declined())
    given.when(NEXT, actor=CLOCK, facts=ALL).then(exhausted, escalated)


def test_where_no_head_is_named_it_waits_for_the_origin():
    short = replace(PLANNED, organization_ids=(LEIFENG,), station_head=None)
    referral.given(DRAFTED, READY, short, FIRST, declined()).when(NEXT, actor=CLOCK, facts=ALL).then_nothing()


def test_when_somebody_has_accepted_nobody_is_asked_any_more():
    referral.given(*ASKED, accepted()).when(NEXT, actor=CLOCK, facts=ALL).then_nothing()


def test_the_end_of_an_offer_in_a_sequence_asks_the_next():
    shelf = Shelf()
    shelf.play(REFERRAL, *ASKED)
    assert whenever(shelf.recorded(REFERRAL, declined()), shelf) == [Do(DECIDER, REFERRAL, NEXT)]
    assert shelf.one(referrals, REFERRAL)["sequence"] == [str(each) for each in PLAN.organization_ids]


def test_the_end_of_any_other_offer_asks_nobody():
    shelf = Shelf()
    shelf.play(REFERRAL, DRAFTED, READY, offered())
    assert whenever(shelf.recorded(REFERRAL, declined()), shelf) == []


def test_no_organization_learns_whom_else_a_sequence_names():
    assert not hasattr(PLANNED, "organization_id")
    assert not hasattr(FIRST, "organization_ids")
