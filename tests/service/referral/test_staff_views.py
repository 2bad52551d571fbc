"""What the views show of stations and their people; what is looked up in them before a decision."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import intake, volunteer
from services.contracts import referral as public
from services.contracts.words import Handoff, Party
from services.referral.domain.staffing import Staffing, StationFact
from services.referral.lookup_staff import STAFF_FACTS
from services.referral.staffing import Roll, departures, load_of
from services.referral.views import project_heard
from services.referral.views import staff_tables as tables
from tests.service.referral.shelf import Shelf
from tests.unit.referral.samples import CASE, MATTER, PERSON
from tests.unit.referral.test_staff import CERTIFIED, GONE, NOTICED, PARTY, REGISTERED, WORKER
from tests.unit.referral.test_stations import OPENED, POINT, STREET
from tests.unit.referral.test_training_and_projects import (
    HELD,
    OWED,
    PROJECT,
    REPORT,
    SESSION,
    STARTED,
    SUBMITTED,
    there,
)

POINT_OPENED = public.StationOpened(
    station_id=POINT, kind="point", code="yihe", party="community:220104004001", parent_id=STREET
)
AT_THE_POINT = public.PostTaken(staff_id=WORKER, post_id=UUID(int=65), role="grid_worker", station_id=POINT)
TASK = UUID(int=70)


@pytest.fixture
def shelf() -> Shelf:
    """A street with a point, and one worker at it."""
    made = Shelf()
    made.play(STREET, OPENED)
    made.play(POINT, POINT_OPENED)
    made.play(WORKER, REGISTERED, AT_THE_POINT)
    return made


def moved(giver: Party, taker: Party, need: UUID | None = None) -> Handoff:
    """The matter, or one need of it, taken by somebody."""
    return Handoff(act="taken", matter_id=MATTER, giver=giver, takers=(taker,), need_id=need)


def opened(owner: Party = PARTY) -> intake.CaseOpened:
    """A case with this owner."""
    return intake.CaseOpened(
        case_id=CASE, matter_id=MATTER, subject_kind="person", person_id=PERSON, owner=owner, area="220104004001",
        handoff=moved("unknown", owner),
    )  # fmt: skip


def assigned(*who: Party) -> volunteer.TaskAssigned:
    """A task of the matter, with these sent."""
    return volunteer.TaskAssigned(
        matter_id=MATTER, assignees=who, dispatcher="worker:w-grid",
        handoff=Handoff(act="taken", matter_id=MATTER, giver="worker:w-grid", takers=who, need_id=TASK),
    )  # fmt: skip


def test_the_tree_and_the_posts_are_shown(shelf: Shelf):
    assert [row["code"] for row in shelf.all(tables.stations, parent_id=STREET)] == ["yihe"]
    (street,) = shelf.all(tables.stations, code="yongchang")
    assert street["places"] == [{"code": "220104004", "edition": "nbs-2023"}, {"code": "cc-xinqu", "edition": None}]
    assert [row["role"] for row in shelf.all(tables.posts, staff_id=WORKER, state="held")] == ["grid_worker"]


def test_the_rate_of_a_street_is_that_of_its_points_too(shelf: Shelf):
    shelf.play(WORKER, CERTIFIED)
    for party in ("community:220104004", "community:220104004001", None):
        found = Roll(shelf, date(2022, 9, 30)).rate(party)
        assert (found.certified, found.staff) == (1, 1)
    assert Roll(shelf, date(2022, 9, 30)).rate("community:220102001").staff == 0


def test_each_station_has_its_rate_on_any_day(shelf: Shelf):
    """街道社工61人,持证社工32人: the street's people and those at its point, on the day of the seed and after three years."""
    for number in range(1, 61):
        other = UUID(int=1000 + number)
        shelf.play(other, replace(REGISTERED, staff_id=other, code=f"w-{number}", worker=f"worker:w-{number}"))
        if number <= 32:
            shelf.play(other, replace(CERTIFIED, staff_id=other, certificate_id=UUID(int=2000 + number)))
    rates = {one.station["code"]: one.rate for one in Roll(shelf, date(2022, 9, 30)).by_station()}
    assert {code: (rate.certified, rate.staff) for code, rate in rates.items()} == {
        "yongchang": (32, 61),
        "yihe": (0, 1),
    }
    assert rates["yongchang"].permille == 525
    after = {one.station["code"]: one.rate.certified for one in Roll(shelf, date(2030, 1, 1)).by_station()}
    assert after == {"yongchang": 0, "yihe": 0}


def test_who_has_left_counts_until_the_last_day(shelf: Shelf):
    shelf.play(WORKER, NOTICED, GONE)
    assert Roll(shelf, date(2026, 4, 30)).people(None) == [WORKER]
    assert Roll(shelf, date(2026, 5, 1)).people(None) == []


