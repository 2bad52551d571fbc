"""Mandatory reports: how many, and how long after the harm was seen; read by few, and small numbers by nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact, minutes_between
from services.audit.statistics.rows import Family, Row, first_of, row, stream_id


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`report.made`, once a concern, with the minutes from when it was observed to the first report."""
    observed, reported = first_of(facts, "safeguarding.concern-raised"), first_of(facts, "safeguarding.reported")
    if reported is None:
        return
    took = None if observed is None else minutes_between(observed.exact, reported.exact)
    also = None if observed is None else observed.idx
    yield row(reported, "report.made", stream_id(reported), value=took, also=also)


FAMILY = Family(
    name="safeguarding",
    types=frozenset({"safeguarding.concern-raised", "safeguarding.reported"}),
    by="stream",
    rows=rows,
)
