"""Where a matter is: the area of the station that took it in. Other events of the matter count there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, area_of, row


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`matter.place`, as it was corrected last, or else as the first event says that names an area."""
    corrected = [fact for fact in facts if fact.type == "record.request-corrected" and fact.event.now.area]
    if corrected:
        yield row(corrected[-1], "matter.place", corrected[-1].matter_id, place=corrected[-1].event.now.area)
        return
    for fact in facts:
        area = getattr(fact.event, "area", None) or area_of(getattr(fact.event, "holder", ""))
        if area:
            yield row(fact, "matter.place", fact.matter_id, place=area)
            return


FAMILY = Family(
    name="place",
    types=frozenset(
        {"help-request.received", "case.opened", "visit-plan.set", "pairing.convened", "record.request-corrected"}
    ),
    by="matter",
    rows=rows,
)
