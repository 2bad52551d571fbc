"""A training session of staff: held once, attended by those who are written down, struck where that was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_directory import TRAINING_KIND
from services.contracts.tables import dated
from services.kernel.decider import Decider, changed
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.speaking import not_now
from services.referral.domain.staffing import itself, staffing

Command = public.HoldTraining | public.RecordTrainingAttendance | public.StrikeTrainingAttendance
Event = public.TrainingHeld | public.TrainingAttended | public.TrainingAttendanceStruck


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """It took place; these were there."""

    training_id: UUID
    kind: str
    attended: tuple[UUID, ...] = ()


State = Held | None


def hold(command: public.HoldTraining, state: State, ask: Ask) -> list[Event]:
    """With whoever was there, as far as they are named at once."""
    if state is not None:
        if state.kind == command.kind:
            return []
        raise Refused("training-known", "Another session stands under this id.", "该编号已用于其他培训。")
    TRAINING_KIND.known(command.kind, field="kind")
    training_id = itself(ask)
    held = public.TrainingHeld(
        training_id=training_id, kind=command.kind, organizer=command.organizer, held_on=command.held_on,
        minutes=command.minutes, topic_codes=command.topic_codes,
    )  # fmt: skip
    return [held, *_attended(training_id, command.staff_ids, (), ask)]


def _attended(training_id: UUID, staff_ids: tuple[UUID, ...], before: tuple[UUID, ...], ask: Ask) -> list[Event]:
    if strangers := set(staff_ids) - staffing(ask).staff:
        raise Refused("staff-unknown", f"{len(strangers)} of them stand in no directory.", f"有 {len(strangers)} 人未在名录中。",
                      field="staff_ids", allowed=("register-staff",))  # fmt: skip
    new = tuple(dict.fromkeys(one for one in staff_ids if one not in before))
    return [public.TrainingAttended(training_id=training_id, staff_ids=new)] if new else []


def strike(command: public.StrikeTrainingAttendance, state: Held) -> list[Event]:
    """Only who is written down can be struck, and once."""
    if command.staff_id not in state.attended:
        return []
    return [
        public.TrainingAttendanceStruck(
            training_id=state.training_id, staff_id=command.staff_id, reason_code=command.reason_code
        )
    ]


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about a training session."""
    if isinstance(command, public.HoldTraining):
        return hold(command, state, ask)
    if state is None:
        raise not_now(state, {}, "training session", "培训")
    match command:
        case public.RecordTrainingAttendance():
            return _attended(state.training_id, command.staff_ids, state.attended, ask)
        case public.StrikeTrainingAttendance():
            return strike(command, state)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of a training session."""
    match event:
        case public.TrainingHeld():
            return Held(training_id=event.training_id, kind=event.kind)
        case public.TrainingAttended():
            return state and changed(state, attended=(*state.attended, *event.staff_ids))
        case public.TrainingAttendanceStruck():
            return state and changed(state, attended=tuple(one for one in state.attended if one != event.staff_id))
        case _:
            assert_never(event)


DECIDER = Decider(name="training", decide=dated(decide), evolve=evolve, events=Event, states=State)
