"""Cases: exactly one owner, opened on a consent, worked on by a plan, closed with a reason and nothing left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.contracts.words import Handoff
from services.intake.domain import case as domain
from services.intake.domain.case_state import Closed, Evaluated, Intervening, Opened, Planned, Suspended, Transferred
from services.intake.domain.known import ConsentFact, Known
from services.kernel.errors import NotFound
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import (
    ASSESSED,
    CASE,
    CLOSED,
    COMMUNITY,
    CONSENT,
    EVALUATED,
    FOUND,
    LATER,
    MOTHER,
    OPENED,
    PERSON,
    PLANNED,
    REFERRAL,
    REQUEST,
    SERVED,
    STREET,
    TEAM,
    TRIAGED_REQUEST,
    WZ,
    YES,
    ZSL,
)

case = Spec(domain.DECIDER)

OPEN = public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, request_id=REQUEST)
WITH_REQUEST = replace(FOUND, request=TRIAGED_REQUEST)
SUSPENDED = public.CaseSuspended(case_id=CASE, matter_id=REQUEST, reason_code="hospital")
FOLLOWED = public.CaseFollowUpDone(case_id=CASE, matter_id=REQUEST, result_code="doing-well")
SERVE = public.RecordService(kind="sport")
CLOSE = public.CloseCase(reason_code="goals-reached")
WORKING = (OPENED, ASSESSED, PLANNED, SERVED)


def test_a_triaged_request_becomes_a_case_and_its_owner_answers_for_the_matter() -> None:
    case.given().when(OPEN, facts=WITH_REQUEST).then(OPENED)


def test_a_case_that_came_from_nobody_knows_whom_is_taken_over_from_unknown() -> None:
    command = replace(OPEN, request_id=None, taken_over_from="unknown")
    opened = replace(
        OPENED,
        matter_id=CASE,
        request_id=None,
        handoff=Handoff(act="taken", matter_id=CASE, giver="unknown", takers=(ZSL,)),
    )
    taken = public.CaseTakenOver(
        case_id=CASE,
        matter_id=CASE,
        handoff=Handoff(act="taken", matter_id=CASE, giver="unknown", takers=(ZSL,)),
        owner=ZSL,
        reason_code="handed-over",
    )
    case.given().when(command, facts=FOUND).then(opened, taken)


def test_no_case_without_a_consent_to_casework() -> None:
    refused = case.given().when(OPEN, facts=replace(WITH_REQUEST, consents=())).then_refused("consent-needed")
    assert refused.allowed == ("grant-consent",)


@pytest.mark.parametrize(
    "consent",
    [
        replace(YES, state="withdrawn"),
        replace(YES, purposes=("referral",)),
        replace(YES, valid_until=NOON - timedelta(days=1)),
    ],
)
def test_a_consent_counts_only_in_force_and_for_casework(consent: ConsentFact) -> None:
    case.given().when(OPEN, facts=replace(WITH_REQUEST, consents=(consent,))).then_refused("consent-needed")


def test_a_legal_basis_stands_in_for_a_consent() -> None:
    command = replace(OPEN, legal_basis="life-safety")
    opened = replace(OPENED, consent_id=None, legal_basis="life-safety")
    case.given().when(command, facts=replace(WITH_REQUEST, consents=())).then(opened)


def test_consent_is_no_legal_basis_for_working_without_one() -> None:
    """INV-5: named as a basis it stood in for the consent that nobody had given."""
    nothing = replace(WITH_REQUEST, consents=())
    opens, learns = replace(OPEN, legal_basis="pipl13-1"), replace(COLLECT, legal_basis="pipl13-1")
    case.given().when(opens, facts=nothing).then_refused("consent-is-no-basis-here")
    case.given(OPENED).when(learns, facts=Known()).then_refused("consent-is-no-basis-here")


@pytest.mark.parametrize(
    ("command", "facts", "code"),
    [
        (OPEN, replace(WITH_REQUEST, person=None), "no-such-person"),
        (OPEN, replace(WITH_REQUEST, person=replace(FOUND.person, alive=False)), "person-deceased"),  # type: ignore[type-var]
        (replace(OPEN, owner="unknown"), WITH_REQUEST, "owner-needed"),
        (OPEN, FOUND, "no-such-request"),
        (OPEN, replace(FOUND, request=replace(TRIAGED_REQUEST, case_id=CASE)), "case-open-already"),
        (OPEN, replace(FOUND, request=replace(TRIAGED_REQUEST, state="received")), "request-not-triaged"),
    ],
)
def test_what_a_case_is_not_opened_on(command: Any, facts: Known, code: str) -> None:
    case.given().when(command, facts=facts).then_refused(code)


def test_a_case_that_is_there_is_not_opened_again() -> None:
    case.given(OPENED).when(OPEN, facts=WITH_REQUEST).then_refused("already-there")


def test_nothing_is_found_where_no_case_was_opened() -> None:
    with pytest.raises(NotFound):
        case.given().when(SERVE).decided()


def test_whoever_takes_a_case_over_is_its_one_owner() -> None:
    taken = public.CaseTakenOver(
        case_id=CASE,
        matter_id=REQUEST,
        handoff=Handoff(act="taken", matter_id=REQUEST, giver=ZSL, takers=(WZ,)),
        owner=WZ,
        reason_code="worker-left",
    )
    command = public.TakeOverCase(owner=WZ, reason_code="worker-left")
    case.given(OPENED, ASSESSED).when(command).then(taken)
    case.given(OPENED, taken).when(command).then_nothing()
    state = case.given(OPENED, ASSESSED, taken).state
    assert state.file.owner == WZ


def test_a_case_is_never_handed_to_nobody() -> None:
    case.given(OPENED).when(public.TakeOverCase(owner="unknown", reason_code="worker-left")).then_refused(
        "owner-needed"
    )


COLLECT = public.CollectInformation(source_kinds=("family",), categories=("health",), about_person_id=MOTHER)
COLLECTED = public.InformationCollected(
    case_id=CASE,
    matter_id=REQUEST,
    source_kinds=("family",),
    categories=("health",),
    about_person_id=MOTHER,
    consent_id=CONSENT,
    sealed=("A" * 43,),
)


def test_a_mothers_illness_stands_on_her_own_consent() -> None:
    case.given(OPENED).when(COLLECT, facts=Known(consents=(YES,))).then_refused("consent-needed")
    hers = replace(YES, categories=("narrative", "health"))
    case.given(OPENED).when(COLLECT, facts=Known(consents=(hers,)), sealed=("A" * 43,)).then(COLLECTED)


def test_what_concerns_the_client_stands_on_the_case() -> None:
    command = replace(COLLECT, about_person_id=None)
    case.given(OPENED).when(command, sealed=("A" * 43,)).then(replace(COLLECTED, about_person_id=None, consent_id=None))


def test_needs_plan_service_and_evaluation_follow_each_other() -> None:
    case.given(OPENED).when(public.AssessNeeds(need_codes=("tuition",))).then(ASSESSED)
    plan = public.AgreeServicePlan(goals=(public.Goal(code="confidence"),), agreed_by="guardian")
    case.given(OPENED, ASSESSED).when(plan).then(PLANNED)
    case.given(OPENED, ASSESSED, PLANNED).when(SERVE).then(SERVED)
    case.given(*WORKING).when(public.EvaluateProgress(source="family")).then(EVALUATED)
    revise = public.ReviseServicePlan(goals=(public.Goal(code="health"),), agreed_by="client")
    revised = public.ServicePlanRevised(
        case_id=CASE, matter_id=REQUEST, goals=(public.Goal(code="health"),), agreed_by="client"
    )
    case.given(*WORKING, EVALUATED).when(revise).then(revised)
    assert isinstance(case.given(*WORKING, EVALUATED, revised).state, Planned)


def test_service_after_an_evaluation_means_work_goes_on() -> None:
    assert isinstance(case.given(*WORKING, EVALUATED).state, Evaluated)
    assert isinstance(case.given(*WORKING, EVALUATED, SERVED).state, Intervening)


def test_a_plan_that_nobody_agreed_to_says_why() -> None:
    plan = public.AgreeServicePlan(goals=(public.Goal(code="safety"),), agreed_by="nobody")
    case.given(OPENED, ASSESSED).when(plan).then_refused("reason-needed")
    case.given(OPENED, ASSESSED).when(replace(plan, reason_code="cannot-agree")).then(
        replace(PLANNED, goals=(public.Goal(code="safety"),), agreed_by="nobody", reason_code="cannot-agree")
    )


def test_service_before_a_plan_is_for_emergencies() -> None:
    case.given(OPENED).when(SERVE).then_refused("plan-first")
    early = replace(SERVED, under_plan=False, emergency_reason="emergency")
    case.given(OPENED).when(replace(SERVE, emergency_reason="emergency")).then(early)
    assert isinstance(case.given(OPENED, early).state, Opened)


def test_a_paper_sheet_comes_late_with_its_delay() -> None:
    late = public.LateEntryDeclared(case_id=CASE, matter_id=REQUEST, paper_ref="2026-02-17", delay_days=20)
    command = replace(SERVE, paper_ref="2026-02-17")
    case.given(*WORKING).when(command, at=NOON - timedelta(days=20)).then(late, SERVED)


def test_a_sheet_that_comes_after_the_closing_is_taken_and_marked() -> None:
    command = replace(SERVE, paper_ref="2026-02-17")
    late = public.LateEntryDeclared(case_id=CASE, matter_id=REQUEST, paper_ref="2026-02-17", delay_days=0)
    after = replace(SERVED, under_plan=False, conflict="recorded-after-closing")
    past = (*WORKING, EVALUATED, CLOSED)
    case.given(*past).when(command).then(late, after)
    case.given(*past).when(SERVE).then_refused("not-in-this-state")
    assert isinstance(case.given(*past, late, after).state, Closed)


def test_a_service_does_not_end_before_it_starts() -> None:
    command = replace(SERVE, started=NOON, ended=NOON - timedelta(hours=1))
    assert case.given(*WORKING).when(command).then_refused("ends-before-it-starts").field == "ended"


def test_work_rests_and_goes_on_where_it_rested() -> None:
    case.given(*WORKING).when(public.SuspendCase(reason_code="hospital")).then(SUSPENDED)
    case.given(*WORKING, SUSPENDED).when(public.SuspendCase(reason_code="hospital")).then_nothing()
    resumed = public.CaseResumed(case_id=CASE, matter_id=REQUEST, stage="intervening")
    case.given(*WORKING, SUSPENDED).when(public.ResumeCase()).then(resumed)
    assert isinstance(case.given(*WORKING, SUSPENDED).state, Suspended)
    assert isinstance(case.given(*WORKING, SUSPENDED, resumed).state, Intervening)
    case.given(*WORKING).when(public.ResumeCase()).then_nothing()


def test_closing_comes_after_an_evaluation_or_says_why_not() -> None:
    case.given(*WORKING).when(CLOSE).then_refused("evaluate-first")
    case.given(*WORKING, EVALUATED).when(CLOSE).then(CLOSED)
    early = replace(CLOSE, reason_code="lost-contact", early_reason="unknown")
    case.given(OPENED).when(early).then(replace(CLOSED, reason_code="lost-contact", early_reason="unknown"))
    case.given(*WORKING, EVALUATED, CLOSED).when(CLOSE).then_nothing()


def test_no_strand_is_left_behind_unsaid() -> None:
    facts = Known(strands=(REFERRAL, UUID(int=99)))
    case.given(*WORKING, EVALUATED).when(CLOSE, facts=facts).then_refused("strands-open")
    handled = replace(CLOSE, strands_handled=(REFERRAL, UUID(int=99)))
    case.given(*WORKING, EVALUATED).when(handled, facts=facts).then(
        replace(CLOSED, strands_handled=(REFERRAL, UUID(int=99)))
    )


def test_death_closes_a_case_whatever_is_open() -> None:
    ended = replace(CLOSED, reason_code="deceased", early_reason="deceased", strands_handled=(REFERRAL,))
    case.given(OPENED).when(public.CloseCaseOnDeath(), facts=Known(strands=(REFERRAL,))).then(ended)
    case.given(OPENED, ended).when(public.CloseCaseOnDeath()).then_nothing()


def test_after_the_closing_somebody_asks_and_the_case_may_open_again() -> None:
    past = (*WORKING, EVALUATED, CLOSED)
    case.given(*past).when(public.FollowUpCase(result_code="doing-well")).then(FOLLOWED)
    reopened = public.CaseReopened(
        case_id=CASE,
        matter_id=REQUEST,
        handoff=Handoff(act="taken", matter_id=REQUEST, giver=ZSL, takers=(WZ,)),
        owner=WZ,
        reason_code="got-worse",
    )
    case.given(*past, FOLLOWED).when(public.ReopenCase(reason_code="got-worse", owner=WZ)).then(reopened)
    assert case.given(*past, reopened).state == Opened(file=replace(case.given(*past).state.file, owner=WZ))


@pytest.mark.parametrize("ended", [date(2026, 2, 28), date(2025, 3, 2)])
def test_what_ended_in_a_month_that_is_over_is_opened_again_by_two(ended: date) -> None:
    """INV-31: such a month may have been reported and sealed."""
    past, facts = (*WORKING, EVALUATED, CLOSED), Known(closed_on=ended)
    alone = public.ReopenCase(reason_code="got-worse")
    refused = case.given(*past).when(alone, facts=facts).then_refused("second-person-needed")
    assert (refused.field, refused.allowed) == ("approver", ("approve",))
    case.given(*past).when(replace(alone, approver="w-01"), facts=facts).then_refused("second-person-needed")
    (done,) = case.given(*past).when(replace(alone, approver="w-02"), facts=facts).decided()
    assert done.approver == "w-02"
    (same_month,) = case.given(*past).when(alone, facts=Known(closed_on=date(2026, 3, 1))).decided()
    assert same_month.approver is None


def test_an_accepted_transfer_takes_the_case_along() -> None:
    command = public.TransferCaseOut(referral_id=REFERRAL, to_org=TEAM)
    moved = public.CaseTransferredOut(
        case_id=CASE,
        matter_id=REQUEST,
        handoff=Handoff(act="taken", matter_id=REQUEST, giver=ZSL, takers=(TEAM,)),
        referral_id=REFERRAL,
        to_org=TEAM,
    )
    case.given(*WORKING).when(command).then(moved)
    case.given(*WORKING, moved).when(command).then_nothing()
    assert isinstance(case.given(*WORKING, moved).state, Transferred)


MOVED = public.CaseTransferredOut(
    case_id=CASE, matter_id=REQUEST, handoff=Handoff(act="taken", matter_id=REQUEST, giver=ZSL, takers=(TEAM,)),
    referral_id=REFERRAL, to_org=TEAM,
)  # fmt: skip


def came_back(owner: str, reason: str) -> public.CaseReopened:
    """The case is the station's again."""
    back = Handoff(act="taken", matter_id=REQUEST, giver=TEAM, takers=(owner,))
    return public.CaseReopened(case_id=CASE, matter_id=REQUEST, handoff=back, owner=owner, reason_code=reason)


