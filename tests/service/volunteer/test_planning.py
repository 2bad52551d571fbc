"""Plans are judged by somebody who has not seen how they are made."""

from __future__ import annotations

import msgspec
import pytest

from services.kernel.errors import Refused
from services.volunteer.planning import bundles, following, pricing, sharing
from services.volunteer.planning.agreed import what_is_left
from services.volunteer.planning.reading import read
from services.volunteer.planning.result import planned
from services.volunteer.planning.watch import Watch
from tests.support.checking import Day, broken, cost, least_cost
from tests.support.days import day, odd_day


def plan(made: Day, **changes: object) -> Day:
    """The plan of this day, as a file gives it."""
    return msgspec.json.decode(msgspec.json.encode(planned(read(msgspec.json.encode({**made, **changes})))))  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(40))
def test_no_plan_of_an_odd_day_breaks_a_rule_or_counts_wrongly(seed: int) -> None:
    made = odd_day(seed)
    found = plan(made)
    assert broken(made, found) == []
    assert found["cost"] == pytest.approx(cost(made, found))
    assert found["bound"] <= found["cost"] + 1e-6


TINY = [seed for seed in range(160) if len(odd_day(seed)["visits"]) <= 5 and len(odd_day(seed)["volunteers"]) <= 4]


@pytest.mark.parametrize("seed", TINY[:25])
def test_a_tiny_day_is_planned_as_well_as_by_trying_everything(seed: int) -> None:
    made = odd_day(seed)
    found, best = plan(made), least_cost(made)
    assert found["cost"] == pytest.approx(best)
    assert found["bound"] <= best + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_a_day_with_too_many_bundles_to_list_is_planned_by_the_same_rules(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = odd_day(seed)
    listed = plan(made)
    monkeypatch.setattr(bundles, "MOST_STEPS", 0)
    generated = plan(made)
    assert broken(made, generated) == []
    assert generated["cost"] == pytest.approx(cost(made, generated)) == pytest.approx(listed["cost"])
    assert generated["bound"] <= listed["cost"] + 1e-6


def test_a_large_day_keeps_what_is_agreed_and_the_same_seed_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = day(60, 150, 7)
    first = plan(made)
    later = {**made, "pins": {who: route[:1] for who, route in list(first["assignments"].items())[:15]}, "seed": 5}
    monkeypatch.setattr(bundles, "MOST_STEPS", 0)
    second = plan(later)
    assert broken(later, second) == []
    assert second["cost"] == pytest.approx(first["cost"], rel=0.005)
    assert second == plan(later)


def test_in_which_parts_and_by_how_many_hands_a_day_is_worked_on_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = day(60, 150, 7)
    listed = plan(made)
    monkeypatch.setattr(bundles, "MOST_STEPS", 0)
    generated = plan(made)
    for module in (bundles, following, pricing):
        monkeypatch.setattr(module, "CHUNK", 50)
    monkeypatch.setattr(sharing, "HANDS", 3)
    assert plan(made) == generated
    monkeypatch.setattr(bundles, "MOST_STEPS", 10**6)
    assert plan(made) == listed


def test_no_time_at_all_still_gives_a_plan_with_an_honest_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    made = day(60, 150, 7)
    instance = read(msgspec.json.encode(made))
    for steps in (10**6, 0):
        monkeypatch.setattr(bundles, "MOST_STEPS", steps)
        found = planned(instance, Watch(1e-6))
        assert broken(made, found) == []
        assert found["cut_short"] and found["bound"] <= plan(made)["cost"]


def test_a_street_is_planned_close_to_its_proven_bound() -> None:
    made = day(120, 300, 5)
    found = plan(made)
    assert broken(made, found) == []
    assert found["cost"] == pytest.approx(cost(made, found))
    assert found["gap_percent"] <= 0.15


def test_the_same_day_is_planned_the_same() -> None:
    made = day(60, 150, 6)
    assert plan(made) == plan(made)


def test_what_is_agreed_is_kept() -> None:
    made = day(60, 150, 7)
    first = plan(made)
    agreed = {who: route[:1] for who, route in list(first["assignments"].items())[:15]}
    away = set(list(first["assignments"])[15:20])
    people = [one | {"free_today": one["free_today"] and str(one["id"]) not in away} for one in made["volunteers"]]
    later = {**made, "pins": agreed, "volunteers": people}
    second = plan(later)
    assert broken(later, second) == []
    assert not away & set(second["assignments"])


def test_what_is_agreed_with_somebody_is_looked_for_by_nobody_else() -> None:
    made = day(60, 150, 7)
    agreed = {who: route[:1] for who, route in plan(made)["assignments"].items()}
    problem = read(msgspec.json.encode({**made, "pins": agreed})).problem
    left = what_is_left(problem)
    holders = {visit: who for who, visit in problem.pins}
    assert 0 < len(left.pairs.who) < len(problem.pairs.who)
    pairs = zip(left.pairs.who.tolist(), left.pairs.visit.tolist(), strict=True)
    assert all(holders.get(visit, who) == who for who, visit in pairs)


def test_a_day_on_which_all_is_agreed_stays_as_it_was() -> None:
    made = day(60, 150, 7)
    first = plan(made)
    second = plan(made, pins=first["assignments"])
    assert second["cost"] == first["cost"] and second["gap_percent"] <= first["gap_percent"]


@pytest.mark.parametrize("shape", ["one window", "one place", "one skill"])
def test_days_of_one_kind_are_planned_like_any_other(shape: str) -> None:
    """Hundreds of bundles are equal then, and what is looked at first must not be a few people's alone."""
    made = day(40, 90, 3)
    for visit in made["visits"]:
        visit |= {"one window": {"earliest": 540, "latest_start": 600}, "one place": {"community": 3},
                  "one skill": {"need": ["法律"]}}[shape]  # fmt: skip
    for one in made["volunteers"]:
        one |= {"one window": {"window": [480, 780]}, "one place": {"community": 3}, "one skill": {}}[shape]
    found = plan(made)
    assert broken(made, found) == []
    assert found["cost"] == pytest.approx(cost(made, found))
    assert found["gap_percent"] == 0
    assert found == plan(made)


def test_what_cannot_be_kept_is_refused() -> None:
    made = day(60, 150, 7)
    who, route = next((who, route) for who, route in plan(made)["assignments"].items() if len(route) == 1)
    others = [visit["id"] for visit in made["visits"] if visit["id"] not in route]
    with pytest.raises(Refused, match=rf"pins\.{who}") as refused:
        plan(made, pins={who: [*route, *others]})
    assert refused.value.field == f"pins.{who}"
