"""The clock of a next step, as a state remembers it: when somebody is to be reminded of it, and when it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.contracts.words import Wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """When somebody is to be reminded, and when it is late; None once that was done, or where no clock runs."""

    remind_at: datetime | None = None
    due_at: datetime | None = None


STILL = Clock()


def clock_of(wait: Wait | None) -> Clock:
    """The clock that an event has set, if it has."""
    return STILL if wait is None else Clock(remind_at=wait.remind_at, due_at=wait.due_at)
