"""The five-lane custody chart: where every lane, bar, arrow and date stands. Geometry only; the template draws it.

One lane for each of the five societies, a thin one above for parties outside them. Each party has a row in its lane.
A bar shows that the party answered: thick for the matter itself, thin and numbered for one need. An arrow is a
handoff; dashed, an offer, which moves nothing. Time runs to the right: to scale where the steps leave room, otherwise
in the order of the steps, and then the chart says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from services.console.chart.columns import columns, cursor_of, ticks_of
from services.console.chart.rows import Slot, Tracks, lanes_of, slots_of
from services.console.chart.shapes import GUTTER, RIGHT, TAG, TOP, Arrow, Bar, Chart, Ring, Tag
from services.console.custody import Chain, Holding, Step


def draw(
    whole: Chain, known: Chain | None = None, *, name: Callable[[str], str], date: Callable[[Step], tuple[str, str]],
    width: float = 1160,
) -> Chart:  # fmt: skip
    """The chart of a chain; given `known`, only that part of it, in the places it has in the whole.

    `name` gives a party's label, `date` a step's (label, year).
    """
    shown = whole if known is None else known
    laid = whole if known is None else _together(whole, known)
    xs, scaled, width = columns(laid.steps, width)
    right = width - RIGHT
    slots = slots_of(laid, xs, right)
    lanes, tracks = lanes_of(laid, slots, name)
    cursor = None if known is None or len(known.steps) == len(laid.steps) else cursor_of(known, xs)
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
        ticks=ticks_of(laid.steps, xs, date),
        scaled=scaled,
        cursor=cursor,
    )


def compared(
    whole: Chain, known: Chain, other: Chain, *, name: Callable[[str], str], date: Callable[[Step], tuple[str, str]],
) -> Chart:  # fmt: skip
    """The chart of what was known, with what was known otherwise at another moment marked on it."""
    laid = _together(_together(whole, known), other)
    shown, beside = draw(laid, known, name=name, date=date), draw(laid, other, name=name, date=date)
    here, there = {_place(bar) for bar in shown.bars}, {_place(bar) for bar in beside.bars}
    arrows = {(arrow.key, arrow.kind) for arrow in shown.arrows}
    return replace(
        shown,
        ghosts=tuple(bar for bar in beside.bars if _place(bar) not in here),
        echoes=tuple(arrow for arrow in beside.arrows if (arrow.key, arrow.kind) not in arrows),
        struck=tuple(bar for bar in shown.bars if _place(bar) not in there),
    )


def _place(bar: Bar) -> tuple[str, int, float]:
    """What makes a bar the same at two moments of knowledge: how far it reaches may have changed."""
    return bar.party, bar.number, bar.x


def _together(whole: Chain, known: Chain) -> Chain:
    """Both chains in one, for laying out: what was known then may have been struck since, and still had its place."""
    keys = {step.key for step in whole.steps}
    gone = [step for step in known.steps if step.key not in keys]
    steps = tuple(sorted((*whole.steps, *gone), key=lambda step: step.at)) if gone else whole.steps
    held = {(h.need_id, h.start, h.holders) for h in whole.holdings}
    more = tuple(h for h in known.holdings if (h.need_id, h.start, h.holders) not in held)
    return Chain(steps=steps, holdings=(*whole.holdings, *more), closed=whole.closed)


class _Places:
    """Where the holdings of the whole stand, for everything that touches a bar."""

    def __init__(self, whole: Chain, slots: Sequence[Slot], tracks: Tracks, xs: dict[str, float]) -> None:
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
