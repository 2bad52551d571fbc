"""Figures of cases, contacts, requests, visits and persons: each trap of their definitions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.audit.statistics.held import Period
from services.contracts import intake, volunteer
from tests.service.audit.counting import OCTOBER, POINT, STREET, Counting, on
from tests.unit.audit.stories import hand, named, told_as

NOVEMBER = Period(2026, 11)


@pytest.fixture
def hub() -> Counting:
    return Counting()


# --- cases ------------------------------------------------------------------------------------------------------------


def test_a_case_counts_in_the_month_in_which_it_was_opened_and_not_in_that_of_its_entry(hub: Counting):
    hub.case(at=on(30), entered=on(3, month=11))
    hub.later()
    assert hub.value("cases-opened") == 1
    assert hub.value("cases-opened", month=NOVEMBER) == 0


def test_a_case_opened_nobody_knows_when_is_counted_beside_the_others(hub: Counting):
    hub.case("a")
    hub.case("b", at=None)
    hub.case("c", at=on(9), effectiveprecision="season")
    hub.later()
    assert hub.line("cases-opened") == (1, None, 2)


def test_the_cases_open_are_those_open_at_the_end_of_the_month(hub: Counting):
    early, _, again = hub.case("a"), hub.case("b"), hub.case("c")
    hub.close(early, on(20))
    hub.close(again, on(8))
    reopened = told_as(intake.CaseReopened, case_id=again, matter_id=again, owner="worker:w-1", reason_code="other",
                       handoff=hand("taken", "unknown", "worker:w-1"))  # fmt: skip
    hub.tell(f"case/{again}", reopened, at=on(9))
    hub.close(again, on(2, month=11))
    hub.later()
    assert hub.value("cases-open") == 2
    assert hub.value("cases-open", month=NOVEMBER) == 1
    assert hub.value("cases-open", month=Period(2026, 9)) == 0


def test_a_case_that_was_transferred_out_is_not_open_here(hub: Counting):
    case = hub.case()
    out = told_as(intake.CaseTransferredOut, case_id=case, matter_id=case, referral_id=named("r"),
                  to_org="organization:lotus", handoff=hand("taken", "worker:w-1", "organization:lotus"))  # fmt: skip
    hub.tell(f"case/{case}", out, at=on(12))
    hub.later()
    assert hub.value("cases-open") == 0
    assert hub.value("cases-closed") == 0


def test_goals_reached_are_a_share_of_the_closings_and_errors_are_none(hub: Counting):
    for number, reason in enumerate(("goals-reached", "goals-reached", "lost-contact", "error")):
        hub.close(hub.case(f"c{number}"), on(20), reason)
    wrong = hub.case("wrong")
    hub.close(wrong, on(21))
    hub.error(wrong, on(22))
    hub.later()
    assert hub.line("goals-reached") == (2, 3, 0)
    assert hub.value("cases-closed") == 3
    assert hub.value("cases-closed", "lost-contact") == 1
    assert hub.value("cases-opened") == 4


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_two_workers_at_one_client_are_one_contact(hub: Counting):
    hub.serve(hub.case(), on(5), workers=("worker:w-1", "worker:w-2"))
    hub.later()
    assert (hub.value("contacts"), hub.value("persons-served")) == (1, 1)


def test_one_activity_with_twelve_children_is_twelve_contacts_and_twelve_persons(hub: Counting):
    activity = named("activity")
    held = told_as(intake.ActivityHeld, activity_id=activity, kind="social", host="organization:lotus", area=POINT,
                   headcount=12, workers=("worker:w-1", "worker:w-2"))  # fmt: skip
    hub.tell(f"activity/{activity}", held, at=on(6))
    for child in range(12):
        came = told_as(intake.ActivityAttended, activity_id=activity, person_id=named(f"child {child}"))
        hub.tell(f"activity/{activity}", came, at=on(6))
    hub.later()
    assert (hub.value("contacts"), hub.value("persons-served")) == (12, 12)
    assert hub.value("contacts", "activity", station=STREET) == 12


def test_persons_and_contacts_are_told_apart(hub: Counting):
    """人数 and 人次."""
    case = hub.case()
    for day in range(3, 20):
        hub.serve(case, on(day))
    hub.later()
    assert (hub.value("persons-served"), hub.value("contacts")) == (1, 17)


def test_a_door_that_nobody_opened_is_no_contact(hub: Counting):
    plan = hub.plan("plan", "p", on(1))
    hub.visit(plan, "p", date(2026, 10, 5), "no_answer")
    hub.visit(plan, "p", date(2026, 10, 6))
    hub.later()
    assert hub.value("contacts", "visit") == 1


def test_a_sheet_of_visits_counts_each_visit_on_its_own_day(hub: Counting):
    plan = hub.plan("plan", "p", on(1))
    hub.visit(plan, "p", date(2026, 10, 31), at=on(2, month=11))
    hub.visit(plan, "p", date(2026, 11, 1), at=on(2, month=11))
    hub.later()
    assert hub.value("contacts") == hub.value("contacts", month=NOVEMBER) == 1


def test_guidance_to_somebody_who_is_known_later_counts_for_that_person(hub: Counting):
    matter = hub.request()
    told = told_as(intake.GuidanceGiven, matter_id=matter, topic_codes=("allowance",))
    hub.tell(f"help-request/{matter}", told, at=on(2))
    before = hub.later(on(10)).after
    linked = told_as(intake.HelpRequestPersonLinked, matter_id=matter, person_id=named("p"))
    hub.tell(f"help-request/{matter}", linked, at=on(11))
    hub.later()
    assert hub.line("persons-served", size=before) == (0, None, 1)
    assert hub.line("persons-served") == (1, None, 0)
    assert hub.value("contacts", "guidance") == 1


def test_records_of_one_human_being_count_once_and_their_contacts_all_and_apart_again(hub: Counting):
    """H4: after the merger 人数 is 1 and 人次 the sum; taken apart the numbers return; what was known before stays."""
    hub.serve(hub.case("a", person="p1"), on(5))
    hub.serve(hub.case("b", person="p2", area="220102001"), on(6))
    before = hub.later(on(7)).after
    hub.merge("p2", "p1")
    together = hub.after
    assert (hub.value("persons-served"), hub.value("contacts")) == (1, 2)
    hub.merge("p2", "p1", "person.unmerged")
    assert (hub.value("persons-served"), hub.value("contacts")) == (2, 2)
    assert hub.value("persons-served", size=before) == 2
    assert hub.value("persons-served", size=together) == 1


def test_a_contact_dated_after_the_death_of_the_person_serves_no_living_person(hub: Counting):
    """H6: it stays on record as a contact, to be looked at."""
    hub.serve(hub.case("a", person="p1"), on(9))
    hub.serve(hub.case("b", person="p2"), on(5))
    for person in ("p1", "p2"):
        died = told_as(intake.PersonDied, person_id=named(person), evidence_kind="told", on=date(2026, 10, 7))
        hub.tell(f"person/{named(person)}", died, at=on(10))
    hub.later()
    assert (hub.value("persons-served"), hub.value("contacts")) == (1, 2)


def amend(hub: Counting, message: Any, cls: Any, **said: Any) -> None:
    """A record is corrected, or struck, in a stream of its own (H9)."""
    record = message.envelope.id
    hub.tell(
        f"record/{record}", told_as(cls, record_id=record, corrects=record, reason_code="other", **said), at=on(25)
    )


def test_a_service_that_was_entered_in_error_is_no_contact(hub: Counting):
    """H9: nothing is deleted; the number as it was known stays."""
    case = hub.case()
    wrong, before = hub.serve(case, on(5)), hub.after
    hub.serve(case, on(6))
    amend(hub, wrong, intake.RecordEnteredInError, kind="service", about_id=case, matter_id=case)
    hub.later()
    assert (hub.value("contacts"), hub.value("contacts", size=before)) == (1, 1)
    assert hub.value("contacts", size=before + 1) == 2


def test_a_service_counts_on_the_day_to_which_it_was_corrected(hub: Counting):
    case = hub.case()
    wrong = hub.serve(case, on(5))
    now = intake.ServiceSaid(kind="talk", started=on(2, month=11))
    amend(
        hub,
        wrong,
        intake.ServiceCorrected,
        case_id=case,
        matter_id=case,
        fields=("started",),
        was=intake.ServiceSaid(kind="talk"),
        now=now,
    )
    hub.later()
    assert (hub.value("contacts"), hub.value("contacts", month=NOVEMBER)) == (0, 1)


def test_a_door_that_was_opened_after_all_is_a_contact(hub: Counting):
    plan = hub.plan("plan", "p", on(1))
    wrong = hub.visit(plan, "p", date(2026, 10, 5), "no_answer")
    was, now = (intake.VisitSaid(mode="door", result=result) for result in ("no_answer", "ok"))
    amend(
        hub,
        wrong,
        intake.VisitCorrected,
        plan_id=plan,
        matter_id=plan,
        on=date(2026, 10, 5),
        fields=("result",),
        was=was,
        now=now,
    )
    hub.later()
    assert hub.value("contacts", "visit") == 1


def test_a_request_counts_at_the_station_to_which_it_was_corrected(hub: Counting):
    matter = hub.request(area="220102001001")
    now = intake.RequestSaid(area=POINT)
    correction = told_as(intake.RequestCorrected, record_id=named("r"), corrects=named("r"), request_id=matter, matter_id=matter,
                         fields=("area",), was=intake.RequestSaid(), now=now, reason_code="other")  # fmt: skip
    hub.tell(f"record/{named('r')}", correction, at=on(25))
    hub.later()
    assert hub.line("requests-settled", station=STREET) == (0, 1, 0)
    assert hub.line("requests-settled", station="220102001") == (0, 0, 0)


# --- requests ---------------------------------------------------------------------------------------------------------


def close_request(hub: Counting, matter: UUID, at: datetime, outcome: str = "resolved") -> None:
    event = told_as(intake.HelpRequestClosed, matter_id=matter, outcome=outcome)
    hub.tell(f"help-request/{matter}", event, at=at)


def test_a_request_that_waits_for_the_client_is_not_settled(hub: Counting):
    """孙大姐 leaves with a plan, not with the document."""
    matter = hub.request()
    guided = told_as(intake.GuidanceGiven, matter_id=matter, next_step_codes=("ask-neighbour",))
    hub.tell(f"help-request/{matter}", guided, at=on(1))
    hub.later()
    assert hub.line("requests-settled") == (0, 1, 0)


def test_only_requests_resolved_or_answered_by_the_end_of_the_month_are_settled(hub: Counting):
    for name, outcome in (("a", "resolved"), ("b", "answered"), ("c", "unreachable"), ("d", "withdrawn")):
        close_request(hub, hub.request(name), on(9), outcome)
    close_request(hub, hub.request("late"), on(1, month=11))
    reopened = hub.request("again")
    close_request(hub, reopened, on(9))
    event = told_as(intake.HelpRequestReopened, matter_id=reopened, reason_code="other",
                    handoff=hand("taken", "unknown", "worker:w-1"))  # fmt: skip
    hub.tell(f"help-request/{reopened}", event, at=on(10))
    hub.later()
    assert hub.line("requests-settled") == (2, 6, 0)
    assert hub.line("requests-settled", month=NOVEMBER) == (0, 0, 0)


def test_a_request_that_repeats_another_is_not_asked_to_be_settled(hub: Counting):
    hub.request("a")
    twice = hub.request("b")
    linked = told_as(intake.DuplicateRequestLinked, matter_id=twice, other_request_id=named("a"))
    hub.tell(f"help-request/{twice}", linked, at=on(2))
    hub.later()
    assert hub.line("requests-settled") == (0, 1, 0)


def triage(hub: Counting, matter: UUID, at: datetime, urgency: str = "urgent", **more: Any) -> None:
    event = told_as(intake.HelpRequestTriaged, matter_id=matter, urgency=urgency, disposition="dispatch")
    hub.tell(f"help-request/{matter}", event, at=at, **more)


def test_the_first_response_is_told_by_urgency_with_median_and_ninetieth_percentile(hub: Counting):
    for number in range(10):
        triage(hub, hub.request(f"u{number}", at=on(3, 1)), on(3, 2 + number))
    triage(hub, hub.request("calm", at=on(3)), on(5), "normal")
    hub.later()
    assert hub.line("first-response", "urgent.median") == (330, 10, 0)
    assert hub.line("first-response", "urgent.p90") == (540, 10, 0)
    assert hub.line("first-response", "normal.median") == (2880, 1, 0)


def test_a_response_whose_times_are_unknown_is_left_out_and_counted(hub: Counting):
    triage(hub, hub.request("a", at=on(3, 1)), on(3, 2))
    triage(hub, hub.request("b", at=None), on(3, 2))
    triage(hub, hub.request("c", at=on(3, 1)), on(3, 2), effectiveprecision="day")
    triage(hub, hub.request("d", at=on(4)), on(3))
    hub.later()
    assert hub.line("first-response", "urgent.median") == (60, 1, 3)


def test_an_assignment_before_the_triage_is_the_first_response_whoever_is_heard_first(hub: Counting):
    matter = hub.request(at=on(3, 1))
    triage(hub, matter, on(3, 5))
    sent = told_as(volunteer.TaskAssigned, matter_id=matter, assignees=("worker:w-1",), dispatcher="worker:w-2",
                   handoff=hand("taken", "worker:w-2", "worker:w-1", matter=matter))  # fmt: skip
    hub.tell(f"task/{named('task')}", sent, "volunteer", at=on(3, 2))
    hub.later()
    assert hub.line("first-response", "urgent.median") == (60, 1, 0)


# --- visits -----------------------------------------------------------------------------------------------------------


def test_the_visit_rate_is_of_living_persons_due_each_month(hub: Counting):
    seen, unseen = hub.plan("a", "p1", on(1)), hub.plan("b", "p2", on(1), "monthly")
    hub.plan("c", "p3", on(1), "quarterly")
    ended = hub.plan("d", "p4", on(1), "weekly")
    dead = hub.plan("e", "p5", on(1), "weekly")
    hub.visit(seen, "p1", date(2026, 10, 9))
    hub.visit(seen, "p1", date(2026, 10, 10))
    hub.visit(unseen, "p2", date(2026, 10, 9), "no_answer")
    hub.visit(dead, "p5", date(2026, 10, 2))
    hub.tell(f"visit-plan/{ended}", told_as(intake.VisitPlanEnded, plan_id=ended, matter_id=ended, reason_code="moved"),
             at=on(21))  # fmt: skip
    died = told_as(intake.PersonDied, person_id=named("p5"), evidence_kind="told", on=date(2026, 10, 7))
    hub.tell(f"person/{named('p5')}", died, at=on(22))
    hub.later()
    assert hub.line("visit-rate") == (1, 2, 0)


def test_a_plan_that_asks_for_less_makes_nobody_due_each_month(hub: Counting):
    plan = hub.plan("a", "p1", on(1))
    less = told_as(intake.VisitPlanChanged, plan_id=plan, matter_id=plan, cadence="quarterly", reason_code="other")
    hub.tell(f"visit-plan/{plan}", less, at=on(9))
    hub.later()
    assert hub.line("visit-rate") == (0, 0, 0)
    assert hub.line("visit-rate", size=1) == (0, 1, 0)


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_station_counts_its_points_and_not_those_of_others(hub: Counting):
    hub.case("a", area=POINT)
    hub.case("b", area="220104004002")
    hub.case("c", area="220104005001")
    hub.later()
    assert [hub.value("cases-opened", station=s) for s in (POINT, STREET, "2201", "", "220199")] == [1, 2, 3, 3, 0]


def test_the_month_of_a_moment_is_that_of_the_clocks_in_china(hub: Counting):
    hub.case("a", at=datetime.fromisoformat("2026-09-30T16:00:00+00:00"))
    hub.case("b", at=datetime.fromisoformat("2026-09-30T15:59:59+00:00"))
    hub.later()
    assert hub.value("cases-opened") == 1
    assert hub.value("cases-opened", month=Period(2026, 9)) == 1


def test_a_month_reads_as_it_is_written_and_knows_its_days():
    assert [str(Period.of(text).last) for text in ("2026-10", "2026-12", "2028-02")] == [
        "2026-10-31", "2026-12-31", "2028-02-29",
    ]  # fmt: skip
    for text in ("2026-13", "2026-1", "20261", "2026-10-01", "october", "2026-00"):
        with pytest.raises(ValueError, match="no month"):
            Period.of(text)
    assert Period.of("2026-10") == OCTOBER
