"""What may be asked of a referral in each state, for the texts of refusals; the rules themselves stand in the phases."""

from __future__ import annotations

from services.contracts.words import Act, Handoff, Party
from services.kernel.errors import NotFound, Refused
from services.referral.domain import referral_state as states
from services.referral.domain.speaking import not_now

CONSENT_ITSELF = (None, "pipl13-1")
"""No legal basis but the person's consent."""

TOLD = ("contact-person",)
OPEN = (*TOLD, "change-referral-origin")
ALLOWED: dict[type, tuple[str, ...]] = {
    states.Draft: ("mark-referral-ready", "cancel-referral", "withdraw-referral", "mark-referral-entered-in-error",
                   "change-referral-origin"),
    states.Ready: ("offer-referral", "plan-sequence", "exhaust-referral", "cancel-referral", "withdraw-referral",
                   "mark-referral-entered-in-error", *OPEN),
    states.Offered: ("offer-referral", "plan-sequence", "accept-referral", "decline-offer", "view-offer", "request-information",
                     "supply-information", "withdraw-offer", "cancel-referral", "withdraw-referral",
                     "mark-referral-entered-in-error", *OPEN),
    states.Accepted: ("start-service", "return-referral", "reroute-referral", "withdraw-referral",
                      "mark-referral-entered-in-error", *OPEN),
    states.InService: ("report-outcome", "pause-service", "return-referral", "reroute-referral", "withdraw-referral",
                       "mark-referral-entered-in-error", *OPEN),
    states.Paused: ("resume-service", "report-outcome", "return-referral", "reroute-referral", "withdraw-referral",
                    "mark-referral-entered-in-error", *OPEN),
    states.OutcomeReported: ("confirm-outcome", "dispute-outcome", "close-referral", "mark-referral-entered-in-error", *OPEN),
    states.Disputed: ("report-outcome", "resume-service", "return-referral", "reroute-referral", "close-referral",
                      "withdraw-referral", "mark-referral-entered-in-error", *OPEN),
    states.Exhausted: ("offer-referral", "plan-sequence", "close-referral", "cancel-referral", "withdraw-referral",
                       "mark-referral-entered-in-error", *OPEN),
    states.Closed: ("mark-referral-entered-in-error", *TOLD),
    states.Withdrawn: ("mark-referral-entered-in-error", *TOLD),
    states.Cancelled: ("mark-referral-entered-in-error", *TOLD),
    states.EnteredInError: (),
}  # fmt: skip


def no(state: states.State) -> Refused | NotFound:
    """This cannot be asked of the referral now."""
    return not_now(state, ALLOWED, "referral", "转介")


def reason_needed(field: str) -> Refused:
    """This may be done, but not without saying why."""
    return Refused("reason-needed", "Say why, in this field.", "请说明理由。", field=field)


def handoff(act: Act, slip: states.Slip, giver: Party, taker: Party) -> Handoff:
    """Responsibility for this referral's need goes, or is asked to go, from one party to another."""
    return Handoff(act=act, matter_id=slip.matter_id, giver=giver, takers=(taker,), need_id=slip.referral_id)