def test_what_was_transferred_comes_back_to_whoever_gets_the_need_back_or_had_the_case_before() -> None:
    moved = case.given(*WORKING, MOVED)
    moved.when(public.TakeCaseBack(referral_id=REFERRAL, owner=WZ)).then(came_back(WZ, "transfer-returned"))
    moved.when(public.TakeCaseBack(referral_id=REFERRAL)).then(came_back(ZSL, "transfer-returned"))
    moved.when(public.TakeCaseBack(referral_id=UUID(int=99))).then_nothing()
    case.given(*WORKING).when(public.TakeCaseBack(referral_id=REFERRAL)).then_nothing()


def test_a_transferred_case_is_taken_up_again_once_the_other_side_holds_it_no_longer() -> None:
    again, moved = public.ReopenCase(reason_code="not-over"), case.given(*WORKING, MOVED)
    moved.when(again, facts=Known(strands=(REFERRAL,))).then_refused("transfer-stands")
    moved.when(again, facts=Known()).then(came_back(ZSL, "not-over"))


def test_who_closes_too_soon_is_told_what_he_can_do_in_this_state() -> None:
    close = public.CloseCase(reason_code="goals-reached")
    assert case.given(OPENED).when(close).then_refused("evaluate-first").allowed == ("close-case",)


