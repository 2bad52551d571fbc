"""A plan as it is written down: who goes where, what it costs, how far from the best it can be, and why somebody waits."""

from __future__ import annotations

from typing import Any

from services.kernel.errors import Refused
from services.volunteer.planning.document import plain, wrong
from services.volunteer.planning.planner import MODEL, Decision, decide
from services.volunteer.planning.problem import CannotKeep
from services.volunteer.planning.reading import Instance
from services.volunteer.planning.relaxing import relaxed
from services.volunteer.planning.watch import Watch

MOST_SHORTAGES, LEAST = 32, 0.5


def planned(instance: Instance, watch: Watch | None = None) -> dict[str, Any]:
    """The plan of this day as one JSON value; `Refused` when what is agreed cannot be kept."""
    try:
        decision = decide(instance.problem, watch, instance.document.seed)
    except CannotKeep as impossible:
        raise _cannot_keep(instance, impossible.who) from None
    return written(instance, decision)


def _cannot_keep(instance: Instance, who: int) -> Refused:
    one = instance.document.volunteers[int(instance.free[who])].id
    return wrong(f"pins.{one}", "This cannot all be done in one day.", "约定的走访无法在一天内全部完成。")


def written(instance: Instance, decision: Decision) -> dict[str, Any]:
    """The decision in the words of the instance."""
    volunteers, visits = instance.document.volunteers, instance.document.visits
    gap = 100 * (decision.cost - decision.bound) / max(decision.bound, 1.0)
    return {
        "assignments": {
            str(volunteers[int(instance.free[who])].id): [visits[visit].id for visit in route]
            for who, route in decision.routes.items()
        },
        "cost": plain(decision.cost),
        "bound": plain(decision.bound),
        "gap_percent": round(gap, 4),
        "unserved": relaxed(instance, decision.routes, unserved(instance, decision)),
        "shortages": shortages(instance, decision),
        "model": MODEL,
        "cut_short": decision.cut_short,
    }


def unserved(instance: Instance, decision: Decision) -> list[dict[str, Any]]:
    """Every visit that nobody makes, and whether nobody may, nobody can in time, or others need them more."""
    served = {visit for route in decision.routes.values() for visit in route}
    allowed = set(instance.problem.pairs.visit.tolist())
    return [
        {"visit": visit.id, "cause": "needed_elsewhere" if decision.reachable[number]
         else "nobody_in_time" if number in allowed else "nobody_may"}
        for number, visit in enumerate(instance.document.visits) if number not in served
    ]  # fmt: skip


def shortages(instance: Instance, decision: Decision) -> list[dict[str, Any]]:
    """What one more visitor with a skill in a place would save with a visit there, travel left out; the dearest first.

    What a visit is worth is paid to the visit by whoever could drop it for another (its price), and the rest to whoever
    makes it: that rest is what somebody who is not there yet would bring.
    """
    dearest: dict[tuple[str, int], float] = {}
    gains = (instance.problem.visits.worth - decision.prices).tolist()
    for visit, gain in zip(instance.document.visits, gains, strict=True):
        for skill in visit.need:
            key = skill, visit.community
            dearest[key] = max(dearest.get(key, 0.0), gain)
    first = sorted(((key, gain) for key, gain in dearest.items() if gain > LEAST), key=lambda one: (-one[1], one[0]))
    return [
        {"skill": skill, "community": place, "value": plain(gain)} for (skill, place), gain in first[:MOST_SHORTAGES]
    ]
