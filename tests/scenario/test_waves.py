"""Asking in waves on the real stack: few are asked, the clock ends it, somebody above looks too, and a late yes is thanked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.contracts.tables import BEIJING
from tests.support.clocked import Clocked
from tests.support.volunteering import Dispatch, Told, now, volunteer
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.timeout(300)]


def clock(later: Clocked) -> datetime:
    """What the hub's clocks say."""
    return now() + later.ahead.get("volunteer", timedelta())


def comes(later: Clocked, moment: datetime) -> None:
    """The clocks are set to a moment a second after this one."""
    later.pass_time(seconds=(moment - clock(later)).total_seconds() + 1)


@pytest.fixture
def morning(later: Clocked) -> Clocked:
    """It is ten o'clock, when nobody is disturbed by a question."""
    today = clock(later).astimezone(BEIJING).replace(hour=10, minute=0, second=0)
    comes(later, today + timedelta(days=1))
    return later


def told(dispatch: Dispatch, task: str, event_type: str, number: int = 1) -> Told:
    """Wait until something was said so often; answers what it said last."""

    def found() -> list[Told]:
        said = [event["data"] for event in dispatch.said(task) if event["type"] == event_type]
        return said if len(said) >= number else []

    return dict(until(found, f"{event_type} was said {number} times")[number - 1])


def says_yes(dispatch: Dispatch, task: str, party: str) -> Told:
    """One who was asked says yes; answers what came of it."""
    answer = dispatch.send(
        f"/volunteer/tasks/{task}/acceptance", {"assignee": party}, volunteer(party.partition(":")[2])
    )
    return dict(answer.json())


def test_silence_expires_the_next_are_asked_somebody_above_looks_and_a_late_yes_is_thanked(morning: Clocked) -> None:
    """INV-13 for volunteers; INV-15: the first yes goes. Nobody is asked by more than one wave."""
    dispatch = Dispatch(morning.hub)
    people = {f"volunteer:{one}" for one in dispatch.volunteers(6)}
    task = dispatch.task(dispatch.call(), clock(morning) + timedelta(days=1))
    dispatch.do(f"/volunteer/tasks/{task}/waves")
    first = told(dispatch, task, "task.wave-opened")
    asked = [one["party"] for one in first["invited"]]
    assert len(asked) == 3 and set(asked) < people, "as few as bring a yes with sixty in a hundred"
    assert all(one["reasons"] for one in first["invited"])
    assert dispatch.refused("wave-open", f"/volunteer/tasks/{task}/waves")

    comes(morning, datetime.fromisoformat(first["expires_at"]))
    over, second = told(dispatch, task, "task.wave-expired"), told(dispatch, task, "task.wave-opened", 2)
    assert set(over["silent"]) == set(asked)
    assert {one["party"] for one in second["invited"]} == people - set(asked)
    rows = dispatch.get(f"/volunteer/assignments?task_id={task}&state=expired")["items"]
    assert {row["assignee"] for row in rows} == set(asked)

    comes(morning, datetime.fromisoformat(second["expires_at"]))
    above = told(dispatch, task, "task.escalated")
    assert (above["level"], above["cause"], above["to"]) == ("coordinator", "waves_exhausted", "worker:w-vc")
    comes(morning, datetime.fromisoformat(above["again_at"]))
    assert told(dispatch, task, "task.escalated", 2)["to"] == f"community:{dispatch.street}"

    late, too_late, *_ = asked
    assert says_yes(dispatch, task, late)["events"][:2] == ["task.accepted", "task.assigned"]
    assert says_yes(dispatch, task, too_late)["events"] == ["task.accepted-in-vain"]
    assert says_yes(dispatch, task, too_late).get("events", []) == [], "thanked once"
    assert told(dispatch, task, "task.accepted-in-vain")["assignee"] == too_late
    assert dispatch.chain(told(dispatch, task, "task.opened")["matter_id"], task)[-1]["holders"] == [late]
    other = dispatch.task(dispatch.call(), clock(morning) + timedelta(days=2))
    (next_time, *_) = dispatch.get(f"/volunteer/tasks/{other}/suggestions")["items"]
    assert (next_time["party"], next_time["reasons"][-1]["code"]) == (too_late, "thanked")


def test_others_than_suggested_go_for_a_reason_and_no_reason_waives_a_hard_rule(morning: Clocked) -> None:
    dispatch = Dispatch(morning.hub)
    near, far = dispatch.volunteers(1), dispatch.volunteers(1, area=f"{dispatch.street}002")
    (nobody,) = dispatch.many("register-volunteer", [("", {"area": f"{dispatch.street}001", "consent_ref": "p"})])
    task = dispatch.task(dispatch.call(), clock(morning) + timedelta(days=1))
    path = f"/volunteer/tasks/{task}/override"
    untrained = {"assignees": [f"volunteer:{nobody}"], "reason_code": "client-asked"}
    refusal = dispatch.refused("hard-rules-stand", path, untrained)
    assert (refusal["field"], "open-wave" in refusal["allowed"]) == ("assignees", True)
    dispatch.refused("unknown-code", path, {"assignees": [f"volunteer:{far[0]}"], "reason_code": "because"})
    dispatch.do(path, {"assignees": [f"volunteer:{far[0]}"], "reason_code": "client-asked"})
    said = told(dispatch, task, "task.suggestion-overridden")
    assert (said["suggested"], said["chosen"]) == ([f"volunteer:{near[0]}"], [f"volunteer:{far[0]}"])
    assert (said["reason_code"], said["waived"]) == ("client-asked", ["place"])
    row = until(lambda: dispatch.get(f"/volunteer/overrides?task_id={task}")["items"], "it is in the month's list")[0]
    totals = dispatch.get("/volunteer/overrides/totals")["items"]
    assert any(one["month"] == row["month"] and one["reason_code"] == "client-asked" for one in totals)
