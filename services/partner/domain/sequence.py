"""An organization's sequence: each fact that concerns it once, in the order in which this service could handle it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from services.contracts.partner import AddDelivery, DeliveryAdded
from services.kernel.decider import Decider
from services.kernel.message import Ask

Event = DeliveryAdded
Command = AddDelivery


@dataclass(frozen=True, slots=True)
class Sequence:
    """The fact of each publisher that was put in last."""

    heard: dict[str, int] = field(default_factory=dict)


def add(command: AddDelivery, state: Sequence | None, ask: Ask) -> list[DeliveryAdded]:
    """The fact that was put in last is not put in again; all others are told apart by the ids of their commands.

    An older one may come late: it was set aside when it could not be handled, while other streams went on.
    """
    if state is not None and command.publisher_position == state.heard.get(command.publisher):
        return []
    return [
        DeliveryAdded(
            organization_id=command.organization_id, publisher=command.publisher, publisher_position=command.publisher_position,
            event_id=command.event_id, event_type=command.event_type,
        )
    ]  # fmt: skip


def decide(command: Command, state: Sequence | None, ask: Ask) -> list[Event]:
    """What follows from a command."""
    match command:
        case AddDelivery():
            return add(command, state, ask)
        case _:
            assert_never(command)


def evolve(state: Sequence | None, event: Event) -> Sequence:
    """What is true after an event."""
    match event:
        case DeliveryAdded():
            heard = state.heard if state is not None else {}
            return Sequence({**heard, event.publisher: event.publisher_position})
        case _:
            assert_never(event)


DECIDER = Decider(name="sequence", decide=decide, evolve=evolve, events=DeliveryAdded, states=Sequence)
