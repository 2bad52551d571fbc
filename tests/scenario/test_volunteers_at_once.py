"""Peers' bug 9 (engelsystem 430): a hundred volunteers want the last place at the same moment, and one gets it."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.support.reference import Reference
from tests.support.volunteering import Dispatch, now, volunteer

pytestmark = pytest.mark.scenario

HUNDRED = 100


def test_peers_bug_9_the_last_place_is_taken_once_by_one_of_a_hundred(reference: Reference) -> None:
    """INV-15: no overbooking; the same yes again, after a lost answer, is no second one."""
    dispatch = Dispatch(reference.hub)
    call = dispatch.call()
    first, *wanting = dispatch.volunteers(HUNDRED + 1)
    task = dispatch.task(call, now() + timedelta(hours=3), headcount=2)
    dispatch.goes(first, task)
    everybody = {"candidates": [f"volunteer:{one}" for one in wanting]}
    dispatch.do(f"/volunteer/tasks/{task}/offers", everybody)

    def answers(who: str) -> tuple[str, str]:
        path = f"/volunteer/tasks/{task}/acceptance"
        answer = dispatch.send(path, {"assignee": f"volunteer:{who}"}, volunteer(who)).json()
        return who, answer["events"][0] if answer.get("events") else answer.get("code", "again")

    with ThreadPoolExecutor(HUNDRED) as people:
        said = dict(people.map(answers, wanting))

    assert Counter(said.values()) == {"task.accepted": 1, "task.accepted-in-vain": HUNDRED - 1}
    (winner,) = [who for who, answer in said.items() if answer == "task.accepted"]
    assert [answers(who)[1] for who in (winner, *wanting[:3])] == ["again"] * 4
    (assigned,) = [event for event in dispatch.said(task) if event["type"] == "task.assigned"]
    assert assigned["data"]["assignees"] == [f"volunteer:{first}", f"volunteer:{winner}"]
    going = dispatch.get(f"/volunteer/assignments?task_id={task}&state=assigned")["items"]
    assert {row["assignee"] for row in going} == {f"volunteer:{first}", f"volunteer:{winner}"}
    assert dispatch.chain(call.matter, task)[-1]["holders"] == [f"volunteer:{first}", f"volunteer:{winner}"]
