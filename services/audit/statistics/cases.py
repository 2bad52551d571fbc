"""Cases: opened, open, closed, and closed because their goals were reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, first_of, row, stream_id

GOALS_REACHED = "goals-reached"
ERROR = "error"

OPENS = ("case.opened", "case.reopened")
ENDS = ("case.closed", "case.transferred-out")


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`case.opened` once; `case.open` +1 and -1 as it opens and ends; `case.closed` each time, by reason."""
    opened = first_of(facts, "case.opened")
    if opened is None:
        return
    case, place, is_open = stream_id(opened), opened.event.area, False
    yield row(opened, "case.opened", case, place=place)
    for fact in facts:
        # A case that was transferred out is closed as well when the person dies: it has ended once.
        if fact.type in OPENS and not is_open:
            yield row(fact, "case.open", case, value=1, place=place)
        elif fact.type in ENDS and is_open:
            yield row(fact, "case.open", case, value=-1, place=place)
        is_open = fact.type in OPENS or (is_open and fact.type not in ENDS)
        if fact.type == "case.closed" and fact.event.reason_code != ERROR:
            yield row(fact, "case.closed", fact.id, part=fact.event.reason_code, place=place)


FAMILY = Family(
    name="case",
    types=frozenset({*OPENS, *ENDS, "case.entered-in-error"}),
    by="stream",
    rows=rows,
    errors=frozenset({"case.entered-in-error"}),
)
