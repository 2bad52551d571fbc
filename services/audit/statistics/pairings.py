"""Pairings: which run, and which of their commitments are due and kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.audit.statistics.facts import Fact
from services.audit.statistics.rows import Family, Row, area_of, first_of, row, stream_id

KEPT = ("pairing.commitment-fulfilled", "pairing.commitment-waived")


def rows(facts: Sequence[Fact]) -> Iterable[Row]:
    """`pairing.running` +1 and -1; for each commitment `pairing.owed` on its day and `pairing.kept` when it was kept.

    A commitment without a day is due when the pairing ends.
    """
    formed = first_of(facts, "pairing.formed")
    if formed is None:
        return
    pairing, place = stream_id(formed), area_of(formed.event.holder)
    ended = first_of(facts, "pairing.ended")
    yield row(formed, "pairing.running", pairing, value=1, day=formed.event.formed_on or formed.day, place=place)
    if ended is not None:
        yield row(ended, "pairing.running", pairing, value=-1, place=place)
    for number, commitment in enumerate(formed.event.commitments):
        key = f"{pairing}/{commitment.code}/{number}"
        owed = {"subject": pairing, "place": place}
        if commitment.due is not None:
            yield row(formed, "pairing.owed", key, day=commitment.due, **owed)
        elif ended is not None:
            yield row(ended, "pairing.owed", key, **owed)
        kept = next((f for f in facts if f.type in KEPT and _keeps(f, commitment.code, commitment.giver)), None)
        if kept is not None:
            yield row(kept, "pairing.kept", key, **owed)


def _keeps(fact: Fact, code: str, giver: str | None) -> bool:
    by = getattr(fact.event, "giver", None)
    return fact.event.commitment_code == code and (by is None or giver is None or by == giver)


FAMILY = Family(
    name="pairing",
    types=frozenset({"pairing.formed", "pairing.ended", *KEPT}),
    by="stream",
    rows=rows,
)
