"""After the acceptance: service begins or does not, comes to an outcome or comes back, and the loop is closed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts import referral as public
from services.contracts.codes_times import FIRST_CONTACT, outcome_check, wait
from services.contracts.words import Wait
from services.contracts.worktime import Span, after, end_of
from services.referral.domain import referral_state as states
from services.referral.domain import serving
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    ACT,
    ANSWER_BY,
    CASE,
    CHECK_AT,
    CLOCK,
    CLOSED,
    CONFIRM_BY,
    CONFIRMED,
    DRAFTED,
    HEAD,
    LEIFENG,
    LOTUS,
    MATTER,
    OF_THE_OFFER,
    ORIGIN,
    READY,
    REFERRAL,
    REPORTED,
    RETURNED,
    START_BY,
    START_HALF,
    STARTED,
    STATION,
    STATION_HEAD,
    accepted,
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

ACCEPTED = (DRAFTED, READY, offered(), accepted())
IN_SERVICE = (*ACCEPTED, STARTED)
REPORTED_PAST = (*IN_SERVICE, REPORTED)
EXHAUSTED = public.ReferralExhausted(
    matter_id=MATTER, case_id=CASE, need_codes=("one-to-one-support",), handoff=handoff("taken", ORIGIN, HEAD)
)
DISPUTED = public.OutcomeDisputed(**OF_THE_OFFER, reason_code="client-wish", wait=ANSWER_BY)
REPORT = public.ReportOutcome(outcome="delivered")
CONFIRM = public.ConfirmOutcome(client_asked=True)
BACK = public.ReturnReferral(reason_code="no-capacity")
WITHDRAW = public.WithdrawReferral(reason_code="client-wish")
ERROR = public.MarkReferralEnteredInError(reason_code="wrong-person", approver_id="w-head")


def test_acceptance_becomes_service_with_the_first_contact():
    referral.given(*ACCEPTED).when(public.StartService(), actor=partner(LEIFENG)).then(STARTED)


def test_when_the_first_contact_was_may_be_unknown():
    given = referral.given(*ACCEPTED)
    given.when(public.StartService(), actor=partner(LEIFENG), at=None).then(replace(STARTED, first_contact_at=None))


def test_service_starts_once():
    referral.given(*IN_SERVICE).when(public.StartService(), actor=partner(LEIFENG)).then_nothing()


def test_another_organization_starts_nothing():
    referral.given(*ACCEPTED).when(public.StartService(), actor=partner(LOTUS)).then_refused("not-yours")


def test_a_need_comes_back_to_the_origin():
    referral.given(*ACCEPTED).when(BACK, actor=partner(LEIFENG)).then(RETURNED)
    referral.given(*IN_SERVICE).when(BACK, actor=partner(LEIFENG)).then(RETURNED)


def test_the_head_of_the_station_may_call_it_back_from_silence():
    referral.given(*ACCEPTED).when(BACK, actor=STATION_HEAD).then(RETURNED)
    referral.given(*ACCEPTED).when(BACK, actor=STATION).then_refused("not-yours")


def test_what_came_back_may_be_offered_to_another():
    given = referral.given(*ACCEPTED, RETURNED)
    asked = given.when(public.OfferReferral(organization_id=LOTUS), facts=facts(LOTUS))
    assert [type(event) for event in asked.decided()] == [public.ReferralOffered]


def test_who_gave_it_back_may_name_another():
    rerouted = public.ReferralRerouted(
        **OF_THE_OFFER, suggested_organization_id=LOTUS, reason_code="beyond-competence",
        handoff=handoff("returned", team(LEIFENG), ORIGIN), wait=ACT,
    )  # fmt: skip
    command = public.RerouteReferral(reason_code="beyond-competence", suggested_organization_id=LOTUS)
    referral.given(*IN_SERVICE).when(command, actor=partner(LEIFENG)).then(rerouted)


def test_the_organization_reports_what_came_of_it():
    referral.given(*IN_SERVICE).when(REPORT, actor=partner(LEIFENG)).then(REPORTED)
    referral.given(*REPORTED_PAST).when(REPORT, actor=partner(LEIFENG)).then_nothing()


def test_a_station_reports_for_it_with_evidence():
    referral.given(*IN_SERVICE).when(REPORT, actor=STATION, behalf=phoned(LEIFENG)).then(REPORTED)
    referral.given(*IN_SERVICE).when(REPORT, actor=STATION).then_refused("not-yours")


def test_nothing_is_reported_before_service_has_started():
    referral.given(*ACCEPTED).when(REPORT, actor=partner(LEIFENG)).then_refused("not-in-this-state")


def test_the_origin_confirms_and_the_loop_is_closed():
    referral.given(*REPORTED_PAST).when(CONFIRM, actor=STATION).then(CONFIRMED, CLOSED)


def test_not_having_asked_the_person_needs_a_reason():
    silent = public.ConfirmOutcome(client_asked=False)
    referral.given(*REPORTED_PAST).when(silent, actor=STATION).then_refused("reason-needed")
    explained = replace(silent, not_asked_reason="client-absent")
    confirmed = replace(CONFIRMED, client_asked=False, not_asked_reason="client-absent")
    referral.given(*REPORTED_PAST).when(explained, actor=STATION).then(confirmed, CLOSED)


def test_nobody_confirms_his_own_outcome():
    referral.given(*REPORTED_PAST).when(CONFIRM, actor=partner(LEIFENG)).then_refused("origin-only")
    insider = replace(STATION, org=str(LEIFENG))
    referral.given(*REPORTED_PAST).when(CONFIRM, actor=insider).then_refused("origin-only")


def test_without_an_outcome_nothing_closes():
    referral.given(*IN_SERVICE).when(CONFIRM, actor=STATION).then_refused("not-in-this-state")
    close = public.CloseReferral(unconfirmed_reason="unknown")
    referral.given(*IN_SERVICE).when(close, actor=STATION).then_refused("not-in-this-state")


def test_a_disputed_outcome_is_reported_anew_or_closed_with_a_reason():
    disputed = DISPUTED
    dispute = public.DisputeOutcome(reason_code="client-wish")
    referral.given(*REPORTED_PAST).when(dispute, actor=STATION).then(disputed)
    again = replace(REPORT, outcome="partially")
    given = referral.given(*REPORTED_PAST, disputed)
    given.when(again, actor=partner(LEIFENG)).then(replace(REPORTED, outcome="partially"))
    close = public.CloseReferral(unconfirmed_reason="client-absent")
    given.when(close, actor=STATION).then(replace(CLOSED, confirmed=False, unconfirmed_reason="client-absent"))


def test_a_need_for_which_nobody_was_found_closes_unmet():
    closed = public.ReferralClosed(
        matter_id=MATTER, case_id=CASE, outcome="not_delivered", confirmed=False, unconfirmed_reason="nobody-found",
        offers_count=0, handoff=handoff("released", HEAD, ORIGIN),
    )  # fmt: skip
    given = referral.given(DRAFTED, READY, EXHAUSTED)
    given.when(public.CloseReferral(unconfirmed_reason="nobody-found"), actor=STATION_HEAD).then(closed)


def test_when_somebody_turns_up_after_all_the_head_offers_it():
    given = referral.given(DRAFTED, READY, EXHAUSTED)
    given.when(public.OfferReferral(organization_id=LEIFENG), actor=STATION_HEAD, facts=facts()).then(
        offered(handoff=handoff("offered", HEAD, team(LEIFENG)))
    )


# --- ends -----------------------------------------------------------------------------------------------------------


def withdrawn(**changes: object) -> public.ReferralWithdrawn:
    """The person did not want it."""
    usual = {"matter_id": MATTER, "case_id": CASE, "need_id": REFERRAL, "by": "client", "reason_code": "client-wish"}
    return public.ReferralWithdrawn(**usual | changes)


def test_the_person_may_stop_it_before_anybody_accepted():
    back = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, reason_code="client-wish", offers_left=0
    )
    referral.given(DRAFTED, READY, offered()).when(WITHDRAW, actor=STATION).then(back, withdrawn())
    referral.given(DRAFTED).when(WITHDRAW, actor=STATION).then(withdrawn(need_id=None))


@pytest.mark.parametrize("past", [ACCEPTED, IN_SERVICE], ids=["accepted", "in service"])
def test_the_person_may_stop_it_after_the_acceptance(past: tuple[object, ...]):
    back = handoff("returned", team(LEIFENG), ORIGIN)
    expected = withdrawn(offer_id=offer_id(LEIFENG), organization_id=LEIFENG, handoff=back)
    referral.given(*past).when(WITHDRAW, actor=STATION).then(expected)


def test_stopping_twice_changes_nothing():
    referral.given(DRAFTED, READY, withdrawn()).when(WITHDRAW, actor=STATION).then_nothing()


def test_a_yes_after_the_person_has_stopped_it_is_refused():
    back = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, reason_code="client-wish", offers_left=0
    )
    given = referral.given(DRAFTED, READY, offered(), back, withdrawn())
    yes = public.AcceptReferral(organization_id=LEIFENG)
    given.when(yes, actor=partner(LEIFENG), facts=facts()).then(refused(LEIFENG, "consent_withdrawn"))


def test_the_origin_cancels_only_what_nobody_has_accepted():
    cancelled = public.ReferralCancelled(matter_id=MATTER, case_id=CASE, need_id=REFERRAL, reason_code="new-facts")
    cancel = public.CancelReferral(reason_code="new-facts")
    referral.given(DRAFTED, READY).when(cancel, actor=STATION).then(cancelled)
    referral.given(*ACCEPTED).when(cancel, actor=STATION).then_refused("not-in-this-state")


def test_two_persons_say_that_it_was_entered_in_error():
    marked = public.ReferralEnteredInError(
        matter_id=MATTER, case_id=CASE, need_id=REFERRAL, reason_code="wrong-person", approver_id="w-head"
    )
    referral.given(DRAFTED, READY).when(ERROR, actor=STATION).then(marked)
    referral.given(DRAFTED, READY).when(ERROR, actor=STATION_HEAD).then_refused("second-person-needed")
    referral.given(DRAFTED, READY, marked).when(ERROR, actor=STATION).then_nothing()


# --- silence after the acceptance -----------------------------------------------------------------------------------


REMINDED = public.ReminderSent(matter_id=MATTER, to=team(LEIFENG), level="receiver", reason_code="no-first-contact")
ONE_MORE, TWO_MORE = (after(START_BY, Span(n * FIRST_CONTACT["normal"].minutes)) for n in (1, 2))
BEFORE_THE_LEAD = public.ReferralEscalated(
    matter_id=MATTER, case_id=CASE, level="receiver_lead", to=team(LEIFENG), reason_code="no-first-contact",
    again_at=ONE_MORE,
)  # fmt: skip
ASK_THE_PERSON = public.ReminderSent(matter_id=MATTER, to=ORIGIN, level="origin", reason_code="ask-the-person")
BEFORE_THE_HEAD = replace(BEFORE_THE_LEAD, level="station_head", to=ORIGIN, again_at=TWO_MORE)
ESCALATE = public.EscalateReferral()


def test_who_accepted_and_keeps_silent_is_reminded_once():
    given = referral.given(*ACCEPTED)
    given.when(public.RemindReferral(), actor=CLOCK, now=START_HALF).then(REMINDED)
    given = referral.given(*ACCEPTED, REMINDED)
    given.when(public.RemindReferral(), actor=CLOCK, now=START_HALF).then_nothing()


def test_silence_goes_before_the_lead_and_the_origin_is_to_ask_the_person():
    given = referral.given(*ACCEPTED, REMINDED)
    given.when(ESCALATE, actor=CLOCK, now=START_BY).then(BEFORE_THE_LEAD, ASK_THE_PERSON)
    escalated = referral.given(*ACCEPTED, REMINDED, BEFORE_THE_LEAD, ASK_THE_PERSON)
    escalated.when(ESCALATE, actor=CLOCK, now=START_BY).then_nothing()


def test_asking_the_person_does_not_keep_the_receiver_from_being_reminded():
    given = referral.given(*ACCEPTED, BEFORE_THE_LEAD, ASK_THE_PERSON)
    given.when(public.RemindReferral(), actor=CLOCK, now=START_BY).then(REMINDED)


def test_more_silence_goes_before_the_head_of_the_station():
    given = referral.given(*ACCEPTED, REMINDED, BEFORE_THE_LEAD, ASK_THE_PERSON)
    given.when(ESCALATE, actor=CLOCK, now=ONE_MORE).then(BEFORE_THE_HEAD)


def test_in_the_end_what_was_accepted_and_never_served_comes_back_by_rule():
    given = referral.given(*ACCEPTED, REMINDED, BEFORE_THE_LEAD, ASK_THE_PERSON, BEFORE_THE_HEAD)
    given.when(ESCALATE, actor=CLOCK, now=TWO_MORE).then(
        replace(RETURNED, reason_code="no-first-contact", wait=wait("first-action-normal", NOON, TWO_MORE))
    )


def test_where_a_city_wants_it_silence_stays_with_the_head(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "RETURN_AFTER_SILENCE", False)
    given = referral.given(*ACCEPTED, REMINDED, BEFORE_THE_LEAD, ASK_THE_PERSON)
    last = replace(BEFORE_THE_HEAD, again_at=None)
    given.when(ESCALATE, actor=CLOCK, now=ONE_MORE).then(last)
    referral.given(*given.past, last).when(ESCALATE, actor=CLOCK, now=TWO_MORE).then_nothing()


def test_a_service_that_has_started_is_not_escalated():
    late = START_BY + timedelta(days=30)
    referral.given(*IN_SERVICE).when(public.EscalateReferral(), actor=CLOCK, now=late).then_nothing()


def test_a_running_service_is_asked_for_its_outcome_again_and_again():
    reminder = public.ReminderSent(
        matter_id=MATTER, to=team(LEIFENG), level="receiver", reason_code="outcome-due",
        again_at=after(CHECK_AT, outcome_check()),
    )  # fmt: skip
    referral.given(*IN_SERVICE).when(public.RemindReferral(), actor=CLOCK, now=CHECK_AT).then(reminder)
    referral.given(*IN_SERVICE, reminder).when(public.RemindReferral(), actor=CLOCK, now=CHECK_AT).then_nothing()


def test_what_was_to_be_done_by_now_goes_before_the_head_each_time_it_is_asked_for():
    planned = replace(
        STARTED, planned_until=NOON.date() + timedelta(days=10), check_at=end_of(NOON.date() + timedelta(days=10))
    )
    start = public.StartService(planned_until=planned.planned_until)
    referral.given(*ACCEPTED).when(start, actor=partner(LEIFENG)).then(planned)
    asked = public.ReminderSent(
        matter_id=MATTER, to=team(LEIFENG), level="receiver", reason_code="outcome-due",
        again_at=after(planned.check_at, outcome_check()),
    )  # fmt: skip
    overdue = public.ReferralEscalated(
        matter_id=MATTER, case_id=CASE, level="station_head", to=ORIGIN, reason_code="outcome-overdue"
    )
    given = referral.given(*ACCEPTED, planned)
    given.when(public.RemindReferral(), actor=CLOCK, now=planned.check_at).then(asked, overdue)


# --- what is waited for between two steps ---------------------------------------------------------------------------

REMIND = public.RemindReferral()
RERUN = (DRAFTED, READY, offered(), declined())


@pytest.mark.parametrize(
    ("past", "until", "to", "level", "reason"),
    [
        ((DRAFTED, READY), ACT, ORIGIN, "origin", "nobody-asked"),
        (RERUN, ACT, ORIGIN, "origin", "nobody-asked"),
        ((*ACCEPTED, RETURNED), ACT, ORIGIN, "origin", "nobody-asked"),
        ((DRAFTED, READY, replace(EXHAUSTED, wait=ACT)), ACT, HEAD, "station_head", "nobody-asked"),
        (REPORTED_PAST, CONFIRM_BY, ORIGIN, "origin", "outcome-unconfirmed"),
        ((*REPORTED_PAST, DISPUTED), ANSWER_BY, team(LEIFENG), "receiver", "outcome-disputed"),
    ],
)
def test_nobody_waits_for_a_step_without_end(
    past: tuple[states.Event, ...], until: Wait, to: str, level: str, reason: str
):
    """INV-14: half of the time over whoever's turn it is is reminded, all of it over the head of the station is told."""
    reminder = public.ReminderSent(matter_id=MATTER, to=to, level=level, reason_code=reason)
    late = public.ReferralEscalated(matter_id=MATTER, case_id=CASE, level="station_head", to=ORIGIN, reason_code=reason)
    given = referral.given(*past)
    given.when(REMIND, actor=CLOCK, now=until.remind_at - timedelta(minutes=1)).then_nothing()
    given.when(REMIND, actor=CLOCK, now=until.remind_at).then(reminder)
    given.when(ESCALATE, actor=CLOCK, now=until.remind_at).then_nothing()
    given.when(ESCALATE, actor=CLOCK, now=until.due_at).then(late)
    told = referral.given(*past, reminder, late)
    told.when(REMIND, actor=CLOCK, now=until.due_at).then_nothing()
    told.when(ESCALATE, actor=CLOCK, now=until.due_at).then_nothing()


