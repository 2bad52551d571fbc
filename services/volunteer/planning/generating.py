"""A day with too many bundles to list: they are generated as prices call for them, until none is worth more.

The prices come from going down the bound of what is known so far, warm at first, then colder (`prices`); all bundles that
are worth more than that are looked for each time (`pricing`), so each round proves a bound, and the best one is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from services.volunteer.planning.agreed import Agreed
from services.volunteer.planning.bundles import Ground, Pool, all_bundles, joined
from services.volunteer.planning.following import Following, following
from services.volunteer.planning.master import Master, best_of_each
from services.volunteer.planning.prices import Prices
from services.volunteer.planning.pricing import Listed, worthwhile
from services.volunteer.planning.problem import Bools, CannotKeep, Floats, Ints, Pairs
from services.volunteer.planning.watch import Watch

WARMTHS = (0.1, 0.06, 0.04, 0.03, 0.015, 0.008, 0.004, 0.002, 0.001)
"""How soft the choice of the best is in each round, as a share of what a visit is worth."""
EACH = (6, 12, 12, 24)
EACH_LATER, EACH_AT_LAST = 40, 5_000
"""How many routes of each person are followed up: few while prices are far from right."""
BESIDE, BESIDE_EACH = 0.06, 60
"""So far below the best, as a share of what a visit is worth, and so many of a person's bundles are chosen from at last."""
MOST_AGREED = 5_000_000
KEEP, STEPS = 16, 80
ROUNDS = 4
"""So often the linear program is asked what is missing, before cuts and after them."""
ENOUGH = 0.0002
"""As close to the bound, as a share of the cost, that ends."""
GENERATING = 0.6
"""The share of the time after which generating ends, whatever the prices are."""


Keep = Callable[[Pool], Pool]
AGREED = 1e7
"""What an agreed visit is worth on top while bundles are listed, so that a person's bundles have all of them in."""


