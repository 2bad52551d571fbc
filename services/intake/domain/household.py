"""A household: persons living together. It may be the subject of a case; each member keeps a record of his own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.intake.domain.known import itself, known
from services.intake.domain.rules import already_there, registered
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = public.FormHousehold | public.JoinHousehold | public.LeaveHousehold
Event = public.HouseholdFormed | public.HouseholdMemberJoined | public.HouseholdMemberLeft


@dataclass(frozen=True, kw_only=True, slots=True)
class Household:
    """Those who live there now; nobody may be left, and somebody may come again."""

    household_id: UUID
    members: tuple[UUID, ...]


State = Household


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the household."""
    if isinstance(command, public.FormHousehold):
        return form(command, state, ask)
    if state is None:
        raise NotFound("no such household")
    if isinstance(command, public.JoinHousehold):
        return join(command, state, ask)
    return leave(command, state)


def form(command: public.FormHousehold, state: State | None, ask: Ask) -> list[Event]:
    """Registered persons live together; how they are related and since when may be unknown (INV-29)."""
    if state is not None:
        raise already_there("household", "户")
    codes.HOUSEHOLD_RELATION.known(*(member.relation for member in command.members), field="members")
    there = [member.person_id for member in command.members]
    if len(set(there)) < len(there):
        raise Refused("member-twice", "The same person is named twice.", "同一人填写了两次。", field="members")
    if not set(there) <= known(ask).registered:
        raise Refused(
            "no-such-person",
            "Each member must be registered.",
            "成员须均已建档。",
            allowed=("register-person",),
            field="members",
        )
    return [
        public.HouseholdFormed(
            household_id=itself(ask),
            station=command.station,
            members=command.members,
            area=command.area,
            area_edition=command.area_edition,
        )
    ]


def join(command: public.JoinHousehold, state: Household, ask: Ask) -> list[Event]:
    """One more; said twice it changes nothing."""
    codes.HOUSEHOLD_RELATION.known(command.relation, field="relation")
    if command.person_id in state.members:
        return []
    registered(ask)
    return [
        public.HouseholdMemberJoined(
            household_id=state.household_id,
            person_id=command.person_id,
            relation=command.relation,
            since=command.since,
        )
    ]


def leave(command: public.LeaveHousehold, state: Household) -> list[Event]:
    """One less."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if command.person_id not in state.members:
        return []
    return [
        public.HouseholdMemberLeft(
            household_id=state.household_id,
            person_id=command.person_id,
            reason_code=command.reason_code,
            until=command.until,
        )
    ]


def evolve(state: State | None, event: Event) -> State | None:
    """The household after this event."""
    match event:
        case public.HouseholdFormed():
            return Household(household_id=event.household_id, members=tuple(m.person_id for m in event.members))
        case public.HouseholdMemberJoined():
            return state and replace(state, members=(*state.members, event.person_id))
        case public.HouseholdMemberLeft():
            return state and replace(state, members=tuple(m for m in state.members if m != event.person_id))
        case _:
            assert_never(event)


DECIDER = Decider(name="household", decide=dated(decide), evolve=evolve, events=Event, states=State)
