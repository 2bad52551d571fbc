"""Prices by descent: what each visit is worth to whoever could make it, from the bundles known so far, without a solver.

Any prices bound the day from below (Lagrange); the best ones are those of the linear program. They are found by going
down the bound, smoothed so that near-equal bundles share a person (its temperature is in units of cost) and then less so.
Prices from inside the optimal face say more of what is missing than a corner of it does, so generating takes few rounds.
"""

from __future__ import annotations

import numpy as np

from services.volunteer.planning.bundles import Pool
from services.volunteer.planning.problem import Bools, Floats, Problem


class Prices:
    """The bound that a pool gives, as a function of the visits' prices."""

    def __init__(self, problem: Problem, pool: Pool, bound_to_go: Bools) -> None:
        self.visits = len(problem.visits.place)
        self.people = len(problem.people.home)
        self.together, self.worth = problem.together, problem.visits.worth[problem.together]
        self._lay(pool, np.nonzero(~bound_to_go)[0])

    def _lay(self, pool: Pool, free: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
        """The bundles by person, with staying at home for those who may."""
        home = np.full((len(free), pool.visits.shape[1]), self.visits)
        who = np.concatenate([free, pool.who])
        order = np.argsort(who, kind="stable")
        visits = np.concatenate([home, pool.visits])[order].astype(np.int32)
        self.columns = [np.ascontiguousarray(column) for column in visits.T]
        self.value = np.concatenate([np.zeros(len(free)), pool.value])[order]
        self.whose, self.begin, self.count = np.unique(who[order], return_index=True, return_counts=True)

    def _left(self, prices: Floats) -> Floats:
        """What each bundle is worth above the prices of its visits."""
        padded, left = np.append(prices, 0.0), self.value.copy()
        for column in self.columns:
            left -= padded[column]
        return left

    def best(self, prices: Floats) -> Floats:
        """The most that each person's known bundles are worth above the prices."""
        found = np.zeros(self.people)
        found[self.whose] = np.maximum.reduceat(self._left(prices), self.begin)
        return found

    def saved(self, prices: Floats, people: Floats) -> float:
        """No plan saves more, if no bundle is worth more than its visits' and its person's prices."""
        both = np.maximum(0.0, self.worth + 2 * prices[self.together]).sum()
        alone = prices.sum() - prices[self.together].sum()
        return float(alone + both + people.sum())

    def smooth(self, prices: Floats, warmth: float) -> tuple[float, Floats]:
        """The same bound, with every choice of the best made soft; and its slope."""
        left = self._left(prices)
        best = np.maximum.reduceat(left, self.begin)
        left -= np.repeat(best, self.count)
        share = np.exp(left / warmth)
        total = np.add.reduceat(share, self.begin)
        share /= np.repeat(total, self.count)
        slope = np.ones(self.visits + 1)
        slope[self.together] = 0.0
        for column in self.columns:
            slope -= np.bincount(column, weights=share, minlength=self.visits + 1)
        value = prices.sum() - prices[self.together].sum() + best.sum() + warmth * np.log(total).sum()
        both = self.worth + 2 * prices[self.together]
        value += warmth * np.logaddexp(0.0, both / warmth).sum()
        slope[self.together] += 2 / (1 + np.exp(np.clip(-both / warmth, -700, 700)))
        return float(value), slope[:-1]

    def lowered(self, prices: Floats, warmth: float, steps: int) -> Floats:
        """Better prices, from these on."""
        from scipy.optimize import minimize  # takes longer to be loaded than a street takes to be planned

        least = np.zeros(self.visits)
        least[self.together] = -np.inf

        def scaled(at: Floats) -> tuple[float, Floats]:
            value, slope = self.smooth(at * warmth, warmth)
            return value / warmth, slope

        found = minimize(
            scaled, prices / warmth, method="L-BFGS-B", jac=True,
            bounds=np.stack([least, np.full(self.visits, np.inf)], axis=1),
            options={"maxiter": steps, "maxcor": 20, "ftol": 1e-9},
        )  # fmt: skip
        lowered: Floats = np.maximum(least, found.x * warmth)
        return lowered
