"""How long there still is, for a caller who cannot wait for the end of the work."""

from __future__ import annotations

import time
from collections.abc import Callable

UNLIMITED = 1e7


class Watch:
    """A stop after so many seconds, or none; where it cuts, it says so."""

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._end = None if seconds is None else clock() + seconds
        self.cut = False

    @property
    def left(self) -> float:
        """Seconds until the end; very many where none was set."""
        return self.until()

    def until(self, share: float = 1.0) -> float:
        """Seconds until this share of the time is over."""
        if self._end is None or self._seconds is None:
            return UNLIMITED
        return max(0.0, self._end - self._seconds * (1 - share) - self._clock())

    def part(self, share: float) -> Watch:
        """A watch of its own for this share of what is left."""
        return self if self._end is None else Watch(share * self.left, self._clock)

    def passed(self, share: float = 1.0) -> bool:
        """Whether this share of the time is over; if so, the plan was cut short."""
        if self.until(share) <= 0:
            self.cut = True
            return True
        return False

    def room(self, share: float, a_second: int, most: int) -> int:
        """How much of some work fits into this share of the time, at so much a second; at most so much."""
        if self._seconds is None or self._seconds * share * a_second >= most:
            return most
        return int(self._seconds * share * a_second)
