"""One after the other: the next organization is asked when the one before has said no or kept silent."""

from __future__ import annotations

from dataclasses import replace

from services.contracts import referral as public
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.referral.domain.ending import exhausted
from services.referral.domain.facts import known
from services.referral.domain.offers import chosen, offered
from services.referral.domain.referral_allowed import no
from services.referral.domain.referral_state import Event, Exhausted, Known, Offered, Ready, Sequence, State
from services.referral.domain.speaking import must_be_origin

OVER = ("declined", "expired", "refused")
"""How an offer may end so that the next one is asked; what the origin took back itself, it goes on with itself."""


def plan(command: public.PlanSequence, state: State, ask: Ask) -> list[Event]:
    """The first one that fits is asked at once, unless somebody is being asked already."""
    if not isinstance(state, Ready | Offered | Exhausted):
        raise no(state)
    must_be_origin(ask)
    if len(set(command.organization_ids)) < len(command.organization_ids):
        raise Refused(
            "asked-twice", "Each organization is asked once.", "同一机构只询问一次。", field="organization_ids"
        )
    sequence = Sequence(
        planned=command.organization_ids, left=command.organization_ids, station_head=command.station_head,
        conditions_met=command.conditions_met,
    )  # fmt: skip
    if replace(state.slip.sequence, left=sequence.left) == sequence:
        return []
    planned = public.ReferralSequencePlanned(
        matter_id=state.slip.matter_id, case_id=state.slip.case_id, organization_ids=command.organization_ids,
        station_head=command.station_head, conditions_met=command.conditions_met,
    )  # fmt: skip
    beside = [*chosen(state.slip, command.suggestion, command.organization_ids, ask), planned]
    return beside if isinstance(state, Offered) else [*beside, _first(state, sequence, ask)]


def _first(state: Ready | Exhausted, sequence: Sequence, ask: Ask) -> public.ReferralOffered:
    offer = _next(state, sequence, ask)
    if offer is None:
        raise Refused("nobody-fits", "None of these can be asked for this need now.", "所列机构目前均不能承接该需求。",
                      allowed=("offer-referral", "exhaust-referral"), field="organization_ids")  # fmt: skip
    return offer


def ask_next(command: public.AskNext, state: State, ask: Ask) -> list[Event]:
    """Whoever may not be asked, or no longer fits, is passed over; with nobody left the head of the station takes it."""
    if not isinstance(state, Ready) or not state.offers:
        return []
    before, sequence = state.offers[-1], state.slip.sequence
    if before.offer_id != command.offer_id or before.mode != "sequential" or before.state not in OVER:
        return []
    offer = _next(state, sequence, ask)
    if offer is not None:
        return [offer]
    return exhausted(state, sequence.station_head, "nobody-left", ask) if sequence.station_head else []


def _next(state: Known, sequence: Sequence, ask: Ask) -> public.ReferralOffered | None:
    """The offer to the first of those left that may be asked."""
    found = {whom.organization.organization_id: whom for whom in known(ask).in_turn if whom.organization}
    for organization_id in sequence.left:
        command = public.OfferReferral(
            organization_id=organization_id, mode="sequential", conditions_met=sequence.conditions_met
        )
        try:
            return offered(command, state, found[organization_id], ask)
        except (KeyError, Refused):
            continue
    return None
