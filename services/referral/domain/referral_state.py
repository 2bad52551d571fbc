"""What a referral remembers: a type per state, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.words import Party

Event = (
    public.ReferralDrafted
    | public.ReferralReady
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
    | public.ReferralEnteredInError
)

OfferState = Literal["live", "declined", "expired", "superseded", "withdrawn", "refused", "accepted", "returned"]


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
    """May be offered; `holder` answers for the need."""

    slip: Slip
    offers: tuple[Offer, ...]
    holder: Party


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
    """One organization answers for the need and has met the person."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    check_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeReported:
    """The organization has said what came of it; the origin has not confirmed that."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    outcome: public.Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Disputed:
    """The origin does not agree with what was reported."""

    slip: Slip
    offers: tuple[Offer, ...]
    taken: Offer
    outcome: public.Outcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Exhausted:
    """Nobody is left to ask; the station's head (`holder`) answers for the need."""

    slip: Slip
    offers: tuple[Offer, ...]
    holder: Party


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


Held = Accepted | InService | OutcomeReported | Disputed
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
        case Accepted() | InService() | OutcomeReported() | Disputed():
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


def evolve(state: State, event: Event) -> State:
    """What an event makes of a referral."""
    if isinstance(event, public.ReferralDrafted):
        return Draft(slip=_slip(event))
    if state is None:
        return None
    match event:
        case public.ReferralReady():
            slip = replace(state.slip, consent_id=event.consent_id, legal_basis=event.legal_basis)
            return Ready(slip=slip, offers=state.offers, holder=event.holder)
        case public.ReferralReturned() | public.ReferralRerouted():
            offers = _set(state, event.offer_id, state="returned", reason_code=event.reason_code)
            return Ready(slip=state.slip, offers=offers, holder=state.slip.origin)
        case public.ReferralClosed():
            return Closed(slip=state.slip, offers=state.offers)
        case public.ReferralWithdrawn():
            return Withdrawn(slip=state.slip, offers=state.offers, reason_code=event.reason_code)
        case public.ReferralCancelled():
            return Cancelled(slip=state.slip, offers=state.offers)
        case public.ReferralEnteredInError():
            return EnteredInError(slip=state.slip, offers=state.offers)
        case public.ReferralExhausted():
            return Exhausted(slip=state.slip, offers=state.offers, holder=first(event.handoff.takers))
        case public.ReferralOriginChanged():
            return _origin_changed(state, event)
        case _:
            return _evolve_offers(state, event)


_OfferEvent = (
    public.ReferralOffered
    | public.OfferViewed
    | public.MoreInformationRequested
    | public.InformationSupplied
    | public.OfferDeclined
    | public.OfferExpired
    | public.OfferSuperseded
    | public.OfferWithdrawn
    | public.AcceptanceRefused
)
_ServiceEvent = (
    public.ReferralAccepted
    | public.ServiceStarted
    | public.OutcomeReported
    | public.OutcomeConfirmed
    | public.OutcomeDisputed
    | public.ReminderSent
    | public.ReferralEscalated
)


def _evolve_offers(state: Known, event: _OfferEvent | _ServiceEvent) -> Known:
    match event:
        case public.ReferralOffered():
            return Offered(slip=state.slip, offers=(*state.offers, _offer(event)), holder=holder(state))
        case public.OfferViewed():
            return replace(state, offers=_set(state, event.offer_id, viewed=True))
        case public.MoreInformationRequested():
            clock = {"respond_by": event.respond_by, "remind_at": event.remind_at}
            return replace(state, offers=_set(state, event.offer_id, asking=True, paused=True, **clock))
        case public.InformationSupplied():
            clock = {"respond_by": event.respond_by, "remind_at": event.remind_at}
            return replace(state, offers=_set(state, event.offer_id, asking=False, **clock))
        case public.OfferDeclined():
            return _fewer(state, _set(state, event.offer_id, state="declined", reason_code=event.reason_code))
        case public.OfferExpired():
            return _fewer(state, _set(state, event.offer_id, state="expired"))
        case public.OfferSuperseded():
            return _fewer(state, _set(state, event.offer_id, state="superseded"))
        case public.OfferWithdrawn():
            return _fewer(state, _set(state, event.offer_id, state="withdrawn", reason_code=event.reason_code))
        case public.AcceptanceRefused():
            return _fewer(state, _set(state, event.offer_id, state="refused"))
        case _:
            return _evolve_service(state, event)


