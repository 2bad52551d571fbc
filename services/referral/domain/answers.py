"""Answering: at most one acceptance is in force, a refusal has a reason, and silence expires."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes import DECLINE_REASON
from services.contracts.codes_times import FIRST_CONTACT, remind_at
from services.contracts.words import Handoff
from services.contracts.worktime import deadline
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.facts import in_force, known
from services.referral.domain.offers import asked_of, must_be_live
from services.referral.domain.referral_allowed import CONSENT_ITSELF, handoff, no
from services.referral.domain.referral_state import Event, Known, Offer, State, Withdrawn, holder, live
from services.referral.domain.speaking import answered_via
from services.referral.domain.waiting import with_nobody_asked

CONSENT_WITHDRAWN = "consent-withdrawn"


def accept(command: public.AcceptReferral, state: State, ask: Ask) -> list[Event]:
    """The first yes in time, that the consent covers now, takes the need; any other yes is put on record as refused (INV-3, INV-5)."""
    known_state, found = asked_of(state, command.organization_id, ask)
    if found.state in ("accepted", "refused"):
        return []
    if found.state in ("declined", "returned"):
        must_be_live(found, known_state)
    late = _late(found, ask)
    fault = "expired" if late else _fault(known_state, found, ask)
    if fault is not None:
        left = len(live(known_state)) - 1 if found.state == "live" and not late else None
        refused = public.AcceptanceRefused(
            matter_id=known_state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
            reason=fault, offers_left=left, wait=with_nobody_asked(known_state.slip, left, ask),
        )  # fmt: skip
        return [_expired(known_state, found, ask), refused] if late else [refused]
    return [_accepted(command, known_state, found, ask), *_superseded(known_state, found)]


def _late(found: Offer, ask: Ask) -> bool:
    return found.state == "live" and found.respond_by is not None and ask.happened_at > found.respond_by


def _fault(state: Known, found: Offer, ask: Ask) -> public.AcceptanceFault | None:
    """What keeps this yes from taking effect."""
    match found.state:
        case "superseded":
            return "already_accepted"
        case "expired":
            return "expired"
        case "withdrawn":
            by_person = isinstance(state, Withdrawn) or found.reason_code == CONSENT_WITHDRAWN
            return "consent_withdrawn" if by_person else "withdrawn"
        case _:
            return _fault_now(state, found, ask)


def _fault_now(state: Known, found: Offer, ask: Ask) -> public.AcceptanceFault | None:
    match standing(state, found, ask)[0]:
        case "withdrawn":
            return "consent_withdrawn"
        case "missing":
            raise Refused("consent-missing", "No consent in force names this organization.", "没有有效的同意载明该机构。",
                          allowed=("withdraw-offer",))  # fmt: skip
        case _:
            return "capacity" if _full(found, ask) else None


def standing(state: Known, found: Offer, ask: Ask) -> tuple[Literal["covers", "withdrawn", "missing"], UUID | None]:
    """Whether a consent names this organization at this moment, and which; a question or a legal basis needs none."""
    slip = state.slip
    if slip.kind == "consult" or slip.legal_basis not in CONSENT_ITSELF:
        return "covers", None
    for consent in known(ask).consents:
        if in_force(consent, ask.now) and found.party in consent.receivers:
            return "covers", consent.consent_id
    for consent in known(ask).consents:
        named = found.party in (*consent.receivers, *consent.receivers_gone)
        if named or (consent.consent_id == slip.consent_id and not in_force(consent, ask.now)):
            return "withdrawn", consent.consent_id
    return "missing", None


def _full(found: Offer, ask: Ask) -> bool:
    mine = [o for o in known(ask).offerings if o.offering_id == found.offering_id]
    return any(o.capacity is not None and o.taken >= o.capacity for o in mine)


def _accepted(command: public.AcceptReferral, state: Known, found: Offer, ask: Ask) -> public.ReferralAccepted:
    slip, span = state.slip, FIRST_CONTACT[state.slip.urgency]
    start_by = deadline(ask.happened_at, ask.now, span)
    return public.ReferralAccepted(
        matter_id=slip.matter_id, case_id=slip.case_id, person_id=slip.person_id, offer_id=found.offer_id,
        organization_id=found.organization_id, offering_id=found.offering_id, kind=slip.kind,
        consent_id=standing(state, found, ask)[1], legal_basis=slip.legal_basis, worker_ref=command.worker_ref,
        planned_start=command.planned_start, answered_via=answered_via(ask), start_by=start_by,
        remind_at=min(start_by, deadline(ask.happened_at, ask.now, span.part(remind_at()))),
        handoff=handoff("taken", slip, holder(state), found.party),
    )  # fmt: skip


def _superseded(state: Known, winner: Offer) -> list[Event]:
    return [
        public.OfferSuperseded(matter_id=state.slip.matter_id, offer_id=o.offer_id, organization_id=o.organization_id)
        for o in live(state)
        if o.offer_id != winner.offer_id
    ]


def decline(command: public.DeclineOffer, state: State, ask: Ask) -> list[Event]:
    """A no has a reason; after a yes it is a return (INV-13)."""
    known_state, found = asked_of(state, command.organization_id, ask)
    match found.state:
        case "declined":
            return []
        case "accepted":
            raise no(state)
        case _:
            must_be_live(found, known_state)
    DECLINE_REASON.known(command.reason_code, field="reason_code")
    left = len(live(known_state)) - 1
    return [
        public.OfferDeclined(
            matter_id=known_state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
            reason_code=command.reason_code, suggested_organization_id=command.suggested_organization_id,
            answered_via=answered_via(ask), offers_left=left,
            handoff=_refused(known_state, found), wait=with_nobody_asked(known_state.slip, left, ask),
        )
    ]  # fmt: skip


def expire(command: public.ExpireOffer, state: State, ask: Ask) -> list[Event]:
    """The clock says that the time to answer is over; an offer that has been answered does not mind (INV-13)."""
    if state is None:
        raise no(state)
    for found in live(state):
        if found.offer_id == command.offer_id and found.respond_by is not None and ask.now >= found.respond_by:
            return [_expired(state, found, ask)]
    return []


def _expired(state: Known, found: Offer, ask: Ask) -> public.OfferExpired:
    left = len(live(state)) - 1
    return public.OfferExpired(
        matter_id=state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
        offers_left=left, handoff=_refused(state, found), wait=with_nobody_asked(state.slip, left, ask),
    )  # fmt: skip


def _refused(state: Known, found: Offer) -> Handoff:
    return handoff("refused", state.slip, found.party, holder(state))
