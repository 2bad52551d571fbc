"""When something happened, where only the day, the month, the season or nothing is known.

What is not known exactly is placed where it was told: as close after the thing told before it as its period allows.
So entries of the same day keep the order in which they were written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from services.audit.entries import Entry
from services.audit.ledger import instant, micros

HERE = ZoneInfo("Asia/Shanghai")
"""Days, months and seasons begin when they begin in China, which has one time zone."""


def earliest(entry: Entry) -> int:
    """The first moment at which it can have happened; where nothing is known, when the ledger learnt of it."""
    return entry.rt if entry.vt is None else _period(entry.vt, entry.envelope.effectiveprecision)[0]


def begin(entries: Iterable[Entry]) -> int:
    """Where a telling begins: with the first thing that is dated, or else when the first was heard of."""
    first = None
    for entry in entries:
        first = entry if first is None else first
        if entry.vt is not None:
            return earliest(entry)
    return first.rt if first is not None else 0


def place(entry: Entry, after: int) -> int:
    """Its moment in a telling that stands at `after`: never before it, and within its period where that allows."""
    if entry.vt is None:
        return after
    return max(after, _period(entry.vt, entry.envelope.effectiveprecision)[0])


def near(entry: Entry, after: int) -> int:
    """Its moment for reading: within its period whatever was told before, and as close after that as the period allows."""
    if entry.vt is None:
        return after
    first, last = _period(entry.vt, entry.envelope.effectiveprecision)
    return min(max(first, after), last)


def _period(vt: int, precision: str) -> tuple[int, int]:
    """The first and last microsecond at which something so dated can have happened."""
    return _stretch(vt, precision) if precision in ("day", "month", "season") else (vt, vt)


@lru_cache(maxsize=4096)
def _stretch(vt: int, precision: str) -> tuple[int, int]:
    midnight = instant(vt).astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0)
    if precision == "day":
        return micros(midnight), micros(midnight + timedelta(days=1)) - 1
    first = midnight.replace(day=1)
    return micros(first), micros(_months_on(first, 1 if precision == "month" else 3)) - 1


def _months_on(first: datetime, months: int) -> datetime:
    """The first of the month that many months later."""
    year, month = divmod(first.month - 1 + months, 12)
    return first.replace(year=first.year + year, month=month + 1)
