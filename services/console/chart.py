"""The five-lane custody chart: where every lane, bar, arrow and date stands. Geometry only; the template draws it.

One lane for each of the five societies, a thin one above for parties outside them. Each party has a row in its lane.
A bar shows that the party answered: thick for the matter itself, thin and numbered for one need. An arrow is a
handoff; dashed, an offer, which moves nothing. Time runs to the right: to scale where the steps leave room, otherwise
in the order of the steps, and then the chart says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from services.console.custody import Chain, Holding, Step
from services.contracts.words import SOCIETIES, SOCIETY_OF

OUTSIDE = "outside"
LANES = (OUTSIDE, *SOCIETIES)

GUTTER = 268
RIGHT = 34
TOP = 50
STEP_MIN = 40
EMPTY_LANE = 30
LANE_PAD = 7
ROW_PAD = 6
ROW_MIN = 32
MATTER_HEIGHT = 14
NEED_HEIGHT = 10
TRACK_GAP = 6
TAG = 11


@dataclass(frozen=True, kw_only=True, slots=True)
class Tick:
    """A date under which the steps of that time stand; `year` is said where it changes."""

    x: float
    label: str
    year: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One party's row; its label stands left of the bars."""

    party: str
    label: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lane:
    """One society, or the parties outside the five."""

    society: str
    y: float
    height: float
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A party answers here; `number` is the need's, 0 for the matter itself. An open bar has no end yet."""

    party: str
    number: int
    x: float
    y: float
    width: float
    height: float
    open: bool
    broken: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrow:
    """A handoff from one row to another at one step; `number` is the need's, 0 for the matter itself."""

    kind: str
    number: int
    x: float
    y1: float
    y2: float
    key: str

    @property
    def down(self) -> bool:
        """Whether it points downwards."""
        return self.y2 > self.y1


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A handoff within one row: both ends are the same party."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """The number of a need, on its bar or on the arrow of an offer."""

    x: float
    y: float
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Everything that the drawing needs, in pixels of its own coordinate system."""

    width: float
    height: float
    left: float
    right: float
    top: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]
    rings: tuple[Ring, ...]
    tags: tuple[Tag, ...]
    ticks: tuple[Tick, ...]
    scaled: bool
    cursor: float | None = None
    """Where the replayed moment ends, when the chart shows an earlier one."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of one holding within its party's row."""

    holding: Holding
    party: str
    track: int


def _together(whole: Chain, known: Chain) -> Chain:
    """Both chains in one, for laying out: what was known then may have been struck since, and still had its place."""
    keys = {step.key for step in whole.steps}
    gone = [step for step in known.steps if step.key not in keys]
    steps = tuple(sorted((*whole.steps, *gone), key=lambda step: step.at)) if gone else whole.steps
    held = {(h.need_id, h.start, h.holders) for h in whole.holdings}
    more = tuple(h for h in known.holdings if (h.need_id, h.start, h.holders) not in held)
    return Chain(steps=steps, holdings=(*whole.holdings, *more), closed=whole.closed)


def society_of(party: str) -> str:
    """The lane of a party."""
    return SOCIETY_OF.get(party.partition(":")[0], OUTSIDE)


def draw(
    whole: Chain, known: Chain | None = None, *, name: Callable[[str], str], date: Callable[[Step], tuple[str, str]],
    width: float = 1160,
) -> Chart:  # fmt: skip
    """The chart of a chain; given `known`, only that part of it, in the places it has in the whole.

    `name` gives a party's label, `date` a step's (label, year).
    """
    shown = whole if known is None else known
    laid = whole if known is None else _together(whole, known)
    xs, scaled, width = _columns(laid.steps, width)
    right = width - RIGHT
    slots = _slots(laid, xs, right)
    lanes, tracks = _lanes(laid, slots, name)
    cursor = None if known is None or len(known.steps) == len(laid.steps) else _cursor(known, xs)
    places = _Places(laid, slots, tracks, xs)
    bars = tuple(_bars(shown, places, right if cursor is None else cursor))
    arrows, rings = _arrows(shown, places)
    height = lanes[-1].y + lanes[-1].height
    return Chart(
        width=width,
        height=height + 8,
        left=GUTTER,
        right=right,
        top=TOP,
        lanes=lanes,
        bars=bars,
        arrows=tuple(arrows),
        rings=tuple(rings),
        tags=tuple(_tags(bars, arrows)),
        ticks=_ticks(laid.steps, xs, date),
        scaled=scaled,
        cursor=cursor,
    )


# --- time to the right ------------------------------------------------------------------------------------------------


def _columns(steps: Sequence[Step], width: float) -> tuple[dict[str, float], bool, float]:
    """The x of each step, whether they stand to scale, and the width that this takes."""
    if not steps:
        return {}, True, width
    room = width - RIGHT - GUTTER - 2 * STEP_MIN
    first, last = steps[0].at, steps[-1].at
    span = (last - first).total_seconds()
    if span > 0 and _is_ordered(steps):
        xs = [GUTTER + STEP_MIN + room * (step.at - first).total_seconds() / span for step in steps]
        if all(b - a >= STEP_MIN * 0.7 for a, b in pairwise(xs)):
            return dict(zip((s.key for s in steps), xs, strict=True)), True, width
    gap = max(STEP_MIN, min(150.0, room / max(1, len(steps) - 1)))
    xs = [GUTTER + STEP_MIN + gap * place for place in range(len(steps))]
    needed = xs[-1] + STEP_MIN + RIGHT
    return dict(zip((s.key for s in steps), xs, strict=True)), False, max(width, needed)


