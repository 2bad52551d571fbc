"""H5: a volunteer cancels one hour before; nobody waits, nobody is shamed, and somebody answers at every moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.kernel.message import Actor
from tests.support.reference import Reference
from tests.support.volunteering import COORDINATOR, Dispatch, now, volunteer
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]

DISPATCHER = f"worker:{COORDINATOR.id}"


@pytest.fixture
def dispatch(reference: Reference) -> Dispatch:
    """A station that dispatches."""
    return Dispatch(reference.hub)


def test_one_who_cancels_an_hour_before_is_followed_by_others_at_once(dispatch: Dispatch) -> None:
    """INV-1, INV-15, INV-37: 志愿服务条例 art. 22 asks to be told in time, and that is all that is owed."""
    call = dispatch.call()
    mei, lin, wen, away = dispatch.volunteers(4)
    dispatch.do(f"/volunteer/volunteers/{away}/suspension", {"reason_code": "complaint"})
    slot = now() + timedelta(hours=1, seconds=50)  # an hour and a bit: notice is counted in whole minutes
    task = dispatch.task(call, slot)
    dispatch.goes(mei, task)
    mine, at = {"assignee": f"volunteer:{mei}"}, f"/volunteer/tasks/{task}"

    dispatch.do(f"{at}/assignment/cancellation", mine, volunteer(mei))

    cancelled, *asked = dispatch.said(task)[3:]
    said = cancelled["data"]
    assert (cancelled["type"], said["notice_minutes"], said["by"]) == ("task.assignment-cancelled", 60, "assignee")
    assert (said["urgency"], said["reason_code"]) == ("urgent", None)
    assert (said["handoff"]["giver"], said["handoff"]["takers"]) == (f"volunteer:{mei}", [DISPATCHER])
    # The next ones are asked at once, all together, in the very act of cancelling; who may not be sent is not.
    assert {event["data"]["assignee"] for event in asked} == {f"volunteer:{one}" for one in (lin, wen)}
    assert {event["commandid"] for event in asked} == {cancelled["commandid"]}

    row = dispatch.get(at)
    assert (row["state"], row["urgency"], row["owner"]) == ("offered", "urgent", DISPATCHER)
    alerts = dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"]
    assert {alert["kind"]: alert["who"] for alert in alerts} == {
        "find-somebody": DISPATCHER, "tell-client": DISPATCHER,
    }  # fmt: skip
    for result in ("no_answer", "reached"):
        dispatch.do(f"{at}/client-contacts", {"mode": "phone", "result": result})
    contacts = [event["data"]["result"] for event in dispatch.said(task) if event["type"] == "task.client-contacted"]
    assert contacts == ["no_answer", "reached"]

    dispatch.goes(lin, task)
    assert dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"] == []
    held = dispatch.chain(call.matter, task)
    assert [interval["holders"] for interval in held][-3:] == [[f"volunteer:{mei}"], [DISPATCHER], [f"volunteer:{lin}"]]
    gave = {
        "volunteer_id": mei, "activity": "visit", "day": (slot - timedelta(days=2)).date().isoformat(), "minutes": 60,
        "content_code": "companionship", "organizer": call.unit, "lead": DISPATCHER, "task_id": task,
    }  # fmt: skip
    dispatch.refused("not-assigned", "/volunteer/service-hours", gave, volunteer(mei))
    known = dispatch.get(f"/volunteer/volunteers/{mei}")
    assert not {word for word in ("score", "points", "rank", "no_shows") for name in known if word in name}


def test_if_nobody_is_found_fifteen_minutes_before_the_station_answers(dispatch: Dispatch) -> None:
    """INV-1: the clock hands the need back to the unit that took the call, and a late yes still helps."""
    call = dispatch.call()
    mei, lin = dispatch.volunteers(2)
    slot = now() + timedelta(minutes=15, seconds=4)
    task = dispatch.task(call, slot)
    dispatch.goes(mei, task)
    at = f"/volunteer/tasks/{task}"
    dispatch.do(f"{at}/assignment/cancellation", {"assignee": f"volunteer:{mei}"}, volunteer(mei))

    until(lambda: dispatch.get(at)["state"] == "unfilled", "the search ends fifteen minutes before the slot")
    (unfilled,) = [event for event in dispatch.said(task) if event["type"] == "task.unfilled"]
    assert (unfilled["data"]["handoff"]["giver"], unfilled["data"]["handoff"]["takers"]) == (DISPATCHER, [call.unit])
    assert {alert["who"] for alert in dispatch.get(f"/volunteer/task-alerts?task_id={task}")["items"]} == {call.unit}

    dispatch.goes(lin, task)
    held = dispatch.chain(call.matter, task)
    assert [interval["holders"] for interval in held][-4:] == [
        [f"volunteer:{mei}"], [DISPATCHER], [call.unit], [f"volunteer:{lin}"],
    ]  # fmt: skip


def test_who_did_not_come_is_known_to_those_who_dispatch_and_to_nobody_else(dispatch: Dispatch) -> None:
    """INV-37: a private fact for the coordinator."""
    call = dispatch.call()
    (mei,) = dispatch.volunteers(1)
    task = dispatch.task(call, now() - timedelta(minutes=20))
    dispatch.goes(mei, task)
    dispatch.do(f"/volunteer/tasks/{task}/no-show", {"assignee": f"volunteer:{mei}"})
    path = f"/volunteer/no-shows?assignee=volunteer:{mei}"
    assert [row["times"] for row in dispatch.get(path)["items"]] == [1]
    for role in ("worker", "partner", "team_leader", "volunteer", "auditor"):
        other = Actor(id="x-1", role=role, org="220104004")
        answer = dispatch.hub.ask("GET", path.replace("/volunteer/", "/volunteer/v1/", 1), role=other.role, ident="x-1")
        assert answer.status_code == 403, role
