"""A day is planned on the real stack: asked for, made by another process, looked at, published, answered."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from uuid import UUID

import psutil
import pytest

from services.kernel.message import Actor
from tests.support.reference import Reference
from tests.support.volunteering import Dispatch, now, volunteer
from tests.support.waiting import until

pytestmark = pytest.mark.scenario

BEIJING = timezone(timedelta(hours=8))


def tomorrow(hour: int) -> datetime:
    """An hour of the next day in Changchun."""
    there = now().astimezone(BEIJING).replace(hour=hour, minute=0, second=0)
    return there + timedelta(days=1)


def planned(dispatch: Dispatch, plan_id: str, state: str) -> dict[str, object]:
    """The plan, once it stands so."""
    return dict(
        until(
            lambda: (row := dispatch.get(f"/volunteer/plans/{plan_id}"))["state"] == state and row, f"a plan is {state}"
        )
    )


def test_a_day_is_planned_published_and_answered_and_a_drop_out_is_planned_anew(reference: Reference) -> None:
    """INV-15: who goes was asked and said yes; the plan alone binds nobody."""
    dispatch = Dispatch(reference.hub)
    call = dispatch.call()
    people = {f"volunteer:{one}" for one in dispatch.volunteers(4)}
    tasks = [dispatch.task(call, tomorrow(hour)) for hour in (9, 9, 14)]
    asked = {"area": dispatch.street, "day": tomorrow(9).date().isoformat()}

    answer = dispatch.send("/volunteer/plans", asked)
    first = str(answer.json()["id"])
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/volunteer/v1/plans/{first}")
    row = planned(dispatch, first, "proposed")
    pairs = dispatch.get(f"/volunteer/plan-pairs?plan_id={first}")["items"]
    assert {pair["task_id"] for pair in pairs} == set(tasks)
    assert {pair["assignee"] for pair in pairs} <= people
    assert (row["gap_ppm"], row["unserved"]) == (0, 0)
    assert dispatch.get(f"/volunteer/assignments?task_id={tasks[0]}")["items"] == [], "a plan binds nobody"

    dispatch.do(f"/volunteer/plans/{first}/publication")
    for pair in pairs:
        path = f"/volunteer/assignments?task_id={pair['task_id']}&state=asked"
        until(lambda path=path: dispatch.get(path)["items"], "the plan's people are asked")
    gone, *staying = pairs
    for pair in staying:
        dispatch.goes(pair["assignee"].partition(":")[2], pair["task_id"])
    leaver = volunteer(gone["assignee"].partition(":")[2])
    dispatch.do(f"/volunteer/tasks/{gone['task_id']}/decline", {"assignee": gone["assignee"]}, leaver)

    second = dispatch.do("/volunteer/plans", asked)
    planned(dispatch, second, "proposed")
    (again,) = dispatch.get(f"/volunteer/plan-pairs?plan_id={second}")["items"]
    assert again["task_id"] == gone["task_id"]
    assert again["assignee"] != gone["assignee"]
    dispatch.do(f"/volunteer/plans/{second}/rejection", {"reason_code": "client-cancelled"})
    said = [event["type"] for event in dispatch.said(second)]
    assert said == ["plan.requested", "plan.proposed", "plan.rejected"]


def test_a_professionals_round_of_more_than_three_visits_is_published_answered_and_planned_on(
    reference: Reference,
) -> None:
    """INV-15: each visit of the round was asked for; what the professional has agreed to stays, and counts in the next plan."""
    dispatch = Dispatch(reference.hub)
    call = dispatch.call()
    on_duty = [Actor(id=f"w-{name}-{dispatch.street}", role="worker", org=f"{dispatch.street}001") for name in "ab"]
    one, other = (f"worker:{who.id}" for who in on_duty)
    tasks = [dispatch.task(call, tomorrow(hour)) for hour in (8, 10, 12, 14)]
    asked = {"area": dispatch.street, "day": tomorrow(9).date().isoformat()}
    dispatch.refused("not-a-worker", "/volunteer/plans", asked | {"workers": [f"volunteer:{UUID(int=1)}"]})

    first = dispatch.do("/volunteer/plans", asked | {"workers": [one]})
    assert planned(dispatch, first, "proposed")["unserved"] == 0
    pairs = dispatch.get(f"/volunteer/plan-pairs?plan_id={first}")["items"]
    assert {(pair["task_id"], pair["assignee"]) for pair in pairs} == {(task, one) for task in tasks}
    dispatch.do(f"/volunteer/plans/{first}/publication")
    for task in tasks:
        until(
            lambda task=task: dispatch.get(f"/volunteer/assignments?task_id={task}&state=asked")["items"], "it is asked"
        )
    *kept, lost = tasks
    for task in kept:
        dispatch.do(f"/volunteer/tasks/{task}/acceptance", {"assignee": one}, on_duty[0])
    dispatch.do(f"/volunteer/tasks/{lost}/decline", {"assignee": one}, on_duty[0])

    second = dispatch.do("/volunteer/plans", asked | {"workers": [one, other]})
    planned(dispatch, second, "proposed")
    again = dispatch.get(f"/volunteer/plan-pairs?plan_id={second}")["items"]
    assert [(pair["task_id"], pair["assignee"]) for pair in again] == [(lost, other)]
    for task in kept:
        (row,) = dispatch.get(f"/volunteer/assignments?task_id={task}")["items"]
        assert (row["assignee"], row["state"]) == (one, "assigned")


def test_what_contradicts_itself_is_refused_by_its_field(reference: Reference) -> None:
    dispatch = Dispatch(reference.hub)
    past = {"area": dispatch.street, "day": (now() - timedelta(days=2)).date().isoformat()}
    assert dispatch.refused("day-past", "/volunteer/plans", past)["field"] == "day"
    late = {"area": dispatch.street, "day": tomorrow(9).date().isoformat(),
            "cut_off": (tomorrow(9) + timedelta(days=2)).isoformat()}  # fmt: skip
    assert dispatch.refused("cut-off-late", "/volunteer/plans", late)["field"] == "cut_off"


def test_a_planner_that_is_killed_again_and_again_is_reported_and_nothing_is_used(reference: Reference) -> None:
    dispatch = Dispatch(reference.hub)
    call = dispatch.call()
    dispatch.volunteers(2)
    task = dispatch.task(call, tomorrow(10))
    plan_id = dispatch.do("/volunteer/plans", {"area": dispatch.street, "day": tomorrow(10).date().isoformat()})
    service = psutil.Process(reference.processes["volunteer"].keeper.pid)
    killed: set[int] = set()

    def state() -> str:
        for child in service.children(recursive=True):
            if child.pid not in killed and "services.volunteer.planning" in " ".join(child.cmdline()):
                killed.add(child.pid)
                child.kill()
        time.sleep(0.01)
        return str(dispatch.get(f"/volunteer/plans/{plan_id}")["state"])

    until(lambda: state() != "requested", "the plan has come to an end")
    row = dispatch.get(f"/volunteer/plans/{plan_id}")
    assert (row["state"], row["cause"], len(killed)) == ("failed", "killed", 2)
    assert dispatch.get(f"/volunteer/plan-pairs?plan_id={plan_id}")["items"] == []
    assert dispatch.get(f"/volunteer/assignments?task_id={task}")["items"] == []
