"""Parties from top to bottom: a lane for each society, a row for each party, a track for each bar that would overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.console.chart.shapes import (
    EMPTY_LANE,
    LANE_PAD,
    LANES,
    MATTER_HEIGHT,
    NEED_HEIGHT,
    OUTSIDE,
    ROW_MIN,
    ROW_PAD,
    TOP,
    TRACK_GAP,
    Lane,
    Row,
    society_of,
)  # fmt: skip
from services.console.custody import Chain, Holding


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one holding within its party's row."""

    holding: Holding
    party: str
    track: int


def slots_of(chain: Chain, xs: dict[str, float], right: float) -> list[Slot]:
    """A track for every holding of every party, so that no two bars of a row overlap; the matter's bar comes first."""
    slots: list[Slot] = []
    free_from: dict[str, list[float]] = {}
    ordered = sorted(chain.holdings, key=lambda h: (h.need_id is not None, xs[h.start]))
    for holding in ordered:
        start, end = xs[holding.start], xs[holding.end] if holding.end else right
        for party in holding.holders:
            tracks = free_from.setdefault(party, [])
            first = 1 if holding.need_id is not None and _holds_matter(chain, party) else 0
            while len(tracks) < first:
                tracks.append(right)
            track = next((t for t in range(first, len(tracks)) if tracks[t] <= start), len(tracks))
            tracks[track : track + 1] = [end]
            slots.append(Slot(holding, party, track))
    return slots


def _holds_matter(chain: Chain, party: str) -> bool:
    return any(h.need_id is None and party in h.holders for h in chain.holdings)


def _parties(chain: Chain) -> list[str]:
    """All parties in the order in which they first appear."""
    seen: dict[str, None] = {}
    for step in chain.steps:
        for party in (step.giver, *step.takers):
            if party:
                seen.setdefault(party)
    for holding in chain.holdings:
        for party in holding.holders:
            seen.setdefault(party)
    return list(seen)


class Tracks:
    """The y of each party's tracks."""

    def __init__(self) -> None:
        self.row: dict[str, Row] = {}
        self.count: dict[str, int] = {}
        self.matter: set[str] = set()

    def box(self, party: str, track: int) -> tuple[float, float]:
        """Top and height of one track."""
        row = self.row[party]
        thick = party in self.matter
        heights = [MATTER_HEIGHT if thick and t == 0 else NEED_HEIGHT for t in range(max(1, self.count[party]))]
        used = sum(heights) + TRACK_GAP * (len(heights) - 1)
        top = row.y + (row.height - used) / 2 + sum(heights[:track]) + TRACK_GAP * track
        return top, heights[track]

    def middle(self, party: str, track: int = 0) -> float:
        """The middle of a track, or of the row where the party has none."""
        top, height = self.box(party, track)
        return top + height / 2


def lanes_of(chain: Chain, slots: Sequence[Slot], name: Callable[[str], str]) -> tuple[tuple[Lane, ...], Tracks]:
    """All six lanes with the rows of their parties, and where the tracks of each row lie."""
    tracks = Tracks()
    for slot in slots:
        tracks.count[slot.party] = max(tracks.count.get(slot.party, 0), slot.track + 1)
        if slot.holding.need_id is None:
            tracks.matter.add(slot.party)
    members: dict[str, list[str]] = {society: [] for society in LANES}
    for party in _parties(chain):
        tracks.count.setdefault(party, 0)
        members[society_of(party)].append(party)
    lanes: list[Lane] = []
    y: float = TOP
    for society in LANES:
        rows: list[Row] = []
        inner = y + LANE_PAD
        for party in members[society]:
            row = Row(party=party, label=name(party), y=inner, height=_row_height(tracks, party))
            tracks.row[party] = row
            rows.append(row)
            inner += row.height
        height = max(EMPTY_LANE, inner + LANE_PAD - y) if rows else EMPTY_LANE * (0.7 if society == OUTSIDE else 1)
        lanes.append(Lane(society=society, y=y, height=height, rows=tuple(rows)))
        y += height
    return tuple(lanes), tracks


def _row_height(tracks: Tracks, party: str) -> float:
    count = max(1, tracks.count[party])
    thick = MATTER_HEIGHT - NEED_HEIGHT if party in tracks.matter else 0
    return max(ROW_MIN, count * NEED_HEIGHT + thick + (count - 1) * TRACK_GAP + 2 * ROW_PAD)
