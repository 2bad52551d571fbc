"""A plan is asked for, made by another process, looked at, and used only when a person says so."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import reduce
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.volunteer import (
    AcceptTask,
    DeclineTask,
    FailPlan,
    LinkWorker,
    OpenTask,
    PlanChange,
    PlanFailed,
    PlannedPair,
    PlanProposed,
    PlanPublished,
    PlanRejected,
    PlanRequested,
    ProposePlan,
    PublishPlan,
    ReadAt,
    RejectPlan,
    RequestPlan,
    TrainVolunteer,
    UnservedTask,
)
from services.kernel.contract import canonical
from services.kernel.draft import LONGEST_DATA
from services.kernel.errors import Refused
from services.kernel.message import Actor, Ask
from services.volunteer.domain import plan, task, volunteer
from services.volunteer.planning.reading import read
from services.volunteer.planning.result import planned
from services.volunteer.planning_act import PLANNER, Planner
from services.volunteer.view_tables import assignments
from services.volunteer.views_plans import plan_inputs, plan_pairs, plan_unserved, plans
from tests.service.volunteer.desk import Desk
from tests.service.volunteer.test_suggesting_people import named
from tests.service.volunteer.test_suggesting_people import somebody as newcomer
from tests.support.laws import check_laws
from tests.support.spec import NOON, Spec
from tests.unit.volunteer.people import MATTER, MEI, SLOT, TASK, XINGHUA, ZBS, ZYH

STREET, TODAY = "220104004", NOON.date()
ASKED = RequestPlan(area=STREET, day=TODAY)
REQUESTED = PlanRequested(area=STREET, day=TODAY, due=NOON, seed=0)
PAIR = PlannedPair(task_id=TASK, assignee=MEI)
FOUND = ProposePlan(
    model="bundles-1", weights="2026-11", input_digest="x" * 43, read_at=(ReadAt(publisher="volunteer", position=9),),
    cost=120, bound=120, gap_ppm=0, milliseconds=300, pairs=(PAIR,),
)  # fmt: skip
PROPOSED = PlanProposed(
    model="bundles-1", weights="2026-11", input_digest="x" * 43, read_at=FOUND.read_at, seed=0, cost=120, bound=120,
    gap_ppm=0, milliseconds=300, pairs=(PAIR,), unserved=(), shortages=(),
)  # fmt: skip
a_plan = Spec(plan.DECIDER)


def test_a_plan_is_asked_for() -> None:
    a_plan.given().when(ASKED).then(REQUESTED)


def test_a_plan_waits_for_its_cut_off() -> None:
    later = NOON + timedelta(hours=6)
    a_plan.given().when(replace(ASKED, cut_off=later)).then(replace(REQUESTED, due=later))


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        (replace(ASKED, day=TODAY - timedelta(days=1)), "day-past", "day"),
        (replace(ASKED, day=TODAY + timedelta(days=61)), "day-far", "day"),
        (replace(ASKED, day=date.max), "day-far", "day"),
        (replace(ASKED, cut_off=NOON + timedelta(days=1)), "cut-off-late", "cut_off"),
        (replace(ASKED, area="220105001"), "not-your-area", "area"),
        (replace(ASKED, area="22"), "not-your-area", "area"),
        (replace(ASKED, workers=(ZBS, MEI)), "not-a-worker", "workers"),
    ],
)
def test_a_request_that_contradicts_itself_is_refused_by_its_field(asked: RequestPlan, code: str, field: str) -> None:
    assert a_plan.given().when(asked).then_refused(code).field == field


def test_what_the_planner_finds_is_proposed_once() -> None:
    a_plan.given(REQUESTED).when(FOUND).then(PROPOSED)
    a_plan.given(REQUESTED, PROPOSED).when(FOUND).then_nothing()


def test_that_the_clock_has_cut_the_search_short_is_on_record() -> None:
    a_plan.given(REQUESTED).when(replace(FOUND, cut_short=True)).then(replace(PROPOSED, cut_short=True))


def test_what_comes_after_a_person_has_decided_is_not_used() -> None:
    a_plan.given(REQUESTED, PlanRejected(reason_code="weather")).when(FOUND).then_nothing()
    a_plan.given(REQUESTED, PROPOSED).when(FailPlan(cause="killed", attempts=2)).then_nothing()


def test_a_planner_that_died_is_reported() -> None:
    a_plan.given(REQUESTED).when(FailPlan(cause="killed", attempts=2)).then(PlanFailed(cause="killed", attempts=2))


def test_a_person_publishes_a_plan_once() -> None:
    a_plan.given(REQUESTED, PROPOSED).when(PublishPlan()).then(PlanPublished(pairs=(PAIR,)))
    a_plan.given(REQUESTED, PROPOSED, PlanPublished(pairs=(PAIR,))).when(PublishPlan()).then_nothing()


def test_a_plan_that_is_not_there_yet_or_no_more_is_not_published() -> None:
    a_plan.given().when(PublishPlan()).then_refused("plan-unknown")
    refused = a_plan.given(REQUESTED).when(PublishPlan()).then_refused("not-in-this-state")
    assert refused.allowed == ("reject-plan",)
    failed = PlanFailed(cause="killed", attempts=2)
    a_plan.given(REQUESTED, failed).when(PublishPlan()).then_refused("not-in-this-state")


def test_a_person_rejects_a_plan() -> None:
    rejected = PlanRejected(reason_code="weather")
    a_plan.given(REQUESTED, PROPOSED).when(RejectPlan(reason_code="weather")).then(rejected)
    a_plan.given(REQUESTED, PROPOSED, rejected).when(RejectPlan(reason_code="weather")).then_nothing()


def test_a_plan_keeps_the_laws() -> None:
    check_laws(plan.DECIDER, *get_args(plan.Command), examples=25)


# --- at the desk --------------------------------------------------------------------------------------------------------

CALL = OpenTask(
    matter_id=MATTER, holder=XINGHUA, kind="small-repair", skills=("repair",), urgency="normal", area="220104004005",
    slot_start=SLOT, slot_end=SLOT + timedelta(hours=1),
)  # fmt: skip
HUB = Actor(id="volunteer:planning", role="service")
KILLED = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The service without its edges."""
    opened = Desk(tmp_path)
    yield opened
    opened.store.stop()


