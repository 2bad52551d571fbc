"""Views: each event shows, counts count once, and the five stories can be read off the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import activity, case, consent, help_request, person, safeguarding, visit_plan
from services.intake.reports import open_matters, visit_rates, worklist
from services.intake.tables import month_of
from services.intake.views import SHOWN, project, sealed_under
from services.kernel.contract import EVENTS, canonical, read_data
from services.kernel.errors import ContractBroken
from services.kernel.message import Actor
from tests.service.intake.desk import Desk, said
from tests.support.spec import COORDINATOR, NOON
from tests.unit.intake.stories import (
    ACTIVITY,
    CASE,
    COMMUNITY,
    CONCERN,
    CONSENT,
    DISCLOSED,
    MOTHER,
    PERSON,
    PLAN,
    REQUEST,
    STREET,
    TEAM,
    TODAY,
    ZSL,
)

EXAMPLES = Path(__file__).parents[3] / "services/contracts/examples"
OURS = {name: cls for name, cls in EVENTS.items() if cls.__module__.startswith("services.contracts.intake")}


@pytest.fixture
def desk() -> Desk:
    """A person of unknown age, with a mother, and a guardian's consent."""
    desk = Desk()
    desk.asks(person.DECIDER, MOTHER, public.RegisterPerson(station=STREET, age_band="adult"))
    desk.asks(person.DECIDER, PERSON, public.RegisterPerson(station=STREET), sealed=("A" * 43,))
    link = public.LinkGuardian(guardian_id=MOTHER, relation="mother", evidence_kind="statement")
    desk.asks(person.DECIDER, PERSON, link)
    desk.asks(
        consent.DECIDER,
        CONSENT,
        public.GrantConsent(
            person_id=PERSON,
            by="guardian",
            by_person_id=MOTHER,
            purposes=("casework", "referral"),
            categories=("identity",),
            receivers=(TEAM,),
            method="written",
            notice_version="v1",
        ),
    )
    return desk


