"""A day with too many bundles to list: they are generated as prices call for them, until none is worth more.

At first only the visits that each person would gain most by are combined, then more of them, at last all: prices are
rough while they are far from right, and good prices leave little to list. The best bound on the way is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from services.volunteer.planning.bundles import Ground, Pool, joined
from services.volunteer.planning.master import Master, best_of_each
from services.volunteer.planning.pricing import worthwhile
from services.volunteer.planning.problem import Floats, Ints
from services.volunteer.planning.watch import Watch

STEPS: tuple[tuple[int | None, float], ...] = ((8, 0.02), (24, 0.006), (72, 0.002), (None, 0.0005))
"""How many of each person's visits are combined, and how close the prices are brought to right with that."""
MANY = 72
MOST_ROUNDS = 60
BRING, KEEP, SOLVES = 6, 24, 3
GENERATING = 0.5
"""The share of the time after which generating ends, whatever the prices are."""


@dataclass(frozen=True, eq=False)
class Generated:
    """A master over the bundles that were generated, and a bound over all that there are."""

    master: Master
    bound: float


Keep = Callable[[Pool], Pool]
AGREED = -1e6
"""At first the price of a visit that is agreed with somebody, so that the bundles with it are listed before others."""


def generate(ground: Ground, keep: Keep, watch: Watch) -> Generated:
    """Bundles enough to choose from, as far as they may be kept, with prices close to right, and the bound they prove."""
    problem = ground.problem
    visits, people = len(problem.visits.place), len(problem.people.home)
    agreed = np.zeros(visits)
    agreed[[visit for _, visit in problem.pins]] = AGREED
    pool = keep(worthwhile(ground, agreed, np.zeros(people), 0.0, 4 + 2 * bool(problem.pins)))
    master = Master(problem, pool)
    master.start()
    names = _Names(visits, people)
    known = names.of(pool)
    bound, steps, rounds = -np.inf, list(STEPS), 0
    while True:
        master.solve(SOLVES)
        width, enough = steps[0]
        late = rounds >= MOST_ROUNDS or watch.passed(GENERATING)
        found = keep(worthwhile(ground, master.visit_prices, master.people_prices, -1e-3, width or MANY))
        excess, most = _excess(master, found)
        if late or width is None:
            found, excess, most = _rest(ground, keep, master, found, excess, most)
            bound = max(bound, master.objective - float(most.sum()))
        off = float(most.sum())
        if late or (off <= enough * abs(master.objective) and len(steps) == 1):
            master.solve(SOLVES)
            return Generated(master, bound)
        if off <= enough * abs(master.objective):
            steps.pop(0)
        rows = best_of_each(found.who, excess, np.arange(len(found)), KEEP)
        mine = names.of(found)[rows]
        rows = rows[~np.isin(mine, known)]
        rows = rows[np.sort(np.unique(names.of(found)[rows], return_index=True)[1])]
        known = np.concatenate([known, names.of(found)[rows]])
        master.extend(found.take(rows), best_of_each(found.who[rows], excess[rows], np.arange(len(rows)), BRING))
        rounds += 1


def _excess(master: Master, pool: Pool) -> tuple[Floats, Floats]:
    """How much more than its price each bundle is worth, and the most of that for each person."""
    visits = np.append(master.visit_prices, 0.0)
    excess: Floats = pool.value - master.people_prices[pool.who] - visits[pool.visits].sum(axis=1)
    most = np.zeros(master.people)
    np.maximum.at(most, pool.who, excess)
    return excess, most


def _rest(
    ground: Ground, keep: Keep, master: Master, found: Pool, excess: Floats, most: Floats
) -> tuple[Pool, Floats, Floats]:
    """With the bundles of all visits, as far as they are worth more than the best that each person has: few, so quick."""
    more = keep(worthwhile(ground, master.visit_prices, master.people_prices + most, 0.0, None))
    further, higher = _excess(master, more)
    return joined([found, more]), np.concatenate([excess, further]), np.maximum(most, higher)


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
