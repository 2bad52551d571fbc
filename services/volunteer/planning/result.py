"""A plan as it is written down: who goes where, what it costs, how far from the best it can be, and why somebody waits."""

from __future__ import annotations

from typing import Any

from services.kernel.errors import Refused
from services.volunteer.planning.document import wrong
from services.volunteer.planning.planner import MODEL, CannotKeep, Decision, decide
from services.volunteer.planning.reading import Instance
from services.volunteer.planning.watch import Watch


def planned(instance: Instance, seconds: float | None = None) -> dict[str, Any]:
    """The plan of this day as one JSON value; `Refused` when what is agreed cannot be kept."""
    try:
        decision = decide(instance.problem, Watch(seconds))
    except CannotKeep as impossible:
        raise _cannot_keep(instance, impossible.who) from None
    return written(instance, decision)


def _cannot_keep(instance: Instance, who: int) -> Refused:
    one = instance.document.volunteers[int(instance.free[who])].id
    return wrong(f"pins.{one}", "This cannot all be done in one day.", "约定的走访无法在一天内全部完成。")


def written(instance: Instance, decision: Decision) -> dict[str, Any]:
    """The decision in the words of the instance."""
    volunteers, visits = instance.document.volunteers, instance.document.visits
    gap = 100 * (decision.cost - decision.bound) / decision.bound if decision.bound > 0 else 0.0
    return {
        "assignments": {
            str(volunteers[int(instance.free[who])].id): [visits[visit].id for visit in route]
            for who, route in decision.routes.items()
        },
        "cost": plain(decision.cost),
        "bound": plain(decision.bound),
        "gap_percent": round(gap, 4),
        "model": MODEL,
        "cut_short": decision.cut_short,
    }


def plain(number: float) -> int | float:
    """A whole number where it is one, to within a thousandth."""
    rounded = round(number, 3)
    return int(rounded) if rounded == int(rounded) else rounded
