"""A service that stands still for a while: it is not forgotten, and the organization answers for the need as before."""

from dataclasses import replace
from datetime import date, timedelta

from services.contracts import referral as public
from services.contracts.codes_times import outcome_check
from services.contracts.worktime import after, morning_of
from services.referral.domain import referral_state as states
from services.referral.domain.referral_evolve import evolve
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    CHECK_AT,
    CLOCK,
    DRAFTED,
    LEIFENG,
    LOTUS,
    MATTER,
    OF_THE_OFFER,
    READY,
    REPORTED,
    RETURNED,
    STARTED,
    STATION,
    accepted,
    offered,
    partner,
    phoned,
    referral,
    team,
)

IN_SERVICE = (DRAFTED, READY, offered(), accepted(), STARTED)
SPRING = date(2026, 4, 13)
PAUSE = public.PauseService(reason_code="hospital", until=SPRING)
RESUME = public.ResumeService()
PAUSED = public.ServicePaused(**OF_THE_OFFER, reason_code="hospital", until=SPRING, check_at=morning_of(SPRING))
RESUMED = public.ServiceResumed(**OF_THE_OFFER, check_at=CHECK_AT)
DISPUTED = public.OutcomeDisputed(**OF_THE_OFFER, reason_code="client-wish")


def test_a_service_pauses_until_a_day_and_is_asked_on_its_morning():
    referral.given(*IN_SERVICE).when(PAUSE, actor=partner(LEIFENG)).then(PAUSED)
    given = referral.given(*IN_SERVICE, PAUSED)
    reminder = public.ReminderSent(
        matter_id=MATTER, to=team(LEIFENG), level="receiver", reason_code="pause-over",
        again_at=after(morning_of(SPRING), outcome_check()),
    )  # fmt: skip
    given.when(public.RemindReferral(), actor=CLOCK, now=morning_of(SPRING)).then(reminder)
    given.when(public.RemindReferral(), actor=CLOCK, now=NOON).then_nothing()


def test_until_when_it_pauses_may_be_unknown():
    unknown = replace(PAUSED, until=None, check_at=CHECK_AT)
    referral.given(*IN_SERVICE).when(replace(PAUSE, until=None), actor=partner(LEIFENG)).then(unknown)


def test_a_day_that_is_over_is_no_end_of_a_pause():
    past = replace(PAUSE, until=date(2026, 3, 1))
    referral.given(*IN_SERVICE).when(past, actor=partner(LEIFENG)).then_refused("until-past")


def test_only_the_one_that_serves_pauses_and_resumes():
    referral.given(*IN_SERVICE).when(PAUSE, actor=partner(LOTUS)).then_refused("not-yours")
    referral.given(*IN_SERVICE).when(PAUSE, actor=STATION).then_refused("not-yours")
    referral.given(*IN_SERVICE).when(PAUSE, actor=STATION, behalf=phoned(LEIFENG)).then(PAUSED)
    referral.given(*IN_SERVICE, PAUSED).when(RESUME, actor=partner(LOTUS)).then_refused("not-yours")


def test_what_has_not_begun_cannot_pause():
    refused = referral.given(*IN_SERVICE[:-1]).when(PAUSE, actor=partner(LEIFENG)).then_refused("not-in-this-state")
    assert "start-service" in refused.allowed


def test_a_paused_service_goes_on():
    referral.given(*IN_SERVICE, PAUSED).when(RESUME, actor=partner(LEIFENG)).then(RESUMED)
    referral.given(*IN_SERVICE, PAUSED, RESUMED).when(RESUME, actor=partner(LEIFENG)).then_nothing()
    assert isinstance(evolve(referral.given(*IN_SERVICE, PAUSED).state, RESUMED), states.InService)


def test_pausing_twice_changes_nothing():
    referral.given(*IN_SERVICE, PAUSED).when(PAUSE, actor=partner(LEIFENG)).then_nothing()


def test_while_it_pauses_the_organization_answers_for_the_need():
    assert states.holder(referral.given(*IN_SERVICE, PAUSED).state) == team(LEIFENG)


def test_a_paused_service_may_come_back_or_come_to_an_outcome():
    back, report = public.ReturnReferral(reason_code="no-capacity"), public.ReportOutcome(outcome="delivered")
    referral.given(*IN_SERVICE, PAUSED).when(back, actor=partner(LEIFENG)).then(RETURNED)
    referral.given(*IN_SERVICE, PAUSED).when(report, actor=partner(LEIFENG)).then(REPORTED)


def test_the_person_may_withdraw_while_it_pauses_and_while_its_outcome_is_disputed():
    withdraw = public.WithdrawReferral(reason_code="client-wish")
    for past in ((*IN_SERVICE, PAUSED), (*IN_SERVICE, REPORTED, DISPUTED)):
        ended = referral.given(*past).when(withdraw, actor=STATION).decided()
        assert [type(event) for event in ended] == [public.ReferralWithdrawn]
        assert ended[0].handoff.giver == team(LEIFENG)


def test_a_disputed_service_may_simply_go_on():
    referral.given(*IN_SERVICE, REPORTED, DISPUTED).when(RESUME, actor=partner(LEIFENG)).then(RESUMED)
    late = NOON + timedelta(days=3)
    later = replace(RESUMED, check_at=after(late, outcome_check()))
    referral.given(*IN_SERVICE, REPORTED, DISPUTED).when(RESUME, actor=partner(LEIFENG), now=late).then(later)
