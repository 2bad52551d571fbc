"""What is waited for between two steps of a referral: who is reminded of it, and before whom it goes when it is late.

A need that nobody is asked to take, an outcome that nobody confirms and one that is disputed wait as silently as an
acceptance without service; none of them may wait for ever (INV-14).
"""

from __future__ import annotations

from typing import Literal

from services.contracts.codes_times import wait
from services.contracts.words import Party, Wait
from services.kernel.message import Ask
from services.referral.domain.referral_state import (
    DISPUTED,
    NOBODY_ASKED,
    UNCONFIRMED,
    Disputed,
    Exhausted,
    Known,
    OutcomeReported,
    Ready,
    Slip,
)

Waiting = Ready | Exhausted | OutcomeReported | Disputed
"""States in which something is waited for that no other clock watches."""


def first_action(slip: Slip, ask: Ask) -> Wait:
    """Until when somebody is to be asked to take the need."""
    return wait(f"first-action-{slip.urgency}", ask.happened_at, ask.now)


def with_nobody_asked(slip: Slip, left: int | None, ask: Ask) -> Wait | None:
    """The same, where the last one who was asked need not answer any more."""
    return first_action(slip, ask) if left == 0 else None


def confirmation(ask: Ask) -> Wait:
    """Until when the origin is to confirm or dispute what was reported."""
    return wait("outcome-confirm", ask.happened_at, ask.now)


def new_outcome(ask: Ask) -> Wait:
    """Until when the organization is to say anew what came of it."""
    return wait("outcome-answer", ask.happened_at, ask.now)


def whose_turn(state: Waiting) -> tuple[Party, Literal["origin", "receiver", "station_head"], str]:
    """Who keeps it waiting, as whom, and with what."""
    match state:
        case Ready():
            return state.holder, "origin", NOBODY_ASKED
        case Exhausted():
            return state.holder, "station_head", NOBODY_ASKED
        case OutcomeReported():
            return state.slip.origin, "origin", UNCONFIRMED
        case Disputed():
            return state.taken.party, "receiver", DISPUTED


def head(state: Known) -> Party:
    """The station's head where somebody has named one; else whoever asks for the station."""
    return state.slip.sequence.station_head or state.slip.origin
