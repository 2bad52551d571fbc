"""What gives way while a service lags behind what it hears: recording comes first, what is derived from it after.

Followers and duties share a processor, and one interpreter, with the consumer. In quiet times they rest as long as they
worked; while what is heard was recorded more than a moment ago, nine times as long, so that a backlog is caught up with
at nearly full pace and what follows it still goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

LATE_SECONDS = 2.0
"""Older than this, what is heard now has waited somewhere: there is a backlog."""
LASTING_SECONDS = 1.0
"""So long after the last late message nobody gives way any more."""
MOST_SECONDS = 5.0
"""The longest rest: whoever gives way is never put off for good."""


class Pressure:
    """Told of the age of what was just heard; says how long to rest from work that can wait. For any thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._until = clock, 0.0

    def heard(self, age: float) -> None:
        """What was just handled had been recorded that many seconds before."""
        if age > LATE_SECONDS:
            self._until = self._clock() + LASTING_SECONDS

    @property
    def is_on(self) -> bool:
        """Whether the service lags behind."""
        return self._clock() < self._until

    def rest(self, worked: float) -> float:
        """How many seconds to rest after working so many."""
        return min(worked * (9 if self.is_on else 1), MOST_SECONDS)
