"""What each event makes of a referral. It never refuses: it has happened."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.clocks import STILL, clock_of
from services.contracts.words import Wait
from services.referral.domain.referral_state import (
    WAITED_FOR,
    Accepted,
    Cancelled,
    Closed,
    Disputed,
    Draft,
    EnteredInError,
    Event,
    Exhausted,
    InService,
    Known,
    Offer,
    Offered,
    OutcomeReported,
    Paused,
    Ready,
    Sequence,
    Slip,
    State,
    Withdrawn,
    first,
    holder,
)


def evolve(state: State, event: Event) -> State:
    """What an event makes of a referral."""
    if isinstance(event, public.ReferralDrafted):
        return Draft(slip=_slip(event))
    if state is None:
        return None
    match event:
        case public.ReferralReady():
            slip = replace(state.slip, consent_id=event.consent_id, legal_basis=event.legal_basis)
            return Ready(slip=slip, offers=state.offers, holder=event.holder, clock=clock_of(event.wait))
        case public.ReferralReturned() | public.ReferralRerouted():
            offers = _set(state, event.offer_id, state="returned", reason_code=event.reason_code)
            return Ready(slip=state.slip, offers=offers, holder=state.slip.origin, clock=clock_of(event.wait))
        case public.ReferralClosed():
            return Closed(slip=state.slip, offers=state.offers)
        case public.ReferralWithdrawn():
            return Withdrawn(slip=state.slip, offers=state.offers, reason_code=event.reason_code)
        case public.ReferralCancelled():
            return Cancelled(slip=state.slip, offers=state.offers)
        case public.ReferralEnteredInError():
            return EnteredInError(slip=state.slip, offers=state.offers)
        case public.ReferralExhausted():
            taker, clock = first(event.handoff.takers), clock_of(event.wait)
            return Exhausted(slip=state.slip, offers=state.offers, holder=taker, clock=clock)
        case public.ReferralOriginChanged():
            return _origin_changed(state, event)
        case public.ReferralSequencePlanned():
            return replace(state, slip=replace(state.slip, sequence=_sequence(event)))
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
    | public.ServicePaused
    | public.ServiceResumed
    | public.AnswerConfirmed
    | public.AnswerDisputed
    | public.PersonContacted
    | public.OfferMailUndelivered
    | public.ReferralSuggested
    | public.OutcomeReported
    | public.OutcomeConfirmed
    | public.OutcomeDisputed
    | public.ReminderSent
    | public.ReferralEscalated
)


def _evolve_offers(state: Known, event: _OfferEvent | _ServiceEvent) -> Known:
    match event:
        case public.ReferralOffered():
            slip = _asked_in_turn(state.slip, event.organization_id)
            return Offered(slip=slip, offers=(*state.offers, _offer(event)), holder=holder(state))
        case public.OfferViewed():
            return replace(state, offers=_set(state, event.offer_id, viewed=True))
        case public.MoreInformationRequested():
            clock = {"respond_by": event.respond_by, "remind_at": event.remind_at}
            return replace(state, offers=_set(state, event.offer_id, asking=True, paused=True, **clock))
        case public.InformationSupplied():
            clock = {"respond_by": event.respond_by, "remind_at": event.remind_at}
            return replace(state, offers=_set(state, event.offer_id, asking=False, **clock))
        case public.OfferDeclined():
            declined = _set(state, event.offer_id, state="declined", reason_code=event.reason_code)
            return _fewer(state, declined, event.wait)
        case public.OfferExpired():
            return _fewer(state, _set(state, event.offer_id, state="expired"), event.wait)
        case public.OfferSuperseded():
            return _fewer(state, _set(state, event.offer_id, state="superseded"))
        case public.OfferWithdrawn():
            back = _set(state, event.offer_id, state="withdrawn", reason_code=event.reason_code)
            return _fewer(state, back, event.wait)
        case public.AcceptanceRefused():
            return _fewer(state, _set(state, event.offer_id, state="refused"), event.wait)
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
        case public.ServiceStarted() | public.ServiceResumed():
            return _in_service(state, event)
        case public.ServicePaused():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            until = getattr(state, "planned_until", None)
            return Paused(
                slip=state.slip, offers=state.offers, taken=taken, check_at=event.check_at, planned_until=until
            )  # fmt: skip
        case public.OutcomeReported():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return OutcomeReported(
                slip=state.slip, offers=state.offers, taken=taken, outcome=event.outcome, clock=clock_of(event.wait)
            )
        case public.OutcomeDisputed():
            return _disputed(state, event.wait)
        case public.AnswerDisputed():
            return _disputed(state, event.wait) if event.answer == "outcome" else state
        case (
            public.OutcomeConfirmed()
            | public.AnswerConfirmed()
            | public.PersonContacted()
            | public.ReferralSuggested()
            | public.OfferMailUndelivered()
        ):
            return state
        case public.ReminderSent():
            return _reminded(state, event)
        case public.ReferralEscalated():
            return _escalated(state, event)
        case _:
            assert_never(event)


def _in_service(state: Known, event: public.ServiceStarted | public.ServiceResumed) -> InService:
    taken = _taken(state.offers, event.offer_id, event.organization_id)
    until = event.planned_until if isinstance(event, public.ServiceStarted) else getattr(state, "planned_until", None)
    return InService(
        slip=state.slip, offers=state.offers, taken=taken, check_at=event.check_at, planned_until=until
    )  # fmt: skip


def _escalated(state: Known, event: public.ReferralEscalated) -> Known:
    match state:
        case Accepted():
            return replace(state, escalated=state.escalated + 1, escalate_at=event.again_at)
        case Ready() | Exhausted() | OutcomeReported() | Disputed() if event.reason_code in WAITED_FOR:
            return replace(state, clock=STILL)
        case _:
            return state


def _disputed(state: Known, wait: Wait | None) -> Known:
    """The reported outcome does not stand: somebody whom it concerns does not agree, or did not report it."""
    if isinstance(state, OutcomeReported):
        clock = clock_of(wait)
        return Disputed(
            slip=state.slip, offers=state.offers, taken=state.taken, outcome=state.outcome, clock=clock
        )  # fmt: skip
    return state


def _sequence(event: public.ReferralSequencePlanned) -> Sequence:
    return Sequence(
        planned=event.organization_ids, left=event.organization_ids, station_head=event.station_head,
        conditions_met=event.conditions_met,
    )  # fmt: skip


def _asked_in_turn(slip: Slip, organization_id: UUID) -> Slip:
    """Whoever comes before the one that is asked now has been passed over."""
    left = slip.sequence.left
    if organization_id not in left:
        return slip
    after = left[left.index(organization_id) + 1 :]
    return replace(slip, sequence=replace(slip.sequence, left=after))


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


def _fewer(state: Known, offers: tuple[Offer, ...], wait: Wait | None = None) -> Known:
    """The state after one of its offers has ended: nobody left to answer makes it ready again."""
    if isinstance(state, Offered) and not any(offer.state == "live" for offer in offers):
        return Ready(slip=state.slip, offers=offers, holder=state.holder, clock=clock_of(wait))
    return replace(state, offers=offers)


def _reminded(state: Known, event: public.ReminderSent) -> Known:
    if event.offer_id is not None and isinstance(state, Offered):
        return replace(state, offers=_set(state, event.offer_id, remind_at=None))
    match state:
        case Accepted() if event.level == "receiver":
            return replace(state, remind_at=event.again_at)
        case InService() | Paused() if event.again_at is not None:
            return replace(state, check_at=event.again_at)
        case Ready() | Exhausted() | OutcomeReported() | Disputed() if event.reason_code in WAITED_FOR:
            return replace(state, clock=replace(state.clock, remind_at=None))
        case _:
            return state


def _origin_changed(state: Known, event: public.ReferralOriginChanged) -> Known:
    slip = replace(state.slip, origin=event.origin)
    if isinstance(state, Ready | Offered) and event.handoff is not None:
        return replace(state, slip=slip, holder=event.origin)
    return replace(state, slip=slip)