def somebody(desk: Desk) -> str:
    """An active volunteer of the community who was trained to repair things."""
    who = newcomer(desk)
    training = TrainVolunteer(training_code="repair", minutes=60, organizer=XINGHUA, trained_on=TODAY, skill="repair")
    desk.asks(training, volunteer.DECIDER, named(who))
    return who


def made(desk: Desk, planner: Planner, asked: RequestPlan = ASKED) -> UUID:
    """A plan that was asked for, and what the planner made of it, on record."""
    plan_id = desk.asks(asked, plan.DECIDER)
    (row,) = desk.store.views.run(sa.select(plans).where(plans.c.plan_id == plan_id, plans.c.due.is_not(None)))
    do = planner.act(row, desk.store.views, None, desk.now)
    desk.does(do)
    return plan_id


def test_the_planner_in_its_own_process_makes_the_plan_that_its_input_gives_again(desk: Desk) -> None:
    mei = somebody(desk)
    task_id = desk.asks(CALL, task.DECIDER)
    plan_id = made(desk, Planner())
    assert desk.sees(plan_pairs) == [{"plan_id": plan_id, "task_id": task_id, "assignee": mei}]
    (row,) = desk.sees(plans)
    assert (row["state"], row["gap_ppm"], row["unserved"]) == ("proposed", 0, 0)
    (kept,) = desk.sees(plan_inputs)
    assert planned(read(kept["input"]))["assignments"] == {mei: [str(task_id)]}
    assert desk.sees(assignments) == []


def test_a_published_plan_asks_those_whom_it_names(desk: Desk) -> None:
    mei = somebody(desk)
    task_id = desk.asks(CALL, task.DECIDER)
    plan_id = made(desk, Planner())
    desk.asks(PublishPlan(), plan.DECIDER, plan_id)
    pairs = (PlannedPair(task_id=task_id, assignee=mei),)
    (do,) = desk.hears("volunteer", PlanPublished(pairs=pairs), plan_id)
    assert do.stream_id == task_id
    (row,) = desk.sees(assignments)
    assert (row["assignee"], row["state"]) == (mei, "asked")


def test_a_planner_that_dies_twice_leaves_nothing_but_a_report(desk: Desk) -> None:
    somebody(desk)
    desk.asks(CALL, task.DECIDER)
    made(desk, Planner(KILLED))
    (row,) = desk.sees(plans)
    assert (row["state"], row["cause"]) == ("failed", "killed")
    assert desk.sees(plan_pairs) == desk.sees(plan_inputs) == desk.sees(assignments) == []


