"""Entries as statistics read them: the event in today's shape, its day where it is known, the minute where it is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from services.audit.entries import Wrapped
from services.audit.ledger import instant, micros
from services.audit.times import HERE
from services.kernel.contract import EVENTS, read_data
from services.kernel.message import Envelope
from services.kernel.upcast import current

_unwrap = msgspec.json.Decoder(Wrapped).decode

MINUTE = 60_000_000


def day_of(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(HERE).date()


@dataclass(frozen=True)
class Fact:
    """One entry: its place in the ledger, and what its event says."""

    idx: int
    matter_id: UUID | None
    envelope: Envelope

    @property
    def type(self) -> str:
        """The event's name on the wire."""
        return self.envelope.type

    @property
    def stream(self) -> str:
        """The aggregate that it is told of."""
        return self.envelope.subject

    @property
    def id(self) -> str:
        """The event's id."""
        return str(self.envelope.id)

    @cached_property
    def event(self) -> Any:
        """The event; None where its type is unknown here or its data cannot be read: then it counts for nothing."""
        cls = EVENTS.get(self.envelope.type)
        if cls is None:
            return None
        try:
            return read_data(cls, current(cls, self.envelope.schemaversion, bytes(self.envelope.data)))
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError):
            return None

    @property
    def day(self) -> date | None:
        """The day on which it happened; the first of a month that is known, None for a season or nothing (INV-29)."""
        at, precision = self.envelope.effectiveat, self.envelope.effectiveprecision
        if at is None or precision in ("season", "unknown"):
            return None
        return day_of(at).replace(day=1) if precision == "month" else day_of(at)

    @property
    def exact(self) -> int | None:
        """The moment at which it happened, in microseconds; None where no more than its day is known."""
        at = self.envelope.effectiveat
        return micros(at) if at is not None and self.envelope.effectiveprecision == "instant" else None

    @property
    def recorded(self) -> date:
        """The day on which it was entered."""
        return day_of(self.envelope.time)

    @property
    def latest(self) -> date:
        """The day by which it had happened at the latest."""
        return self.day or self.recorded


def fact(row: dict[str, Any]) -> Fact:
    """A fact from an entry's row (`idx`, `matter_id`, `raw`)."""
    return Fact(row["idx"], row["matter_id"], _unwrap(row["raw"]).event)


def minutes_between(first: int | None, second: int | None) -> int | None:
    """Whole minutes from one moment to another; None where one of them is unknown, or they contradict each other."""
    if first is None or second is None or second < first:
        return None
    return (second - first) // MINUTE


def day_at(moment: int) -> date:
    """The day in China of a moment in microseconds."""
    return day_of(instant(moment))


def struck(facts: Sequence[Fact]) -> set[UUID]:
    """The events that a later one replaces or strikes; a strike that is struck itself is void (INV-31)."""
    gone: set[UUID] = set()
    for each in reversed(facts):
        corrected = each.envelope.corrects
        if corrected is not None and each.envelope.id not in gone:
            gone.add(corrected)
    return gone


def standing(facts: Sequence[Fact]) -> list[Fact]:
    """The facts that are not struck."""
    gone = struck(facts)
    return [each for each in facts if each.envelope.id not in gone] if gone else list(facts)
