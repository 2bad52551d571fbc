"""A death ends everything for the person at once and quietly; a wrong report is taken back, and all can be opened (H6)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import case, consent, disclosure, help_request, person, visit_plan
from services.intake.record_tables import records
from services.kernel.errors import Refused
from tests.service.intake.desk import Desk
from tests.service.intake.test_records import served_case
from tests.unit.intake.stories import CASE, COMMUNITY, CONSENT, DISCLOSURE, PERSON, PLAN, STREET, TEAM, TODAY

WAITING = UUID(int=801)
DIED_ON = TODAY - timedelta(days=3)
DIED = public.RecordDeath(evidence_kind="document", on=DIED_ON)
ALIVE = public.CorrectDeath(reason_code="typing-error", approver="w-02")


def bereaved() -> Desk:
    """A person with a case, a request that waits, visits and a disclosure, who turns out to have died three days ago."""
    desk = served_case()
    desk.asks(help_request.DECIDER, WAITING, public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON))
    desk.asks(visit_plan.DECIDER, PLAN, public.RecordVisit(on=DIED_ON, mode="phone"))
    yes = public.GrantConsent(
        person_id=PERSON, by="self", purposes=("referral",), categories=("identity",), receivers=(TEAM,),
        sensitive=False, method="oral", notice_version="v1",
    )  # fmt: skip
    desk.asks(consent.DECIDER, UUID(int=802), yes)
    shown = public.DiscloseIdentity(person_id=PERSON, receiver=TEAM, purpose="referral")
    desk.asks(disclosure.DECIDER, DISCLOSURE, shown)
    desk.asks(person.DECIDER, PERSON, DIED)
    return desk


def test_everything_that_was_open_has_ended() -> None:
    desk = bereaved()
    assert (desk.row(t.cases, CASE)["state"], desk.row(t.cases, CASE)["close_reason"]) == ("closed", "deceased")
    assert desk.row(t.help_requests, WAITING)["state"] == "closed"
    assert desk.row(t.help_requests, WAITING)["follow_up_by"] is None, "nobody is called any more"
    assert desk.row(t.visit_plans, PLAN)["state"] == "ended"
    assert desk.row(t.disclosures, DISCLOSURE)["state"] == "revoked"


def test_visits_and_services_of_later_days_are_to_be_looked_at_and_are_still_there() -> None:
    desk = bereaved()
    flagged = {row["on_day"]: row["review"] for row in desk.look.all(records, kind="visit")}
    assert flagged == {
        DIED_ON: None, TODAY - timedelta(days=1): "after-death", TODAY: "after-death",
    }  # fmt: skip
    assert [row["review"] for row in desk.look.all(records, kind="service")] == ["after-death"]
    assert desk.row(t.visit_plans, PLAN)["visits"] == 3, "they count until somebody has looked"


def test_a_sheet_that_tells_of_days_after_the_death_shows_it() -> None:
    desk = bereaved()
    late = TODAY - timedelta(days=2)
    sheet = public.RecordVisits(visits=(public.VisitDone(on=late, mode="video"),))
    desk.asks(visit_plan.DECIDER, PLAN, sheet)
    (row,) = [row for row in desk.look.all(records, kind="visit") if row["on_day"] == late]
    assert row["conflict"] == "after-end"


def refused(desk: Desk, *asked: object) -> str:
    """The code with which something is refused."""
    try:
        desk.asks(*asked)  # type: ignore[arg-type]
    except Refused as no:
        return no.code
    return ""


def test_for_the_dead_nothing_begins() -> None:
    """INV-44."""
    desk = bereaved()
    ask = public.RequestConsent(person_id=PERSON, purposes=("casework",), categories=("identity",), notice_version="v1")
    assert refused(desk, consent.DECIDER, UUID(int=803), ask) == "person-deceased"
    opened = public.OpenCase(person_id=PERSON, owner="worker:w-zsl", area=STREET)
    assert refused(desk, case.DECIDER, UUID(int=804), opened) == "person-deceased"
    assert refused(desk, case.DECIDER, CASE, public.ReopenCase(reason_code="not-over")) == "person-deceased"
    planned = public.SetVisitPlan(person_id=PERSON, cadence="weekly", visitor="worker:w-zsl", unit=COMMUNITY,
                                  area=STREET, basis="seen")  # fmt: skip
    assert refused(desk, visit_plan.DECIDER, UUID(int=805), planned) == "person-deceased"


def test_a_false_report_is_taken_back_by_two_and_everything_can_be_opened_again() -> None:
    desk = bereaved()
    desk.asks(person.DECIDER, PERSON, ALIVE)
    assert desk.row(t.persons, PERSON)["state"] == "active"
    assert {row["review"] for row in desk.look.all(records)} == {None}
    desk.asks(case.DECIDER, CASE, public.ReopenCase(reason_code="not-over"))
    assert desk.row(t.cases, CASE)["state"] == "opened"
    desk.asks(help_request.DECIDER, WAITING, public.ReopenHelpRequest(reason_code="not-over"))
    planned = public.SetVisitPlan(person_id=PERSON, cadence="weekly", visitor="worker:w-zsl", unit=COMMUNITY,
                                  area=STREET, basis="seen")  # fmt: skip
    desk.asks(visit_plan.DECIDER, UUID(int=805), planned)
    assert desk.row(t.visit_plans, UUID(int=805))["state"] == "running"


def test_without_a_day_the_day_on_which_it_was_told_counts() -> None:
    desk = served_case()
    desk.asks(person.DECIDER, PERSON, public.RecordDeath(evidence_kind="document"))
    assert {row["review"] for row in desk.look.all(records, kind="visit")} == {None}
    assert desk.events(public.VisitPlanEnded)[0].on == date(2026, 3, 2)
    assert desk.row(t.consents, CONSENT)["state"] == "granted", (
        "what was allowed stays on record; it allows nothing new"
    )
