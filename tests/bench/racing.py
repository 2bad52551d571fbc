"""A hundred volunteers want the last place at the same moment, over and over, on the real broker and database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.bench.stage import Row, Stage
from tests.support.reference import Reference
from tests.support.volunteering import Dispatch, now, volunteer

RACES, RACERS = 200, 100


def run(stage: Stage) -> Iterable[Row]:
    """How many of the races had one winner, and told all others so."""
    races = stage.size(RACES)
    with Reference("intake", "volunteer", "audit") as reference:
        dispatch = Dispatch(reference.hub)
        wanting = dispatch.volunteers(RACERS)
        began = time.monotonic()
        sound = sum(race(dispatch, wanting, number) for number in range(races))
        took = time.monotonic() - began
    yield Row(what=f"{RACERS} race for the last place, {races} times: races with one winner and the others told", goal=f"{races}",
              ours=sound, unit="races", reached=sound == races, note=f"{1000 * took / races:.0f} ms a race")  # fmt: skip


def race(dispatch: Dispatch, wanting: list[str], number: int) -> bool:
    """One place, all at once; each time at another hour, so that nobody is bound."""
    start = now() + timedelta(days=2, hours=2 * number)
    task = dispatch.task(dispatch.call(), start, headcount=1)
    dispatch.do(f"/volunteer/tasks/{task}/offers", {"candidates": [f"volunteer:{one}" for one in wanting]})

    def says_yes(who: str) -> str:
        body = {"assignee": f"volunteer:{who}"}
        answer = dispatch.send(f"/volunteer/tasks/{task}/acceptance", body, volunteer(who)).json()
        return str(answer["events"][0]) if answer.get("events") else str(answer.get("code"))

    with ThreadPoolExecutor(RACERS) as people:
        said = Counter(people.map(says_yes, wanting))
    going = dispatch.get(f"/volunteer/assignments?task_id={task}&state=assigned")["items"]
    return len(going) == 1 and said == {"task.accepted": 1, "task.accepted-in-vain": RACERS - 1}
