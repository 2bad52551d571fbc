"""An offering: what an organization takes, where, under which conditions and how much; published -> withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_referral import known_services
from services.contracts.tables import dated
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.facts import OfferingFact, known
from services.referral.domain.speaking import must_speak_for, not_now

Command = public.PublishOffering | public.ChangeCapacity | public.WithdrawOffering
Event = public.OfferingPublished | public.CapacityChanged | public.OfferingWithdrawn


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """It can be offered needs."""

    organization_id: UUID
    service_codes: tuple[str, ...]
    areas: tuple[str, ...]
    capacity: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """It takes no new needs."""

    organization_id: UUID


State = Published | Withdrawn | None


def covers(areas: Iterable[str], place: str) -> bool:
    """Whether a service area holds a place: a named place by name, an area code also by the code of what it lies in."""
    return any(place == area or (area.isdigit() and place.startswith(area)) for area in areas)


def why_not(
    offering: OfferingFact, needs: Iterable[str], places: tuple[str, ...], met: Iterable[str] = ()
) -> tuple[str, ...]:
    """Everything that keeps this offering from taking such a need, in codes; empty when nothing does.

    It is enough that one of the places where the person lives, works or stays is served; an unknown place excludes none.
    """
    found = []
    if not set(needs) <= set(offering.service_codes):
        found.append("service-not-offered")
    if offering.areas and places and not any(covers(offering.areas, place) for place in places):
        found.append("out-of-area")
    if offering.capacity is not None and offering.taken >= offering.capacity:
        found.append("no-capacity")
    if not set(offering.conditions) <= set(met):
        found.append("conditions-open")
    return tuple(found)


def publish(command: public.PublishOffering, state: State, ask: Ask) -> list[Event]:
    """Only of an organization that stands in the directory and has not left."""
    organization = known(ask).organization
    if state is not None:
        if isinstance(state, Published) and state.organization_id == command.organization_id:
            return []
        raise not_now(state, {}, "offering", "供给")
    if organization is None or organization.state == "retired":
        raise Refused("organization-unknown", "There is no such organization in the directory.", "名录中没有该机构。",
                      field="organization_id", allowed=("register-organization",))  # fmt: skip
    known_services(command.service_codes, "service_codes")
    _own(ask, command.organization_id, organization.party)
    return [
        public.OfferingPublished(
            organization_id=command.organization_id, service_codes=command.service_codes, areas=command.areas,
            conditions=command.conditions, capacity=command.capacity,
        )
    ]  # fmt: skip


def change(command: public.ChangeCapacity, state: State, ask: Ask) -> list[Event]:
    """More or fewer; what has been taken stays taken."""
    match state:
        case Published(capacity=command.capacity):
            return []
        case Published():
            _own(ask, state.organization_id)
            return [
                public.CapacityChanged(
                    organization_id=state.organization_id, capacity=command.capacity, reason_code=command.reason_code
                )
            ]
        case _:
            raise not_now(state, {}, "offering", "供给")


def withdraw(command: public.WithdrawOffering, state: State, ask: Ask) -> list[Event]:
    """An offering ends once."""
    match state:
        case Published():
            _own(ask, state.organization_id)
            return [public.OfferingWithdrawn(organization_id=state.organization_id, reason_code=command.reason_code)]
        case Withdrawn():
            return []
        case None:
            raise not_now(state, {}, "offering", "供给")
        case _:
            assert_never(state)


def _own(ask: Ask, organization_id: UUID, party: str = "unknown") -> None:
    """Stations keep the directory for those who have no computer; only another organization is refused."""
    if ask.actor.role in ("partner", "team_leader"):
        must_speak_for(ask, organization_id, party)


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What follows from a command about an offering."""
    match command:
        case public.PublishOffering():
            return publish(command, state, ask)
        case public.ChangeCapacity():
            return change(command, state, ask)
        case public.WithdrawOffering():
            return withdraw(command, state, ask)
        case _:
            assert_never(command)


def evolve(state: State, event: Event) -> State:
    """What an event makes of an offering."""
    match event:
        case public.OfferingPublished():
            return Published(
                organization_id=event.organization_id, service_codes=event.service_codes, areas=event.areas,
                capacity=event.capacity,
            )  # fmt: skip
        case public.CapacityChanged():
            return replace(state, capacity=event.capacity) if isinstance(state, Published) else state
        case public.OfferingWithdrawn():
            return Withdrawn(organization_id=event.organization_id)
        case _:
            assert_never(event)


DECIDER = Decider(name="offering", decide=dated(decide), evolve=evolve, events=Event, states=State)
