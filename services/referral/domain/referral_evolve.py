"""What each event makes of a referral. It never refuses: it has happened."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.referral.domain.referral_state import (
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
        case public.ServiceStarted() | public.ServiceResumed():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return InService(slip=state.slip, offers=state.offers, taken=taken, check_at=event.check_at)
        case public.ServicePaused():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return Paused(slip=state.slip, offers=state.offers, taken=taken, check_at=event.check_at)
        case public.OutcomeReported():
            taken = _taken(state.offers, event.offer_id, event.organization_id)
            return OutcomeReported(slip=state.slip, offers=state.offers, taken=taken, outcome=event.outcome)
        case public.OutcomeDisputed():
            return _disputed(state)
        case public.AnswerDisputed():
            return _disputed(state) if event.answer == "outcome" else state
        case (
            public.OutcomeConfirmed() | public.AnswerConfirmed() | public.PersonContacted() | public.ReferralSuggested()
        ):
            return state
        case public.ReminderSent():
            return _reminded(state, event)
        case public.ReferralEscalated():
            if isinstance(state, Accepted):
                return replace(state, escalated=state.escalated + 1, escalate_at=event.again_at)
            return state
        case _:
            assert_never(event)


def _disputed(state: Known) -> Known:
    """The reported outcome does not stand: somebody whom it concerns does not agree, or did not report it."""
    if isinstance(state, OutcomeReported):
        return Disputed(slip=state.slip, offers=state.offers, taken=state.taken, outcome=state.outcome)
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


def _fewer(state: Known, offers: tuple[Offer, ...]) -> Known:
    """The state after one of its offers has ended: nobody left to answer makes it ready again."""
    if isinstance(state, Offered) and not any(offer.state == "live" for offer in offers):
        return Ready(slip=state.slip, offers=offers, holder=state.holder)
    return replace(state, offers=offers)


def _reminded(state: Known, event: public.ReminderSent) -> Known:
    if event.offer_id is not None and isinstance(state, Offered):
        return replace(state, offers=_set(state, event.offer_id, remind_at=None))
    match state:
        case Accepted() if event.level == "receiver":
            return replace(state, remind_at=event.again_at)
        case InService() | Paused() if event.again_at is not None:
            return replace(state, check_at=event.again_at)
        case _:
            return state


def _origin_changed(state: Known, event: public.ReferralOriginChanged) -> Known:
    slip = replace(state.slip, origin=event.origin)
    if isinstance(state, Ready | Offered) and event.handoff is not None:
        return replace(state, slip=slip, holder=event.origin)
    return replace(state, slip=slip)
