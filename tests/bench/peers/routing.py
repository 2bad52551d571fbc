"""The peer for a day's plan: OR-Tools' routing library; `python routing.py DAY SECONDS` prints who goes where, as JSON.

It runs in an environment of its own and imports nothing of the hub. A vehicle is a volunteer with a matrix of their own, as
that is how the library can be told of homes, ways to travel, the load of a month and familiar faces.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ortools.constraint_solver import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    pywrapcp,
    routing_enums_pb2,
)

Day = dict[str, Any]


def main(file: str, seconds: float) -> dict[str, list[Any]]:
    """The best routes that guided local search finds in this time."""
    day = json.loads(Path(file).read_text())
    people = [one for one in day["volunteers"] if one["free_today"]]
    manager = pywrapcp.RoutingIndexManager(len(day["visits"]) + 1, len(people), 0)
    model = pywrapcp.RoutingModel(manager)
    times = [model.RegisterTransitMatrix(_times(day, one)) for one in people]
    for number, one in enumerate(people):
        model.SetArcCostEvaluatorOfVehicle(model.RegisterTransitMatrix(_costs(day, one)), number)
    model.AddDimensionWithVehicleTransits(times, 1440, 2880, False, "time")
    clock = model.GetDimensionOrDie("time")
    one_each = model.RegisterUnaryTransitVector([0] + [1] * len(day["visits"]))
    model.AddDimension(one_each, 0, day["objective"]["max_visits"], True, "visits")
    for number, one in enumerate(people):
        opens, closes = one["window"]
        clock.CumulVar(model.Start(number)).SetRange(opens, closes)
        clock.CumulVar(model.End(number)).SetRange(opens, closes)
        clock.SetSpanUpperBoundForVehicle(one["max_minutes"], number)
    for place, visit in enumerate(day["visits"], start=1):
        index = manager.NodeToIndex(place)
        clock.CumulVar(index).SetRange(visit["earliest"], visit["latest_start"])
        fit = [number for number, one in enumerate(people) if _may(day, one, visit)]
        model.AddDisjunction([index], int(day["objective"]["unserved"][str(visit["priority"])]))
        model.VehicleVar(index).SetValues([-1, *fit])
    found = model.SolveWithParameters(_parameters(seconds))
    return _routes(day, people, manager, model, found) if found else {}


def _parameters(seconds: float) -> Any:
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.time_limit.FromMilliseconds(int(1000 * seconds))
    return asked


def _routes(day: Day, people: list[Day], manager: Any, model: Any, found: Any) -> dict[str, list[Any]]:
    routes: dict[str, list[Any]] = {}
    for number, one in enumerate(people):
        index, route = found.Value(model.NextVar(model.Start(number))), list[Any]()
        while not model.IsEnd(index):
            route.append(day["visits"][manager.IndexToNode(index) - 1]["id"])
            index = found.Value(model.NextVar(index))
        if route:
            routes[str(one["id"])] = route
    return routes


def _times(day: Day, one: Day) -> list[list[int]]:
    """From leaving home, or beginning a visit, to being at the next."""
    way = day["travel_minutes"][one["mode"]]
    places = [one["community"], *(visit["community"] for visit in day["visits"])]
    stays = [0, *(visit["minutes"] for visit in day["visits"])]
    return [[stay + way[here][there] for there in places] for here, stay in zip(places, stays, strict=True)]


def _costs(day: Day, one: Day) -> list[list[int]]:
    """Travel, and at each visit the load and whether somebody else usually comes."""
    way, weigh = day["travel_minutes"][one["mode"]], day["objective"]
    places = [one["community"], *(visit["community"] for visit in day["visits"])]
    load = weigh["per_hour_of_load"] * one["hours_this_month"]
    there = [0, *(load + weigh["not_usual"] * bool(v["usual"] and one["id"] not in v["usual"]) for v in day["visits"])]
    per = weigh["per_travel_minute"]
    return [[int(per * way[h][t] + more) for t, more in zip(places, there, strict=True)] for h in places]


def _may(day: Day, one: Day, visit: Day) -> bool:
    return (
        set(visit["need"]) <= set(one["skills"])
        and (one["minor_clearance"] or not visit["minor"])
        and (one["woman"] or not visit["woman_only"])
        and day["km"][one["community"]][visit["community"]] <= one["radius_km"]
    )


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]))))
