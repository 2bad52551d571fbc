"""Waiting for what others do: looked for often at first, and less and less often, for each look costs them work too."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

SECONDS = 60.0
FIRST, MOST, GROWS = 0.02, 0.3, 1.4
"""Seconds between two looks, in the beginning and at most, and by how much they grow."""


def until(so: Callable[[], Any], what: str, seconds: float = SECONDS) -> Any:
    """Look until it is so; answers what was seen. An AssertionError says `what` was waited for in vain."""
    ending, pause = time.monotonic() + seconds, FIRST
    while not (seen := so()):
        assert time.monotonic() < ending, f"waited in vain until {what}"
        time.sleep(pause)
        pause = min(MOST, pause * GROWS)
    return seen
