"""What the deciders of this service look up of other aggregates, as data: no rule, no reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.contracts.words import Party
from services.kernel.message import Ask


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationFact:
    """An organization as the directory has it."""

    organization_id: UUID
    state: str
    party: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferingFact:
    """What an organization offers, and how many it has taken under it at this moment."""

    offering_id: UUID
    service_codes: tuple[str, ...]
    areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    capacity: int | None = None
    taken: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentFact:
    """A consent that this service has heard of: the parties it names, and those it named until it was withdrawn."""

    consent_id: UUID
    granted: bool
    receivers: tuple[Party, ...] = ()
    receivers_gone: tuple[Party, ...] = ()
    valid_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MatterFact:
    """A matter that this service has heard of, and who answers for it."""

    is_open: bool
    holder: Party = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Everything a decision may want to know; what was not looked up or never heard of is missing.

    `itself` is the id of the aggregate that is decided about.
    """

    itself: UUID | None = None
    matter: MatterFact | None = None
    organization: OrganizationFact | None = None
    offerings: tuple[OfferingFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()


NOTHING = Known()


def known(ask: Ask) -> Known:
    """What was looked up for this command."""
    return ask.facts or NOTHING


def itself(ask: Ask) -> UUID:
    """The id of the aggregate that this command brings into being."""
    return known(ask).itself or ask.id


def in_force(consent: ConsentFact, now: datetime) -> bool:
    """Whether a consent stands at this moment."""
    return consent.granted and (consent.valid_until is None or consent.valid_until > now)