def opens_case(desk: Desk, **more: Any) -> None:
    command = public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, **more)
    desk.asks(case.DECIDER, CASE, command, at=datetime(2022, 2, 28, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize("name", OURS)
def test_every_event_shows_and_has_an_example(name: str) -> None:
    event = read_data(OURS[name], (EXAMPLES / f"{name}.v1.json").read_bytes())
    assert (EXAMPLES / f"{name}.v1.json").read_bytes() == canonical(event) + b"\n"
    assert OURS[name] in SHOWN
    changes = project(said(event, f"some/{REQUEST}", 1, 1))
    assert changes
    for change in changes:
        assert {*change.sets, *change.adds} <= set(change.table.c.keys()), name


def test_the_child_and_the_case_of_many_services(desk: Desk) -> None:
    opens_case(desk, taken_over_from="unknown")
    desk.asks(case.DECIDER, CASE, public.AssessNeeds(need_codes=("economic-hardship", "peer-contact")))
    goals = (public.Goal(code="economic-support"), public.Goal(code="confidence"))
    desk.asks(case.DECIDER, CASE, public.AgreeServicePlan(goals=goals, agreed_by="guardian"))
    for month in range(3, 9):
        for day in (5, 20):
            at = datetime(2022, month, day, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
            desk.asks(case.DECIDER, CASE, public.RecordService(kind="sport"), at=at)
    desk.asks(case.DECIDER, CASE, public.EvaluateProgress(source="family"))
    row = desk.row(t.cases, CASE)
    assert (row["state"], row["services"], row["owner"]) == ("evaluated", 12, ZSL)
    assert row["goal_codes"] == "economic-support,confidence"
    assert [m["services"] for m in desk.look.all(t.case_months, case_id=CASE)] == [2] * 6
    assert desk.row(t.persons, PERSON)["sensitivity"] == "child"


def test_a_late_sheet_counts_in_its_own_month_and_is_marked(desk: Desk) -> None:
    opens_case(desk)
    close = public.CloseCase(reason_code="lost-contact", early_reason="unknown")
    desk.asks(case.DECIDER, CASE, close)
    late = public.RecordService(kind="talk", paper_ref="2026-02-17")
    desk.asks(case.DECIDER, CASE, late, at=NOON - timedelta(days=20))
    assert desk.row(t.case_months, CASE, "2026-02") == {
        "case_id": CASE, "month": "2026-02", "services": 1, "late": 1,
    }  # fmt: skip
    assert desk.row(t.cases, CASE)["state"] == "closed"


def test_a_case_rests_goes_on_and_opens_again(desk: Desk) -> None:
    opens_case(desk)
    for command, state in (
        (public.SuspendCase(reason_code="hospital"), "suspended"),
        (public.ResumeCase(), "opened"),
        (public.ChangeRiskLevel(to_level="red", reason_code="got-worse"), "opened"),
        (public.CloseCase(reason_code="lost-contact", early_reason="unknown"), "closed"),
        (public.FollowUpCase(result_code="needs-help"), "follow_up"),
        (public.ReopenCase(reason_code="got-worse"), "opened"),
    ):
        desk.asks(case.DECIDER, CASE, command)
        assert desk.row(t.cases, CASE)["state"] == state
    assert desk.row(t.cases, CASE)["close_reason"] is None


def test_a_quarter_of_daily_visits_is_one_sheet_and_one_person(desk: Desk) -> None:
    plan = public.SetVisitPlan(
        person_id=MOTHER, cadence="daily", visitor="worker:w-zyh", unit=COMMUNITY, area=STREET, basis="seen"
    )
    desk.asks(visit_plan.DECIDER, PLAN, plan)
    days = [date(2025, 12, 1) + timedelta(days=n) for n in range(90)]
    sheet = public.RecordVisits(visits=tuple(public.VisitDone(on=day) for day in days))
    assert len(desk.asks(visit_plan.DECIDER, PLAN, sheet)) == 90
    assert desk.asks(visit_plan.DECIDER, PLAN, sheet) == []
    desk.asks(visit_plan.DECIDER, PLAN, public.RecordMissedVisit(on=TODAY, reason_code="worker-ill"))
    assert desk.row(t.visit_plans, PLAN)["visits"] == 90
    rates = visit_rates(desk.look, "2026-01", STREET, COORDINATOR)
    assert (rates["persons_due"], rates["persons_visited"], rates["visits"]) == (1, 1, 31)
    assert visit_rates(desk.look, "2026-03", "2201", COORDINATOR)["persons_visited"] == 0
    assert visit_rates(desk.look, "2026-01", "2299", COORDINATOR)["plans"] == []


def test_a_month_that_is_none_is_refused(desk: Desk) -> None:
    with pytest.raises(ContractBroken):
        visit_rates(desk.look, "2026-13", "", COORDINATOR)


def test_a_concern_counts_with_its_plan(desk: Desk) -> None:
    plan = public.SetVisitPlan(
        person_id=MOTHER, cadence="weekly", visitor="worker:w-zyh", unit=COMMUNITY, area=STREET, basis="seen"
    )
    desk.asks(visit_plan.DECIDER, PLAN, plan)
    desk.asks(visit_plan.DECIDER, PLAN, public.RecordVisit(result="no_answer", action_codes=("called-family",)))
    row = desk.row(t.visit_months, PLAN, "2026-03")
    assert (row["made"], row["concerns"]) == (1, 1)


def test_missing_papers_keep_a_request_on_the_worklist_until_the_promised_day(desk: Desk) -> None:
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON, need_codes=("paperwork",))
    desk.asks(help_request.DECIDER, REQUEST, receive)
    guide = public.GiveGuidance(
        materials_missing=(public.Missing(code="witness-statement"),), follow_up_by=date(2099, 1, 1)
    )
    desk.asks(help_request.DECIDER, REQUEST, guide)
    row = desk.row(t.help_requests, REQUEST)
    assert (row["state"], row["materials_missing"]) == ("waiting_client", "witness-statement")
    assert [r["due"] for r in worklist(desk.look, STREET, COORDINATOR)["requests"]] == [False]
    asked = public.FollowUpHelpRequest(result_code="in-progress", leaves="waiting", follow_up_by=date(2020, 1, 1))
    desk.asks(help_request.DECIDER, REQUEST, asked)
    assert [r["due"] for r in worklist(desk.look, STREET, COORDINATOR)["requests"]] == [True]
    assert worklist(desk.look, "2299", COORDINATOR)["requests"] == []


def test_the_worklist_goes_by_urgency_with_the_unjudged_before_what_can_wait(desk: Desk) -> None:
    for number, urgency in enumerate(("low", None, "urgent", "normal")):
        receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, urgency=urgency)  # type: ignore[arg-type]
        desk.asks(help_request.DECIDER, UUID(int=100 + number), receive)
    found = [row["urgency"] for row in worklist(desk.look, "", COORDINATOR)["requests"]]
    assert found == ["urgent", None, "normal", "low"]


def test_another_station_sees_that_a_matter_is_open_and_not_what_it_is_about(desk: Desk) -> None:
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON, need_codes=("paperwork",))
    desk.asks(help_request.DECIDER, REQUEST, receive)
    elsewhere = Actor(id="w-09", role="coordinator", org="220102001")
    there = {"kind": "help-request", "area": STREET, "holder": COMMUNITY}
    assert open_matters(desk.look, PERSON, COORDINATOR)["open"] == [{"matter_id": REQUEST} | there]
    assert open_matters(desk.look, PERSON, elsewhere)["open"] == [{"matter_id": None} | there]
    desk.asks(help_request.DECIDER, REQUEST, public.TriageHelpRequest(urgency="normal", disposition="case"))
    opens_case(desk, request_id=REQUEST)
    assert open_matters(desk.look, PERSON, COORDINATOR)["open"] == [
        {"matter_id": REQUEST, "kind": "case", "area": STREET, "holder": ZSL}
    ]