def _is_ordered(steps: Sequence[Step]) -> bool:
    return all(a.at <= b.at for a, b in pairwise(steps)) and all(s.precision == "instant" for s in steps)


def _ticks(steps: Sequence[Step], xs: dict[str, float], date: Callable[[Step], tuple[str, str]]) -> tuple[Tick, ...]:
    """A tick where the date changes; the year is said once."""
    ticks: list[Tick] = []
    seen, year = "", ""
    for step in steps:
        label, its_year = date(step)
        if (label, its_year) != (seen, year):
            ticks.append(Tick(x=xs[step.key], label=label, year=its_year if its_year != year else ""))
        seen, year = label, its_year
    return tuple(ticks)


def _cursor(known: Chain, xs: dict[str, float]) -> float:
    reached = [xs[step.key] for step in known.steps if step.key in xs]
    return max(reached, default=GUTTER) + STEP_MIN / 2


# --- parties from top to bottom ---------------------------------------------------------------------------------------


def _slots(chain: Chain, xs: dict[str, float], right: float) -> list[_Slot]:
    """A track for every holding of every party, so that no two bars of a row overlap; the matter's bar comes first."""
    slots: list[_Slot] = []
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
            slots.append(_Slot(holding, party, track))
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


class _Tracks:
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


def _lanes(chain: Chain, slots: Sequence[_Slot], name: Callable[[str], str]) -> tuple[tuple[Lane, ...], _Tracks]:
    tracks = _Tracks()
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


def _row_height(tracks: _Tracks, party: str) -> float:
    count = max(1, tracks.count[party])
    thick = MATTER_HEIGHT - NEED_HEIGHT if party in tracks.matter else 0
    return max(ROW_MIN, count * NEED_HEIGHT + thick + (count - 1) * TRACK_GAP + 2 * ROW_PAD)


# --- bars and arrows --------------------------------------------------------------------------------------------------


class _Places:
    """Where the holdings of the whole stand, for everything that touches a bar."""

    def __init__(self, whole: Chain, slots: Sequence[_Slot], tracks: _Tracks, xs: dict[str, float]) -> None:
        self.tracks, self.xs = tracks, xs
        self.track = {(s.party, s.holding.need_id, s.holding.start): s.track for s in slots}
        self.number = {need_id: place for place, need_id in enumerate(whole.needs, 1)}

    def box(self, party: str, holding: Holding) -> tuple[float, float]:
        """Top and height of the bar of one holder."""
        return self.tracks.box(party, self.track.get((party, holding.need_id, holding.start), 0))

    def number_of(self, need_id: UUID | None) -> int:
        """A need's number on the chart; 0 is the matter itself."""
        return self.number.get(need_id, 0) if need_id is not None else 0

    def meets(self, party: str, step: Step, shown: Chain) -> tuple[float, float]:
        """Middle and half height of where a step meets a party: its bar for the need, else for the matter, else its row."""
        x = self.xs[step.key]
        touching = [h for h in shown.holdings if party in h.holders and self._touches(h, x)]
        for need_id in (step.need_id, None):
            for holding in touching:
                if holding.need_id == need_id:
                    top, height = self.box(party, holding)
                    return top + height / 2, height / 2
        return self.tracks.middle(party), 0

    def _touches(self, holding: Holding, x: float) -> bool:
        return self.xs[holding.start] <= x and (holding.end is None or self.xs[holding.end] >= x)


def _bars(shown: Chain, places: _Places, reach: float) -> list[Bar]:
    """The bars of the part that is shown, each on the track that it has in the whole."""
    bars: list[Bar] = []
    for holding in shown.holdings:
        start = places.xs[holding.start]
        end = places.xs[holding.end] if holding.end else reach
        for party in holding.holders:
            top, height = places.box(party, holding)
            bars.append(
                Bar(
                    party=party, number=places.number_of(holding.need_id), x=start, y=top, width=end - start,
                    height=height, open=holding.end is None, broken=holding.broken,
                )
            )  # fmt: skip
    return bars


def _arrows(shown: Chain, places: _Places) -> tuple[list[Arrow], list[Ring]]:
    """An arrow for each taker of each handoff; a ring where a handoff stays in its row."""
    arrows: list[Arrow] = []
    rings: list[Ring] = []
    for step in shown.steps:
        x = places.xs[step.key]
        for taker in step.takers if step.act and step.giver else ():
            (y1, half1), (y2, half2) = places.meets(step.giver, step, shown), places.meets(taker, step, shown)
            if step.giver == taker:
                rings.append(Ring(x=x, y=y1, kind=step.act))
                continue
            way = 1 if y2 > y1 else -1
            arrows.append(
                Arrow(
                    kind=step.act, number=places.number_of(step.need_id), x=x, key=step.key,
                    y1=y1 + way * half1, y2=y2 - way * half2,
                )
            )  # fmt: skip
    return arrows, rings


def _tags(bars: Sequence[Bar], arrows: Sequence[Arrow]) -> list[Tag]:
    """A number at the start of each need's bar, and on the first arrow of each offer."""
    found = [Tag(x=bar.x + TAG, y=bar.y + bar.height / 2, number=bar.number) for bar in bars if bar.number]
    offers = {a.key: a for a in reversed(arrows) if a.kind == "offered" and a.number}
    for arrow in offers.values():
        away = TAG + 4 if arrow.down else -TAG - 4
        found.append(Tag(x=arrow.x, y=arrow.y1 + away, number=arrow.number))
    return found
