"""What is agreed with people: it stays with them, and makes the rest of the day smaller."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from services.volunteer.planning.bundles import Pool
from services.volunteer.planning.problem import Bools, Ints, Pairs, Problem


class Agreed:
    """The pairs that are agreed, each as one number; `many` says of each person how many of them they have."""

    def __init__(self, problem: Problem) -> None:
        self.wide = len(problem.visits.place) + 1
        self.who, self.visit = np.array(problem.pins, dtype=np.int64).reshape(-1, 2).T
        self.keys = self.who * self.wide + self.visit
        self.many = np.bincount(self.who, minlength=len(problem.people.home))

    def named(self, who: Ints, visit: Ints) -> Bools:
        """Which of these pairs are agreed."""
        return np.isin(who * self.wide + visit, self.keys)

    def within(self, pool: Pool) -> Ints:
        """How many of them are in each bundle."""
        found: Ints = self.named(pool.who[:, None], pool.visits).sum(axis=1)
        return found


def what_is_left(problem: Problem) -> Problem:
    """The day without the pairs in which somebody else would do what is agreed with as many as go."""
    if not problem.pins:
        return problem
    agreed, pairs = Agreed(problem), problem.pairs
    full = np.bincount(agreed.visit, minlength=agreed.wide - 1) >= problem.visits.people
    keep = ~full[pairs.visit] | agreed.named(pairs.who, pairs.visit)
    return replace(problem, pairs=Pairs(who=pairs.who[keep], visit=pairs.visit[keep], charge=pairs.charge[keep]))
