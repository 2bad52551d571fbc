"""Comparing what the ledger holds of a publisher with what the publisher signs for and hands out. Reads only.

First the digests are compared, each over every event from the first on; only where they differ the events are fetched and
laid beside the entries one by one, so that each difference is named by its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from services.audit.entries import event_of
from services.audit.tables import entry
from services.contracts.audit.reconciliation import Difference, DifferenceCode
from services.kernel.heads import Chain, LogHead
from services.kernel.manifest import Look

AT_ONCE = 1_000
KEPT = 50

Pull = Callable[[str, int, int], list[bytes]]
"""A publisher's stored events after a position, at most so many, in order."""

Held = Mapping[int, tuple[int, bytes]]
"""What the ledger holds of a publisher, by position: the entry, and the event's bytes."""


class Placed(msgspec.Struct, frozen=True):
    """Where an event says that it stands."""

    position: int = 0


_placed = msgspec.json.Decoder(Placed).decode


@dataclass
class Compared:
    """What differs: all is counted, the first are named."""

    count: int = 0
    named: list[Difference] = field(default_factory=list)

    def differs(self, code: DifferenceCode, position: int, idx: int | None = None) -> None:
        """One more difference."""
        self.count += 1
        if len(self.named) < KEPT:
            self.named.append(Difference(code=code, position=position, entry=idx))


def compared(look: Look, pull: Pull, head: LogHead, reached: int) -> Compared:
    """What differs between a publisher's head and log, and the ledger, which has recorded it up to `reached` (INV-32)."""
    found = Compared()
    same = digest_of(look, head.publisher, head.position) == head.digest
    start = head.position if same else 0
    beside(found, look, pull, head.publisher, start, max(head.position, reached))
    if not same and not found.count:
        found.differs("digest-differs", head.position)
    return found


def digest_of(look: Look, publisher: str, position: int) -> bytes | None:
    """The digest over the first events of a publisher, as the ledger holds them; None where it does not hold them all."""
    chain = Chain()
    while chain.position < position:
        held = entries(look, publisher, chain.position, min(position, chain.position + AT_ONCE))
        if not held:
            return None
        chain.take((at, raw) for at, (_, raw) in held.items())
    return chain.digest


def entries(look: Look, publisher: str, after: int, until: int) -> Held:
    """What the ledger holds of a publisher from after one position up to another, in order."""
    c = entry.c
    query = sa.select(c.idx, c.position, c.raw).where(c.publisher == publisher, c.position > after, c.position <= until)
    return {row["position"]: (row["idx"], event_of(row["raw"])) for row in look.run(query.order_by(c.position))}


def beside(found: Compared, look: Look, pull: Pull, publisher: str, after: int, until: int) -> None:
    """Lay the publisher's events beside the entries, from after one position up to another."""
    for start, end, said in pages(pull, publisher, after, until):
        held = entries(look, publisher, start, end)
        for position in sorted(held.keys() | said.keys()):
            idx, kept = held.get(position, (None, None))
            raw = said.get(position)
            if kept is None:
                found.differs("missing", position)
            elif raw is None:
                found.differs("extra", position, idx)
            elif raw != kept:
                found.differs("altered", position, idx)


def pages(pull: Pull, publisher: str, after: int, until: int) -> Iterator[tuple[int, int, dict[int, bytes]]]:
    """The publisher's events page by page, with the positions between which each page holds all that there are."""
    while after < until:
        raws = pull(publisher, after, AT_ONCE)
        said = {place: raw for raw in raws if after < (place := _position(raw)) <= until}
        end = max(said) if len(raws) == AT_ONCE and said else until
        yield after, end, said
        after = end


def _position(raw: bytes) -> int:
    """Where an event says that it stands; nowhere, where its bytes are no event any more."""
    try:
        return _placed(raw).position
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0


def told(found: Compared) -> dict[str, Any]:
    """As a report has it."""
    return {"differences_count": found.count, "differences": tuple(found.named)}
