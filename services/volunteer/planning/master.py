"""The master problem: which bundles to choose so that nobody has two days and no visit two visitors, as a linear program.

Rows are people (each at most one bundle) and visits (each at most once; one that two go on is either theirs or nobody's),
and cuts over three rows. HiGHS keeps its basis from one solve to the next; columns come in as their prices call for them.
The duals of the rows are what one more hour of somebody, or one visit less, would be worth.
"""

from __future__ import annotations

from collections.abc import Callable

import highspy
import numpy as np
import scipy.sparse as sp

from services.volunteer.planning.bundles import Pool, joined
from services.volunteer.planning.problem import Bools, Floats, Ints, Problem
from services.volunteer.planning.watch import UNLIMITED

EPS = 1e-6
UNKEPT = 1e7
"""What it costs the linear program to leave a day that is agreed without its person, while it has no bundle for it."""
EACH_ROUND = 5
"""So many of a person's bundles come in at once: enough to choose from, few enough to stay quick."""


class Solver(highspy.Highs):
    """HiGHS that says nothing: with its callbacks it would print a line of its own on the first use."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS calls it so
        """We watch nothing, so there is nothing to enable."""


class Master:
    """A linear program over a pool; `solve` ends with the optimum over the whole pool and its prices."""

    def __init__(self, problem: Problem, pool: Pool) -> None:
        self.problem, self.pool = problem, pool
        self.people, self.visits = len(problem.people.home), len(problem.visits.place)
        self.rows = self.people + self.visits
        self.members = membership(pool, self.people, self.visits)
        self.cut_members = sp.csr_matrix((len(pool), 0))
        self.picked = sp.csc_matrix((self.rows, 0))
        self.columns = np.zeros(0, dtype=np.int64)
        self.inside = np.zeros(len(pool), dtype=bool)
        self.together = problem.together
        self.extra = len(self.together) + len(pinned(problem))
        self.highs = program(problem)
        self.duals = np.zeros(self.rows)
        self.objective = problem.nothing_served - float(problem.visits.worth[problem.together].sum())
        self.reduced = pool.value.copy()
        self.share = np.zeros(0)
        self.left: Callable[[], float] = lambda: UNLIMITED

    @property
    def visit_prices(self) -> Floats:
        """What the day would save without each visit."""
        return self.duals[self.people : self.rows]

    @property
    def people_prices(self) -> Floats:
        """What the day gains by having each person."""
        return self.duals[: self.people]

    def extend(self, pool: Pool, bring: Ints) -> None:
        """More bundles to choose from, none of which was there before; `bring` says which come in at once."""
        begin = len(self.pool)
        self.pool = joined([self.pool, pool])
        members = membership(pool, self.people, self.visits)
        self.members = sp.vstack([self.members, members]).tocsr()
        self.cut_members = sp.vstack([self.cut_members, _two_of(members, self.picked)]).tocsr()
        self.inside = np.concatenate([self.inside, np.zeros(len(pool), dtype=bool)])
        self.bring(begin + bring)

    def bring(self, columns: Ints) -> None:
        """These bundles of the pool into the program."""
        add_columns(self.highs, self._full(columns), self.pool.value[columns])
        self.columns = np.concatenate([self.columns, columns])
        self.inside[columns] = True

    def _full(self, columns: Ints) -> sp.csr_matrix:
        return sp.hstack([self.members[columns], self.cut_members[columns]]).tocsr()

    def start(self, score: Floats | None = None) -> None:
        """A first choice: for everybody the bundles that save most, or that score best."""
        score = self.pool.value if score is None else score
        self.bring(best_of_each(self.pool.who, score, np.arange(len(self.pool)), 8))

    def take_prices(self, visits: Floats, people: Floats) -> None:
        """Prices that were found without it, when there is no time to solve it."""
        self.duals = np.concatenate([people, visits])
        self.share = np.zeros(len(self.columns))
        self.reduced = self.pool.value - self.members @ self.duals

    def solve(self, most_rounds: int = 1000) -> None:
        """Bring in what its price calls for until nothing does, for so many rounds, or as long as there is time."""
        for number in range(most_rounds):
            if not self._run():
                return
            wanted = np.nonzero((self.reduced > EPS) & ~self.inside)[0]
            if not len(wanted) or number == most_rounds - 1:
                return
            self.bring(best_of_each(self.pool.who, self.reduced, wanted, EACH_ROUND))

    def _run(self) -> bool:
        """Solve it; False where there was no time to: then the prices are those of before."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.01, self.left()))
        self.highs.run()
        solution = self.highs.getSolution()
        values = np.array(solution.col_value)[self.extra :]
        self.share = values if len(values) == len(self.columns) else np.zeros(len(self.columns))
        if self.highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            self.duals = np.append(self.duals, np.zeros(self.rows + self.cut_members.shape[1] - len(self.duals)))
            self._reduce()
            return False
        self.duals = -np.array(solution.row_dual)
        self.objective = self.problem.nothing_served + self.highs.getInfo().objective_function_value
        self._reduce()
        return True

    def _reduce(self) -> None:
        self.reduced = self.pool.value - self.members @ self.duals[: self.rows]
        if self.cut_members.shape[1]:
            self.reduced -= self.cut_members @ self.duals[self.rows :]

    @property
    def bound(self) -> float:
        """No plan over this pool costs less: everybody takes at most one bundle, so the best prices limit all."""
        best = np.zeros(self.people)
        np.maximum.at(best, self.pool.who, self.reduced)
        return self.objective - float(best.sum())

    @property
    def split(self) -> Bools:
        """The columns that are chosen in part."""
        return (self.share > EPS) & (self.share < 1 - EPS)

    def cut(self, triples: Ints) -> None:
        """Of three rows of which each bundle takes one, two that take two of them cannot both be whole."""
        many = len(triples)
        picked = sp.csc_matrix(
            (np.ones(triples.size), (triples.ravel(), np.repeat(np.arange(many), 3))), shape=(self.rows, many)
        )
        self.picked = sp.hstack([self.picked, picked]).tocsc()
        two = _two_of(self.members, picked)
        self.cut_members = sp.hstack([self.cut_members, two]).tocsr()
        inside = two[self.columns].T.tocsr()
        self.highs.addRows(
            many, np.full(many, -highspy.kHighsInf), np.ones(many), inside.nnz, inside.indptr[:-1].astype(np.int32),
            (inside.indices + self.extra).astype(np.int32), inside.data.astype(float),
        )  # fmt: skip


