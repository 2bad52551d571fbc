"""A calendar: the visits of one party at a secret address, opened by whom they concern, and closed for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from services.contracts.partner import CalendarClosed, CalendarOpened, CloseCalendar, OpenCalendar
from services.contracts.visibility import unit_of
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Actor, Ask

Command = OpenCalendar | CloseCalendar
Event = CalendarOpened | CalendarClosed
DISPATCHING = ("coordinator", "station_head", "dispatcher")
"""They give out visits: to volunteers and teams, whose calendars they may open for them."""
OUTSIDE = ("partner", "team_leader")
RUNNING = ("administrator", "service")
GIVEN_OUT = ("volunteer", "team")


@dataclass(frozen=True, slots=True)
class Open:
    """It is read."""

    calendar_id: UUID
    party: Party


@dataclass(frozen=True, slots=True)
class Closed:
    """It was read once."""

    calendar_id: UUID
    party: Party


State = Open | Closed


def may_open(actor: Actor, party: Party) -> bool:
    """Whether the visits of this party are one's own to show: one's own, one's organization's, or those that one gives out."""
    kind, _, name = party.partition(":")
    if actor.role in RUNNING:
        return True
    if actor.role in OUTSIDE:
        return name == actor.org.rpartition(":")[2] and kind not in ("worker", "volunteer", "person")
    if actor.role == "volunteer":
        return party == f"volunteer:{actor.id.rpartition(':')[2]}"
    return party == f"worker:{actor.id}" or (actor.role in DISPATCHING and kind in GIVEN_OUT)


def area_shown(actor: Actor, party: Party) -> str | None:
    """What of a party's visits somebody shows: of a volunteer's or a team's a station those in its own area, others all."""
    given_out = actor.role in DISPATCHING and party.partition(":")[0] in GIVEN_OUT
    return unit_of(actor.org) if given_out else None


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """Opened under one id it is open once; closed twice it is closed once."""
    match command:
        case OpenCalendar():
            _mine(ask.actor, command.party)
            return [] if state else [CalendarOpened(calendar_id=command.calendar_id, party=command.party)]
        case CloseCalendar():
            if state is None:
                raise NotFound("no such calendar")
            _mine(ask.actor, state.party)
            if isinstance(state, Closed):
                return []
            return [CalendarClosed(calendar_id=state.calendar_id, party=state.party, reason_code=command.reason_code)]
        case _:
            assert_never(command)


def _mine(actor: Actor, party: Party) -> None:
    if not may_open(actor, party):
        raise Refused("not-yours", "These are somebody else's visits.", "这是他人的探访日程。", field="party")


def evolve(state: State | None, event: Event) -> State:
    """What is true after an event."""
    match event:
        case CalendarOpened():
            return Open(event.calendar_id, event.party)
        case CalendarClosed():
            return Closed(event.calendar_id, event.party)
        case _:
            assert_never(event)


DECIDER = Decider(name="calendar", decide=decide, evolve=evolve, events=Event, states=State)
