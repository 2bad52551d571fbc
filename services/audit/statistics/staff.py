"""Staff: who is there, and whose certificate is valid on a day; counted as heads of a station, never by what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, area_of, first_of, row, stream_id

STATION = "station/"
"""Before the id of a station, in the place of a row: it counts where that station is."""


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`staff.there` +1 and -1; `staff.certified` from one day (`day`) to another (`base`), each certificate by itself."""
    registered = first_of(facts, "staff.registered")
    if registered is None:
        return
    staff, place = stream_id(registered), _place(registered, facts)
    yield row(registered, "staff.there", staff, value=1, day=registered.event.since or registered.day, place=place)
    left = first_of(facts, "staff.left")
    if left is not None:
        yield row(left, "staff.there", staff, value=-1, day=left.event.last_day or left.day, place=place)
    for fact in facts:
        if fact.type == "staff.certified":
            until = fact.event.valid_until
            known = int(until is not None and fact.event.valid_from is not None)
            yield row(fact, "staff.certified", staff, value=known, day=fact.event.valid_from, base=until, place=place)


def _place(registered: Fact, facts: Sequence[Fact]) -> str:
    """At the station of the post that was taken last and not left, or else where the employer is."""
    left = {fact.event.post_id for fact in facts if fact.type == "staff.post-left"}
    posts = [fact.event for fact in facts if fact.type == "staff.post-taken" and fact.event.post_id not in left]
    stations = [post.station_id for post in posts if post.station_id is not None]
    return f"{STATION}{stations[-1]}" if stations else area_of(registered.event.employer) or ""


def station_rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`station.place`: the area by which a station answers, or else the first place that it serves by a code."""
    opened = first_of(facts, "station.opened")
    if opened is not None:
        served = (place for place in opened.event.places if place.isdecimal())
        yield row(opened, "station.place", stream_id(opened), place=area_of(opened.event.party) or next(served, ""))


FAMILY = Family(
    name="staff",
    types=frozenset({"staff.registered", "staff.post-taken", "staff.post-left", "staff.certified", "staff.left"}),
    by="stream",
    rows=rows,
)
STATIONS = Family(name="station", types=frozenset({"station.opened"}), by="stream", rows=station_rows)
