"""The clock of a next step, as a state remembers it: when somebody is to be reminded of it, and when it is late (INV-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.contracts.words import Wait


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """When somebody is to be reminded, and when it is late; None once that was done, or where no clock runs."""

    remind_at: datetime | None = None
    due_at: datetime | None = None

    def reminds(self, now: datetime) -> bool:
        """Whether it is time to remind somebody, and nobody has been reminded yet."""
        return self.remind_at is not None and now >= self.remind_at

    def is_late(self, now: datetime) -> bool:
        """Whether the time is over, and nobody has been told so yet."""
        return self.due_at is not None and now >= self.due_at

    def reminded(self) -> Clock:
        """The same, once somebody has been reminded."""
        return Clock(due_at=self.due_at)


STILL = Clock()


def clock_of(wait: Wait | None) -> Clock:
    """The clock that an event has set, if it has."""
    return STILL if wait is None else Clock(remind_at=wait.remind_at, due_at=wait.due_at)