def test_a_planner_that_dies_once_is_begun_again(desk: Desk, tmp_path: Path) -> None:
    mei, once = somebody(desk), tmp_path / "once"
    task_id = desk.asks(CALL, task.DECIDER)
    dies_first = (
        "import os, pathlib, runpy, sys\n"
        f"if not (once := pathlib.Path({str(once)!r})).exists():\n    once.touch()\n    os.kill(os.getpid(), 9)\n"
        "sys.argv = sys.argv[:1]\nrunpy.run_module('services.volunteer.planning', run_name='__main__')"
    )
    plan_id = made(desk, Planner((sys.executable, "-c", dies_first)))
    assert desk.sees(plan_pairs) == [{"plan_id": plan_id, "task_id": task_id, "assignee": mei}]


def test_a_planner_that_hangs_is_given_up(desk: Desk) -> None:
    made(desk, Planner((sys.executable, "-c", "import time; time.sleep(60)"), patience=0.1))
    assert desk.sees(plans)[0]["cause"] == "too_late"


def test_what_nobody_may_do_is_named_with_its_cause(desk: Desk) -> None:
    somebody(desk)
    alone = desk.asks(replace(CALL, skills=("unheard-of",)), task.DECIDER)
    crowd = desk.asks(replace(CALL, headcount=3), task.DECIDER)
    made(desk, Planner())
    causes = {one["task_id"]: one["cause"] for one in desk.sees(plan_unserved)}
    assert causes == {alone: "nobody_may", crowd: "too_many_at_once"}
    (row,) = desk.sees(plan_unserved, task_id=alone)
    assert row["changes"] == [{"code": "skill-missing", "amount": 1}], "one could go, were he trained for it"
    assert desk.sees(plans)[0]["unserved"] == 2


@given(named=st.integers(0, 1_300), left=st.integers(0, 900))
def test_no_event_of_a_long_plan_names_more_than_one_event_may_and_nothing_is_left_out(named: int, left: int) -> None:
    pairs = tuple(PlannedPair(task_id=UUID(int=n), assignee=MEI) for n in range(named))
    changes = (PlanChange(code="one-more-visit", amount=100),) * 3
    unserved = tuple(
        UnservedTask(task_id=UUID(int=5_000 + n), cause="needed_elsewhere", changes=changes) for n in range(left)
    )
    asked = Ask(id=UUID(int=1), now=NOON, at=NOON, actor=Actor(id="planner", role="service"), channel="system")
    said = plan.decide(replace(FOUND, pairs=pairs, unserved=unserved), plan.Requested(seed=0), asked)
    assert tuple(pair for event in said for pair in event.pairs) == pairs  # type: ignore[union-attr]
    assert tuple(task for event in said for task in event.unserved) == unserved  # type: ignore[union-attr]
    state = reduce(plan.evolve, said, plan.Requested(seed=0))
    published = plan.decide(PublishPlan(), state, asked)
    assert tuple(pair for event in published for pair in event.pairs) == pairs  # type: ignore[union-attr]
    assert max(len(canonical(event)) for event in (*said, *published)) < LONGEST_DATA


def test_one_who_is_needed_at_two_places_goes_to_one_and_the_shortage_is_told(desk: Desk) -> None:
    somebody(desk)
    for _ in range(2):
        desk.asks(CALL, task.DECIDER)
    made(desk, Planner())
    (row,) = desk.sees(plans)
    (left,) = desk.sees(plan_unserved)
    assert left["cause"] == "needed_elsewhere"
    assert left["changes"][0]["code"] in ("earlier", "later") and left["changes"][0]["amount"] >= 60
    (shortage,) = row["shortages"]
    assert (shortage["skill"], shortage["area"]) == ("repair", "220104004005")
    assert shortage["value"] > 0


def test_after_a_no_somebody_else_is_planned_and_who_said_yes_stays(desk: Desk) -> None:
    """INV-15: what is agreed is kept, and nobody is asked twice for what he has declined."""
    mei, lin = somebody(desk), somebody(desk)
    pair = desk.asks(replace(CALL, headcount=2), task.DECIDER)
    desk.asks(AcceptTask(assignee=mei), task.DECIDER, pair)
    wen = somebody(desk)
    desk.hears("volunteer", PlanPublished(pairs=(PlannedPair(task_id=pair, assignee=lin),)), UUID(int=9))
    desk.asks(DeclineTask(assignee=lin), task.DECIDER, pair)
    made(desk, Planner())
    assert {row["assignee"] for row in desk.sees(plan_pairs)} == {mei, wen}


