"""What a referral remembers: a type per state. What each event makes of it stands in `referral_evolve`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.contracts import referral as public
from services.contracts.clocks import STILL, Clock
from services.contracts.words import Party

Event = (
    public.ReferralDrafted
    | public.ReferralReady
    | public.ReferralSuggested
    | public.ReferralOffered
    | public.OfferViewed
    | public.MoreInformationRequested
    | public.InformationSupplied
    | public.OfferDeclined
    | public.OfferExpired
    | public.OfferSuperseded
    | public.OfferWithdrawn
    | public.ReferralAccepted
    | public.AcceptanceRefused
    | public.ServiceStarted
    | public.ServicePaused
    | public.ServiceResumed
    | public.ReferralReturned
    | public.ReferralRerouted
    | public.OutcomeReported
    | public.OutcomeConfirmed
    | public.OutcomeDisputed
    | public.ReferralClosed
    | public.ReferralWithdrawn
    | public.ReferralCancelled
    | public.ReferralExhausted
    | public.ReminderSent
    | public.ReferralEscalated
    | public.ReferralOriginChanged
    | public.ReferralSequencePlanned
    | public.AnswerConfirmed
    | public.AnswerDisputed
    | public.PersonContacted
    | public.OfferMailUndelivered
    | public.ReferralEnteredInError
)

OfferState = Literal["live", "declined", "expired", "superseded", "withdrawn", "refused", "accepted", "returned"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sequence:
    """Whom to ask one after the other: all, those still to be asked, and who takes the need when nobody of them does."""

    planned: tuple[UUID, ...] = ()
    left: tuple[UUID, ...] = ()
    station_head: Party | None = None
    conditions_met: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What the referral is about (the 转介单): codes and references, nothing personal."""

    referral_id: UUID
    matter_id: UUID
    case_id: UUID | None
    person_id: UUID | None
    kind: public.ReferralKind
    need_codes: tuple[str, ...]
    urgency: public.Urgency
    origin: Party
    event: public.ReferralDrafted
    consent_id: UUID | None
    legal_basis: str | None
    sequence: Sequence = Sequence()


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """One asking of one organization.

    `asking` while a question of the organization is open; `paused` once its clock has stood still for such a question,
    which happens once. `respond_by` is None while it does, `remind_at` when nobody is to be reminded any more.
    """

    offer_id: UUID
    organization_id: UUID
    party: Party
    offering_id: UUID | None = None
    mode: public.OfferMode = "direct"
    state: OfferState = "live"
    respond_by: datetime | None = None
    remind_at: datetime | None = None
    viewed: bool = False
    asking: bool = False
    paused: bool = False
    reason_code: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Nobody has been asked, and there is no need of its own yet."""

    slip: Slip
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Ready:
    """May be offered; `holder` answers for the need, and somebody is to be asked by `clock`."""

    slip: Slip
    offers: tuple[Offer, ...]
    holder: Party
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """At least one organization has been asked and may still answer; `holder` answers for the need."""

    slip: Slip
    offers: tuple[Offer, ...]
    holder: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """One organization answers for the need and has not met the person yet."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    remind_at: datetime | None
    start_by: datetime
    escalate_at: datetime | None
    escalated: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class InService:
    """One organization answers for the need and has met the person; it planned to be done by `planned_until`."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    check_at: datetime
    planned_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Paused:
    """One organization answers for the need; its service stands still, and `check_at` asks whether it can go on."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    check_at: datetime
    planned_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeReported:
    """The organization has said what came of it; the origin has not confirmed that."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    outcome: public.Outcome
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Disputed:
    """The origin does not agree with what was reported."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    outcome: public.Outcome
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhausted:
    """Nobody is left to ask; the station's head (`holder`) answers for the need."""

    slip: Slip
    offers: tuple[Offer, ...]
    holder: Party
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """The need is dealt with."""

    slip: Slip
    offers: tuple[Offer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """The person did not want it any more."""

    slip: Slip
    offers: tuple[Offer, ...]
    reason_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """The origin no longer asked."""

    slip: Slip
    offers: tuple[Offer, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredInError:
    """It should never have been entered."""

    slip: Slip
    offers: tuple[Offer, ...]


NOBODY_ASKED, UNCONFIRMED, DISPUTED = "nobody-asked", "outcome-unconfirmed", "outcome-disputed"
WAITED_FOR = (NOBODY_ASKED, UNCONFIRMED, DISPUTED)
"""What is reminded of and escalated between two steps."""

Held = Accepted | InService | Paused | OutcomeReported | Disputed
"""An organization answers for the need."""

Ended = Closed | Withdrawn | Cancelled | EnteredInError
"""Nobody has to do anything more."""

Known = Draft | Ready | Offered | Held | Exhausted | Ended
State = Known | None


def holder(state: Known) -> Party:
    """Who answers for the need in this state."""
    match state:
        case Ready() | Offered() | Exhausted():
            return state.holder
        case Accepted() | InService() | Paused() | OutcomeReported() | Disputed():
            return state.taken.party
        case _:
            return state.slip.origin


def first(parties: tuple[Party, ...]) -> Party:
    """The party meant by a handoff to one."""
    return parties[0] if parties else "unknown"


def live(state: Known) -> tuple[Offer, ...]:
    """The offers that may still be answered."""
    return tuple(offer for offer in state.offers if offer.state == "live")


def latest(state: Known, organization_id: UUID) -> Offer | None:
    """The last asking of this organization."""
    asked = [offer for offer in state.offers if offer.organization_id == organization_id]
    return asked[-1] if asked else None
