"""What a visit plan remembers: whether visits are due, by whom, and the last one written down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public
from services.contracts.words import Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """Visits are due. `last` is the visit written down last."""

    plan_id: UUID
    person_id: UUID
    cadence: public.Cadence
    visitor: Party
    level: public.RiskLevel | None
    last: tuple[date, str] | None = None
    last_missed: date | None = None
    visits: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """Nobody needs to look in any more, from this day on; paper may still tell of visits before."""

    before: Running
    on: date | None = None


State = Running | Ended

Event = (
    public.VisitPlanSet
    | public.VisitPlanChanged
    | public.VisitorChanged
    | public.VisitPlanEnded
    | public.VisitMade
    | public.VisitMissed
    | public.ConcernRaised
    | public.LateVisitsDeclared
)


def evolve(state: State | None, event: Event) -> State | None:
    """The plan after this event."""
    if isinstance(event, public.VisitPlanSet):
        return Running(
            plan_id=event.plan_id,
            person_id=event.person_id,
            cadence=event.cadence,
            visitor=event.visitor,
            level=event.level,
        )
    match state:
        case Running():
            return _after(state, event)
        case Ended():
            after = _after(state.before, event)
            return replace(state, before=after) if isinstance(after, Running) else after
        case None:
            return None
        case _:
            assert_never(state)


def _after(state: Running, event: Event) -> State:
    match event:
        case public.VisitMade():
            return replace(state, last=(event.on, event.mode), visits=state.visits + 1)
        case public.VisitMissed():
            return replace(state, last_missed=event.on)
        case public.VisitPlanChanged():
            return replace(state, cadence=event.cadence, level=event.level)
        case public.VisitorChanged():
            return replace(state, visitor=event.visitor)
        case public.VisitPlanEnded():
            return Ended(before=state, on=event.on)
        case public.ConcernRaised() | public.VisitPlanSet() | public.LateVisitsDeclared():
            return state
        case _:
            assert_never(event)
