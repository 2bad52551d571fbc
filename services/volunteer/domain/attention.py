"""How many are asked, and whom not to disturb: the smallest wave that is likely enough to bring a yes.

Every asking costs attention: people who are asked often and in vain answer less. So a wave is as small as it can be, a
volunteer has one open offer for a time and a few a week, and nobody is asked at night unless somebody is in danger.
Pure, and used alike by decisions and by the simulation in `tests/bench/offers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import TypeVar

from services.contracts.codes_volunteer import DISPATCH
from services.contracts.tables import BEIJING

PRIOR_YES, PRIOR_ASKED = 0.9, 3.0
"""Before somebody has answered anything, three askings are assumed, of which three in ten bring a yes."""

SELDOM = 0.15
"""Whoever says yes less often than this is asked after all others."""

WEEK = timedelta(days=7)

T = TypeVar("T")


def chance(said_yes: int, asked: int) -> float:
    """How likely one says yes, from the own answers so far."""
    return (said_yes + PRIOR_YES) / (asked + PRIOR_ASKED)


def wave(willing: Sequence[tuple[T, float]], theta: float, most: int, wanted: int = 1) -> tuple[T, ...]:
    """The first few of these, in their order, as few as bring so many yeses with this likelihood."""
    misses = [1.0] + [0.0] * (wanted - 1)
    chosen: list[T] = []
    for one, p in willing[:most]:
        chosen.append(one)
        misses = [m * (1 - p) + (misses[k - 1] * p if k else 0.0) for k, m in enumerate(misses)]
        if 1 - sum(misses) >= theta:
            break
    return tuple(chosen)


def theta(urgency: str) -> int:
    """How likely, in percent, a wave is to bring a yes."""
    return DISPATCH.number(f"wave-{urgency}", "percent")


def answer_within(urgency: str) -> timedelta:
    """How long a wave waits for answers."""
    return timedelta(minutes=DISPATCH.number(f"wave-{urgency}", "minutes"))


def may_be_disturbed(lately: Iterable[datetime], now: datetime) -> bool:
    """Whether one has been asked less often this week than is good."""
    return sum(now - WEEK < asked <= now for asked in lately) < DISPATCH.number("attention", "count")


def quiet_until(now: datetime, urgency: str) -> datetime | None:
    """When the quiet hours end, if these are such; where somebody is in danger there are none (INV-42)."""
    if urgency == "emergency":
        return None
    begins, ends = time(DISPATCH.number("quiet", "from")), time(DISPATCH.number("quiet", "to"))
    here = now.astimezone(BEIJING)
    morning = datetime.combine(here.date(), ends, BEIJING)
    if here.time() < ends:
        return morning
    return morning + timedelta(days=1) if here.time() >= begins else None


def in_order(willing: Sequence[tuple[T, float]]) -> list[tuple[T, float]]:
    """The order in which they are asked: as suggested, but those who hardly ever say yes after all others."""
    return sorted(willing, key=lambda one: one[1] < SELDOM)
