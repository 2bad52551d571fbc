"""From acceptance to outcome: first contact, giving back, reporting, confirming, and the clocks that run meanwhile."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_referral import ESCALATION_LEVELS
from services.contracts.codes_times import FIRST_CONTACT, outcome_check
from services.contracts.words import Party
from services.contracts.worktime import after
from services.kernel.message import Ask
from services.referral.domain.referral_allowed import handoff, no, reason_needed
from services.referral.domain.referral_state import (
    Accepted,
    Disputed,
    Event,
    InService,
    Known,
    Offered,
    OutcomeReported,
    State,
    holder,
    live,
)
from services.referral.domain.speaking import must_be_origin, must_speak_for, origin_only


def start(command: public.StartService, state: State, ask: Ask) -> list[Event]:
    """The organization has met the person; when that was may be unknown."""
    match state:
        case Accepted(slip=slip, taken=taken):
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.ServiceStarted(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, first_contact_at=ask.at, planned_until=command.planned_until,
                    check_at=after(ask.now, outcome_check()),
                )
            ]  # fmt: skip
        case InService():
            return []
        case _:
            raise no(state)


def give_back(command: public.ReturnReferral | public.RerouteReferral, state: State, ask: Ask) -> list[Event]:
    """The organization gives the need back; so may the station's head for one that keeps silent."""
    if not isinstance(state, Accepted | InService):
        raise no(state)
    slip, taken = state.slip, state.taken
    if ask.actor.role != "station_head":
        must_speak_for(ask, taken.organization_id, taken.party)
    back = handoff("returned", slip, taken.party, slip.origin)
    if isinstance(command, public.ReturnReferral):
        return [
            public.ReferralReturned(
                matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                organization_id=taken.organization_id, reason_code=command.reason_code, handoff=back,
            )
        ]  # fmt: skip
    return [
        public.ReferralRerouted(
            matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id, organization_id=taken.organization_id,
            suggested_organization_id=command.suggested_organization_id, reason_code=command.reason_code, handoff=back,
        )
    ]  # fmt: skip


def report(command: public.ReportOutcome, state: State, ask: Ask) -> list[Event]:
    """What came of it, said by the organization; once more after the origin did not agree."""
    match state:
        case OutcomeReported(outcome=command.outcome):
            return []
        case InService() | Disputed():
            slip, taken = state.slip, state.taken
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.OutcomeReported(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, outcome=command.outcome, quantity=command.quantity,
                    unit=command.unit, evidence_ref=command.evidence_ref,
                )
            ]  # fmt: skip
        case _:
            raise no(state)


def confirm(command: public.ConfirmOutcome, state: State, ask: Ask) -> list[Event]:
    """The origin confirms, having asked the person or saying why not; with that the loop is closed."""
    if not isinstance(state, OutcomeReported):
        raise no(state)
    _other_side(state, ask)
    if not command.client_asked and command.not_asked_reason is None:
        raise reason_needed("not_asked_reason")
    slip, taken = state.slip, state.taken
    confirmed = public.OutcomeConfirmed(
        matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id, organization_id=taken.organization_id,
        outcome=state.outcome, client_asked=command.client_asked, not_asked_reason=command.not_asked_reason,
    )  # fmt: skip
    return [confirmed, closed(state, None)]


def dispute(command: public.DisputeOutcome, state: State, ask: Ask) -> list[Event]:
    """The origin does not agree."""
    match state:
        case OutcomeReported(slip=slip, taken=taken):
            _other_side(state, ask)
            return [
                public.OutcomeDisputed(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, reason_code=command.reason_code,
                )
            ]  # fmt: skip
        case Disputed():
            return []
        case _:
            raise no(state)


def _other_side(state: OutcomeReported, ask: Ask) -> None:
    """Nobody confirms or disputes what his own organization reported."""
    must_be_origin(ask)
    if ask.actor.org in (str(state.taken.organization_id), state.taken.party):
        raise origin_only()


def closed(state: OutcomeReported | Disputed, unconfirmed_reason: str | None) -> public.ReferralClosed:
    """The event that closes the loop."""
    slip, taken = state.slip, state.taken
    return public.ReferralClosed(
        matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id, organization_id=taken.organization_id,
        outcome=state.outcome, confirmed=unconfirmed_reason is None, unconfirmed_reason=unconfirmed_reason,
        offers_count=len(state.offers), handoff=handoff("released", slip, taken.party, slip.origin),
    )  # fmt: skip


def remind(command: public.RemindReferral, state: State, ask: Ask) -> list[Event]:
    """Half of the time is over: whoever keeps it waiting is reminded, once for each clock."""
    match state:
        case Offered() if command.offer_id is not None:
            return _remind_of_offer(command, state, ask)
        case Accepted() if state.remind_at is not None and ask.now >= state.remind_at:
            return [_reminder(state, state.taken.party, "receiver", "no-first-contact")]
        case InService() if ask.now >= state.check_at:
            return [
                _reminder(state, state.taken.party, "receiver", "outcome-due", again=after(ask.now, outcome_check()))
            ]
        case _:
            return []


def _remind_of_offer(command: public.RemindReferral, state: Offered, ask: Ask) -> list[Event]:
    for found in live(state):
        if found.offer_id == command.offer_id and found.remind_at is not None and ask.now >= found.remind_at:
            if found.asking:
                return [_reminder(state, holder(state), "origin", "information-awaited", offer_id=found.offer_id)]
            return [_reminder(state, found.party, "receiver", "offer-unanswered", offer_id=found.offer_id)]
    return []


def _reminder(
    state: Known, to: Party, level: str, reason: str, offer_id: UUID | None = None, again: datetime | None = None
) -> public.ReminderSent:
    return public.ReminderSent(
        matter_id=state.slip.matter_id, offer_id=offer_id, to=to, level=level, reason_code=reason, again_at=again
    )


def escalate(command: public.EscalateReferral, state: State, ask: Ask) -> list[Event]:
    """Accepted, and then silence: first before the lead of the organization, then before the head of the station."""
    if not isinstance(state, Accepted) or state.escalate_at is None or ask.now < state.escalate_at:
        return []
    level = ESCALATION_LEVELS[min(state.escalated, len(ESCALATION_LEVELS) - 1)]
    again = after(ask.now, FIRST_CONTACT[state.slip.urgency]) if state.escalated + 1 < len(ESCALATION_LEVELS) else None
    return [
        public.ReferralEscalated(
            matter_id=state.slip.matter_id, case_id=state.slip.case_id, level=level,
            to=state.taken.party if level == "receiver_lead" else state.slip.origin, reason_code="no-first-contact",
            again_at=again,
        )
    ]  # fmt: skip
