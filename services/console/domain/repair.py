"""A repair: a message that a service has set aside, and each time that somebody had it handled again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.contracts.console import AskDeadLetterReplay, DeadLetterReplayAsked
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

NAMES = UUID("c7a0f0b2-64a3-5c88-9d1c-1f7c5b0d3e55")


@dataclass(frozen=True, slots=True)
class Asked:
    """How often it was asked for."""

    times: int


def stream_of(service: str, publisher: str, position: int) -> UUID:
    """The stream of one message at one service."""
    return uuid5(NAMES, f"{service}/{publisher}/{position}")


def decide(command: AskDeadLetterReplay, state: Asked | None, ask: Ask) -> list[DeadLetterReplayAsked]:
    """By an administrator, as often as it takes."""
    if ask.actor.role != "administrator":
        raise Refused("not-administrator", "Only an administrator repairs.", "由管理员处理。")
    asked = DeadLetterReplayAsked(
        service=command.service, publisher=command.publisher, publisher_position=command.publisher_position
    )
    return [asked]


def evolve(state: Asked | None, event: DeadLetterReplayAsked) -> Asked:
    """Once more."""
    return Asked(1 if state is None else state.times + 1)


DECIDER = Decider(name="repair", decide=decide, evolve=evolve, events=DeadLetterReplayAsked, states=Asked)
