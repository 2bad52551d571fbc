"""Help requests: somebody answers at once, nothing ends without an outcome, what was promised keeps them open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from services.contracts import intake as public
from services.contracts.clocks import clock_of
from services.contracts.codes_times import wait
from services.contracts.words import Handoff, Wait
from services.intake.domain import help_request
from services.intake.domain.help_request_state import Closed, Referred, Triaged, WaitingClient
from services.intake.domain.known import Known, PersonFact, RequestFact
from services.kernel.errors import NotFound
from services.kernel.message import Actor
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import (
    CASE,
    COMMUNITY,
    OTHER,
    OWN,
    PERSON,
    RECEIVED,
    REFERRAL,
    REQUEST,
    STREET,
    TASK,
    TRIAGED,
)

request = Spec(help_request.DECIDER)
NORMAL, URGENT, EMERGENCY = (
    wait(f"first-action-{urgency}", NOON, NOON) for urgency in ("normal", "urgent", "emergency")
)


def day_of_march(day: int) -> Wait:
    """A day on which somebody is to ask again: from the opening of the doors until it is over."""
    opens, over = (datetime(2026, 3, day, 8, 30, tzinfo=NOON.tzinfo), datetime(2026, 3, day + 1, tzinfo=NOON.tzinfo))
    return Wait(remind_at=opens, due_at=over)


GRID = "worker:w-grid"
TO_GRID = Handoff(act="taken", matter_id=REQUEST, need_id=REQUEST, giver=COMMUNITY, takers=(GRID,))
BACK = Handoff(act="released", matter_id=REQUEST, need_id=REQUEST, giver=GRID, takers=(COMMUNITY,))
DISPATCHED = replace(TRIAGED, handoff=TO_GRID, wait=URGENT)
MISSING = (public.Missing(code="witness-statement", supplier_kind="neighbour"),)
GUIDED = public.GuidanceGiven(
    matter_id=REQUEST,
    topic_codes=("one-child-reward",),
    materials_have=("household-book",),
    materials_missing=MISSING,
    next_step_codes=("find-witness",),
    difficulty_codes=("moved-away",),
    follow_up_by=date(2026, 3, 9),
    handoff=Handoff(act="offered", matter_id=REQUEST, giver=COMMUNITY, takers=(f"person:{PERSON}",)),
    wait=day_of_march(9),
)
GUIDE = public.GiveGuidance(
    topic_codes=("one-child-reward",),
    materials_have=("household-book",),
    materials_missing=MISSING,
    next_step_codes=("find-witness",),
    difficulty_codes=("moved-away",),
    follow_up_by=date(2026, 3, 9),
)
IN_SERVICE = public.HelpRequestStrandOpened(matter_id=REQUEST, kind="task", strand_id=TASK)
REFERRED = public.HelpRequestStrandOpened(matter_id=REQUEST, kind="referral", strand_id=REFERRAL)
RESOLVED = public.HelpRequestClosed(matter_id=REQUEST, outcome="resolved", confirmed_by="client")
CLOSE = public.CloseHelpRequest(outcome="resolved", confirmed_by="client")
ERROR = public.HelpRequestEnteredInError(matter_id=REQUEST, reason_code="test", approver="w-02")
DECLINED = public.HelpRequestDeclined(matter_id=REQUEST, reason_code="outside-area", alternatives=("other-station",))
CONVERTED = public.HelpRequestConverted(matter_id=REQUEST, case_id=CASE)


STANDS = RequestFact(request_id=REQUEST, state="converted", unit=COMMUNITY, case_id=CASE, case_open=True)


def test_what_has_become_a_case_ends_and_goes_on_with_the_case_as_long_as_that_stands() -> None:
    """INV-1: one matter is closed by one of the two."""
    became = request.given(RECEIVED, TRIAGED, CONVERTED)
    error = public.MarkHelpRequestEnteredInError(reason_code="test", approver="w-02")
    again = public.ReopenHelpRequest(reason_code="wrong-person")
    for command in (error, again):
        became.when(command, facts=Known(request=STANDS)).then_refused("case-carries-it")
    mistaken = replace(STANDS, case_id=None, case_open=False)
    assert became.when(again, facts=Known(request=mistaken)).decided()
    assert became.when(error, facts=Known(request=mistaken)).decided()


def test_nothing_new_is_laid_to_somebody_whose_data_were_erased() -> None:
    """H10: who comes again is registered anew."""
    gone = Known(person=PersonFact(person_id=PERSON, age_band="adult", gone=True))
    link = public.LinkPersonToHelpRequest(person_id=PERSON)
    unnamed = request.given(replace(RECEIVED, person_id=None))
    assert "register-person" in unnamed.when(link, facts=gone).then_refused("person-erased").allowed
    came = public.ReceiveHelpRequest(unit=COMMUNITY, area="220104004001", person_id=PERSON)
    request.given().when(came, facts=gone).then_refused("person-erased")


def test_the_receiving_unit_answers_for_the_request_from_the_first_moment() -> None:
    command = public.ReceiveHelpRequest(
        unit=COMMUNITY,
        area=STREET,
        came_by="phone",
        reporter_kind="self",
        person_id=PERSON,
        need_codes=("small-repair",),
    )
    request.given().when(command, sealed=("A" * 43,)).then(
        public.HelpRequestReceived(
            matter_id=OWN,
            handoff=Handoff(act="taken", matter_id=OWN, giver=f"person:{PERSON}", takers=(COMMUNITY,)),
            unit=COMMUNITY,
            area=STREET,
            came_by="phone",
            reporter_kind="self",
            person_id=PERSON,
            need_codes=("small-repair",),
            sealed=("A" * 43,),
            wait=NORMAL,
        )
    )


def test_all_but_the_unit_may_be_unknown() -> None:
    request.given().when(public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET)).then(
        public.HelpRequestReceived(
            matter_id=OWN,
            handoff=Handoff(act="taken", matter_id=OWN, giver="unknown", takers=(COMMUNITY,)),
            unit=COMMUNITY,
            area=STREET,
            came_by="unknown",
            reporter_kind="unknown",
            wait=NORMAL,
        )
    )


def test_a_code_that_no_table_has_is_refused_with_its_field() -> None:
    command = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, need_codes=("a-pony",))
    assert request.given().when(command).then_refused("unknown-code").field == "need_codes"


def test_a_request_that_is_there_is_not_received_again() -> None:
    request.given(RECEIVED).when(public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET)).then_refused("already-there")


def test_nothing_is_found_where_nothing_was_received() -> None:
    with pytest.raises(NotFound):
        request.given().when(CLOSE).decided()


def test_triage_hands_the_need_to_a_dispatcher_and_leaves_the_matter_with_the_unit() -> None:
    command = public.TriageHelpRequest(urgency="urgent", disposition="dispatch", dispatcher=GRID)
    request.given(RECEIVED).when(command).then(DISPATCHED)


def test_triage_without_a_dispatcher_moves_nothing() -> None:
    request.given(RECEIVED).when(public.TriageHelpRequest(urgency="urgent", disposition="dispatch")).then(
        replace(TRIAGED, wait=URGENT)
    )


def test_an_emergency_needs_human_contact_first() -> None:
    command = public.TriageHelpRequest(urgency="emergency", disposition="dispatch")
    request.given(RECEIVED).when(command).then_refused("contact-first")
    called = replace(command, emergency_contact="120")
    request.given(RECEIVED).when(called).then(
        replace(TRIAGED, urgency="emergency", emergency_contact="120", wait=EMERGENCY)
    )


def test_safeguarding_is_a_disposition_only_after_the_concern_was_raised() -> None:
    command = public.TriageHelpRequest(urgency="urgent", disposition="safeguarding")
    refused = request.given(RECEIVED).when(command).then_refused("concern-first")
    assert refused.allowed == ("raise-safeguarding-concern",)
    request.given(RECEIVED).when(command, facts=Known(concern_raised=True)).then(
        replace(TRIAGED, disposition="safeguarding", wait=URGENT)
    )


def test_guidance_with_something_missing_leaves_the_request_waiting() -> None:
    """INV-27"""
    request.given(RECEIVED).when(GUIDE).then(GUIDED)
    state = request.given(RECEIVED, GUIDED).state
    clock = clock_of(day_of_march(9))
    assert state == WaitingClient(
        core=state.core, missing=("witness-statement",), follow_up_by=date(2026, 3, 9), clock=clock
    )  # fmt: skip


def test_guidance_with_nothing_left_to_do_answers_the_request() -> None:
    request.given(RECEIVED, TRIAGED).when(public.GiveGuidance(topic_codes=("heating",))).then(
        public.GuidanceGiven(matter_id=REQUEST, topic_codes=("heating",)),
        public.HelpRequestClosed(matter_id=REQUEST, outcome="answered"),
    )


def test_a_request_with_something_missing_is_not_answered() -> None:
    """INV-27"""
    refused = (
        request.given(RECEIVED, GUIDED)
        .when(public.CloseHelpRequest(outcome="answered"))
        .then_refused("materials-missing")
    )
    assert refused.allowed == ("follow-up-help-request",)


def test_a_follow_up_says_what_came_and_keeps_waiting() -> None:
    command = public.FollowUpHelpRequest(
        result_code="in-progress", leaves="waiting", materials_supplied=("witness-statement",),
        follow_up_by=date(2026, 3, 16),
    )  # fmt: skip
    followed = public.HelpRequestFollowedUp(
        matter_id=REQUEST, result_code="in-progress", leaves="waiting", materials_supplied=("witness-statement",),
        follow_up_by=date(2026, 3, 16), wait=day_of_march(16),
    )  # fmt: skip
    request.given(RECEIVED, GUIDED).when(command).then(followed)
    state = request.given(RECEIVED, GUIDED, followed).state
    assert (state.missing, state.follow_up_by, state.clock) == ((), date(2026, 3, 16), clock_of(day_of_march(16)))


def test_a_follow_up_may_have_the_request_decided_anew() -> None:
    command = public.FollowUpHelpRequest(result_code="stuck", leaves="triaged")
    followed = public.HelpRequestFollowedUp(matter_id=REQUEST, result_code="stuck", leaves="triaged", wait=NORMAL)
    request.given(RECEIVED, GUIDED).when(command).then(followed)
    assert isinstance(request.given(RECEIVED, GUIDED, followed).state, Triaged)


def test_a_follow_up_that_closes_names_the_outcome_and_who_confirmed_it() -> None:
    command = public.FollowUpHelpRequest(result_code="done", leaves="closed")
    past = request.given(RECEIVED, GUIDED)
    past.when(command).then_refused("outcome-needed")
    past.when(replace(command, outcome="resolved")).then_refused("confirmation-needed")
    past.when(replace(command, outcome="resolved", confirmed_by="client")).then(
        public.HelpRequestFollowedUp(matter_id=REQUEST, result_code="done", leaves="closed"), RESOLVED
    )


def test_a_task_carries_the_need_and_its_confirmed_end_closes_the_request_back_at_the_unit() -> None:
    past = (RECEIVED, DISPATCHED)
    request.given(*past).when(public.OpenHelpRequestStrand(kind="task", strand_id=TASK)).then(IN_SERVICE)
    command = public.EndHelpRequestStrand(strand_id=TASK, result_code="done", resolved=True, confirmed_by="client")
    ended = public.HelpRequestStrandEnded(matter_id=REQUEST, strand_id=TASK, result_code="done", leaves="triaged")
    request.given(*past, IN_SERVICE).when(command).then(ended, replace(RESOLVED, handoff=BACK))


def test_a_strand_that_ends_without_a_result_leaves_the_request_to_be_decided_anew() -> None:
    command = public.EndHelpRequestStrand(strand_id=REFERRAL, result_code="cancelled")
    ended = public.HelpRequestStrandEnded(
        matter_id=REQUEST, strand_id=REFERRAL, result_code="cancelled", leaves="triaged", wait=URGENT
    )
    request.given(RECEIVED, TRIAGED, REFERRED).when(command).then(ended)
    assert isinstance(request.given(RECEIVED, TRIAGED, REFERRED, ended).state, Triaged)


def test_a_request_with_another_strand_open_does_not_close() -> None:
    command = public.EndHelpRequestStrand(strand_id=TASK, result_code="done", resolved=True, confirmed_by="client")
    ended = public.HelpRequestStrandEnded(matter_id=REQUEST, strand_id=TASK, result_code="done", leaves="referred")
    request.given(RECEIVED, TRIAGED, REFERRED, IN_SERVICE).when(command).then(ended)
    assert isinstance(request.given(RECEIVED, TRIAGED, REFERRED, IN_SERVICE, ended).state, Referred)


def test_strands_heard_of_twice_or_never_change_nothing() -> None:
    opened = public.OpenHelpRequestStrand(kind="task", strand_id=TASK)
    request.given(RECEIVED, TRIAGED, IN_SERVICE).when(opened).then_nothing()
    request.given(RECEIVED, TRIAGED, CONVERTED).when(opened).then_nothing()
    request.given(RECEIVED).when(public.EndHelpRequestStrand(strand_id=TASK, result_code="done")).then_nothing()


def test_a_case_carries_the_matter_on() -> None:
    request.given(RECEIVED, TRIAGED).when(public.ConvertHelpRequest(case_id=CASE)).then(CONVERTED)
    request.given(RECEIVED, TRIAGED, CONVERTED).when(public.ConvertHelpRequest(case_id=CASE)).then_nothing()
    request.given(RECEIVED, DISPATCHED).when(public.ConvertHelpRequest(case_id=CASE)).then(
        replace(CONVERTED, handoff=BACK)
    )


def test_declining_gives_a_reason_and_alternatives() -> None:
    command = public.DeclineHelpRequest(reason_code="outside-area", alternatives=("other-station",))
    request.given(RECEIVED).when(command).then(DECLINED)
    request.given(RECEIVED, DECLINED).when(command).then_nothing()


def test_resolved_needs_somebody_who_says_so() -> None:
    request.given(RECEIVED, TRIAGED).when(public.CloseHelpRequest(outcome="resolved")).then_refused(
        "confirmation-needed"
    )
    request.given(RECEIVED, TRIAGED).when(CLOSE).then(RESOLVED)
    request.given(RECEIVED, TRIAGED, RESOLVED).when(CLOSE).then_nothing()


def test_a_client_may_withdraw_at_any_time() -> None:
    withdrawn = public.HelpRequestClosed(matter_id=REQUEST, outcome="withdrawn")
    for past in [(RECEIVED,), (RECEIVED, GUIDED), (RECEIVED, TRIAGED, IN_SERVICE)]:
        request.given(*past).when(public.CloseHelpRequest(outcome="withdrawn")).then(withdrawn)


def test_a_closed_request_can_be_taken_up_again() -> None:
    again = Handoff(act="taken", matter_id=REQUEST, giver=COMMUNITY, takers=(COMMUNITY,))
    reopened = public.HelpRequestReopened(matter_id=REQUEST, reason_code="not-over", handoff=again, wait=URGENT)
    request.given(RECEIVED, TRIAGED, RESOLVED).when(public.ReopenHelpRequest(reason_code="not-over")).then(reopened)
    assert isinstance(request.given(RECEIVED, TRIAGED, RESOLVED, reopened).state, Triaged)


def test_a_request_that_ended_in_a_month_that_is_over_is_taken_up_again_by_two() -> None:
    """INV-31: such a month may have been reported and sealed."""
    past, facts = (RECEIVED, TRIAGED, RESOLVED), Known(closed_on=date(2026, 2, 28))
    alone = public.ReopenHelpRequest(reason_code="not-over")
    request.given(*past).when(alone, facts=facts).then_refused("second-person-needed")
    (done,) = request.given(*past).when(replace(alone, approver="w-02"), facts=facts).decided()
    assert done.approver == "w-02"


@pytest.mark.parametrize("other", [None, RequestFact(request_id=OTHER, state="closed", unit=COMMUNITY)])
def test_a_duplicate_points_to_an_open_request(other: Any) -> None:
    command = public.LinkDuplicateRequest(other_request_id=OTHER)
    request.given(RECEIVED).when(command, facts=Known(request=other)).then_refused("other-not-open")


def test_a_duplicate_ends_and_the_other_goes_on_alone() -> None:
    command = public.LinkDuplicateRequest(other_request_id=OTHER)
    linked = public.DuplicateRequestLinked(matter_id=REQUEST, other_request_id=OTHER)
    is_open = Known(request=RequestFact(request_id=OTHER, state="received", unit=COMMUNITY))
    request.given(RECEIVED).when(command, facts=is_open).then(linked)
    request.given(RECEIVED, linked).when(command, facts=is_open).then_nothing()


def test_a_request_is_not_its_own_duplicate() -> None:
    is_open = Known(request=RequestFact(request_id=REQUEST, state="received", unit=COMMUNITY))
    command = public.LinkDuplicateRequest(other_request_id=REQUEST)
    request.given(RECEIVED).when(command, facts=is_open).then_refused("other-not-open")


def test_an_error_needs_a_second_person() -> None:
    command = public.MarkHelpRequestEnteredInError(reason_code="test", approver="w-01")
    request.given(RECEIVED).when(command).then_refused("second-person-needed")
    request.given(RECEIVED).when(replace(command, approver="w-02")).then(ERROR)
    request.given(RECEIVED, ERROR).when(replace(command, approver="w-02")).then_nothing()


def test_the_person_is_linked_once() -> None:
    nobody = replace(RECEIVED, person_id=None)
    linked = public.HelpRequestPersonLinked(matter_id=REQUEST, person_id=PERSON)
    command = public.LinkPersonToHelpRequest(person_id=PERSON)
    request.given(nobody).when(command).then(linked)
    request.given(nobody, linked).when(command).then_nothing()
    request.given(RECEIVED).when(public.LinkPersonToHelpRequest(person_id=OTHER)).then_refused("another-person-linked")


@pytest.mark.parametrize(
    ("past", "command", "allowed"),
    [
        ((TRIAGED,), public.TriageHelpRequest(urgency="low", disposition="case"), "give-guidance"),
        ((GUIDED,), GUIDE, "follow-up-help-request"),
        ((), public.FollowUpHelpRequest(result_code="done", leaves="waiting"), "triage-help-request"),
        ((GUIDED,), public.DeclineHelpRequest(reason_code="other", alternatives=("family",)), "follow-up-help-request"),
        ((TRIAGED,), public.ReopenHelpRequest(reason_code="not-over"), "close-help-request"),
        ((DECLINED,), CLOSE, "mark-help-request-entered-in-error"),
        ((RESOLVED,), public.OpenHelpRequestStrand(kind="task", strand_id=TASK), "reopen-help-request"),
        ((RESOLVED,), public.ConvertHelpRequest(case_id=CASE), "reopen-help-request"),
        ((CONVERTED,), CLOSE, "mark-help-request-entered-in-error"),
        ((RESOLVED,), public.LinkDuplicateRequest(other_request_id=OTHER), "reopen-help-request"),
    ],
)
def test_what_the_state_does_not_allow_is_refused_and_says_what_is_allowed(
    past: tuple[Any, ...], command: Any, allowed: str
) -> None:
    refused = request.given(RECEIVED, *past).when(command).then_refused("not-in-this-state")
    assert allowed in refused.allowed


def test_nothing_is_allowed_of_an_error() -> None:
    assert request.given(RECEIVED, ERROR).when(CLOSE).then_refused("not-in-this-state").allowed == ()


def test_reading_what_was_told_is_on_record_whether_allowed_or_not() -> None:
    command = public.ReadHelpRequestNotes(why="contact")
    read = public.HelpRequestNotesRead(
        matter_id=REQUEST, reader="w-01", reader_role="coordinator", why="contact", allowed=True, reader_org=STREET
    )
    request.given(RECEIVED).when(command).then(read)
    stranger = Actor(id="w-09", role="worker", org="220102001")
    request.given(RECEIVED).when(command, actor=stranger).then(
        replace(read, reader="w-09", reader_role="worker", allowed=False, reader_org="220102001")
    )


def test_a_closed_request_remembers_its_outcome() -> None:
    state = request.given(RECEIVED, TRIAGED, RESOLVED).state
    assert state == Closed(core=state.core, outcome="resolved")


def test_what_is_not_decided_in_the_promised_time_is_reminded_of_once_and_then_put_before_the_head_of_the_unit() -> (
    None
):
    """INV-14: two working days from Monday noon; half of them, and all of them."""
    received = replace(RECEIVED, wait=NORMAL)
    assert Wait(remind_at=NOON + timedelta(days=1), due_at=NOON + timedelta(days=2)) == NORMAL
    reminded = public.HelpRequestReminded(matter_id=REQUEST, to=COMMUNITY, step="first-action")
    overdue = public.HelpRequestOverdue(
        matter_id=REQUEST, holder=COMMUNITY, unit=COMMUNITY, step="first-action", urgency="normal"
    )
    remind, escalate = public.RemindHelpRequest(), public.EscalateHelpRequest()
    request.given(received).when(remind).then_nothing()
    request.given(received).when(remind, now=NORMAL.remind_at).then(reminded)
    request.given(received, reminded).when(remind, now=NORMAL.remind_at).then_nothing()
    request.given(received, reminded).when(escalate, now=NORMAL.remind_at).then_nothing()
    request.given(received, reminded).when(escalate, now=NORMAL.due_at).then(overdue)
    request.given(received, reminded, overdue).when(escalate, now=NORMAL.due_at).then_nothing()


def test_what_was_decided_is_to_begin_in_the_same_time_and_the_dispatcher_is_reminded() -> None:
    later = URGENT.due_at
    reminded = public.HelpRequestReminded(matter_id=REQUEST, to=GRID, step="next-step")
    overdue = public.HelpRequestOverdue(
        matter_id=REQUEST, holder=GRID, unit=COMMUNITY, step="next-step", urgency="urgent"
    )
    past = (replace(RECEIVED, wait=NORMAL), DISPATCHED)
    request.given(*past).when(public.RemindHelpRequest(), now=later).then(reminded)
    request.given(*past).when(public.EscalateHelpRequest(), now=later).then(overdue)
    for begun in (IN_SERVICE, REFERRED, CONVERTED, DECLINED, RESOLVED):
        request.given(*past, begun).when(public.EscalateHelpRequest(), now=later + timedelta(days=40)).then_nothing()


def test_an_emergency_has_half_an_hour_by_the_clock_on_the_wall() -> None:
    """INV-42"""
    assert Wait(remind_at=NOON + timedelta(minutes=15), due_at=NOON + timedelta(minutes=30)) == EMERGENCY


def test_a_promised_day_that_passes_is_reminded_of_in_its_morning() -> None:
    """INV-27: 孙大姐 is not forgotten on the day for which it was promised to ask again."""
    morning = datetime(2026, 3, 9, 8, 30, tzinfo=NOON.tzinfo)
    reminded = public.HelpRequestReminded(matter_id=REQUEST, to=COMMUNITY, step="follow-up")
    request.given(RECEIVED, GUIDED).when(public.RemindHelpRequest(), now=morning).then(reminded)
    request.given(RECEIVED, GUIDED).when(public.RemindHelpRequest(), now=morning - timedelta(hours=1)).then_nothing()
