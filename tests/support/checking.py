"""An independent judge of plans, written from the description of the format alone; it shares no line with the planner.

Where the planner computes with windows of departure, this one tries every minute at which somebody could leave home.
"""

from __future__ import annotations

from typing import Any

Day = dict[str, Any]


def broken(day: Day, plan: dict[str, Any]) -> list[str]:
    """Every hard rule that the plan breaks, in words."""
    people = {str(one["id"]): one for one in day["volunteers"]}
    calls = {str(one["id"]): one for one in day["visits"]}
    wrongs: list[str] = []
    going: dict[str, list[str]] = {}
    for who, route in plan["assignments"].items():
        if who not in people:
            wrongs.append(f"{who}: no such volunteer")
            continue
        stops = [calls[str(visit)] for visit in route]
        for stop in stops:
            going.setdefault(str(stop["id"]), []).append(who)
            wrongs += [f"{who} to {stop['id']}: {why}" for why in _unfit(day, people[who], stop)]
        if len(route) > _most(day, people[who]):
            wrongs.append(f"{who}: {len(route)} visits")
        if len(set(map(str, route))) != len(route):
            wrongs.append(f"{who}: twice at one place")
        if route and not _can_be_done(day, people[who], stops):
            wrongs.append(f"{who}: the day is too short for {route}")
    for visit, visitors in going.items():
        if len(visitors) != calls[visit].get("people", 1):
            wrongs.append(f"visit {visit}: {len(visitors)} go")
    for who, agreed in day.get("pins", {}).items():
        if not {str(visit) for visit in agreed} <= {str(visit) for visit in plan["assignments"].get(who, [])}:
            wrongs.append(f"{who}: what was agreed is not kept")
    return wrongs


def _most(day: Day, one: Day) -> int:
    return int(one.get("max_visits") or day["objective"]["max_visits"])


def _unfit(day: Day, one: Day, call: Day) -> list[str]:
    rules = {
        "not free": one["free_today"],
        "skill": set(call["need"]) <= set(one["skills"]),
        "clearance": one["minor_clearance"] or not call["minor"],
        "woman": one["woman"] or not call["woman_only"],
        "too far": day["km"][one["community"]][call["community"]] <= one["radius_km"],
    }
    return [name for name, holds in rules.items() if not holds]


def _can_be_done(day: Day, one: Day, stops: list[Day]) -> bool:
    opens, closes = one["window"]
    return any(_fits(day, one, stops, leaving) for leaving in range(opens, closes + 1))


def _fits(day: Day, one: Day, stops: list[Day], leaving: int) -> bool:
    way = day["travel_minutes"][one["mode"]]
    now, here = leaving, one["community"]
    for stop in stops:
        # What two do together begins at the agreed time, which is its earliest.
        latest = stop["latest_start"] if stop.get("people", 1) == 1 else stop["earliest"]
        now = max(now + way[here][stop["community"]], stop["earliest"])
        if now > latest:
            return False
        now, here = now + stop["minutes"], stop["community"]
    now += way[here][one["community"]]
    return bool(now <= one["window"][1] and now - leaving <= one["max_minutes"])


def cost(day: Day, plan: dict[str, Any]) -> float:
    """What the plan costs, counted visit by visit."""
    people = {str(one["id"]): one for one in day["volunteers"]}
    calls = {str(one["id"]): one for one in day["visits"]}
    weigh = day["objective"]
    served: set[str] = set()
    total = 0.0
    for who, route in plan["assignments"].items():
        one, here = people[who], people[who]["community"]
        way = day["travel_minutes"][one["mode"]]
        for visit in route:
            call = calls[str(visit)]
            served.add(str(visit))
            usual = {str(name) for name in call["usual"]}
            total += weigh["not_usual"] if usual and who not in usual else 0
            total += weigh["per_hour_of_load"] * one["hours_this_month"]
            total += weigh["per_travel_minute"] * way[here][call["community"]]
            here = call["community"]
        if route:
            total += weigh["per_travel_minute"] * way[here][one["community"]]
    return total + sum(
        float(weigh["unserved"][str(call["priority"])]) for name, call in calls.items() if name not in served
    )


def least_cost(day: Day) -> float:
    """The cost of the best plan of a tiny day, by trying everything: each person takes any route, or none."""
    calls = {str(call["id"]): call for call in day["visits"]}
    choices: list[dict[str, list[str]]] = [
        {"": []} | _routes(day, one, calls) for one in day["volunteers"] if one["free_today"]
    ]
    names = [str(one["id"]) for one in day["volunteers"] if one["free_today"]]
    best = float("inf")
    stack: list[tuple[int, dict[str, list[str]]]] = [(0, {})]
    while stack:
        number, chosen = stack.pop()
        if number == len(names):
            plan = {"assignments": {who: route for who, route in chosen.items() if route}}
            if not broken(day, plan):
                best = min(best, cost(day, plan))
            continue
        for route in choices[number].values():
            taken = {visit for other in chosen.values() for visit in other}
            if all(visit not in taken or calls[visit].get("people", 1) == 2 for visit in route):
                stack.append((number + 1, {**chosen, names[number]: route}))
    return best


def _routes(day: Day, one: Day, calls: dict[str, Day]) -> dict[str, list[str]]:
    """Every order of every choice of visits that this one can make."""
    found: dict[str, list[str]] = {}
    fit = [name for name, call in calls.items() if not _unfit(day, one, call)]
    growing: list[list[str]] = [[]]
    while growing:
        route = growing.pop()
        if route and _can_be_done(day, one, [calls[name] for name in route]):
            found[" ".join(route)] = route
        if len(route) < _most(day, one):
            growing += [[*route, name] for name in fit if name not in route]
    return found
