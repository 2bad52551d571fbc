"""A plan for a day: requested, proposed by the planner, published or rejected by a person. It decides about nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from services.contracts.tables import dated
from services.contracts.visibility import unit_of
from services.contracts.volunteer import (
    FailPlan,
    PlanFailed,
    PlannedPair,
    PlanProposalContinued,
    PlanProposed,
    PlanPublicationContinued,
    PlanPublished,
    PlanRejected,
    PlanRequested,
    ProposePlan,
    PublishPlan,
    RejectPlan,
    RequestPlan,
    UnservedTask,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.refusing import not_now

MOST_DAYS_AHEAD = 60
AT_ONCE = 240
"""So many pairs or unserved tasks one event names at most: a city's day is longer than one event may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """Waits for the planner."""

    seed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """Waits for a person."""

    pairs: tuple[PlannedPair, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """Those whom it names were asked."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Not used."""


@dataclass(frozen=True, slots=True)
class Failed:
    """There is no plan."""


State = Requested | Proposed | Published | Rejected | Failed
Event = (
    PlanRequested
    | PlanProposed
    | PlanProposalContinued
    | PlanFailed
    | PlanPublished
    | PlanPublicationContinued
    | PlanRejected
)
Command = RequestPlan | ProposePlan | FailPlan | PublishPlan | RejectPlan

ALLOWED: dict[type, tuple[str, ...]] = {
    Requested: ("reject-plan",),
    Proposed: ("publish-plan", "reject-plan"),
    Published: ("request-plan",),
    Rejected: ("request-plan",),
    Failed: ("request-plan",),
}


def cannot(state: State | None) -> Refused:
    """What was asked does not fit the state of this plan."""
    return not_now("plan", "日计划", state, ALLOWED)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    match command:
        case RequestPlan():
            return request(command, state, ask)
        case ProposePlan():
            return propose(command, state)
        case FailPlan():
            failed = isinstance(state, Requested)
            return [PlanFailed(cause=command.cause, attempts=command.attempts)] if failed else []
        case PublishPlan():
            return publish(state)
        case RejectPlan():
            return reject(command, state)
        case _ as never:
            assert_never(never)


def request(command: RequestPlan, state: State | None, ask: Ask) -> list[Event]:
    """A day that is still to come, and a cut-off before it is over."""
    if state is not None:
        return []
    own = unit_of(ask.actor.org)
    if own.isdecimal() and not command.area.startswith(own):
        raise Refused("not-your-area", f"Plans are made for one's own area, {own}.", f"只能为本辖区({own})制定计划。",
                      field="area")  # fmt: skip
    due = command.cut_off or ask.now
    if command.day < day_of(ask.now):
        raise Refused(
            "day-past", "A plan is for today or a day to come.", "只能为当日或以后的日期制定计划。", field="day"
        )
    if (command.day - day_of(ask.now)).days > MOST_DAYS_AHEAD:
        raise Refused("day-far", f"A plan is for the next {MOST_DAYS_AHEAD} days.", f"只能为 {MOST_DAYS_AHEAD} 日内制定计划。",
                      field="day")  # fmt: skip
    if day_of(due) > command.day:
        raise Refused(
            "cut-off-late", "The plan is made before its day is over.", "截止时间须不晚于计划当日。", field="cut_off"
        )
    workers = tuple(dict.fromkeys(command.workers))
    if not all(who.startswith("worker:") for who in workers):
        raise Refused("not-a-worker", "Only a worker is on duty.", "只有工作人员有履职身份。", field="workers")
    return [
        PlanRequested(area=command.area, day=command.day, due=max(due, ask.now), seed=command.seed, workers=workers)
    ]


def propose(command: ProposePlan, state: State | None) -> list[Event]:
    """What the planner's process has found; too late, if somebody has decided meanwhile."""
    if not isinstance(state, Requested):
        return []
    (pairs, unserved), *more = _parts(command)
    proposed = PlanProposed(
        model=command.model, weights=command.weights, input_digest=command.input_digest, read_at=command.read_at,
        seed=state.seed, cost=command.cost, bound=command.bound, gap_ppm=command.gap_ppm,
        milliseconds=command.milliseconds, pairs=pairs, unserved=unserved, shortages=command.shortages,
        cut_short=command.cut_short,
    )  # fmt: skip
    return [proposed, *(PlanProposalContinued(pairs=pairs, unserved=unserved) for pairs, unserved in more)]


def _parts(found: ProposePlan) -> Iterator[tuple[tuple[PlannedPair, ...], tuple[UnservedTask, ...]]]:
    """All pairs and then all unserved tasks, so many at once as one event names; the first part may be empty."""
    named = len(found.pairs)
    for first in range(0, named + len(found.unserved) or 1, AT_ONCE):
        left = found.unserved[max(0, first - named) : max(0, first + AT_ONCE - named)]
        yield found.pairs[first : first + AT_ONCE], left


def publish(state: State | None) -> list[Event]:
    """A person lets the plan's people be asked."""
    match state:
        case Proposed():
            first, *more = (state.pairs[at : at + AT_ONCE] for at in range(0, len(state.pairs) or 1, AT_ONCE))
            return [PlanPublished(pairs=first), *(PlanPublicationContinued(pairs=pairs) for pairs in more)]
        case Published():
            return []
        case _:
            raise cannot(state)


def reject(command: RejectPlan, state: State | None) -> list[Event]:
    """A person decides otherwise; a plan that is still being made is not waited for."""
    match state:
        case Requested() | Proposed():
            return [PlanRejected(reason_code=command.reason_code)]
        case Rejected():
            return []
        case _:
            raise cannot(state)


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    match event:
        case PlanRequested():
            return Requested(seed=event.seed)
        case PlanProposed():
            return Proposed(pairs=event.pairs)
        case PlanProposalContinued():
            return Proposed(pairs=(*state.pairs, *event.pairs)) if isinstance(state, Proposed) else state
        case PlanFailed():
            return Failed()
        case PlanPublished() | PlanPublicationContinued():
            return Published()
        case PlanRejected():
            return Rejected()
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="plan", decide=dated(decide), evolve=evolve, events=Event, states=State)
