"""What would have to change so that a visit can be made is enough: an independent judge finds the plan with it sound."""

from __future__ import annotations

import msgspec
import pytest

from services.volunteer.planning.reading import read
from services.volunteer.planning.result import planned
from tests.support.checking import Day, broken
from tests.support.days import odd_day


def with_the_change(made: Day, number: int, change: Day) -> Day:
    """The day with this change, and nothing else."""
    made = msgspec.json.decode(msgspec.json.encode(made))
    visit, amount = made["visits"][number], change["amount"]
    concerned = [one for one in made["volunteers"] if one["id"] in change["volunteers"]]
    match change["code"]:
        case "earlier":
            visit["earliest"] -= amount
        case "later":
            visit["latest_start"] += amount
        case "client_agrees":
            visit["woman_only"] = False
        case "one_more_visit":
            made["objective"]["max_visits"] += 1
        case _:
            pass
    for one in concerned:
        match change["code"]:
            case "one_more_visit" if one.get("max_visits"):
                one["max_visits"] += 1
            case "longer_day":
                one["window"] = [one["window"][0] - amount, one["window"][1] + amount]
                one["max_minutes"] += amount
            case "farther":
                one["radius_km"] += amount
            case "somebody_free":
                one["free_today"] = True
            case "training":
                assert len(set(visit["need"]) - set(one["skills"])) == amount
                one["skills"] = [*one["skills"], *visit["need"]]
            case "clearance":
                one["minor_clearance"] = True
            case _:
                pass
    return dict(made)


def can_be_made(made: Day, plan: Day, number: int, who: list[int]) -> bool:
    """Whether these could make the visit somewhere in their day, all others as planned."""
    visit, routes = made["visits"][number]["id"], plan["assignments"]
    plans = [routes]
    for one in who:
        plans = [
            {**each, str(one): [*route[:at], visit, *route[at:]]}
            for each in plans for route in [each.get(str(one), [])] for at in range(len(route) + 1)
        ]  # fmt: skip
    return any(not broken(made, {"assignments": each}) for each in plans)


def changes(made: Day) -> tuple[Day, list[tuple[int, Day]]]:
    """The plan of this day, and every change that it names."""
    plan = planned(read(msgspec.json.encode(made)))
    number = {visit["id"]: place for place, visit in enumerate(made["visits"])}
    return plan, [(number[one["visit"]], each) for one in plan["unserved"] for each in one["relaxations"]]


@pytest.mark.parametrize("block", range(4))
def test_each_change_is_enough_and_whoever_is_at_home_could_not_go_without_it(block: int) -> None:
    named = set()
    for seed in range(200 + 25 * block, 225 + 25 * block):
        made = odd_day(seed)
        plan, found = changes(made)
        for number, change in found:
            named.add(change["code"])
            if made["visits"][number].get("people", 1) > 1:
                continue
            who = change["volunteers"]
            assert can_be_made(with_the_change(made, number, change), plan, number, who), (seed, number, change)
            at_home = str(who[0]) not in plan["assignments"]
            assert not (at_home and can_be_made(made, plan, number, who)), (seed, number, change)
    assert len(named) >= 6


def test_the_cheapest_come_first_and_three_at_most() -> None:
    plan, _ = changes(odd_day(7))
    assert all(len(one["relaxations"]) <= 3 for one in plan["unserved"])
