"""Volunteering: confirmed time after corrections, who gave it, and whether it was confirmed within ten working days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, area_of, first_of, row, stream_id


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`hours.confirmed` in minutes on the day of the activity; `hours.due` on the tenth working day after it.

    What was planned, recorded and not confirmed, or voided, is no time given (民政部令第67号 art. 7, 11).
    """
    recorded = first_of(facts, "service-hours.recorded")
    if recorded is None or first_of(facts, "service-hours.voided") is not None:
        return
    said, record = recorded.event, stream_id(recorded)
    place = said.place_area or (None if said.matter_id else area_of(said.organizer) or "")
    confirmed = first_of(facts, "service-hours.confirmed")
    in_time = confirmed is not None and not confirmed.event.late
    yield row(
        confirmed or recorded,
        "hours.due",
        record,
        day=said.record_by,
        value=int(in_time),
        place=place,
        also=recorded.idx,
    )
    if confirmed is not None:
        corrected = [fact for fact in facts if fact.type == "service-hours.corrected"]
        minutes = corrected[-1].event.minutes_after if corrected else said.minutes
        yield row(
            corrected[-1] if corrected else confirmed, "hours.confirmed", record, day=said.day, value=minutes,
            subject=said.volunteer_id, place=place, also=recorded.idx,
        )  # fmt: skip


FAMILY = Family(
    name="hours",
    types=frozenset(
        {"service-hours.recorded", "service-hours.confirmed", "service-hours.corrected", "service-hours.voided"}
    ),
    by="stream",
    rows=rows,
)