def test_an_emergency_waits_by_the_clock_on_the_wall():
    """INV-14, INV-42: at night and on holidays too."""
    night = NOON + timedelta(hours=11)
    urgent = replace(DRAFTED, urgency="emergency")
    ready = replace(READY, urgency="emergency", wait=wait("first-action-emergency", night, night))
    referral.given(urgent).when(public.MarkReferralReady(), now=night, at=night, facts=facts()).then(ready)
    assert ready.wait.due_at - night == timedelta(minutes=30)


# --- who answers for the need ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "holder"),
    [
        ((DRAFTED, READY), ORIGIN),
        ((DRAFTED, READY, offered()), ORIGIN),
        (ACCEPTED, team(LEIFENG)),
        (REPORTED_PAST, team(LEIFENG)),
        ((*ACCEPTED, RETURNED), ORIGIN),
        ((DRAFTED, READY, EXHAUSTED), HEAD),
    ],
)
def test_at_every_moment_one_answers_for_the_need(past: tuple[states.Event, ...], holder: str):
    state = referral.given(*past).state
    assert states.holder(state) == holder


def test_no_event_moves_the_case():
    events = (*REPORTED_PAST, CONFIRMED, CLOSED, RETURNED, EXHAUSTED)
    handoffs = [h for event in events if (h := getattr(event, "handoff", None))]
    assert handoffs
    assert {h.need_id for h in handoffs} == {REFERRAL}
