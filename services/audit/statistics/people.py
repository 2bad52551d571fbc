"""Persons: which records are of one human being, and who has died; for counting each living person, and each volunteer, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, row, stream_id


class Merger(msgspec.Struct, frozen=True):
    """What a merger says of two records, whatever else it says."""

    survivor_id: UUID
    merged_id: UUID


MERGED, UNMERGED = ("person.merged", "volunteer.merged"), ("person.unmerged", "volunteer.unmerged")
_merger = msgspec.json.Decoder(Merger).decode


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`person.merged` while the record is shown as another, `person.died` while it is held to be dead (INV-39).

    Records of volunteers are told apart and put together in the same way: their ids are nobody else's.
    """
    merged = [fact for fact in facts if fact.type in (*MERGED, *UNMERGED)]
    if merged and merged[-1].type in MERGED:
        pair = _read(merged[-1])
        if pair is not None:
            yield row(merged[-1], "person.merged", pair.survivor_id, subject=pair.merged_id, place="")
    death = [fact for fact in facts if fact.type in ("person.died", "person.death-corrected")]
    if death and death[-1].type == "person.died":
        day = death[-1].event.on or death[-1].day
        yield row(death[-1], "person.died", stream_id(death[-1]), subject=stream_id(death[-1]), day=day, place="")


def _read(fact: Fact) -> Merger | None:
    try:
        return _merger(fact.envelope.data)
    except msgspec.DecodeError:
        return None


FAMILY = Family(
    name="person",
    types=frozenset({*MERGED, *UNMERGED, "person.died", "person.death-corrected"}),
    by="stream",
    rows=rows,
)
