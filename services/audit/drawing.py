"""Drawing a sample: pure, and so simple that an outsider does it again from the ledger with a line of any language.

The population is every matter that the ledger at the plan's size holds; a matter's stratum is the `area` that its first
entry names (or none) and the kind of that entry's stream. Matters that began restricted are no part of it. In each
stratum matters stand in the order of SHA-256(seed || 0x00 || id), the id in lower case with hyphens; the first are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Began:
    """A matter, and where and as what it began."""

    matter_id: UUID
    station: str
    kind: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """Matters of one kind that began at one station: how many there are, and which are drawn."""

    station: str
    kind: str
    population: int
    drawn: tuple[UUID, ...]


def lot(seed: str, matter_id: UUID) -> bytes:
    """A matter's place in the order of a seed."""
    return sha256(seed.encode() + b"\0" + str(matter_id).encode()).digest()


def draw(
    population: Iterable[Began], seed: str, per_stratum: int, station: str | None = None, kind: str | None = None
) -> list[Stratum]:
    """The strata in their order, each with what is drawn of it; `station` takes in its points, which begin alike."""
    strata: dict[tuple[str, str], list[UUID]] = {}
    for each in population:
        if (station is None or each.station.startswith(station)) and kind in (None, each.kind):
            strata.setdefault((each.station, each.kind), []).append(each.matter_id)
    return [_stratum(place, what, matters, seed, per_stratum) for (place, what), matters in sorted(strata.items())]


def _stratum(station: str, kind: str, matters: Sequence[UUID], seed: str, per_stratum: int) -> Stratum:
    ordered = sorted(matters, key=lambda matter_id: lot(seed, matter_id))
    return Stratum(station, kind, len(ordered), tuple(ordered[:per_stratum]))
