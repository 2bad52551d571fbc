"""Ends that need no outcome reported: withdrawn by the person, cancelled, exhausted, closed unconfirmed, entered in error."""

from __future__ import annotations

from uuid import UUID

from services.contracts import referral as public
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.offers import withdrawn
from services.referral.domain.referral_allowed import handoff, no
from services.referral.domain.referral_state import (
    Accepted,
    Cancelled,
    Closed,
    Disputed,
    Draft,
    EnteredInError,
    Event,
    Exhausted,
    Held,
    InService,
    Known,
    Offer,
    Offered,
    OutcomeReported,
    Paused,
    Ready,
    State,
    Withdrawn,
    live,
)
from services.referral.domain.serving import closed
from services.referral.domain.speaking import must_be_origin
from services.referral.domain.waiting import first_action


def withdraw(command: public.WithdrawReferral, state: State, ask: Ask) -> list[Event]:
    """The person does not want it: allowed until the service has been reported done (INV-7). A receiver must stop."""
    match state:
        case Withdrawn():
            return []
        case Draft() | Ready() | Offered() | Exhausted() | Accepted() | InService() | Paused() | Disputed():
            must_be_origin(ask)
            slip, taken = state.slip, _taken(state)
            ended = public.ReferralWithdrawn(
                matter_id=slip.matter_id, case_id=slip.case_id, need_id=_need(state), by=command.by,
                offer_id=taken.offer_id if taken else None, organization_id=taken.organization_id if taken else None,
                reason_code=command.reason_code,
                handoff=handoff("returned", slip, taken.party, slip.origin) if taken else None,
            )  # fmt: skip
            return [*_take_back(state, command.reason_code), ended]
        case _:
            raise no(state)


def cancel(command: public.CancelReferral, state: State, ask: Ask) -> list[Event]:
    """The origin no longer asks; once somebody has accepted, it is for the person to withdraw or the receiver to return."""
    match state:
        case Cancelled():
            return []
        case Draft() | Ready() | Offered() | Exhausted():
            must_be_origin(ask)
            ended = public.ReferralCancelled(
                matter_id=state.slip.matter_id, case_id=state.slip.case_id, need_id=_need(state),
                reason_code=command.reason_code,
            )  # fmt: skip
            return [*_take_back(state, command.reason_code), ended]
        case _:
            raise no(state)


def exhaust(command: public.ExhaustReferral, state: State, ask: Ask) -> list[Event]:
    """Nobody is left to ask: the need is unmet, and the station's head takes it."""
    match state:
        case Exhausted():
            return []
        case Ready():
            must_be_origin(ask)
            return exhausted(state, command.station_head, command.reason_code or "nobody-left", ask)
        case _:
            raise no(state)


def exhausted(state: Ready, station_head: Party, reason_code: str, ask: Ask) -> list[Event]:
    """The need goes from whoever holds it to the head of the station, and is put before him, who has to act in his turn."""
    slip = state.slip
    return [
        public.ReferralExhausted(
            matter_id=slip.matter_id, case_id=slip.case_id, need_codes=slip.need_codes,
            tried=tuple(dict.fromkeys(o.organization_id for o in state.offers)),
            declined_reasons=tuple(o.reason_code for o in state.offers if o.state == "declined" and o.reason_code),
            handoff=handoff("taken", slip, state.holder, station_head), wait=first_action(slip, ask),
        ),
        public.ReferralEscalated(
            matter_id=slip.matter_id, case_id=slip.case_id, level="station_head", to=station_head,
            reason_code=reason_code,
        ),
    ]  # fmt: skip


def close(command: public.CloseReferral, state: State, ask: Ask) -> list[Event]:
    """An outcome that stays unconfirmed is explained; a need for which nobody was found was not met (INV-4)."""
    match state:
        case Closed():
            return []
        case OutcomeReported() | Disputed():
            must_be_origin(ask)
            return [closed(state, command.unconfirmed_reason)]
        case Exhausted():
            must_be_origin(ask)
            slip = state.slip
            return [
                public.ReferralClosed(
                    matter_id=slip.matter_id, case_id=slip.case_id, outcome="not_delivered", confirmed=False,
                    unconfirmed_reason=command.unconfirmed_reason, offers_count=len(state.offers),
                    handoff=handoff("released", slip, state.holder, slip.origin),
                )
            ]  # fmt: skip
        case _:
            raise no(state)


def mark_error(command: public.MarkReferralEnteredInError, state: State, ask: Ask) -> list[Event]:
    """Two persons say that it should never have been entered."""
    match state:
        case None:
            raise no(state)
        case EnteredInError():
            return []
        case _:
            if command.approver_id == ask.actor.id:
                raise Refused(
                    "second-person-needed", "Somebody else must approve this.", "须由另一人批准。", field="approver_id"
                )
            slip, taken = state.slip, _taken(state)
            marked = public.ReferralEnteredInError(
                matter_id=slip.matter_id, case_id=slip.case_id, need_id=_need(state),
                offer_id=taken.offer_id if taken else None, reason_code=command.reason_code,
                approver_id=command.approver_id, offer_ids=tuple(offer.offer_id for offer in state.offers),
            )  # fmt: skip
            return [*_take_back(state, command.reason_code), marked]


def _take_back(state: Known, reason_code: str) -> list[Event]:
    offers = live(state)
    return [withdrawn(state, found, reason_code, len(offers) - place) for place, found in enumerate(offers, 1)]


def _taken(state: Known) -> Offer | None:
    """The offer whose acceptance is in force."""
    return state.taken if isinstance(state, Held) else None


def _need(state: Known) -> UUID | None:
    """The need that this referral has opened and not closed yet."""
    gone = isinstance(state, Draft | Closed | Withdrawn | Cancelled | EnteredInError)
    return None if gone else state.slip.referral_id