def test_a_worker_answers_for_matters_until_somebody_else_takes_them(shelf: Shelf):
    """H14: what is theirs is told by the services that decide about it."""
    shelf.hear(opened())
    assert load_of(shelf, PARTY).matters == (MATTER,)
    taken = intake.CaseTakenOver(
        case_id=CASE,
        matter_id=MATTER,
        handoff=moved(PARTY, "worker:w-08"),
        owner="worker:w-08",
        reason_code="worker-left",
    )
    shelf.hear(taken)
    assert load_of(shelf, PARTY).is_empty
    assert load_of(shelf, "worker:w-08").matters == (MATTER,)


def test_a_round_of_visits_is_a_matter_too(shelf: Shelf):
    shelf.hear(opened("worker:w-08"))
    shelf.hear(
        intake.VisitorChanged(
            plan_id=UUID(int=71),
            matter_id=MATTER,
            handoff=moved("worker:w-08", PARTY),
            visitor=PARTY,
            reason_code="other",
        )
    )
    assert load_of(shelf, PARTY).matters == (MATTER,)


def test_a_task_is_a_need_of_a_matter_that_is_somebody_elses(shelf: Shelf):
    shelf.hear(opened("worker:w-08"))
    for event in (task_opened(), assigned(PARTY, "worker:w-09")):
        shelf.apply(project_heard(shelf.recorded(TASK, event, "volunteer")))
    assert load_of(shelf, PARTY).needs == (TASK,)
    assert load_of(shelf, "worker:w-09").needs == (TASK,)
    assert load_of(shelf, "worker:w-0").is_empty
    shelf.apply(project_heard(shelf.recorded(TASK, task_over(), "volunteer")))
    assert load_of(shelf, PARTY).is_empty


def task_opened() -> volunteer.TaskOpened:
    """A task of the matter that looks for somebody."""
    return volunteer.TaskOpened(
        matter_id=MATTER, kind="home-visit", headcount=2, holder="community:220104004001", dispatcher="worker:w-grid",
        handoff=moved("community:220104004001", "worker:w-grid", TASK),
    )  # fmt: skip


def task_over() -> volunteer.TaskCancelled:
    """It is called off."""
    return volunteer.TaskCancelled(
        matter_id=MATTER, by="station", reason_code="not-needed",
        handoff=Handoff(act="released", matter_id=MATTER, giver=PARTY, takers=("worker:w-grid",), need_id=TASK),
    )  # fmt: skip


def test_who_leaves_is_shown_with_what_needs_a_new_owner(shelf: Shelf):
    """H14: the flag stays until nothing is theirs any more."""
    shelf.hear(opened())
    assert departures(shelf, sa.true()) == []
    shelf.play(WORKER, NOTICED)
    (row,) = departures(shelf, sa.true())
    assert (row["worker"], row["state"], row["open_matters"]) == (PARTY, "leaving", (MATTER,))
    shelf.play(WORKER, GONE)
    (row,) = departures(shelf, sa.true())
    assert (row["state"], row["open_matters"]) == ("left", (MATTER,))
    shelf.hear(intake.CaseClosed(case_id=CASE, matter_id=MATTER, reason_code="goals-reached"))
    assert departures(shelf, sa.true()) == []


def test_leaving_looks_up_what_is_theirs(shelf: Shelf):
    shelf.hear(opened())
    leave = public.LeaveStaff(reason_code="resigned")
    assert STAFF_FACTS[public.LeaveStaff](leave, WORKER, shelf) == Staffing(itself=WORKER, matters=1)


def test_a_code_is_taken_once_it_stands_for_somebody(shelf: Shelf):
    asked = public.RegisterStaff(code="w-07", employer="community:220104004")
    assert STAFF_FACTS[public.RegisterStaff](asked, UUID(int=99), shelf).taken
    opening = public.OpenStation(kind="grid", code="grid-1", party="community:220104004001", parent_id=POINT)
    found = STAFF_FACTS[public.OpenStation](opening, UUID(int=99), shelf)
    assert (found.taken, found.station) == (False, StationFact(station_id=POINT, kind="point", state="open"))


def test_what_hangs_on_a_station_is_counted(shelf: Shelf):
    close = public.CloseStation(reason_code="merged")
    assert STAFF_FACTS[public.CloseStation](close, STREET, shelf).held == 1
    assert STAFF_FACTS[public.CloseStation](close, POINT, shelf).held == 1


def test_trainings_count_who_was_there(shelf: Shelf):
    shelf.play(SESSION, HELD, there(WORKER, UUID(int=2)))
    struck = public.TrainingAttendanceStruck(training_id=SESSION, staff_id=WORKER, reason_code="typing-error")
    shelf.play(SESSION, struck)
    (row,) = shelf.all(tables.trainings)
    assert row["attended"] == 1
    assert [r["struck"] for r in shelf.all(tables.training_attendance, staff_id=WORKER)] == [True]


def test_reports_are_shown_owed_and_handed_in(shelf: Shelf):
    shelf.play(PROJECT, STARTED, OWED)
    assert [row["report_id"] for row in shelf.all(tables.project_reports, state="owed")] == [REPORT]
    shelf.play(PROJECT, SUBMITTED)
    assert [row["state"] for row in shelf.all(tables.project_reports)] == ["submitted"]
