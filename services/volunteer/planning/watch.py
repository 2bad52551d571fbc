"""How long there still is, for a caller who cannot wait for the end of the work."""

from __future__ import annotations

import time

UNLIMITED = 1e7


class Watch:
    """A stop after so many seconds, or none; where it cuts, it says so."""

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        self.cut = False

    @property
    def left(self) -> float:
        """Seconds until the end; very many where none was set."""
        return UNLIMITED if self._end is None else max(0.0, self._end - time.monotonic())

    def passed(self, share: float = 1.0) -> bool:
        """Whether this share of the time is over; if so, the plan was cut short."""
        if self._seconds is not None and self.left <= self._seconds * (1 - share):
            self.cut = True
            return True
        return False

    def room(self, share: float, a_second: int, most: int) -> int:
        """How much of some work fits into this share of the time, at so much a second; at most so much."""
        if self._seconds is None or self._seconds * share * a_second >= most:
            return most
        return int(self._seconds * share * a_second)
