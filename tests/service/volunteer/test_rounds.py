"""Professionals make many visits a day: no list of bundles is long enough, so rounds are changed as long as it helps."""

from __future__ import annotations

import msgspec
import pytest

from services.volunteer.planning import bundles
from services.volunteer.planning import rounds as planning_rounds
from services.volunteer.planning.planner import decide
from services.volunteer.planning.reading import read
from services.volunteer.planning.result import planned, written
from services.volunteer.planning.rounds import Rounds, total
from services.volunteer.planning.watch import Watch
from tests.support.checking import Day, broken, cost
from tests.support.days import odd_day, rounds


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few that a test is quick."""
    monkeypatch.setattr(planning_rounds, "STEPS", 60)
    monkeypatch.setattr(Rounds.improve, "__defaults__", (60,))
    monkeypatch.setattr(bundles, "MOST_STEPS", 20_000)


def judged(made: Day) -> Day:
    """The plan, after the judge has found nothing."""
    found = planned(read(msgspec.json.encode(made)))
    assert broken(made, found) == []
    assert found["cost"] == pytest.approx(cost(made, found))
    assert 0 <= found["bound"] <= found["cost"]
    return found


def test_a_day_of_professionals_is_planned_and_everybody_is_visited() -> None:
    found = judged(rounds(18, 3, 1, most=8))
    assert found["unserved"] == []
    assert max(map(len, found["assignments"].values())) > 4


def test_what_is_agreed_stays_in_the_round() -> None:
    made = rounds(18, 3, 1, most=8)
    agreed = {who: route[:2] for who, route in judged(made)["assignments"].items()}
    judged(made | {"pins": agreed})


def test_changing_rounds_never_makes_them_worse_and_the_same_seed_gives_the_same() -> None:
    instance = read(msgspec.json.encode(rounds(14, 3, 2, most=8)))
    problem = instance.problem
    nothing = Rounds(problem, {}, seed=4)
    nothing.improve(Watch(), 40)
    routes = {who: route for who, route in enumerate(nothing.routes) if route}
    again = Rounds(problem, routes, seed=5)
    again.improve(Watch(), 40)
    better = {who: route for who, route in enumerate(again.routes) if route}
    assert total(problem, better) <= total(problem, routes) < problem.nothing_served
    assert written(instance, decide(problem)) == written(instance, decide(problem))


@pytest.mark.parametrize("seed", range(300, 312))
def test_odd_days_are_planned_by_the_same_rules_where_they_are_long(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made = odd_day(seed)
    listed = planned(read(msgspec.json.encode(made)))
    monkeypatch.setattr("services.volunteer.planning.planner.LONG", 0)
    monkeypatch.setattr(planning_rounds, "LONG", 0)
    monkeypatch.setattr("services.volunteer.planning.planner.GOOD", -1.0)
    found = judged(made)
    assert found["cost"] <= listed["cost"] + 1e-6
