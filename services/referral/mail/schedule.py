"""When a letter is tried again, and when somebody must be told that it does not arrive. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WAITS = (30, 120, 600, 1_800, 3_600, 7_200, 14_400, 14_400, 28_800, 43_200, 86_400)
"""Seconds from each failure to the next attempt (after RFC 5321, 4.5.4.1: half an hour and more, for days)."""
TOLD_AFTER = 4
"""So many attempts in vain, and the station is told: there is still time to telephone."""
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Went:
    """How it went: `for_good` where the server says that trying again is of no use; the reason is a code."""

    reason: str = ""
    for_good: bool = False

    @property
    def well(self) -> bool:
        """Whether the server has taken the letter."""
        return not self.reason


SENT = Went()


@dataclass(frozen=True, slots=True)
class After:
    """What follows: the letter's state, its next attempt, and whether the station is told now."""

    state: str
    due_at: datetime
    tell: bool = False


def after(attempts: int, went: Went, now: datetime, chance: float) -> After:
    """What follows from an attempt after `attempts` earlier ones that failed; `chance` from 0 to 1 spreads the waits."""
    if went.well:
        return After("sent", now)
    if went.for_good or attempts >= len(WAITS):
        return After("failed", now, tell=True)
    wait = timedelta(seconds=WAITS[attempts] * (1 + JITTER * chance))
    return After("waiting", now + wait, tell=attempts + 1 == TOLD_AFTER)
