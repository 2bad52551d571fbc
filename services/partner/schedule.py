"""When an endpoint is called: what is tried next, and what follows from how it went. Pure.

The table of waits is that of Standard Webhooks 1.0.0. A delivery that fails alone waits alone, and later ones go on; an
endpoint that fails several times in a row is down: from then on only the first that is due is tried, and nothing piles up.
When it answers again, everything it lacks follows at once. Each wait is a deadline in a table, so a restart changes none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WAITS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from each failure to the next attempt: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h."""
ATTEMPTS = len(WAITS) + 1
DOWN = 3
"""So many failures in a row, and the endpoint is down."""
JITTER = 0.1
LONGEST_ASKED = timedelta(hours=24)
GONE = 410
SLOW_DOWN = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Hook:
    """How an endpoint is doing: the last number that was tried at all, failures in a row, until when it is left alone."""

    number: int
    failures: int = 0
    rests_until: datetime | None = None

    @property
    def is_down(self) -> bool:
        """Whether it is only probed."""
        return self.failures >= DOWN


@dataclass(frozen=True, slots=True)
class Retry:
    """A delivery that the endpoint has not taken yet."""

    number: int
    attempts: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Went:
    """How one call went: the status, None where there was no answer; what the endpoint asked for by `Retry-After`."""

    outcome: str
    status: int | None = None
    retry_after: timedelta | None = None

    @property
    def well(self) -> bool:
        """2xx alone is a yes."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class After:
    """What follows from a call: the hook, the delivery's next attempt (None: no more), whether to disable, and why."""

    hook: Hook
    retry: Retry | None = None
    given_up: bool = False
    disable: str = ""
    recovered: bool = False


def is_free(hook: Hook, now: datetime) -> bool:
    """Whether the endpoint may be called now."""
    return hook.rests_until is None or hook.rests_until <= now


def due(hook: Hook, retries: list[Retry], now: datetime) -> list[Retry]:
    """The deliveries to be tried again now, in their order; of an endpoint that is down, the first."""
    found = sorted((r for r in retries if r.due_at <= now), key=lambda r: r.number)
    return found[:1] if hook.is_down else found


def after(hook: Hook, number: int, attempts: int, went: Went, now: datetime, chance: float) -> After:
    """What follows from the attempt at a delivery after `attempts` earlier ones; `chance` from 0 to 1 spreads the waits."""
    moved = replace(hook, number=max(hook.number, number))
    if went.well:
        return After(replace(moved, failures=0, rests_until=None), recovered=hook.is_down)
    if went.status == GONE:
        return After(moved, Retry(number, 0, now), disable="gone")
    failed = replace(moved, failures=hook.failures + 1, rests_until=_left_alone(went, now))
    if attempts + 1 >= ATTEMPTS:
        if failed.is_down:
            return After(failed, Retry(number, 0, now), disable="exhausted")
        return After(failed, given_up=True)
    wait = timedelta(seconds=WAITS[attempts] * (1 + JITTER * chance))
    return After(failed, Retry(number, attempts + 1, max(now + wait, failed.rests_until or now)))


def _left_alone(went: Went, now: datetime) -> datetime | None:
    """An endpoint that says when to come again is called by nobody until then."""
    if went.retry_after is None or went.status not in SLOW_DOWN:
        return None
    return now + min(went.retry_after, LONGEST_ASKED)


def pulled_forward(retries: list[Retry], now: datetime) -> list[Retry]:
    """The endpoint answers again: what it lacks need not wait any longer."""
    return [replace(retry, due_at=now) for retry in retries if retry.due_at > now]
