"""An organization's queue: opened and closed by who runs the hub; what goes into it is the organization's sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.contracts.partner import CloseQueue, OpenQueue, QueueClosed, QueueOpened
from services.kernel.decider import Decider
from services.kernel.message import Ask

Command = OpenQueue | CloseQueue
Event = QueueOpened | QueueClosed


@dataclass(frozen=True, slots=True)
class Open:
    """There is a queue."""

    organization_id: UUID


@dataclass(frozen=True, slots=True)
class Closed:
    """There was one."""

    organization_id: UUID


State = Open | Closed


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """A stream is named by its organization; opened twice it is open once."""
    is_open = isinstance(state, Open)
    match command:
        case OpenQueue():
            return [] if is_open else [QueueOpened(organization_id=command.organization_id, after=command.after)]
        case CloseQueue():
            return [QueueClosed(organization_id=state.organization_id)] if isinstance(state, Open) else []
        case _:
            assert_never(command)


def evolve(state: State | None, event: Event) -> State:
    """What is true after an event."""
    match event:
        case QueueOpened(organization_id=organization_id):
            return Open(organization_id)
        case QueueClosed(organization_id=organization_id):
            return Closed(organization_id)
        case _:
            assert_never(event)


DECIDER = Decider(name="queue", decide=decide, evolve=evolve, events=QueueOpened | QueueClosed, states=Open | Closed)
