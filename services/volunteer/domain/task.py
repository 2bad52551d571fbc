"""A task: some people are needed at a time and place, some go, and somebody else says that it is done."""

from __future__ import annotations

from typing import assert_never

from services.contracts.tables import dated
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    CallEmergencyService,
    CancelAssignment,
    CancelTask,
    CompleteTask,
    ContactClient,
    DeclareUnfilled,
    DeclineTask,
    EscalateTask,
    EscalateVerification,
    ExpireWave,
    MarkTaskEnteredInError,
    OfferTask,
    OpenTask,
    OpenWave,
    OverrideSuggestion,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    RemindOfHours,
    RemindOfVerification,
    VerifyTask,
)
from services.kernel.decider import Decider
from services.kernel.message import Ask
from services.volunteer.domain import calling, changing, doing, overriding, waves
from services.volunteer.domain.task_evolve import evolve
from services.volunteer.domain.task_states import Event, State

Calling = OpenTask | OfferTask | AcceptTask | DeclineTask | AssignTask | DeclareUnfilled
Doing = (
    CancelAssignment | ReassignTask | RecordArrival | CompleteTask | VerifyTask | RecordNoShow | CancelTask
    | ContactClient | RemindOfHours | MarkTaskEnteredInError | CallEmergencyService | RemindOfVerification
    | EscalateVerification
)  # fmt: skip
Waving = OpenWave | ExpireWave | EscalateTask | OverrideSuggestion
Command = Calling | Waving | Doing


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, Calling):
        return _decide_calling(command, state, ask)
    return _decide_waving(command, state, ask) if isinstance(command, Waving) else _decide_doing(command, state, ask)


def _decide_waving(command: Waving, state: State | None, ask: Ask) -> list[Event]:
    match command:
        case OpenWave():
            return waves.open_wave(state, ask)
        case ExpireWave():
            return waves.expire_wave(command, state, ask)
        case EscalateTask():
            return waves.escalate(state, ask)
        case OverrideSuggestion():
            return overriding.override(command, state, ask)
        case _ as never:
            assert_never(never)


def _decide_calling(command: Calling, state: State | None, ask: Ask) -> list[Event]:
    match command:
        case OpenTask():
            return calling.open_task(command, state, ask)
        case OfferTask():
            return calling.offer_task(command, state, ask)
        case AcceptTask():
            return calling.accept_task(command, state, ask)
        case DeclineTask():
            return calling.decline_task(command, state, ask)
        case AssignTask():
            return calling.assign_task(command, state, ask)
        case DeclareUnfilled():
            return calling.declare_unfilled(state, ask)
        case _ as never:
            assert_never(never)


def _decide_doing(command: Doing, state: State | None, ask: Ask) -> list[Event]:  # noqa: C901 - one line a command
    match command:
        case CancelAssignment():
            return changing.cancel_assignment(command, state, ask)
        case ReassignTask():
            return changing.reassign_task(command, state, ask)
        case RecordArrival():
            return doing.record_arrival(command, state, ask)
        case CompleteTask():
            return doing.complete_task(command, state, ask)
        case VerifyTask():
            return doing.verify_task(command, state, ask)
        case RecordNoShow():
            return changing.record_no_show(command, state, ask)
        case CancelTask():
            return changing.cancel_task(command, state, ask)
        case MarkTaskEnteredInError():
            return changing.mark_error(command, state, ask)
        case CallEmergencyService():
            return doing.call_emergency(command, state)
        case ContactClient():
            return doing.contact_client(command, state)
        case RemindOfHours():
            return doing.remind_of_hours(command, state)
        case RemindOfVerification() | EscalateVerification():
            return doing.ring(command, state, ask)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="task", decide=dated(decide), evolve=evolve, events=Event, states=State)
