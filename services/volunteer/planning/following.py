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
    found: list[tuple[Ints, Ints, Ints]] = [_after(ground, *some) for some in _candidates(ground, kept)]
    of = np.concatenate([one[0] for one in found] or [np.zeros(0, dtype=np.int64)])
    count = np.bincount(of, minlength=len(ground.who))
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


def _candidates(ground: Ground, kept: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Pairs with those of the same person that may begin after them, in parts, sorted by the first."""
    rows = np.nonzero(kept)[0]
    order = rows[np.lexsort((-ground.latest[rows], ground.who[rows]))]
    wide = int(ground.latest.max(initial=0)) + int((ground.earliest + ground.minutes).max(initial=0)) + 2
    keys = ground.who[order] * wide - ground.latest[order]
    ends = np.searchsorted(keys, ground.who[rows] * wide - ground.earliest[rows] - ground.minutes[rows], side="right")
    begins = np.searchsorted(keys, ground.who[rows] * wide - wide + 1)
    count = ends - begins
    part = (np.cumsum(count) - count) // CHUNK
    for some in np.split(np.arange(len(rows)), np.nonzero(np.diff(part))[0] + 1):
        of, number = spread(count[some])
        one, other = rows[some][of], order[begins[some][of] + number]
        apart = one != other
        yield one[apart], other[apart]


def _after(ground: Ground, one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """Those of these that can be done one after the other."""
    leg = ground.leg(one, other)
    if ground.metric:
        fits = ground.two(one, other, leg)
    else:
        fits = ground.earliest[one] + ground.minutes[one] + leg <= ground.latest[other]
    one, other, leg = one[fits], other[fits], leg[fits]
    return one, other.astype(np.int32), (leg + ground.back[other] - ground.back[one]).astype(np.int32)
