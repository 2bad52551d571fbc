"""What may come after what: for each pair of a person and a visit, the person's further visits that can follow it.

Where detours are never quicker, whatever follows in a longer day also follows as the second of two, so the list is short.
Elsewhere only the clock is asked: it has to be possible to be there in time after the earliest end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from services.volunteer.planning.bundles import Ground, spread
from services.volunteer.planning.problem import Bools, Ints
from services.volunteer.planning.sharing import each

CHUNK = 1_000_000
MOST_TRIED = 600_000_000
"""So many are tried at most; whoever has more of them than their share is planned by their best visits alone."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Following:
    """For each pair, from `begin` on, `count` pairs `to` which one may go on, and the minutes more that it means.

    `complete` says of each person whether all their visits are in it.
    """

    begin: Ints
    count: Ints
    to: Ints
    more: Ints
    complete: Bools

    def parts(self, ground: Ground) -> Iterator[tuple[slice, slice]]:
        """People's pairs in parts of about so many followers: pairs from to, followers from to."""
        ends = np.append(self.begin, len(self.to))
        first = np.append(ground.begin, len(ground.who))
        part = ends[first[:-1]] // CHUNK
        cuts = np.concatenate([[0], np.nonzero(np.diff(part))[0] + 1, [len(part)]])
        for low, high in zip(first[cuts[:-1]], first[cuts[1:]], strict=True):
            if high > low:
                yield slice(low, high), slice(ends[low], ends[high])


def following(ground: Ground, room: int = MOST_TRIED) -> Following:
    """All of it, as far as there is room for what has to be tried."""
    kept = _kept(ground, room)
    trying = _Trying(ground, np.nonzero(kept)[0])
    found = each(trying.after, trying.parts())
    count: Ints = np.zeros(len(ground.who), dtype=np.int64)
    count[kept] = np.concatenate([one[0] for one in found] or [np.zeros(0, dtype=np.int64)])
    empty: Ints = np.zeros(0, dtype=np.int64)
    complete = np.ones(len(ground.count), dtype=bool)
    complete[ground.who[~kept]] = False
    return Following(
        begin=np.cumsum(count) - count, count=count, complete=complete,
        to=np.concatenate([one[1] for one in found] or [empty]), more=np.concatenate([one[2] for one in found] or [empty]),
    )  # fmt: skip


def _kept(ground: Ground, room: int) -> Bools:
    """The pairs to go on from: all, unless they are too many; then each person's best."""
    squares = ground.count.astype(float) ** 2
    if squares.sum() <= room:
        return np.ones(len(ground.who), dtype=bool)
    low, high = 1.0, float(ground.count.max())
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(squares, middle**2).sum() <= room else (low, middle)
    worth = ground.gain - ground.problem.per_travel_minute * (ground.out + ground.back)
    order = np.lexsort((-worth, ground.who))
    kept = np.zeros(len(order), dtype=bool)
    kept[order] = np.arange(len(order)) - ground.begin[ground.who[order]] < int(low)
    return kept


class _Trying:
    """Pairs with those of the same person that may begin after them, and what of it can be done; in short numbers."""

    def __init__(self, ground: Ground, rows: Ints) -> None:
        self.ground, self.rows = ground, rows
        self.order = rows[np.lexsort((-ground.latest[rows], ground.who[rows]))].astype(np.int32)
        wide = int(ground.latest.max(initial=0)) + int((ground.earliest + ground.minutes).max(initial=0)) + 2
        keys = ground.who[self.order] * wide - ground.latest[self.order]
        ends = ground.earliest[rows] + ground.minutes[rows]
        self.begins = np.searchsorted(keys, ground.who[rows] * wide - wide + 1)
        self.count = np.searchsorted(keys, ground.who[rows] * wide - ends, side="right") - self.begins
        travel = ground.problem.travel
        self.way = travel.astype(np.int32).ravel()
        self.base = (ground.mode * travel.shape[1] + ground.place) * travel.shape[2]
        self.place, self.latest, self.back = (_short(column) for column in (ground.place, ground.latest, ground.back))
        self.ends, self.spent = _short(ground.earliest + ground.minutes), _short(ground.out + ground.minutes)
        self.needed = _short(ground.minutes + ground.back)

    def parts(self) -> list[Ints]:
        """The pairs in parts of about so many tries."""
        part = (np.cumsum(self.count) - self.count) // CHUNK
        return np.split(np.arange(len(self.rows)), np.nonzero(np.diff(part))[0] + 1)

    def after(self, some: Ints) -> tuple[Ints, Ints, Ints]:
        """How many can be done after each of these, which, and the minutes more."""
        of, number = spread(self.count[some])
        one, other = self.rows[some][of], self.order[self.begins[some][of] + number]
        leg = self.way[self.base[one] + self.place[other]]
        good = (self.ends[one] + leg <= self.latest[other]) & (one != other)
        if self.ground.metric:
            good &= self.spent[one] + leg + self.needed[other] <= self.ground.most[one]
        of, one, other, leg = of[good], one[good], other[good], leg[good]
        if self.ground.metric:
            fits = self.ground.two(one, other, leg)
            of, one, other, leg = of[fits], one[fits], other[fits], leg[fits]
        more: Ints = leg + self.back[other] - self.back[one]
        return np.bincount(of, minlength=len(some)), other, more


def _short(column: Ints) -> Ints:
    short: Ints = column.astype(np.int32)
    return short
