"""What the deciders of this service look up of other aggregates, as data: no rule, no reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from services.contracts.referral import Answer, Tie
from services.contracts.words import Party
from services.kernel.message import Ask

if TYPE_CHECKING:
    from services.referral.domain.routing.suggesting import Network


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationFact:
    """An organization as the directory has it; where its verification ends, with the last day of that."""

    organization_id: UUID
    state: str
    party: Party
    verified_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferingFact:
    """What an organization offers, and how many it has taken under it at this moment.

    `agreed_until` is the last day of its longest cooperation agreement (the last day of the calendar where that has no
    end), None where it has none.
    """

    offering_id: UUID
    service_codes: tuple[str, ...]
    areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    capacity: int | None = None
    taken: int = 0
    eligible_by: tuple[Tie, ...] = ()
    group_codes: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    agreement_needed: bool = False
    agreed_until: date | None = None


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
class Whom:
    """One organization that may be asked, with what it offers."""

    organization: OrganizationFact | None
    offerings: tuple[OfferingFact, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldFact:
    """What was written down for an organization about one offer, and whether it has stood by it or denied it."""

    offer_id: UUID
    answer: Answer
    standing: Literal["told", "confirmed", "disputed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentFact:
    """Another grant out of which something was paid for the same need of the same person, and when last."""

    grant_id: UUID
    fund: Party
    paid_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """Everything a decision may want to know; what was not looked up or never heard of is missing.

    `itself` is the id of the aggregate that is decided about. `in_turn` are the organizations of a sequence, `told` is
    what was written down for one organization, `moving` says that another referral is to move the case, `of_another` that
    the consent cited is somebody else's, `payments` is what else was paid for the same need of the same person, `paid_at`
    when this grant was paid last, `network` is everybody who offers anything of what is needed.
    """

    itself: UUID | None = None
    matter: MatterFact | None = None
    organization: OrganizationFact | None = None
    offerings: tuple[OfferingFact, ...] = ()
    consents: tuple[ConsentFact, ...] = ()
    in_turn: tuple[Whom, ...] = ()
    told: tuple[ToldFact, ...] = ()
    moving: bool = False
    of_another: bool = False
    payments: tuple[PaymentFact, ...] = ()
    paid_at: datetime | None = None
    network: Network | None = None

    @property
    def whom(self) -> Whom:
        """The one organization that was looked up."""
        return Whom(organization=self.organization, offerings=self.offerings)


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