class _Agreed(Agreed):
    """What is agreed, as worth on top: its people do all of it."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.problem)
        self.ground = copy.copy(ground)
        self.ground.gain = ground.gain + AGREED * self.named(ground.who, ground.visit)

    def least(self, people: Floats) -> Floats:
        """What a bundle has to be worth, with that on top."""
        return people + AGREED * self.many

    def without(self, found: Listed) -> Listed:
        """The same without it, and only bundles that have all of it in."""
        pool = found.pool
        in_it = self.within(pool)
        rows = np.nonzero(in_it == self.many[pool.who])[0]
        value = pool.value - AGREED * in_it
        return Listed(
            Pool(who=pool.who[rows], visits=pool.visits[rows], value=value[rows]), found.limit - AGREED * self.many
        )

    def alone(self) -> Pool:
        """Days with nothing in them but what is agreed."""
        ground = self.ground
        if not len(self.keys):
            return Pool(
                who=self.keys, visits=np.zeros((0, ground.problem.max_visits), dtype=np.int64), value=np.zeros(0)
            )
        pairs = ground.problem.pairs
        mine = self.named(pairs.who, pairs.visit)
        only = Pairs(who=pairs.who[mine], visit=pairs.visit[mine], charge=pairs.charge[mine])
        mine_alone = Ground(replace(ground.problem, pairs=only))
        found = all_bundles(mine_alone, following(mine_alone), MOST_AGREED)
        return found or Pool(who=self.keys[:0], visits=np.zeros((0, ground.problem.max_visits), dtype=np.int64),
                             value=np.zeros(0))  # fmt: skip


class Generator:
    """Bundles enough to choose from, as far as they may be kept; and a bound over all that there are."""

    def __init__(self, ground: Ground, after: Following, keep: Keep, watch: Watch) -> None:
        self.ground, self.keep, self.watch, self.problem = ground, keep, watch, ground.problem
        self.people, self.visits = len(self.problem.people.home), len(self.problem.visits.place)
        self.after = after
        self.names = _Names(self.visits, self.people)
        self.agreed = _Agreed(ground)
        worth = self.problem.visits.worth
        self.warmth = max(1e-6, float(worth[worth > 0].mean())) if (worth > 0).any() else 1.0
        self.prices = np.where(self.problem.visits.people > 1, 0.0, worth / 2)
        self.pool = self._begin()
        self.bound = -np.inf

    def _listed(self, people: Floats, each: int) -> Listed:
        found = worthwhile(self.agreed.ground, self.after, self.prices, self.agreed.least(people), each)
        found = self.agreed.without(found)
        return Listed(self.keep(found.pool), found.limit)

    def _begin(self) -> Pool:
        """At first whatever pays, and for whoever has agreed to something whatever goes with it."""
        agreed = self.agreed.many > 0
        least = np.where(agreed, -AGREED / 2, 0.0)
        first, only = self._listed(least, EACH[0]).pool, self.keep(self.agreed.alone())
        pool = joined([only, first.take(~np.isin(self.names.of(first), self.names.of(only)))])
        missing = np.setdiff1d(np.nonzero(agreed)[0], pool.who)
        if len(missing):
            raise CannotKeep(int(missing[0]))
        return pool

    def master(self) -> Master:
        """The linear program over bundles that were found by ever colder prices, and those near them."""
        for number, share in enumerate(WARMTHS):
            if self.watch.passed(GENERATING):
                break
            warmth = share * self.warmth
            known = Prices(self.problem, self.pool, self.agreed.many > 0)
            self.prices = known.lowered(self.prices, warmth, STEPS)
            best = known.best(self.prices)
            found = self._listed(best - 2 * warmth, EACH[number] if number < len(EACH) else EACH_LATER)
            self.bound = max(self.bound, self.problem.nothing_served - known.saved(self.prices, found.limit.clip(best)))
            self._take(found.pool, best)
        return self._near()

    def _near(self) -> Master:
        """With the bundles that come near the best at the last prices."""
        people = Prices(self.problem, self.pool, self.agreed.many > 0).best(self.prices)
        if self.watch.passed(GENERATING):
            master = Master(self.problem, self.pool)
            master.take_prices(self.prices, people)
            return master
        beside = self._listed(people - BESIDE * self.warmth, BESIDE_EACH).pool
        self.pool = joined([self.pool, beside.take(self._new(beside))])
        master = Master(self.problem, self.pool)
        master.left = lambda: self.watch.until(GENERATING)
        master.take_prices(self.prices, people)
        master.start(_left(self.pool, self.prices, people))
        master.solve()
        return master

    def complete(self, master: Master) -> None:
        """Bring in what its prices call for and what it does not know yet; and prove the bound."""
        for number in range(0 if self.watch.passed(GENERATING) else ROUNDS):
            self.prices = master.visit_prices
            found = self._listed(master.people_prices, EACH_AT_LAST)
            new = found.pool.take(self._new(found.pool))
            missing = np.maximum(0.0, found.limit - master.people_prices)
            np.maximum.at(missing, new.who, _left(new, self.prices, master.people_prices))
            self.bound = max(self.bound, master.objective - float(missing.sum()))
            few = missing.sum() <= ENOUGH * abs(master.objective)
            if not len(new) or few or number + 1 == ROUNDS or self.watch.passed(GENERATING):
                return
            self.pool = joined([self.pool, new])
            master.extend(new, np.arange(len(new)))
            master.solve()

    def _take(self, found: Pool, best: Floats) -> None:
        """The best of each person's new bundles come in."""
        left = _left(found, self.prices, best)
        some = found.take(best_of_each(found.who, left, np.arange(len(found)), KEEP))
        self.pool = joined([self.pool, some.take(self._new(some))])

    def _new(self, some: Pool) -> Bools:
        new: Bools = ~np.isin(self.names.of(some), self.names.of(self.pool))
        return new


def _left(pool: Pool, visits: Floats, people: Floats) -> Floats:
    """What each bundle is worth above the prices of its visits and its person."""
    left: Floats = pool.value - np.append(visits, 0.0)[pool.visits].sum(axis=1) - people[pool.who]
    return left


class _Names:
    """A number for each person with a set of visits, by which bundles are known again."""

    def __init__(self, visits: int, people: int) -> None:
        draw = np.random.default_rng(5)
        self._visits = draw.integers(1, 2**62, visits + 1).astype(np.uint64)
        self._people = draw.integers(1, 2**62, people).astype(np.uint64)
        self._visits[visits] = 0

    def of(self, pool: Pool) -> Ints:
        """The number of each bundle."""
        named: Ints = self._people[pool.who] + self._visits[pool.visits].sum(axis=1)
        return named