def test_an_activity_counts_its_clients_and_their_cases(desk: Desk) -> None:
    opens_case(desk)
    desk.asks(activity.DECIDER, ACTIVITY, public.HoldActivity(kind="sport", host=COMMUNITY, area=STREET))
    desk.asks(activity.DECIDER, ACTIVITY, public.RecordAttendance(person_id=PERSON, case_id=CASE))
    desk.asks(activity.DECIDER, ACTIVITY, public.RecordAttendance(person_id=MOTHER))
    assert desk.row(t.activities, ACTIVITY)["attended"] == 2
    assert desk.row(t.cases, CASE)["activities"] == 1
    assert desk.row(t.attendances, ACTIVITY, PERSON)["matter_id"] == CASE


def test_groups_and_guardians_come_and_go(desk: Desk) -> None:
    assign = public.AssignClientGroup(group_code="left-behind-child", basis="seen")
    desk.asks(person.DECIDER, PERSON, assign)
    [group] = desk.look.all(t.client_groups, person_id=PERSON)
    assert (group["since"], group["until"]) == (TODAY, None)
    remove = public.RemoveClientGroup(group_code="left-behind-child", reason_code="new-facts")
    desk.asks(person.DECIDER, PERSON, remove)
    [group] = desk.look.all(t.client_groups, person_id=PERSON)
    assert (group["since"], group["until"]) == (TODAY, TODAY)
    unlink = public.UnlinkGuardian(guardian_id=MOTHER, reason_code="new-facts")
    desk.asks(person.DECIDER, PERSON, unlink)
    assert desk.look.all(t.guardians, person_id=PERSON) == []


def test_a_concern_is_seen_in_its_state(desk: Desk) -> None:
    raised = public.RaiseSafeguardingConcern(situation_code="4", person_id=PERSON, about_matter_id=REQUEST)
    desk.asks(safeguarding.DECIDER, CONCERN, raised)
    desk.asks(safeguarding.DECIDER, CONCERN, public.MakeMandatoryReport())
    row = desk.row(t.safeguarding, CONCERN)
    assert (row["state"], row["authority"]) == ("reported", "authority:police")
    desk.asks(help_request.DECIDER, REQUEST, public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET))
    triage = public.TriageHelpRequest(urgency="urgent", disposition="safeguarding")
    desk.asks(help_request.DECIDER, REQUEST, triage)
    assert desk.row(t.help_requests, REQUEST)["disposition"] == "safeguarding"


def test_each_reading_has_a_row_and_the_case_opens_the_door(desk: Desk) -> None:
    opens_case(desk)
    owner = Actor(id="w-zsl", role="worker", org="220102001")
    stranger = Actor(id="w-09", role="worker", org="220102001")
    for actor in (owner, stranger):
        desk.asks(person.DECIDER, PERSON, public.ReadIdentity(why="casework"), actor=actor)
    rows = desk.look.all(t.reads, person_id=PERSON)
    assert [(row["reader"], row["allowed"], row["case_id"]) for row in rows] == [
        ("w-zsl", True, CASE), ("w-09", False, None),
    ]  # fmt: skip


def test_sealed_values_are_found_by_stream_and_key(desk: Desk) -> None:
    row = desk.row(t.sealed_values, "A" * 43)
    assert (row["subject"], row["stream"]) == (str(PERSON), f"person/{PERSON}")


def test_what_is_told_about_somebody_is_sealed_under_that_persons_key() -> None:
    told = public.CollectInformation(source_kinds=("family",), about_person_id=MOTHER)
    assert sealed_under(told) == MOTHER
    assert sealed_under(public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON)) == PERSON
    assert sealed_under(public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET)) is None
    assert sealed_under(public.RaiseSafeguardingConcern(person_id=PERSON)) is None


def test_months_are_of_the_streets_clock() -> None:
    late_in_utc = datetime(2026, 2, 28, 17, tzinfo=ZoneInfo("UTC"))
    assert month_of(late_in_utc) == "2026-03"
    assert month_of(date(2026, 2, 28)) == "2026-02"
    assert month_of(datetime.max.replace(tzinfo=ZoneInfo("UTC"))) == "9999-12"
    assert month_of(date.min) == "0001-01"


def test_an_event_of_nobodys_shows_nothing() -> None:
    assert project(replace(said(DISCLOSED, f"x/{REQUEST}", 1, 1), event=None)) == []
