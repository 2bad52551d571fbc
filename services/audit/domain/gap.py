"""Gaps in what a publisher said: told when events are missing, and when they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import NAMESPACE_URL, UUID, uuid5

from services.contracts.audit import GapDetected, GapFilled, NoteGap, NoteGapFilled
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = NoteGap | NoteGapFilled
Event = GapDetected | GapFilled


@dataclass(frozen=True, slots=True)
class Missing:
    """Events from `expected` to before `seen` are missing."""

    expected: int
    seen: int


@dataclass(frozen=True, slots=True)
class Whole:
    """Nothing is missing; the last gap ended before `seen`."""

    seen: int


State = None | Missing | Whole


def stream_for(publisher: str) -> UUID:
    """The stream on which a publisher's gaps are told."""
    return uuid5(NAMESPACE_URL, f"gaps/{publisher}")


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What is told of a gap."""
    match command:
        case NoteGap():
            return note(command, state)
        case NoteGapFilled():
            return fill(command, state)
        case _ as never:
            assert_never(never)


def note(command: NoteGap, state: State) -> list[Event]:
    """A gap is told once; what lies before the end of the last one is not missing any more."""
    match state:
        case Missing(expected=command.expected):
            return []
        case Whole(seen=seen) if command.seen <= seen:
            return []
        case _:
            gap = GapDetected(publisher=command.publisher, expected=command.expected, seen=command.seen)
            return [gap]


def fill(command: NoteGapFilled, state: State) -> list[Event]:
    """The end of a gap is told once."""
    match state:
        case Missing(expected=expected, seen=seen):
            filled = GapFilled(publisher=command.publisher, expected=expected, seen=max(seen, command.seen))
            return [filled]
        case Whole():
            return []
        case None:
            raise Refused("no-gap", "No gap of this publisher was noted.", "没有登记过该发布方的缺号。")
        case _ as never:
            assert_never(never)


def evolve(state: State, event: Event) -> State:
    """What is missing after an event."""
    match event:
        case GapDetected():
            return Missing(event.expected, event.seen)
        case GapFilled():
            return Whole(event.seen)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="gap", decide=decide, evolve=evolve, events=Event, states=State)
