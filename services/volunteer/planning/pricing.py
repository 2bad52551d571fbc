"""Pricing: listing only the bundles whose worth exceeds the price of what they take, for days with too many to list all.

A route is given up as soon as the best that could still be added to it does not pay; so what is listed is complete, as
long as nobody's candidates are cut to the first few (`width`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np

from services.volunteer.planning.bundles import Ground, Pool, Routes, cheapest, joined, spread, stacked
from services.volunteer.planning.problem import Floats

TOLERANCE = 1e-4
CHUNK = 2_000_000


def worthwhile(ground: Ground, visits: Floats, people: Floats, slack: float, width: int | None = None) -> Pool:
    """The bundles that are worth more than their prices, less `slack`; of each person's visits only the `width` best."""
    return _Lister(ground, visits, people, slack, width).listed()


class _Lister:
    """One listing: every person's pairs in the order of what is left of their worth."""

    def __init__(self, ground: Ground, visits: Floats, people: Floats, slack: float, width: int | None) -> None:
        self.true, self.ground = ground, copy.copy(ground)
        self.price = np.append(visits, 0.0)
        self.ground.gain = left = ground.gain - visits[ground.visit]
        self.order = np.lexsort((-left, ground.who))
        self.width = len(left) if width is None else width
        self.room = 2 * float(np.abs(left).max(initial=0.0)) + float(np.abs(people).max(initial=0.0)) + slack + 1.0
        self.keys = ground.who[self.order] * self.room - left[self.order]
        self.need = people - slack - TOLERANCE
        self.most = ground.problem.max_visits
        self.still = self._still(left)

    def _still(self, left: Floats) -> Floats:
        """For each person, what so many more visits could add at most: the sums of the best that are left."""
        ground = self.ground
        best = np.zeros((len(ground.count), self.most))
        place = np.arange(len(self.order)) - ground.begin[ground.who[self.order]]
        first = place < self.most - 1
        best[ground.who[self.order][first], place[first] + 1] = np.maximum(0.0, left[self.order][first])
        return np.cumsum(best, axis=1)

    def listed(self) -> Pool:
        """All of them."""
        ground = self.ground
        routes = self._starts()
        pools = [self._paying(routes)]
        for number in range(2, self.most + 1):
            if not len(routes):
                break
            parts = list(self._grown(routes, number))
            pools += [pool for _, pool in parts]
            routes = stacked([part for part, _ in parts])
        pool = joined(pools)
        pool = Pool(who=pool.who, visits=pool.visits, value=pool.value + self.price[pool.visits].sum(axis=1))
        return cheapest(pool, len(ground.problem.visits.place))

    def _starts(self) -> Routes:
        ground = self.ground
        number = np.empty(len(self.order), dtype=np.int64)
        number[self.order] = np.arange(len(self.order))
        starts = ground.starts()
        first = number[starts.pair] - ground.begin[ground.who[starts.pair]] < self.width
        return self._hopeful(starts.take(first), 1)

    def _hopeful(self, routes: Routes, number: int) -> Routes:
        """Those to which enough can still be added to pay."""
        who = self.ground.who[routes.pair]
        return routes.take(routes.gain + self.still[who, self.most - number] >= self.need[who])

    def _grown(self, routes: Routes, number: int) -> Iterator[tuple[Routes, Pool]]:
        """The routes with one visit more, in parts; to the last visit only what pays is added."""
        ground = self.ground
        who = ground.who[routes.pair]
        least = self.need[who] - routes.gain - self.still[who, self.most - number]
        fit = np.searchsorted(self.keys, who * self.room - least, side="right") - ground.begin[who]
        count = np.clip(fit, 0, np.minimum(ground.count[who], self.width))
        part = (np.cumsum(count) - count) // CHUNK
        for rows in np.split(np.arange(len(count)), np.nonzero(np.diff(part))[0] + 1):
            some = routes.take(rows)
            of, place = spread(count[rows])
            pair = self.order[ground.begin[who[rows]][of] + place]
            new = (some.before[of] != ground.visit[pair][:, None]).all(axis=1)
            of, pair = of[new], pair[new]
            grown = ground.append(some, of, pair, ground.leg(some.pair[of], pair))
            pool = self._paying(grown)
            yield self._hopeful(grown, number) if number < self.most else grown.take(slice(0, 0)), pool

    def _paying(self, routes: Routes) -> Pool:
        pool = self.ground.finished(routes)
        return pool.take(pool.value >= self.need[pool.who])