def slots(number: int, hours: float = 1.0) -> list[OpenTask]:
    """So many calls for a professional, one after the other, from eight in the morning on."""
    first = NOON - timedelta(hours=4) + timedelta(days=1)
    begins = [first + timedelta(hours=hours * n) for n in range(number)]
    return [replace(CALL, skills=("unheard-of",), slot_start=at, slot_end=at + timedelta(minutes=30)) for at in begins]


def planned_for(desk: Desk, plan_id: UUID) -> dict[str, set[UUID]]:
    """Whom the plan would send where."""
    found: dict[str, set[UUID]] = {}
    for row in desk.sees(plan_pairs, plan_id=plan_id):
        found.setdefault(row["assignee"], set()).add(row["task_id"])
    return found


TOMORROW = replace(ASKED, day=TODAY + timedelta(days=1))


def test_a_professional_makes_a_round_of_more_than_three_visits_which_is_published_and_goes_on_in_the_next_plan(
    desk: Desk,
) -> None:
    """INV-15: each of the visits was asked for and agreed; what is agreed stays with the one who agreed."""
    day = [desk.asks(call, task.DECIDER) for call in slots(6)]
    first = made(desk, Planner(), replace(TOMORROW, workers=(ZBS,)))
    assert planned_for(desk, first) == {ZBS: set(day)}
    desk.asks(PublishPlan(), plan.DECIDER, first)
    pairs = tuple(PlannedPair(task_id=one, assignee=ZBS) for one in day)
    desk.hears("volunteer", PlanPublished(pairs=pairs), first)
    himself = Actor(id="w-zbs", role="worker", org="220104004005")
    for one in day[:5]:
        desk.asks(AcceptTask(assignee=ZBS), task.DECIDER, one, himself)
    desk.asks(DeclineTask(assignee=ZBS), task.DECIDER, day[5], himself)
    more = [desk.asks(call, task.DECIDER) for call in slots(7, 1.0)[6:]]
    again = made(desk, Planner(), replace(TOMORROW, workers=(ZBS, ZYH)))
    assert planned_for(desk, again) == {ZYH: {day[5], *more}} or planned_for(desk, again) == {
        ZYH: {day[5]}, ZBS: set(more)
    }  # fmt: skip
    (kept,) = [row for row in desk.sees(plan_inputs) if row["plan_id"] == again]
    assert set(planned(read(kept["input"]))["assignments"][ZBS]) >= {str(one) for one in day[:5]}, "every pin is kept"


def test_a_volunteer_makes_three_visits_a_day_also_when_the_day_is_planned_again(desk: Desk) -> None:
    mei = somebody(desk)
    calls = [replace(call, skills=("repair",)) for call in slots(5)]
    there = [desk.asks(call, task.DECIDER) for call in calls]
    for one in there[:2]:
        desk.asks(AcceptTask(assignee=mei), task.DECIDER, one)
    plan_id = made(desk, Planner(), TOMORROW)
    (theirs,) = planned_for(desk, plan_id).values()
    assert len(theirs) == 1
    assert theirs < set(there[2:])


def test_whose_day_is_fuller_than_the_planner_would_make_it_keeps_it_and_is_planned_for_nothing_more(
    desk: Desk,
) -> None:
    mei, lin = somebody(desk), somebody(desk)
    there = [desk.asks(replace(call, skills=("repair",)), task.DECIDER) for call in slots(6, 0.5)]
    for one in there[:4]:
        desk.asks(AcceptTask(assignee=mei), task.DECIDER, one)
    plan_id = made(desk, Planner(), TOMORROW)
    assert list(planned_for(desk, plan_id)) == [lin]
    assert {row["task_id"] for row in desk.sees(assignments) if row["state"] == "assigned"} == set(there[:4])


def test_who_is_on_duty_is_no_volunteer_that_day(desk: Desk) -> None:
    """INV-17: one human is not sent to two places in two roles."""
    mei = somebody(desk)
    desk.asks(LinkWorker(worker=ZBS), volunteer.DECIDER, named(mei))
    for _ in range(2):
        desk.asks(replace(slots(1)[0], skills=("repair",)), task.DECIDER)
    assert list(planned_for(desk, made(desk, Planner(), replace(TOMORROW, workers=(ZBS,))))) == [ZBS]


def test_the_planner_reads_nothing_but_its_input() -> None:
    assert PLANNER[1:3] == ("-m", "services.volunteer.planning")
    assert named(MEI) == UUID(MEI.partition(":")[2])
    with pytest.raises(Refused):
        read(b"{}")
