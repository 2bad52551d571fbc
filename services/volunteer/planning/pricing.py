"""Pricing: listing only the bundles whose worth exceeds the price of what they take, for days with too many to list all.

A route is given up as soon as the most that could still follow its last visit does not pay; so what is listed is complete,
save what is left out to keep the list short: for that there is a limit, above which nothing of a person's is worth.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np

from services.volunteer.planning.bundles import Ground, Pool, Routes, cheapest, joined, spread, stacked
from services.volunteer.planning.following import Following
from services.volunteer.planning.master import best_of_each
from services.volunteer.planning.problem import Floats, Ints
from services.volunteer.planning.sharing import each

TOLERANCE = 1e-4
CHUNK = 1_000_000


@dataclass(frozen=True, eq=False)
class Listed:
    """Bundles, and for each person a limit: no bundle of theirs that is not listed is worth more above its visits' prices."""

    pool: Pool
    limit: Floats


def worthwhile(ground: Ground, after: Following, visits: Floats, people: Floats, each: int) -> Listed:
    """The bundles that are worth more than their prices; of each person's routes under way only the `each` most hopeful."""
    return _Lister(ground, after, visits, people, each).listed()


class _Lister:
    """One listing."""

    def __init__(self, ground: Ground, after: Following, visits: Floats, people: Floats, each: int) -> None:
        self.ground, self.after, self.each = copy.copy(ground), after, each
        self.price = np.append(visits, 0.0)
        self.ground.gain = ground.gain - visits[ground.visit]
        self.need = people + TOLERANCE
        self.limit = self.need.copy()
        self.lock = Lock()
        self.most = ground.problem.max_visits
        self.still = self._still()
        self._limit_incomplete()

    def _added(self, followers: slice | Ints) -> Floats:
        """What each of these followers adds to a day that would else go home."""
        added: Floats = self.ground.gain[self.after.to[followers]]
        added -= self.ground.problem.per_travel_minute * self.after.more[followers]
        return added

    def _still(self) -> list[Floats]:
        """For each pair, what none, one, two … further visits after it could add at most."""
        still = [np.zeros(len(self.ground.who))]
        for _ in range(1, self.most):
            best = np.zeros(len(self.ground.who))
            each(self._most(still[-1], best), self.after.parts(self.ground))
            still.append(best)
        return still

    def _most(self, then: Floats, best: Floats) -> Callable[[tuple[slice, slice]], None]:
        """For some pairs, the most that a follower adds with what can come after it."""

        def work(part: tuple[slice, slice]) -> None:
            pairs, followers = part
            some = np.nonzero(self.after.count[pairs])[0]
            if len(some):
                added = self._added(followers)
                added += then[self.after.to[followers]]
                begins = self.after.begin[pairs][some] - followers.start
                best[pairs.start + some] = np.maximum(0.0, np.maximum.reduceat(added, begins))

        return work

    def _limit_incomplete(self) -> None:
        """Whoever has more visits than are combined: the sum of the best of them, travel left out, is a limit."""
        ground, few = self.ground, ~self.after.complete
        rows = np.nonzero(few[ground.who])[0]
        best = best_of_each(ground.who, ground.gain, rows, self.most)
        limit = np.bincount(ground.who[best], np.maximum(0.0, ground.gain[best]), minlength=len(few))
        self.limit[few] = np.maximum(self.limit, limit)[few]

    def listed(self) -> Listed:
        """All of them."""
        routes = self._hopeful(self.ground.starts(), 1)
        pools = [self._paying(routes)]
        routes = self._fewer(routes, 1)
        for number in range(2, self.most + 1):
            if not len(routes):
                break
            parts = self._grown(routes, number)
            pools += [pool for _, pool in parts]
            routes = self._fewer(stacked([part for part, _ in parts]), number)
        pool = joined(pools)
        pool = Pool(who=pool.who, visits=pool.visits, value=pool.value + self.price[pool.visits].sum(axis=1))
        return Listed(cheapest(pool, len(self.ground.problem.visits.place)), self.limit)

    def _hope(self, routes: Routes, number: int) -> Floats:
        """The most that a day can be worth that begins with each of these routes."""
        home: Floats = routes.gain - self.ground.problem.per_travel_minute * routes.back
        return home + self.still[self.most - number][routes.pair]

    def _hopeful(self, routes: Routes, number: int) -> Routes:
        """Those to which enough can still be added to pay."""
        return routes.take(self._hope(routes, number) >= self.need[self.ground.who[routes.pair]])

    def _fewer(self, routes: Routes, number: int) -> Routes:
        """Each person's most hopeful ones; what is left out raises the person's limit."""
        if len(routes) <= self.each or number == self.most:
            return routes
        who, hope = self.ground.who[routes.pair], self._hope(routes, number)
        first = best_of_each(who, hope, np.arange(len(routes)), self.each)
        out = np.ones(len(routes), dtype=bool)
        out[first] = False
        self._leave(who[out], hope[out])
        return routes.take(np.sort(first))

    def _leave(self, who: Ints, worth: Floats) -> None:
        """Something of these people's is left out that is worth at most so much."""
        with self.lock:
            np.maximum.at(self.limit, who, worth)

    def _grown(self, routes: Routes, number: int) -> list[tuple[Routes, Pool]]:
        """The routes with one visit more, in parts; only where enough can still be added to pay."""
        count = self.after.count[routes.pair]
        part = (np.cumsum(count) - count) // CHUNK
        rows = np.split(np.arange(len(count)), np.nonzero(np.diff(part))[0] + 1)
        return each(lambda some: self._longer(routes.take(some), number), rows)

    def _longer(self, routes: Routes, number: int) -> tuple[Routes, Pool]:
        ground, after = self.ground, self.after
        home = routes.gain - ground.problem.per_travel_minute * routes.back
        of, place = spread(after.count[routes.pair])
        follower = after.begin[routes.pair][of] + place
        pair = after.to[follower]
        hope = home[of] + self._added(follower) + self.still[self.most - number][pair]
        good = np.nonzero(hope >= self.need[ground.who[pair]])[0]
        of, pair = of[good], pair[good].astype(np.int64)
        new = (routes.before[of] != ground.visit[pair][:, None]).all(axis=1)
        of, pair = of[new], pair[new]
        grown = ground.append(routes, of, pair, ground.leg(routes.pair[of], pair))
        return self._fewer(grown, number) if number < self.most else grown.take(slice(0, 0)), self._paying(grown)

    def _paying(self, routes: Routes) -> Pool:
        """Those that are home and pay, each person's best."""
        home = routes.gain - self.ground.problem.per_travel_minute * routes.back
        who = self.ground.who[routes.pair]
        rows = np.nonzero(routes.home & (home >= self.need[who]))[0]
        first = best_of_each(who, home, rows, self.each)
        if len(first) < len(rows):
            out = np.setdiff1d(rows, first)
            self._leave(who[out], home[out])
        return self.ground.finished(routes.take(np.sort(first)))
