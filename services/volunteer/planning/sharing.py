"""Work shared between cores: parts that touch nothing of each other, on threads, their answers in the order of the parts.

What the parts are does not depend on how many cores there are, so the same day gives the same plan on any machine.
NumPy and HiGHS let go of the interpreter while they count, so threads are enough and nothing is copied.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")

HANDS = min(4, len(os.sched_getaffinity(0)))


def each(work: Callable[[Part], Answer], parts: Iterable[Part]) -> list[Answer]:
    """What the work makes of each part."""
    listed = list(parts)
    if HANDS < 2 or len(listed) < 2:
        return [work(part) for part in listed]
    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(work, listed))
