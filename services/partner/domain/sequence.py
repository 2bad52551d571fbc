"""An organization's sequence: each fact that concerns it once, in the order in which it was heard from its publisher."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

from services.contracts.partner import AddDelivery, DeliveryAdded
from services.kernel.decider import Decider
from services.kernel.message import Ask

Event = DeliveryAdded
Command = AddDelivery


@dataclass(frozen=True, slots=True)
class Sequence:
    """How far each publisher's facts have been put in."""

    heard: dict[str, int] = field(default_factory=dict)


def add(command: AddDelivery, state: Sequence | None, ask: Ask) -> list[DeliveryAdded]:
    """A publisher's facts come in order, so one that is not newer was put in before."""
    if state is not None and command.publisher_position <= state.heard.get(command.publisher, 0):
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
            known = state or Sequence()
            return replace(known, heard={**known.heard, event.publisher: event.publisher_position})
        case _:
            assert_never(event)


DECIDER = Decider(name="sequence", decide=decide, evolve=evolve, events=DeliveryAdded, states=Sequence)
