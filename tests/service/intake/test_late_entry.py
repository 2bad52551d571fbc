"""Paper that comes late is worth as much as a click, says that it is late, and hides nothing (H8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import activity, case, help_request, visit_plan
from services.intake.domain.known import Known
from services.intake.record_tables import late_entries, records
from services.kernel.message import Behalf
from tests.service.intake.desk import Desk
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import (
    ACTIVITY,
    ASSESSED,
    CASE,
    CLOSED,
    COMMUNITY,
    OPENED,
    OWN,
    PERSON,
    PLAN,
    PLAN_SET,
    PLANNED,
    RECEIVED,
    STREET,
)

plan, request, group = Spec(visit_plan.DECIDER), Spec(help_request.DECIDER), Spec(activity.DECIDER)

FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
PAPER, VILLAGE = "village-2026-02/7", "worker:w-village"
DAYS = (date(2026, 2, 3), date(2026, 2, 10))
VISITS = tuple(public.VisitDone(on=day) for day in DAYS)
SHEET = public.RecordVisits(visits=VISITS, paper_ref=PAPER, observed_by=VILLAGE)
DECLARED = public.LateVisitsDeclared(
    plan_id=PLAN, matter_id=PLAN, paper_ref=PAPER, delay_days=27, visits=2, since=DAYS[0], until=DAYS[1],
    observed_by=VILLAGE,
)  # fmt: skip


def made(on: date, conflict: str | None = None) -> public.VisitMade:
    """A visit of the plan."""
    return public.VisitMade(
        plan_id=PLAN, matter_id=PLAN, person_id=PERSON, visitor=PLAN_SET.visitor, on=on, mode="door", result="ok",
        conflict=conflict,
    )  # fmt: skip


def test_a_sheet_of_visits_says_by_how_much_it_is_late_and_who_saw_what_it_tells() -> None:
    """INV-38: who typed it is the actor of the event."""
    plan.given(PLAN_SET).when(SHEET, at=FEBRUARY).then(DECLARED, *(made(day) for day in DAYS))


def test_a_sheet_that_comes_again_declares_nothing() -> None:
    busy = Known(busy=frozenset((day, "door") for day in DAYS))
    plan.given(PLAN_SET).when(SHEET, at=FEBRUARY, facts=busy).then_nothing()


def test_a_paper_says_when_it_was() -> None:
    """Otherwise February would be counted in March (INV-30)."""
    assert plan.given(PLAN_SET).when(SHEET).then_refused("say-when").field == "happened.at"


def test_one_visit_from_paper_is_late_too() -> None:
    one = public.RecordVisit(on=DAYS[1], paper_ref=PAPER)
    declared = replace(DECLARED, delay_days=20, visits=1, since=DAYS[1], observed_by=None)
    plan.given(PLAN_SET).when(one, at=FEBRUARY).then(declared, made(DAYS[1]))


def test_a_visit_dated_after_the_end_is_shown_as_a_conflict_and_not_hidden() -> None:
    ended = public.VisitPlanEnded(plan_id=PLAN, matter_id=PLAN, reason_code="moved-away", on=DAYS[0])
    plan.given(PLAN_SET, ended).when(SHEET, at=FEBRUARY).then(DECLARED, made(DAYS[0]), made(DAYS[1], "after-end"))


def test_a_request_from_paper_is_received_when_it_was_and_written_down_when_it_came() -> None:
    command = public.ReceiveHelpRequest(
        unit=COMMUNITY, area=STREET, came_by="grid", paper_ref=PAPER, observed_by=VILLAGE
    )
    received, late = request.given().when(command, at=FEBRUARY).decided()
    assert isinstance(received, public.HelpRequestReceived)
    assert late == public.LateRequestDeclared(matter_id=OWN, paper_ref=PAPER, delay_days=20, observed_by=VILLAGE)
    assert isinstance(
        help_request.DECIDER.fold(None, [received, late]), type(Spec(help_request.DECIDER).given(RECEIVED).state)
    )


def test_an_activity_and_who_was_there_may_come_on_paper() -> None:
    held = public.HoldActivity(kind="sport", host=COMMUNITY, area=STREET, paper_ref=PAPER)
    late = public.LateActivityDeclared(activity_id=OWN, paper_ref=PAPER, delay_days=20)
    assert group.given().when(held, at=FEBRUARY).decided()[1] == late
    there = public.ActivityHeld(activity_id=ACTIVITY, kind="sport", host=COMMUNITY, area=STREET)
    attended = public.RecordAttendance(person_id=PERSON, paper_ref=PAPER)
    assert group.given(there).when(attended, at=FEBRUARY).decided()[1] == replace(late, activity_id=ACTIVITY)


@pytest.mark.parametrize("again", [False, True])
def test_a_case_is_read_in_the_order_in_which_things_happened(again: bool) -> None:
    """By effective time for reading, by the stream's version for proof; what came by paper says which."""
    desk = Desk(reacts=False)
    stream = f"case/{CASE}"
    desk.states[stream] = case.DECIDER.fold(None, [OPENED, ASSESSED, PLANNED])
    march = public.RecordService(kind="sport")
    february = replace(march, paper_ref=PAPER, observed_by=VILLAGE)
    desk.asks(case.DECIDER, CASE, march, at=NOON)
    desk.states[stream] = case.DECIDER.fold(desk.states[stream], [CLOSED])
    desk.asks(case.DECIDER, CASE, february, at=FEBRUARY, channel="paper",
              behalf=Behalf(org="village-7", evidence_kind="paper", evidence_ref=PAPER))  # fmt: skip
    seen = desk.folded_anew() if again else desk
    rows = sorted(seen.look.all(records, case_id=CASE), key=lambda row: row["happened_at"])
    assert [(row["on_day"], row["delay_days"], row["conflict"]) for row in rows] == [
        (date(2026, 2, 10), 20, "recorded-after-closing"),
        (date(2026, 3, 2), 0, None),
    ]
    assert rows[0]["stream_version"] > rows[1]["stream_version"]
    (paper,) = seen.look.all(late_entries, about_id=CASE)
    assert (paper["paper_ref"], paper["observed_by"], paper["typed_by"]) == (PAPER, VILLAGE, "w-01")
    assert paper["command_id"] == rows[0]["command_id"]
    months = {row["month"]: row["services"] for row in seen.look.all(t.case_months, case_id=CASE)}
    assert months == {"2026-02": 1, "2026-03": 1}
