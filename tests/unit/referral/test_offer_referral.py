"""A need is drafted, made ready and offered; organizations answer, ask back, or keep silent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts import referral as public
from services.contracts.codes_times import ANSWER_BACK, REPLY, wait
from services.contracts.worktime import after
from services.referral.domain.facts import ConsentFact, MatterFact, OfferingFact, OrganizationFact
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    ACT,
    CLOCK,
    CONSENT,
    DRAFT,
    DRAFTED,
    HARBOR,
    HEAD,
    LEIFENG,
    LOTUS,
    MATTER,
    OFFERING,
    ORIGIN,
    READY,
    REPLY_BY,
    REPLY_HALF,
    STATION,
    declined,
    facts,
    handoff,
    offer_id,
    offered,
    partner,
    phoned,
    referral,
    refused,
    team,
)

ASK_LEIFENG = public.OfferReferral(organization_id=LEIFENG)
NO = public.DeclineOffer(organization_id=LEIFENG, reason_code="no-capacity")
EXPIRED = public.OfferExpired(
    matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, offers_left=0,
    handoff=handoff("refused", team(LEIFENG), ORIGIN),
)  # fmt: skip


# --- drafting -------------------------------------------------------------------------------------------------------


def test_a_draft_belongs_to_whoever_has_the_matter():
    referral.given().when(DRAFT, actor=STATION, facts=facts()).then(DRAFTED)


def test_where_nobody_is_known_to_have_the_matter_it_belongs_to_whoever_drafts():
    unknown = facts(matter=MatterFact(is_open=True))
    referral.given().when(DRAFT, actor=STATION, facts=unknown).then(replace(DRAFTED, origin="worker:w-zsl"))


def test_of_a_closed_matter_nothing_is_drafted():
    closed = facts(matter=MatterFact(is_open=False))
    referral.given().when(DRAFT, facts=closed).then_refused("matter-closed")


def test_a_matter_must_have_been_heard_of():
    referral.given().when(DRAFT, facts=facts(matter=None)).then_refused("matter-unknown")


def test_an_emergency_does_not_wait_until_the_matter_is_heard_of():
    urgent = replace(DRAFT, urgency="emergency", origin=ORIGIN)
    referral.given().when(urgent, facts=facts(matter=None)).then(replace(DRAFTED, urgency="emergency"))


def test_a_need_has_a_code_of_the_table():
    referral.given().when(replace(DRAFT, need_codes=("wealth",)), facts=facts()).then_refused("unknown-code")


def test_drafting_twice_changes_nothing():
    referral.given(DRAFTED).when(DRAFT, facts=facts()).then_nothing()


def test_a_draft_with_a_consent_is_ready():
    referral.given(DRAFTED).when(public.MarkReferralReady(), facts=facts()).then(READY)


def test_without_consent_or_legal_basis_nothing_is_ready():
    given = referral.given(replace(DRAFTED, consent_id=None))
    given.when(public.MarkReferralReady(), facts=facts()).then_refused("consent-missing")


def test_consent_as_a_legal_basis_still_wants_a_consent():
    given = referral.given(replace(DRAFTED, consent_id=None))
    given.when(public.MarkReferralReady(legal_basis="pipl13-1"), facts=facts()).then_refused("consent-missing")


def test_a_withdrawn_consent_makes_nothing_ready():
    gone = facts(consents=(ConsentFact(consent_id=CONSENT, granted=False),))
    referral.given(DRAFTED).when(public.MarkReferralReady(), facts=gone).then_refused("consent-not-in-force")


def test_somebody_elses_consent_makes_nothing_ready():
    """INV-5: before anybody is asked, and not only when intake is to disclose."""
    theirs = facts(of_another=True)
    referral.given(DRAFTED).when(public.MarkReferralReady(), facts=theirs).then_refused("consent-of-another")


def test_a_question_needs_no_consent():
    question = replace(DRAFTED, kind="consult", consent_id=None)
    ready = replace(READY, kind="consult", consent_id=None)
    referral.given(question).when(public.MarkReferralReady(), facts=facts()).then(ready)


# --- offering -------------------------------------------------------------------------------------------------------


def test_an_offer_carries_codes_and_a_time_to_answer():
    referral.given(DRAFTED, READY).when(ASK_LEIFENG, facts=facts()).then(offered())


def test_a_draft_is_not_offered():
    refusal = referral.given(DRAFTED).when(ASK_LEIFENG, facts=facts()).then_refused("not-in-this-state")
    assert "mark-referral-ready" in refusal.allowed


@pytest.mark.parametrize("state", ["registered", "verified", "suspended", "retired"])
def test_only_an_active_organization_is_asked(state: str):
    organization = OrganizationFact(organization_id=LEIFENG, state=state, party=team(LEIFENG))
    given = referral.given(DRAFTED, READY)
    given.when(ASK_LEIFENG, facts=facts(organization=organization)).then_refused("organization-not-active")


def test_an_organization_that_nobody_knows_is_not_asked():
    given = referral.given(DRAFTED, READY)
    given.when(ASK_LEIFENG, facts=facts(organization=None)).then_refused("organization-unknown")


@pytest.mark.parametrize(
    ("offering", "reason"),
    [
        (OfferingFact(offering_id=OFFERING, service_codes=("goods",)), "service-not-offered"),
        (OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), areas=("2202",)), "out-of-area"),
        (OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), capacity=1, taken=1), "no-capacity"),
        (
            OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), conditions=("adult",)),
            "conditions-open",
        ),
    ],
)
def test_it_is_asked_only_what_it_offers(offering: OfferingFact, reason: str):
    asked = referral.given(DRAFTED, READY).when(ASK_LEIFENG, facts=facts(offerings=(offering,)))
    assert reason in asked.then_refused("offering-does-not-fit").en


def test_conditions_that_somebody_has_looked_at_are_no_obstacle():
    fitting = OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), conditions=("school-age",))
    ask_it = replace(ASK_LEIFENG, conditions_met=("school-age",))
    referral.given(DRAFTED, READY).when(ask_it, facts=facts(offerings=(fitting,))).then(offered())


def test_a_named_place_is_served_by_name():
    here = replace(DRAFTED, areas=("cc-xinqu",))
    fitting = OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), areas=("cc-xinqu", "220103"))
    referral.given(here, READY).when(ASK_LEIFENG, facts=facts(offerings=(fitting,))).then(offered(areas=("cc-xinqu",)))


def test_an_unknown_place_excludes_nobody():
    somewhere = replace(DRAFTED, areas=())
    referral.given(somewhere, READY).when(ASK_LEIFENG, facts=facts()).then(offered(areas=()))


def test_a_question_may_go_to_anybody_active():
    question, ready = replace(DRAFTED, kind="consult"), replace(READY, kind="consult")
    asked = referral.given(question, ready).when(ASK_LEIFENG, facts=facts(offerings=()))
    asked.then(offered(kind="consult", offering_id=None))


def test_nobody_asks_himself():
    mine = facts(organization=OrganizationFact(organization_id=LEIFENG, state="active", party=ORIGIN))
    referral.given(DRAFTED, READY).when(ASK_LEIFENG, facts=mine).then_refused("offer-to-origin")


def test_a_direct_offer_is_answered_before_the_next_is_made():
    given = referral.given(DRAFTED, READY, offered(LOTUS))
    assert given.when(ASK_LEIFENG, facts=facts()).then_refused("offer-pending").allowed == ("withdraw-offer",)


def test_a_broadcast_asks_several_at_once():
    given = referral.given(DRAFTED, READY, offered(LOTUS, mode="broadcast"))
    given.when(replace(ASK_LEIFENG, mode="broadcast"), facts=facts()).then(offered(mode="broadcast"))


def test_asking_the_same_twice_changes_nothing():
    referral.given(DRAFTED, READY, offered()).when(ASK_LEIFENG, facts=facts()).then_nothing()


def test_who_declined_is_asked_again_only_with_a_reason():
    given = referral.given(DRAFTED, READY, offered(), declined())
    given.when(ASK_LEIFENG, facts=facts()).then_refused("reason-needed")
    given.when(replace(ASK_LEIFENG, reason_code="new-facts"), facts=facts()).then(offered(reason_code="new-facts"))


def test_who_kept_silent_may_be_asked_again():
    referral.given(DRAFTED, READY, offered(), EXPIRED).when(ASK_LEIFENG, facts=facts()).then(offered())


def test_a_time_to_answer_may_be_given_and_lies_ahead():
    given, tomorrow = referral.given(DRAFTED, READY), NOON + timedelta(days=1)
    half = NOON + timedelta(hours=12)
    asked = given.when(replace(ASK_LEIFENG, respond_by=tomorrow), facts=facts())
    asked.then(offered(respond_by=tomorrow, remind_at=half))
    given.when(replace(ASK_LEIFENG, respond_by=NOON), facts=facts()).then_refused("respond-by-past")


def test_an_offer_written_down_months_later_still_leaves_time_to_answer():
    february = NOON - timedelta(days=20)
    referral.given(DRAFTED, READY).when(ASK_LEIFENG, at=february, facts=facts()).then(offered())


@pytest.mark.parametrize("urgency", ["emergency", "urgent", "normal", "low"])
def test_the_time_to_answer_follows_the_urgency(urgency: public.Urgency):
    drafted, ready = replace(DRAFTED, urgency=urgency), replace(READY, urgency=urgency)
    ends, half = after(NOON, REPLY[urgency]), after(NOON, REPLY[urgency].part(50))
    asked = referral.given(drafted, ready).when(ASK_LEIFENG, facts=facts())
    asked.then(offered(urgency=urgency, respond_by=ends, remind_at=half))


# --- answers other than yes -----------------------------------------------------------------------------------------


def test_a_no_has_a_reason_and_leaves_the_need_where_it_is():
    referral.given(DRAFTED, READY, offered()).when(NO, actor=partner(LEIFENG)).then(declined())


def test_a_reason_is_one_of_the_table():
    given = referral.given(DRAFTED, READY, offered())
    given.when(replace(NO, reason_code="bored"), actor=partner(LEIFENG)).then_refused("unknown-code")


def test_saying_no_twice_changes_nothing():
    referral.given(DRAFTED, READY, offered(), declined()).when(NO, actor=partner(LEIFENG)).then_nothing()


def test_a_no_said_by_phone_names_the_evidence():
    asked = referral.given(DRAFTED, READY, offered()).when(NO, actor=STATION, behalf=phoned(LEIFENG))
    asked.then(replace(declined(), answered_via="phone"))


def test_one_no_of_two_leaves_the_other_offer_open():
    both = (DRAFTED, READY, offered(mode="broadcast"), offered(LOTUS, mode="broadcast"))
    referral.given(*both).when(NO, actor=partner(LEIFENG)).then(replace(declined(), offers_left=1, wait=None))


def test_three_refusals_lie_in_one_referral():
    refusals = [e for org in (LEIFENG, LOTUS, HARBOR) for e in (offered(org), declined(org))]
    exhausted = public.ReferralExhausted(
        matter_id=MATTER, case_id=READY.case_id, need_codes=("one-to-one-support",), tried=(LEIFENG, LOTUS, HARBOR),
        declined_reasons=("no-capacity",) * 3, handoff=handoff("taken", ORIGIN, HEAD), wait=ACT,
    )  # fmt: skip
    escalated = public.ReferralEscalated(
        matter_id=MATTER, case_id=READY.case_id, level="station_head", to=HEAD, reason_code="nobody-left"
    )
    given = referral.given(DRAFTED, READY, *refusals)
    given.when(public.ExhaustReferral(station_head=HEAD), actor=STATION).then(exhausted, escalated)


def test_silence_expires_when_its_time_is_over():
    given = referral.given(DRAFTED, READY, offered())
    given.when(public.ExpireOffer(offer_id=offer_id(LEIFENG)), actor=CLOCK, now=REPLY_BY).then(
        replace(EXPIRED, wait=wait("first-action-normal", NOON, REPLY_BY))
    )


def test_it_does_not_expire_before_or_after_an_answer():
    expire = public.ExpireOffer(offer_id=offer_id(LEIFENG))
    referral.given(DRAFTED, READY, offered()).when(expire, actor=CLOCK, now=REPLY_HALF).then_nothing()
    referral.given(DRAFTED, READY, offered(), declined()).when(expire, actor=CLOCK, now=REPLY_BY).then_nothing()


def test_half_of_the_time_over_the_organization_is_reminded_once():
    reminder = public.ReminderSent(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), to=team(LEIFENG), level="receiver", reason_code="offer-unanswered"
    )
    remind = public.RemindReferral(offer_id=offer_id(LEIFENG))
    referral.given(DRAFTED, READY, offered()).when(remind, actor=CLOCK, now=REPLY_HALF).then(reminder)
    referral.given(DRAFTED, READY, offered(), reminder).when(remind, actor=CLOCK, now=REPLY_HALF).then_nothing()


# --- asking back ----------------------------------------------------------------------------------------------------

QUESTION = public.RequestInformation(organization_id=LEIFENG, question_codes=("age-band",))
ASKED_BACK = public.MoreInformationRequested(
    matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, question_codes=("age-band",),
    respond_by=None, remind_at=after(NOON, ANSWER_BACK["normal"]),
)  # fmt: skip
ANSWER = public.SupplyInformation(organization_id=LEIFENG, answer_codes=("from_8_to_13",))
ANSWERED = public.InformationSupplied(
    matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, answer_codes=("from_8_to_13",),
    respond_by=REPLY_BY, remind_at=REPLY_HALF,
)  # fmt: skip


def test_the_first_question_stops_the_clock():
    referral.given(DRAFTED, READY, offered()).when(QUESTION, actor=partner(LEIFENG)).then(ASKED_BACK)


def test_while_the_clock_stands_still_nothing_expires():
    given = referral.given(DRAFTED, READY, offered(), ASKED_BACK)
    given.when(public.ExpireOffer(offer_id=offer_id(LEIFENG)), actor=CLOCK, now=REPLY_BY).then_nothing()


def test_the_answer_starts_the_clock_anew():
    referral.given(DRAFTED, READY, offered(), ASKED_BACK).when(ANSWER, actor=STATION).then(ANSWERED)


def test_a_second_question_stops_no_clock():
    given = referral.given(DRAFTED, READY, offered(), ASKED_BACK, ANSWERED)
    given.when(QUESTION, actor=partner(LEIFENG)).then(replace(ASKED_BACK, respond_by=REPLY_BY))


def test_the_origin_is_reminded_of_a_question_it_has_not_answered():
    late = after(NOON, ANSWER_BACK["normal"])
    reminder = public.ReminderSent(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), to=ORIGIN, level="origin", reason_code="information-awaited"
    )
    given = referral.given(DRAFTED, READY, offered(), ASKED_BACK)
    given.when(public.RemindReferral(offer_id=offer_id(LEIFENG)), actor=CLOCK, now=late).then(reminder)


def test_nothing_is_answered_that_was_not_asked():
    referral.given(DRAFTED, READY, offered()).when(ANSWER, actor=STATION).then_refused("no-question-open")


def test_reading_is_noted_once():
    viewed = public.OfferViewed(matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG)
    look = public.ViewOffer(organization_id=LEIFENG)
    referral.given(DRAFTED, READY, offered()).when(look, actor=partner(LEIFENG)).then(viewed)
    referral.given(DRAFTED, READY, offered(), viewed).when(look, actor=partner(LEIFENG)).then_nothing()


def test_one_offer_is_taken_back_and_the_others_live_on():
    back = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, reason_code="client-wish", offers_left=1
    )
    both = (DRAFTED, READY, offered(mode="broadcast"), offered(LOTUS, mode="broadcast"))
    command = public.WithdrawOffer(organization_id=LEIFENG, reason_code="client-wish")
    referral.given(*both).when(command, actor=STATION).then(back)
    late = referral.given(*both, back).when(
        public.AcceptReferral(organization_id=LEIFENG), actor=partner(LEIFENG), facts=facts()
    )
    late.then(refused(LEIFENG, "withdrawn"))


def test_the_need_follows_its_matter_to_another_worker():
    moved = public.ReferralOriginChanged(
        matter_id=MATTER, case_id=READY.case_id, origin="worker:w-new", handoff=handoff("taken", ORIGIN, "worker:w-new")
    )
    change = public.ChangeReferralOrigin(origin="worker:w-new")
    referral.given(DRAFTED, READY, offered()).when(change).then(moved)
    referral.given(DRAFTED, READY, offered(), moved).when(change).then_nothing()
    referral.given(DRAFTED).when(change).then(replace(moved, handoff=None))
