"""Referrals and their offers: a row each, with who answers for the need."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts import referral as public
from services.contracts.words import Handoff
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put
from services.referral.views.tables import offers, referrals


def project(recorded: Recorded) -> list[Change]:
    """Which rows change by an event of a referral."""
    match recorded.event:
        case public.ReferralDrafted() as event:
            return [_drafted(recorded, event)]
        case public.ReferralReady() as event:
            basis = {"consent_id": event.consent_id, "legal_basis": event.legal_basis}
            return [_row(recorded, state="ready", holder=event.holder, ready_at=recorded.happened_at, **basis)]
        case public.ReferralOffered() as event:
            return [
                _row(recorded, state="offered", respond_by=event.respond_by, level=None),
                add(referrals, recorded.stream_id, offers_count=1),
                _offered(recorded, event),
            ]
        case public.ReferralAccepted() as event:
            return _accepted(recorded, event)
        case public.ReferralOriginChanged() as event:
            holder = {"holder": event.origin} if event.handoff else {}
            return [_row(recorded, origin=event.origin, **holder)]
        case public.ReferralEscalated() as event:
            return [_row(recorded, level=event.level)]
        case public.ReferralSequencePlanned() as event:
            return [_row(recorded, sequence=[str(each) for each in event.organization_ids])]
        case (
            public.ReminderSent()
            | public.AnswerConfirmed()
            | public.PersonContacted()
            | public.ReferralSuggested()
            | public.OfferMailUndelivered()
        ):
            return [_row(recorded)]
        case _:
            return [*_project_offer(recorded), *_project_service(recorded)]


def _project_offer(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.OfferViewed() as event:
            return [_row(recorded), put(offers, event.offer_id, viewed_at=recorded.happened_at)]
        case public.MoreInformationRequested() as event:
            asked = {"question_codes": list(event.question_codes), "respond_by": event.respond_by}
            return [_row(recorded, respond_by=event.respond_by), put(offers, event.offer_id, **asked)]
        case public.InformationSupplied() as event:
            supplied = {"answer_codes": list(event.answer_codes), "respond_by": event.respond_by}
            return [_row(recorded, respond_by=event.respond_by), put(offers, event.offer_id, **supplied)]
        case public.OfferDeclined() as event:
            said = {"suggested_organization_id": event.suggested_organization_id, "answered_via": event.answered_via}
            ended = _ended(recorded, event.offer_id, "declined", reason_code=event.reason_code, **said)
            return [_fewer(recorded, event.offers_left), ended]
        case public.OfferExpired() as event:
            return [_fewer(recorded, event.offers_left), _ended(recorded, event.offer_id, "expired")]
        case public.OfferWithdrawn() as event:
            ended = _ended(recorded, event.offer_id, "withdrawn", reason_code=event.reason_code)
            return [_fewer(recorded, event.offers_left), ended]
        case public.OfferSuperseded() as event:
            return [_row(recorded), _ended(recorded, event.offer_id, "superseded")]
        case public.AcceptanceRefused() as event:
            ended = _ended(recorded, event.offer_id, "refused", reason_code=event.reason)
            return [_fewer(recorded, event.offers_left), ended]
        case _:
            return []


def _project_service(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.ServiceStarted() as event:
            return [_row(recorded, state="in_service", started_at=event.first_contact_at, start_by=None, level=None)]
        case public.ServicePaused() as event:
            return [_row(recorded, state="paused", reason_code=event.reason_code)]
        case public.ServiceResumed():
            return [_row(recorded, state="in_service", reason_code=None)]
        case public.ReferralReturned() as event:
            return _given_back(recorded, event.offer_id, event.handoff, event.reason_code)
        case public.ReferralRerouted() as event:
            return _given_back(recorded, event.offer_id, event.handoff, event.reason_code)
        case public.OutcomeReported() as event:
            return [_row(recorded, state="outcome_reported", outcome=event.outcome)]
        case public.OutcomeConfirmed():
            return [_row(recorded, confirmed=True)]
        case public.OutcomeDisputed() as event:
            return [_row(recorded, state="disputed", reason_code=event.reason_code)]
        case public.AnswerDisputed() as event:
            disputed = {"state": "disputed", "reason_code": event.reason_code} if event.answer == "outcome" else {}
            return [_row(recorded, **disputed)]
        case public.ReferralExhausted() as event:
            return [_row(recorded, state="exhausted", holder=event.handoff.takers[0], respond_by=None)]
        case _:
            return _project_end(recorded)


def _project_end(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.ReferralClosed() as event:
            columns = {"outcome": event.outcome, "confirmed": event.confirmed, "reason_code": event.unconfirmed_reason}
            return [_over(recorded, "closed", **columns), *_stopped(recorded, event.offer_id, "closed")]
        case public.ReferralWithdrawn() as event:
            over = _over(recorded, "withdrawn", withdrawn_by=event.by, reason_code=event.reason_code)
            return [over, *_stopped(recorded, event.offer_id, "stopped")]
        case public.ReferralCancelled() as event:
            return [_over(recorded, "cancelled", reason_code=event.reason_code)]
        case public.ReferralEnteredInError() as event:
            over = _over(recorded, "entered_in_error", reason_code=event.reason_code)
            return [over, *_stopped(recorded, event.offer_id, "stopped")]
        case _:
            return []


def _row(recorded: Recorded, **columns: Any) -> Change:
    return put(referrals, recorded.stream_id, version=recorded.version, **columns)


def _drafted(recorded: Recorded, event: public.ReferralDrafted) -> Change:
    return _row(
        recorded, state="draft", matter_id=event.matter_id, case_id=event.case_id, person_id=event.person_id,
        kind=event.kind, need_codes=list(event.need_codes), areas=list(event.areas), group_codes=list(event.group_codes),
        age_band=event.age_band, urgency=event.urgency,
        origin=event.origin, holder=event.origin, consent_id=event.consent_id, legal_basis=event.legal_basis,
        required_by=event.required_by, drafted_at=recorded.happened_at, offers_count=0,
    )  # fmt: skip


def _offered(recorded: Recorded, event: public.ReferralOffered) -> Change:
    return put(
        offers, event.offer_id, referral_id=recorded.stream_id, matter_id=event.matter_id, case_id=event.case_id,
        organization_id=event.organization_id, party=event.handoff.takers[0], offering_id=event.offering_id,
        state="live", kind=event.kind, mode=event.mode, need_code=next(iter(event.need_codes), None),
        need_codes=list(event.need_codes), areas=list(event.areas),
        group_codes=list(event.group_codes), age_band=event.age_band, urgency=event.urgency,
        required_by=event.required_by, offered_at=recorded.happened_at, respond_by=event.respond_by,
    )  # fmt: skip


def _accepted(recorded: Recorded, event: public.ReferralAccepted) -> list[Change]:
    row = _row(
        recorded, state="accepted", organization_id=event.organization_id, offer_id=event.offer_id,
        holder=event.handoff.takers[0], accepted_at=recorded.happened_at, respond_by=None, start_by=event.start_by,
        reason_code=None, taken_on=event.consent_id,
    )  # fmt: skip
    answer = {"worker_ref": event.worker_ref, "planned_start": event.planned_start, "answered_via": event.answered_via}
    return [row, _ended(recorded, event.offer_id, "accepted", **answer)]


def _ended(recorded: Recorded, offer_id: UUID, state: str, **columns: Any) -> Change:
    return put(offers, offer_id, state=state, answered_at=recorded.happened_at, respond_by=None, **columns)


def _fewer(recorded: Recorded, left: int | None) -> Change:
    """With its last open offer gone, the referral is ready for another."""
    return _row(recorded, state="ready", respond_by=None) if left == 0 else _row(recorded)


def _given_back(recorded: Recorded, offer_id: UUID, back: Handoff, reason_code: str) -> list[Change]:
    row = _row(
        recorded, state="ready", holder=back.takers[0], organization_id=None, offer_id=None, start_by=None,
        started_at=None, level=None, reason_code=reason_code,
    )  # fmt: skip
    return [row, put(offers, offer_id, state="returned", reason_code=reason_code)]


def _over(recorded: Recorded, state: str, **columns: Any) -> Change:
    ended = {"ended_at": recorded.happened_at, "respond_by": None, "start_by": None, "level": None}
    return _row(recorded, state=state, **ended, **columns)


def _stopped(recorded: Recorded, offer_id: UUID | None, state: str) -> list[Change]:
    return [] if offer_id is None else [put(offers, offer_id, state=state)]