def membership(pool: Pool, people: int, visits: int) -> sp.csr_matrix:
    """Which rows each bundle takes."""
    taken = pool.visits < visits
    columns = np.concatenate([pool.who[:, None], pool.visits + people], axis=1)
    there = np.concatenate([np.ones((len(pool), 1), dtype=bool), taken], axis=1)
    begins = np.concatenate([[0], np.cumsum(there.sum(axis=1))])
    return sp.csr_matrix((np.ones(int(begins[-1])), columns[there], begins), shape=(len(pool), people + visits))


def _two_of(members: sp.csr_matrix, picked: sp.csc_matrix) -> sp.csr_matrix:
    """Which bundles take two of the rows that each cut picked."""
    two = (members @ picked).tocsr()
    two.data = (two.data >= 2).astype(float)
    two.eliminate_zeros()
    return two


def pinned(problem: Problem) -> Ints:
    """Those with whom something is agreed."""
    return np.array(sorted({who for who, _ in problem.pins}), dtype=np.int64)


def program(problem: Problem) -> Solver:
    """The rows without bundles: a pinned person has a day, a visit of two takes both or none.

    Its first columns say of each visit of two whether it takes place, and of each pinned person what is not kept.
    """
    people, visits = len(problem.people.home), len(problem.visits.place)
    infinite, together = highspy.kHighsInf, problem.together
    lower, upper = np.full(people + visits, -infinite), np.ones(people + visits)
    agreed = pinned(problem)
    lower[agreed] = 1.0
    lower[people + together] = upper[people + together] = 0.0
    highs = Solver()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    nothing = np.zeros(0, dtype=np.int32)
    highs.addRows(people + visits, lower, upper, 0, np.zeros(1, dtype=np.int32), nothing, np.zeros(0))
    if len(together):
        many = len(together)
        highs.addCols(
            many, -problem.visits.worth[together], np.zeros(many), np.ones(many), many, np.arange(many, dtype=np.int32),
            (people + together).astype(np.int32), np.full(many, -2.0),
        )  # fmt: skip
    if len(agreed):
        many = len(agreed)
        highs.addCols(
            many, np.full(many, UNKEPT), np.zeros(many), np.ones(many), many, np.arange(many, dtype=np.int32),
            agreed.astype(np.int32), np.ones(many),
        )  # fmt: skip
    return highs


def add_columns(highs: highspy.Highs, members: sp.csr_matrix, value: Floats) -> None:
    """Bundles, by the rows that each takes and what it saves."""
    many = members.shape[0]
    highs.addCols(
        many, -value, np.zeros(many), np.full(many, highspy.kHighsInf), members.nnz,
        members.indptr[:-1].astype(np.int32), members.indices.astype(np.int32), members.data.astype(float),
    )  # fmt: skip


def best_of_each(group: Ints, score: Floats, rows: Ints, most: int) -> Ints:
    """Of these rows the ones with the highest score in each group, at most so many; the earlier of equals."""
    order = rows[np.lexsort((-score[rows], group[rows]))]
    theirs = group[order]
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = theirs[1:] != theirs[:-1]
    place = np.arange(len(order))
    return order[place - np.maximum.accumulate(np.where(begins, place, 0)) < most]
