"""From acceptance to outcome: first contact, pauses, giving back, reporting, confirming, and the clocks meanwhile."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.contracts import referral as public
from services.contracts.codes_referral import ESCALATION_LEVELS, RETURN_AFTER_SILENCE
from services.contracts.codes_times import FIRST_CONTACT, outcome_check
from services.contracts.words import Party
from services.contracts.worktime import after, end_of, morning_of
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.referral_allowed import handoff, no, reason_needed
from services.referral.domain.referral_state import (
    Accepted,
    Disputed,
    Event,
    Exhausted,
    InService,
    Known,
    Offered,
    OutcomeReported,
    Paused,
    Ready,
    State,
    holder,
    live,
)
from services.referral.domain.speaking import must_be_origin, must_speak_for, origin_only
from services.referral.domain.waiting import confirmation, first_action, head, new_outcome, whose_turn

NO_FIRST_CONTACT, OUTCOME_OVERDUE = "no-first-contact", "outcome-overdue"


def start(command: public.StartService, state: State, ask: Ask) -> list[Event]:
    """The organization has met the person; when that was may be unknown."""
    match state:
        case Accepted(slip=slip, taken=taken):
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.ServiceStarted(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, first_contact_at=ask.at, planned_until=command.planned_until,
                    check_at=_first_check(command.planned_until, ask),
                )
            ]  # fmt: skip
        case InService():
            return []
        case _:
            raise no(state)


def _first_check(planned_until: date | None, ask: Ask) -> datetime:
    """As often as outcomes are asked for, and no later than the day by which it was to be done."""
    usual = after(ask.now, outcome_check())
    planned = None if planned_until is None else end_of(planned_until)
    return usual if planned is None or planned <= ask.now else min(usual, planned)


def pause(command: public.PauseService, state: State, ask: Ask) -> list[Event]:
    """The service stands still; whether it can go on is asked on the day that was named, or when outcomes are asked for."""
    match state:
        case Paused():
            return []
        case InService(slip=slip, taken=taken):
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.ServicePaused(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, reason_code=command.reason_code, until=command.until,
                    check_at=_asked_again(command.until, ask),
                )
            ]  # fmt: skip
        case _:
            raise no(state)


def _asked_again(until: date | None, ask: Ask) -> datetime:
    usual = after(ask.now, outcome_check())
    if until is None:
        return usual
    morning = morning_of(until)
    if morning <= ask.now:
        raise Refused("until-past", "That day is over already.", "该日期已过。", field="until")
    return morning


def resume(command: public.ResumeService, state: State, ask: Ask) -> list[Event]:
    """It goes on after a pause, or after the origin did not agree with what was reported."""
    match state:
        case InService():
            return []
        case Paused(slip=slip, taken=taken) | Disputed(slip=slip, taken=taken):
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.ServiceResumed(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, check_at=after(ask.now, outcome_check()),
                )
            ]  # fmt: skip
        case _:
            raise no(state)


def give_back(command: public.ReturnReferral | public.RerouteReferral, state: State, ask: Ask) -> list[Event]:
    """The organization gives the need back; so may the station's head for one that keeps silent."""
    if not isinstance(state, Accepted | InService | Paused | Disputed):
        raise no(state)
    slip, taken = state.slip, state.taken
    if ask.actor.role != "station_head":
        must_speak_for(ask, taken.organization_id, taken.party)
    if isinstance(command, public.ReturnReferral):
        return [_returned(state, command.reason_code, ask)]
    return [
        public.ReferralRerouted(
            matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id, organization_id=taken.organization_id,
            suggested_organization_id=command.suggested_organization_id, reason_code=command.reason_code,
            handoff=handoff("returned", slip, taken.party, slip.origin), wait=first_action(slip, ask),
        )
    ]  # fmt: skip


def _returned(state: Accepted | InService | Paused | Disputed, reason_code: str, ask: Ask) -> public.ReferralReturned:
    slip, taken = state.slip, state.taken
    return public.ReferralReturned(
        matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id, organization_id=taken.organization_id,
        reason_code=reason_code, handoff=handoff("returned", slip, taken.party, slip.origin), wait=first_action(slip, ask),
    )  # fmt: skip


