"""An offer that could not be told by mail: on record with the need, so that somebody telephones in time."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.referral_allowed import no
from services.referral.domain.referral_state import Event, State

TOLD = ("live", "accepted")
"""Offers that somebody still waits for: an answer, or what comes of one."""


def report(command: public.ReportUndelivered, state: State, ask: Ask) -> list[Event]:
    """Said by the hub itself alone, and only while it matters."""
    if ask.actor.role != "service":
        raise Refused("service-only", "Only the hub itself says this.", "仅由枢纽自身登记。")
    if state is None:
        raise no(state)
    found = next((offer for offer in state.offers if offer.offer_id == command.offer_id), None)
    if found is None or found.state not in TOLD:
        return []
    return [
        public.OfferMailUndelivered(
            matter_id=state.slip.matter_id, offer_id=found.offer_id, organization_id=found.organization_id,
            reason_code=command.reason_code,
        )
    ]  # fmt: skip