def _evolve_service(state: Known, event: _ServiceEvent) -> Known:
    match event:
        case public.ReferralAccepted():
            offers = _set(state, event.offer_id, state="accepted")
            return Accepted(
                slip=state.slip, offers=offers, taken=_taken(offers, event.offer_id, event.organization_id),
                remind_at=event.remind_at, start_by=event.start_by, escalate_at=event.start_by,
            )  # fmt: skip
        case public.ServiceStarted():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return InService(slip=state.slip, offers=state.offers, taken=taken, check_at=event.check_at)
        case public.OutcomeReported():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return OutcomeReported(slip=state.slip, offers=state.offers, taken=taken, outcome=event.outcome)
        case public.OutcomeDisputed():
            if isinstance(state, OutcomeReported):
                return Disputed(slip=state.slip, offers=state.offers, taken=state.taken, outcome=state.outcome)
            return state
        case public.OutcomeConfirmed():
            return state
        case public.ReminderSent():
            return _reminded(state, event)
        case public.ReferralEscalated():
            if isinstance(state, Accepted):
                return replace(state, escalated=state.escalated + 1, escalate_at=event.again_at)
            return state
        case _:
            assert_never(event)


def _slip(event: public.ReferralDrafted) -> Slip:
    return Slip(
        referral_id=event.referral_id, matter_id=event.matter_id, case_id=event.case_id, person_id=event.person_id,
        kind=event.kind, need_codes=event.need_codes, urgency=event.urgency, origin=event.origin, event=event,
        consent_id=event.consent_id, legal_basis=event.legal_basis,
    )  # fmt: skip


def _offer(event: public.ReferralOffered) -> Offer:
    return Offer(
        offer_id=event.offer_id, organization_id=event.organization_id, party=first(event.handoff.takers),
        offering_id=event.offering_id, mode=event.mode, respond_by=event.respond_by, remind_at=event.remind_at,
    )  # fmt: skip


def _taken(offers: tuple[Offer, ...], offer_id: UUID, organization_id: UUID) -> Offer:
    found = [offer for offer in offers if offer.offer_id == offer_id]
    return (
        found[0]
        if found
        else Offer(offer_id=offer_id, organization_id=organization_id, party="unknown", state="accepted")
    )


def _set(state: Known, offer_id: UUID, /, **changes: object) -> tuple[Offer, ...]:
    return tuple(replace(o, **changes) if o.offer_id == offer_id else o for o in state.offers)  # type: ignore[arg-type]


def _fewer(state: Known, offers: tuple[Offer, ...]) -> Known:
    """The state after one of its offers has ended: nobody left to answer makes it ready again."""
    if isinstance(state, Offered) and not any(offer.state == "live" for offer in offers):
        return Ready(slip=state.slip, offers=offers, holder=state.holder)
    return replace(state, offers=offers)


def _reminded(state: Known, event: public.ReminderSent) -> Known:
    if event.offer_id is not None and isinstance(state, Offered):
        return replace(state, offers=_set(state, event.offer_id, remind_at=None))
    match state:
        case Accepted():
            return replace(state, remind_at=event.again_at)
        case InService() if event.again_at is not None:
            return replace(state, check_at=event.again_at)
        case _:
            return state


def _origin_changed(state: Known, event: public.ReferralOriginChanged) -> Known:
    slip = replace(state.slip, origin=event.origin)
    if isinstance(state, Ready | Offered) and event.handoff is not None:
        return replace(state, slip=slip, holder=event.origin)
    return replace(state, slip=slip)