def test_a_changed_risk_is_said_with_both_levels() -> None:
    command = public.ChangeRiskLevel(to_level="red", reason_code="got-worse")
    changed = public.RiskLevelChanged(case_id=CASE, matter_id=REQUEST, to_level="red", reason_code="got-worse")
    case.given(OPENED).when(command).then(changed)
    case.given(OPENED, changed).when(command).then_nothing()
    case.given(OPENED, changed).when(replace(command, to_level="blue")).then(
        replace(changed, to_level="blue", from_level="red")
    )


def test_an_error_needs_a_second_person() -> None:
    command = public.MarkCaseEnteredInError(reason_code="wrong-person", approver="w-01")
    case.given(OPENED).when(command).then_refused("second-person-needed")
    error = public.CaseEnteredInError(case_id=CASE, matter_id=REQUEST, reason_code="wrong-person", approver="w-02")
    case.given(OPENED).when(replace(command, approver="w-02")).then(error)
    case.given(OPENED, error).when(replace(command, approver="w-02")).then_nothing()
    case.given(OPENED, error).when(SERVE).then_refused("not-in-this-state")


@pytest.mark.parametrize(
    ("past", "command", "allowed"),
    [
        ((OPENED, ASSESSED), public.AssessNeeds(need_codes=("tuition",)), "agree-service-plan"),
        ((OPENED,), public.AgreeServicePlan(goals=(public.Goal(code="health"),), agreed_by="client"), "assess-needs"),
        ((OPENED,), public.ReviseServicePlan(goals=(public.Goal(code="health"),), agreed_by="client"), "assess-needs"),
        ((OPENED, ASSESSED, PLANNED), public.EvaluateProgress(source="client"), "record-service"),
        ((OPENED, SUSPENDED), public.CollectInformation(source_kinds=("client",)), "resume-case"),
        ((OPENED, SUSPENDED), SERVE, "resume-case"),
        ((OPENED, CLOSED), public.TakeOverCase(owner=WZ, reason_code="worker-left"), "reopen-case"),
        ((OPENED, CLOSED), public.SuspendCase(reason_code="hospital"), "reopen-case"),
        ((OPENED, CLOSED), public.ResumeCase(), "reopen-case"),
        ((OPENED, CLOSED), public.ChangeRiskLevel(to_level="red", reason_code="got-worse"), "reopen-case"),
        ((OPENED, CLOSED), public.TransferCaseOut(referral_id=REFERRAL, to_org=TEAM), "reopen-case"),
        ((OPENED, CLOSED), public.CloseCase(reason_code="lost-contact"), "reopen-case"),
        ((OPENED,), public.FollowUpCase(result_code="doing-well"), "close-case"),
        ((OPENED,), public.ReopenCase(reason_code="got-worse"), "close-case"),
    ],
)
def test_what_the_state_does_not_allow_is_refused_and_says_what_is_allowed(
    past: tuple[Any, ...], command: Any, allowed: str
) -> None:
    refused = case.given(*past).when(command, at=LATER).then_refused("not-in-this-state")
    assert allowed in refused.allowed


def test_a_household_may_be_the_subject() -> None:
    command = replace(OPEN, subject_kind="household", household_id=UUID(int=77), workers=(WZ,))
    opened = replace(OPENED, subject_kind="household", household_id=UUID(int=77), workers=(WZ,))
    lives_there = replace(WITH_REQUEST, household=frozenset({PERSON}))
    case.given().when(command, facts=lives_there).then(opened)
    assert opened.handoff.giver == COMMUNITY


@pytest.mark.parametrize("members", [None, frozenset(), frozenset({UUID(int=78)})])
def test_a_household_is_on_record_and_its_person_lives_there(members: frozenset[UUID] | None) -> None:
    command = replace(OPEN, subject_kind="household", household_id=UUID(int=77))
    facts = replace(WITH_REQUEST, household=members)
    refused = case.given().when(command, facts=facts).then_refused("not-of-the-household")
    assert refused.allowed == ("form-household", "join-household")
    case.given().when(replace(command, household_id=None), facts=facts).then_refused("not-of-the-household")