def report(command: public.ReportOutcome, state: State, ask: Ask) -> list[Event]:
    """What came of it, said by the organization; once more after the origin did not agree."""
    match state:
        case OutcomeReported(outcome=command.outcome):
            return []
        case InService() | Paused() | Disputed():
            slip, taken = state.slip, state.taken
            must_speak_for(ask, taken.organization_id, taken.party)
            return [
                public.OutcomeReported(
                    matter_id=slip.matter_id, case_id=slip.case_id, offer_id=taken.offer_id,
                    organization_id=taken.organization_id, outcome=command.outcome, quantity=command.quantity,
                    unit=command.unit, evidence_ref=command.evidence_ref, wait=confirmation(ask),
                )
            ]  # fmt: skip
        case _:
            raise no(state)


def confirm(command: public.ConfirmOutcome, state: State, ask: Ask) -> list[Event]:
    """The origin confirms, having asked the person or saying why not; with that the loop is closed (INV-4)."""
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
                    organization_id=taken.organization_id, reason_code=command.reason_code, wait=new_outcome(ask),
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
            return [_check(state, "outcome-due", ask), *_overdue(state, ask)]
        case Paused() if ask.now >= state.check_at:
            return [_check(state, "pause-over", ask)]
        case Ready() | Exhausted() | OutcomeReported() | Disputed() if _over(state.clock.remind_at, ask):
            to, level, reason = whose_turn(state)
            return [_reminder(state, to, level, reason)]
        case _:
            return []


def _over(moment: datetime | None, ask: Ask) -> bool:
    return moment is not None and ask.now >= moment


def _overdue(state: InService, ask: Ask) -> list[Event]:
    """It was to be done by now: the head of the station is told, each time that it is asked for in vain."""
    if state.planned_until is None or ask.now < end_of(state.planned_until):
        return []
    return [_before_the_head(state, OUTCOME_OVERDUE)]


def _before_the_head(state: Known, reason_code: str) -> public.ReferralEscalated:
    return public.ReferralEscalated(
        matter_id=state.slip.matter_id, case_id=state.slip.case_id, level="station_head", to=head(state),
        reason_code=reason_code,
    )  # fmt: skip


def _check(state: InService | Paused, reason_code: str, ask: Ask) -> public.ReminderSent:
    return _reminder(state, state.taken.party, "receiver", reason_code, again=after(ask.now, outcome_check()))


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
    """Accepted, and then silence: before the organization's lead, before the station's head, and in the end it comes back.

    With the first step the origin is told to ask the person, who may know more than the hub does.
    """
    if isinstance(state, Ready | Exhausted | OutcomeReported | Disputed) and _over(state.clock.due_at, ask):
        return [_before_the_head(state, whose_turn(state)[2])]
    if not isinstance(state, Accepted) or state.escalate_at is None or ask.now < state.escalate_at:
        return []
    if state.escalated >= len(ESCALATION_LEVELS):
        return [_returned(state, NO_FIRST_CONTACT, ask)]
    level = ESCALATION_LEVELS[state.escalated]
    escalated = public.ReferralEscalated(
        matter_id=state.slip.matter_id, case_id=state.slip.case_id, level=level,
        to=state.taken.party if level == "receiver_lead" else head(state), reason_code=NO_FIRST_CONTACT,
        again_at=_escalated_again(state, ask),
    )  # fmt: skip
    if state.escalated > 0:
        return [escalated]
    return [escalated, _reminder(state, state.slip.origin, "origin", "ask-the-person")]


def _escalated_again(state: Accepted, ask: Ask) -> datetime | None:
    """One span later; after the last level only where silence is to end the acceptance."""
    if state.escalated + 1 >= len(ESCALATION_LEVELS) and not RETURN_AFTER_SILENCE:
        return None
    return after(ask.now, FIRST_CONTACT[state.slip.urgency])
