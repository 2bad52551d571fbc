"""The newest events of a log, as this process has written them: what was just written need not be read back.

Relays read each commit a moment after it, each for itself; most of what they ask the database for is here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from itertools import islice

KEPT_EVENTS = 4_000
KEPT_BYTES = 4 * 1024 * 1024


class Tail:
    """A gapless stretch of stored bytes that ends with the last commit of this process; safe to share between threads."""

    def __init__(self, events: int = KEPT_EVENTS, size: int = KEPT_BYTES) -> None:
        self._most_events, self._most_bytes = events, size
        self._lock = threading.Lock()
        self._raws: deque[bytes] = deque()
        self._last = self._size = 0

    def add(self, first: int, raws: Sequence[bytes]) -> None:
        """These were committed, from this position on; where another process has written in between, begin anew."""
        with self._lock:
            if first != self._last + 1:
                self._raws.clear()
                self._size = 0
            self._raws.extend(raws)
            self._last = first + len(raws) - 1
            self._size += sum(map(len, raws))
            while len(self._raws) > self._most_events or self._size > self._most_bytes:
                self._size -= len(self._raws.popleft())

    def after(self, position: int, limit: int) -> list[bytes]:
        """The events after this position, at most `limit`; none where the stretch does not reach so far back."""
        with self._lock:
            start = position - (self._last - len(self._raws))
            return list(islice(self._raws, start, start + limit)) if start >= 0 else []
