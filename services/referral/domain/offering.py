"""An offering: what an organization takes, where, under which conditions and how much; published -> withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes import CLIENT_GROUP
from services.contracts.codes_referral import known_services
from services.contracts.referral import Tie
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Client:
    """For whom something is wanted, as far as it is known: an unknown place, group or age excludes nobody (INV-29).

    `ties` holds the places by how the person belongs to them; `day` is that on which an agreement must stand.
    """

    ties: Mapping[Tie, tuple[str, ...]] = field(default_factory=dict)
    group_codes: tuple[str, ...] = ()
    age_band: str | None = None
    day: date | None = None


ANYBODY = Client()


def why_not(
    offering: OfferingFact,
    needs: Iterable[str],
    places: tuple[str, ...],
    met: Iterable[str] = (),
    client: Client = ANYBODY,
) -> tuple[str, ...]:
    """Everything that keeps this offering from taking such a need, in codes; empty when nothing does (INV-12).

    It is enough that one of the places where the person lives, works or stays is served (INV-41).
    """
    found = []
    if not set(needs) <= set(offering.service_codes):
        found.append("service-not-offered")
    if offering.areas and (there := counting(offering, places, client)):
        found += [] if any(covers(offering.areas, place) for place in there) else ["out-of-area"]
    if offering.capacity is not None and offering.taken >= offering.capacity:
        found.append("no-capacity")
    if not set(offering.conditions) <= set(met):
        found.append("conditions-open")
    return (*found, *_not_for(offering, client))


def _not_for(offering: OfferingFact, client: Client) -> Iterator[str]:
    """What of the person's group or age, or of the agreement, keeps it from being taken."""
    if offering.group_codes and client.group_codes and not set(offering.group_codes) & set(client.group_codes):
        yield "group-not-served"
    if offering.age_bands and client.age_band not in (None, "unknown", *offering.age_bands):
        yield "age-not-served"
    if offering.agreement_needed and not agreed(offering, client.day):
        yield "no-agreement"


def counting(offering: OfferingFact, places: tuple[str, ...], client: Client) -> tuple[str, ...]:
    """The places that count for this offering: those of the ties it goes by, and all where nobody said which is which."""
    by = [place for tie in offering.eligible_by or client.ties for place in client.ties.get(tie, ())]
    return tuple(by) if client.ties else places


def agreed(offering: OfferingFact, day: date | None) -> bool:
    """Whether its organization stands in a cooperation agreement on the day."""
    return offering.agreed_until is not None and (day is None or day <= offering.agreed_until)


ALLOWED: dict[type, tuple[str, ...]] = {
    Published: ("change-capacity", "withdraw-offering", "publish-offering"),
    Withdrawn: ("publish-offering",),
}
"""What may be asked of an offering; another one is published under an id of its own."""


def publish(command: public.PublishOffering, state: State, ask: Ask) -> list[Event]:
    """Only of an organization that stands in the directory and has not left."""
    organization = known(ask).organization
    if state is not None:
        if isinstance(state, Published) and state.organization_id == command.organization_id:
            return []
        raise not_now(state, ALLOWED, "offering", "供给")
    if organization is None or organization.state == "retired":
        raise Refused("organization-unknown", "There is no such organization in the directory.", "名录中没有该机构。",
                      field="organization_id", allowed=("register-organization",))  # fmt: skip
    known_services(command.service_codes, "service_codes")
    CLIENT_GROUP.known(*command.group_codes, field="group_codes")
    _own(ask, command.organization_id, organization.party)
    return [
        public.OfferingPublished(
            organization_id=command.organization_id, service_codes=command.service_codes, areas=command.areas,
            conditions=command.conditions, capacity=command.capacity, area_edition=command.area_edition,
            eligible_by=command.eligible_by, group_codes=command.group_codes, age_bands=command.age_bands,
            agreement_needed=command.agreement_needed,
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
            raise not_now(state, ALLOWED, "offering", "供给")


def withdraw(command: public.WithdrawOffering, state: State, ask: Ask) -> list[Event]:
    """An offering ends once."""
    match state:
        case Published():
            _own(ask, state.organization_id)
            return [public.OfferingWithdrawn(organization_id=state.organization_id, reason_code=command.reason_code)]
        case Withdrawn():
            return []
        case None:
            raise not_now(state, ALLOWED, "offering", "供给")
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
