"""Rows: one event counts for one thing on one day. A family of indicators derives its rows from events, purely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.audit.statistics.facts import Fact

By = Literal["stream", "matter", "event"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """What one entry counts for.

    `measure` says as what it counts, `key` which thing it is that counts (the same thing counts once), `part` the line
    of a breakdown, `subject` the person served or the volunteer whom distinct counts tell apart; never a worker.
    `day` is when it happened; where that is unknown (`dated` is false) it is the day on which it was entered.
    `base` is the day of what it is compared with. `place` is the area of the station; None means the matter's (`places`).
    `entry` made it count, together with the entry `also`.
    """

    measure: str
    key: str
    day: date
    dated: bool = True
    recorded: date
    part: str = ""
    subject: str = ""
    value: int | None = None
    base: date | None = None
    place: str | None = None
    entry: int
    also: int | None = None


def row(fact: Fact, measure: str, key: object, **columns: Any) -> Row:
    """A row that this fact makes count, on the fact's own day unless another is given."""
    day = columns.pop("day") if "day" in columns else fact.day
    subject = columns.pop("subject", None)
    return Row(
        measure=measure, key=str(key), day=day or fact.recorded, dated=day is not None, recorded=fact.recorded,
        subject="" if subject is None else str(subject), entry=fact.idx, **columns,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Family:
    """Which events a family of indicators is derived from, and how.

    `rows` gets the standing facts of one unit in the ledger's order: of one stream, of one matter, or of one event alone
    with the first fact of its stream before it. `errors` are the events that say that the unit should never have existed:
    while one of them stands nothing of it counts.
    """

    name: str
    types: frozenset[str]
    by: By
    rows: Callable[[Sequence[Fact]], Iterable[Row]]
    errors: frozenset[str] = frozenset()

    def unit(self, fact: Fact) -> str:
        """The unit that a fact belongs to."""
        match self.by:
            case "stream":
                return f"{self.name}/{fact.stream}"
            case "matter":
                return f"{self.name}/{fact.matter_id}"
            case "event":
                return f"{self.name}/{fact.envelope.id}"

    def derived(self, facts: Sequence[Fact]) -> list[Row]:
        """The rows of a unit, from its standing facts."""
        readable = [each for each in facts if each.event is not None or each.type in UNTYPED]
        if not readable or any(each.type in self.errors for each in facts):
            return []
        return list(self.rows(readable))


UNTYPED = frozenset({"person.merged", "person.unmerged", "volunteer.merged", "volunteer.unmerged"})
"""Types that are read by name, whatever their contract is."""


def area_of(party: str) -> str | None:
    """The area of a community that is named as a party; None for any other."""
    kind, _, code = party.partition(":")
    return code if kind == "community" and code.isascii() and code.isdecimal() else None


def first_of(facts: Iterable[Fact], *types: str) -> Fact | None:
    """The first fact of one of these types."""
    return next((each for each in facts if each.type in types), None)


def stream_id(fact: Fact) -> str:
    """The id of the aggregate that a fact is told of."""
    return fact.stream.rpartition("/")[2]
