"""Deadlines: a row for each clock that runs; events set them and take them away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put
from services.referral.views.tables import deadlines

OFFER_REMINDER, OFFER_EXPIRY = "offer-reminder", "offer-expiry"
CONTACT_REMINDER, CONTACT_ESCALATION = "contact-reminder", "contact-escalation"
OUTCOME_CHECK = "outcome-check"

OF_AN_OFFER = (OFFER_REMINDER, OFFER_EXPIRY)
OF_A_SERVICE = (CONTACT_REMINDER, CONTACT_ESCALATION, OUTCOME_CHECK)


def project(recorded: Recorded) -> list[Change]:
    """Which clocks begin and end with an event of a referral."""
    match recorded.event:
        case public.ReferralOffered() as event:
            party = event.handoff.takers[0]
            return _offer_clocks(recorded, event.offer_id, event.remind_at, event.respond_by, party)
        case public.MoreInformationRequested() as event:
            return _offer_clocks(recorded, event.offer_id, event.remind_at, event.respond_by)
        case public.InformationSupplied() as event:
            return _offer_clocks(recorded, event.offer_id, event.remind_at, event.respond_by)
        case public.ReferralAccepted() as event:
            party = event.handoff.takers[0]
            return [
                *_gone(event.offer_id, OF_AN_OFFER),
                _clock(recorded, recorded.stream_id, CONTACT_REMINDER, event.remind_at, party),
                _clock(recorded, recorded.stream_id, CONTACT_ESCALATION, event.start_by, party),
            ]
        case public.ServiceStarted() as event:
            check = _clock(recorded, recorded.stream_id, OUTCOME_CHECK, event.check_at)
            return [*_gone(recorded.stream_id, (CONTACT_REMINDER, CONTACT_ESCALATION)), check]
        case public.ServicePaused() | public.ServiceResumed() as event:
            return [_clock(recorded, recorded.stream_id, OUTCOME_CHECK, event.check_at)]
        case public.ReminderSent() as event:
            return _reminded(recorded, event)
        case public.ReferralEscalated() as event if event.again_at is not None:
            return [_clock(recorded, recorded.stream_id, CONTACT_ESCALATION, event.again_at)]
        case _:
            return _ended(recorded)


def _ended(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case (
            public.OfferDeclined()
            | public.OfferExpired()
            | public.OfferSuperseded()
            | public.OfferWithdrawn()
            | public.AcceptanceRefused() as event
        ):
            return _gone(event.offer_id, OF_AN_OFFER)
        case public.ReferralEscalated():
            return [drop(deadlines, recorded.stream_id, CONTACT_ESCALATION)]
        case (
            public.ReferralReturned()
            | public.ReferralRerouted()
            | public.OutcomeReported()
            | public.ReferralClosed()
            | public.ReferralWithdrawn()
            | public.ReferralCancelled()
            | public.ReferralEnteredInError()
        ):
            return _gone(recorded.stream_id, OF_A_SERVICE)
        case _:
            return []


def _offer_clocks(
    recorded: Recorded, offer_id: UUID, remind_at: datetime, respond_by: datetime | None, party: str | None = None
) -> list[Change]:
    reminder = _clock(recorded, offer_id, OFFER_REMINDER, remind_at, party)
    if respond_by is None:
        return [reminder, drop(deadlines, offer_id, OFFER_EXPIRY)]
    return [reminder, _clock(recorded, offer_id, OFFER_EXPIRY, respond_by, party)]


def _clock(recorded: Recorded, subject_id: UUID, kind: str, due: datetime, party: str | None = None) -> Change:
    about = {"referral_id": recorded.stream_id, "matter_id": recorded.event.matter_id, "due": due}
    return put(deadlines, subject_id, kind, **about, **({"party": party} if party else {}))


def _reminded(recorded: Recorded, event: public.ReminderSent) -> list[Change]:
    if event.offer_id is not None:
        return [drop(deadlines, event.offer_id, OFFER_REMINDER)]
    if event.again_at is not None:
        return [_clock(recorded, recorded.stream_id, OUTCOME_CHECK, event.again_at)]
    return [drop(deadlines, recorded.stream_id, CONTACT_REMINDER)] if event.level == "receiver" else []


def _gone(subject_id: UUID, kinds: tuple[str, ...]) -> list[Change]:
    return [drop(deadlines, subject_id, kind) for kind in kinds]
