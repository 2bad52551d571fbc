"""An activity: it took place, and some of the clients were there; each of them counts once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.intake.domain.known import itself, known
from services.intake.domain.late import delay_days
from services.intake.domain.rules import already_there, day_of
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """It took place; these clients were there."""

    activity_id: UUID
    headcount: int | None
    attended: tuple[UUID, ...] = ()


State = Held
Command = public.HoldActivity | public.RecordAttendance
Event = public.ActivityHeld | public.ActivityAttended | public.LateActivityDeclared


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the activity."""
    match command:
        case public.HoldActivity():
            return hold(command, state, ask)
        case public.RecordAttendance():
            return attend(command, state, ask)
        case _:
            assert_never(command)


def hold(command: public.HoldActivity, state: State | None, ask: Ask) -> list[Event]:
    """It took place."""
    if state is not None:
        raise already_there("activity", "活动")
    codes.ACTIVITY_KIND.known(command.kind, field="kind")
    codes.GOAL.known(*command.goal_codes, field="goal_codes")
    codes.PLACE_KIND.known(command.place_kind, field="place_kind")
    held = public.ActivityHeld(
        activity_id=itself(ask),
        kind=command.kind,
        host=command.host,
        area=command.area,
        headcount=command.headcount,
        goal_codes=command.goal_codes,
        workers=command.workers,
        place_kind=command.place_kind,
        pairing_id=command.pairing_id,
        sealed=ask.sealed,
    )
    return [held, *_late(command, held.activity_id, ask)]


def _late(command: public.HoldActivity | public.RecordAttendance, activity_id: UUID, ask: Ask) -> list[Event]:
    """The paper that tells of it; nothing where there is none."""
    if command.paper_ref is None:
        return []
    return [
        public.LateActivityDeclared(
            activity_id=activity_id,
            paper_ref=command.paper_ref,
            delay_days=delay_days(day_of(ask), ask),
            observed_by=command.observed_by,
        )
    ]


def attend(command: public.RecordAttendance, state: State | None, ask: Ask) -> list[Event]:
    """A client was there. More clients than heads cannot be; an unknown headcount says nothing.

    Whoever was struck as an error was not there, and may be written down again.
    """
    if state is None:
        raise NotFound("no such activity")
    codes.GOAL.known(*command.outcome_codes, field="outcome_codes")
    counted = known(ask).attending
    there = frozenset(state.attended) if counted is None else counted
    if command.person_id in there:
        return []
    if state.headcount is not None and len(there) >= state.headcount:
        raise Refused(
            "more-than-came",
            "There were not so many; correct the headcount first.",
            "超过登记的参加人数。",
            field="person_id",
        )
    matter_id = known(ask).matter_id
    if command.case_id is not None and matter_id is None:
        raise Refused("no-such-case", "There is no such case.", "没有该个案。", field="case_id")
    return [
        public.ActivityAttended(
            activity_id=state.activity_id,
            person_id=command.person_id,
            matter_id=matter_id,
            case_id=command.case_id,
            outcome_codes=command.outcome_codes,
            sealed=ask.sealed,
        ),
        *_late(command, state.activity_id, ask),
    ]


def evolve(state: State | None, event: Event) -> State | None:
    """The activity after this event."""
    match event:
        case public.ActivityHeld():
            return Held(activity_id=event.activity_id, headcount=event.headcount)
        case public.ActivityAttended():
            return state and replace(state, attended=(*state.attended, event.person_id))
        case public.LateActivityDeclared():
            return state
        case _:
            assert_never(event)


DECIDER = Decider(name="activity", decide=dated(decide), evolve=evolve, events=Event, states=State)
