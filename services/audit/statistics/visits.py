"""Visit plans: which persons are due a visit every month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, first_of, row, stream_id

NOT_MONTHLY = "quarterly"


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`visit.due` +1 when a plan makes its person due every month, -1 when it ends or asks for less."""
    made = first_of(facts, "visit-plan.set")
    if made is None:
        return
    due = False
    for fact in facts:
        now_due = fact.type != "visit-plan.ended" and fact.event.cadence != NOT_MONTHLY
        if now_due != due:
            due = now_due
            yield row(
                fact, "visit.due", stream_id(made), value=1 if due else -1, subject=made.event.person_id,
                place=made.event.area,
            )  # fmt: skip


FAMILY = Family(
    name="visit-plan",
    types=frozenset({"visit-plan.set", "visit-plan.changed", "visit-plan.ended"}),
    by="stream",
    rows=rows,
)
