"""Deadlines: a row for each clock that runs; events set them and take them away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put
from services.referral.domain.referral_state import WAITED_FOR
from services.referral.views.tables import deadlines

OFFER_REMINDER, OFFER_EXPIRY = "offer-reminder", "offer-expiry"
CONTACT_REMINDER, CONTACT_ESCALATION = "contact-reminder", "contact-escalation"
OUTCOME_CHECK = "outcome-check"
ACTION_REMINDER, ACTION_ESCALATION = "action-reminder", "action-escalation"

OF_AN_OFFER = (OFFER_REMINDER, OFFER_EXPIRY)
OF_A_SERVICE = (CONTACT_REMINDER, CONTACT_ESCALATION, OUTCOME_CHECK)
OF_A_STEP = (ACTION_REMINDER, ACTION_ESCALATION)

WAITS = (
    public.ReferralReady, public.ReferralReturned, public.ReferralRerouted, public.ReferralExhausted, public.OfferDeclined,
    public.OfferExpired, public.OfferWithdrawn, public.AcceptanceRefused, public.OutcomeReported, public.OutcomeDisputed,
    public.AnswerDisputed,
)  # fmt: skip
"""With these somebody is to act, by a time that they say."""

ACTED = (
    public.ReferralOffered, public.ServiceResumed, public.OutcomeDisputed, public.ReferralClosed, public.ReferralReturned,
    public.ReferralRerouted, public.ReferralWithdrawn, public.ReferralCancelled, public.ReferralEnteredInError,
)  # fmt: skip
"""With these somebody has."""


def project(recorded: Recorded) -> list[Change]:
    """Which clocks begin and end with an event of a referral."""
    return [*_answering(recorded), *_acting(recorded)]


def _acting(recorded: Recorded) -> list[Change]:
    """The clock of the next step: whoever's turn it is."""
    event, key = recorded.event, recorded.stream_id
    if isinstance(event, WAITS) and event.wait is not None:
        first = _clock(recorded, key, ACTION_REMINDER, event.wait.remind_at)
        return [first, _clock(recorded, key, ACTION_ESCALATION, event.wait.due_at)]
    if isinstance(event, public.ReminderSent | public.ReferralEscalated) and event.reason_code in WAITED_FOR:
        return [drop(deadlines, key, ACTION_REMINDER if isinstance(event, public.ReminderSent) else ACTION_ESCALATION)]
    return _gone(key, OF_A_STEP) if isinstance(event, ACTED) else []


def _answering(recorded: Recorded) -> list[Change]:
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
