"""A task: some people are needed at a time and place, some go, and somebody else says that it is done."""

from __future__ import annotations

from typing import assert_never

from services.contracts.tables import dated
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    CancelAssignment,
    CancelTask,
    CompleteTask,
    ContactClient,
    DeclareUnfilled,
    DeclineTask,
    OfferTask,
    OpenTask,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    RemindOfHours,
    VerifyTask,
)
from services.kernel.decider import Decider
from services.kernel.message import Ask
from services.volunteer.domain import calling, doing
from services.volunteer.domain.task_states import Event, State, evolve

Calling = OpenTask | OfferTask | AcceptTask | DeclineTask | AssignTask | DeclareUnfilled
Doing = (
    CancelAssignment | ReassignTask | RecordArrival | CompleteTask | VerifyTask | RecordNoShow | CancelTask
    | ContactClient | RemindOfHours
)  # fmt: skip
Command = Calling | Doing


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    return _decide_calling(command, state, ask) if isinstance(command, Calling) else _decide_doing(command, state, ask)


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
            return calling.declare_unfilled(state)
        case _ as never:
            assert_never(never)


def _decide_doing(command: Doing, state: State | None, ask: Ask) -> list[Event]:
    match command:
        case CancelAssignment():
            return doing.cancel_assignment(command, state, ask)
        case ReassignTask():
            return doing.reassign_task(command, state, ask)
        case RecordArrival():
            return doing.record_arrival(command, state, ask)
        case CompleteTask():
            return doing.complete_task(command, state, ask)
        case VerifyTask():
            return doing.verify_task(command, state, ask)
        case RecordNoShow():
            return doing.record_no_show(command, state, ask)
        case CancelTask():
            return doing.cancel_task(command, state)
        case ContactClient():
            return doing.contact_client(command, state)
        case RemindOfHours():
            return doing.remind_of_hours(command, state)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="task", decide=dated(decide), evolve=evolve, events=Event, states=State)
