"""Improving a plan of a large day: where it loses most against the prices, some people choose anew among themselves.

What a plan costs above the bound is known in parts: what each person's bundle is worth less than the best at these
prices, and the price of each visit that nobody makes. Around the largest parts a few hundred people and the visits that
are theirs or nobody's make a small problem, which is searched by branch and bound; its answer is never worse.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from services.volunteer.planning.bundles import spread
from services.volunteer.planning.master import Master, Solver, pinned
from services.volunteer.planning.problem import Bools, Floats, Ints
from services.volunteer.planning.sharing import each
from services.volunteer.planning.watch import Watch

PEOPLE, AT_ONCE = 220, 4
"""So many choose anew among themselves, and so many small problems are searched at the same time."""
NODES = 30
COLUMNS = 5_000
FRUITLESS = 60
"""So many small problems in a row that make nothing better end the search."""
WORTHLESS = 1e-6


@dataclass(frozen=True, eq=False)
class Losses:
    """What a plan loses, by person and by visit."""

    people: Floats
    visits: Floats


@dataclass(frozen=True, eq=False)
class Part:
    """A small problem: who chooses anew, from which bundles, and what they have now."""

    people: Ints
    columns: Ints
    now: Ints


class Improver:
    """A plan over a pool, as it gets better: `chosen` is each person's bundle, or -1."""

    def __init__(self, master: Master, columns: Ints, seed: int) -> None:
        self.master, self.problem, self.pool = master, master.problem, master.pool
        self.people, self.visits = master.people, master.visits
        self.chosen = np.full(self.people, -1, dtype=np.int64)
        self.chosen[self.pool.who[columns]] = columns
        self.members, self.left = master.members, master.reduced
        self.order = np.argsort(self.pool.who, kind="stable")
        self.begin = np.searchsorted(self.pool.who[self.order], np.arange(self.people + 1))
        self.price, self.worth = master.visit_prices, master.people_prices
        self.bound_to_go = np.zeros(self.people, dtype=bool)
        self.bound_to_go[pinned(self.problem)] = True
        self.draw = np.random.default_rng([seed, 11])
        self.searched = 0
        self.resting = np.ones(self.people, dtype=bool)
        self._count()
        self.near = self._near()

    def _count(self) -> None:
        taken = self.pool.visits[self.chosen[self.chosen >= 0]].ravel()
        self.served = np.bincount(taken, minlength=self.visits + 1)[: self.visits]

    def _near(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        """Who could make which visit at a price near the best, and the other way round."""
        rows = np.nonzero(self.left >= -self._reach())[0]
        of, number = np.nonzero(self.pool.visits[rows] < self.visits)
        who, visit = self.pool.who[rows[of]], self.pool.visits[rows[of], number]
        there = sp.csr_matrix((np.ones(len(who), dtype=np.int8), (who, visit)), shape=(self.people, self.visits))
        return there, there.T.tocsr()

    def _reach(self) -> float:
        return float(np.quantile(-self.left, 0.3)) if len(self.left) else 0.0

    def losses(self) -> Losses:
        """What the plan loses now."""
        mine = np.maximum(0.0, self.worth)
        going = self.chosen >= 0
        mine[going] = -self.left[self.chosen[going]]
        return Losses(mine, np.where(self.served == 0, np.maximum(0.0, self.price), 0.0))

    @property
    def columns(self) -> Ints:
        """The bundles of the plan."""
        return self.chosen[self.chosen >= 0]

    @property
    def saved(self) -> float:
        """What the plan saves now."""
        columns = self.chosen[self.chosen >= 0]
        together = self.problem.together
        return float(
            self.pool.value[columns].sum() + self.problem.visits.worth[together][self.served[together] > 0].sum()
        )

    def improve(self, watch: Watch, rounds: int) -> None:
        """So many small problems, around losses that were not looked at lately; the largest ones come first."""
        tried, before, fruitless = np.zeros(self.people), self.saved, 0
        for _ in range(0, rounds, AT_ONCE):
            if watch.passed() or fruitless >= FRUITLESS:
                return
            parts = self._parts(tried)
            self.searched += len(parts)
            found = each(lambda part: _packed(self, part, watch), parts)
            for part, columns in zip(parts, found, strict=True):
                self._take(part, columns)
            fruitless = 0 if self.saved > before + WORTHLESS else fruitless + len(parts)
            before = self.saved

    def _parts(self, tried: Floats) -> list[Part]:
        """The next small problems, which share nobody and no visit, so that they can be searched at the same time."""
        lost, free = self._weight(), np.append(self.served == 0, True)
        parts: list[Part] = []
        for _ in range(AT_ONCE):
            hope = lost * 0.5**tried
            if hope.max(initial=0.0) <= WORTHLESS:
                break
            first = int(np.argmax(hope * self.draw.uniform(0.5, 1.0, self.people)))
            people = self._without_half_pairs(self._around(first, hope))
            tried[np.union1d(people, [first])] += 1
            part = self._part(people, free)
            if len(part.columns):
                parts.append(part)
                lost[people] = 0.0
                self.resting[people] = False
                free[self.pool.visits[part.columns]] = False
                free[-1] = True
        self.resting[:] = True
        return parts

    def _take(self, part: Part, columns: Ints | None) -> None:
        if columns is None:
            return
        self.chosen[part.people] = -1
        self.chosen[self.pool.who[columns]] = columns
        self._count()

    def _weight(self) -> Floats:
        """The losses, those of a visit at whoever is near it."""
        lost = self.losses()
        gone = np.nonzero(lost.visits)[0]
        there = self.near[1][gone]
        share = lost.visits[gone] / np.maximum(1, np.diff(there.indptr))
        weight = lost.people.copy()
        np.add.at(weight, there.indices, np.repeat(share, np.diff(there.indptr)))
        return weight

    def _around(self, first: int, hope: Floats) -> Ints:
        """This one, and whoever could make the same visits, step by step; where too many, those who lose most."""
        inside = np.zeros(self.people, dtype=bool)
        inside[first] = True
        edge = np.array([first])
        while inside.sum() < PEOPLE and len(edge):
            visits = np.unique(self.near[0][edge].indices)
            beside = np.unique(self.near[1][visits].indices)
            edge = beside[~inside[beside] & self.resting[beside]]
            room = PEOPLE - int(inside.sum())
            if len(edge) > room:
                score = hope[edge] * self.draw.uniform(0.5, 1.0, len(edge)) + 1e-9 * self.draw.uniform(0, 1, len(edge))
                edge = edge[np.argsort(-score, kind="stable")[:room]]
            inside[edge] = True
        return np.nonzero(inside)[0]

    def _without_half_pairs(self, people: Ints) -> Ints:
        """Without those whose companion stays outside."""
        together = self.problem.together
        if not len(together):
            return people
        pairs = np.zeros(self.visits + 1, dtype=bool)
        pairs[together] = True
        mine = np.full((len(people), self.pool.visits.shape[1]), self.visits)
        going = self.chosen[people] >= 0
        mine[going] = self.pool.visits[self.chosen[people[going]]]
        inside = np.bincount(mine.ravel(), minlength=self.visits + 1)
        half = pairs & (inside == 1)
        outside: Ints = people[~half[mine].any(axis=1)]
        return outside

    def _part(self, people: Ints, free: Bools) -> Part:
        """Their bundles of visits that are theirs or nobody's, the nearest to the best price; and those chosen now."""
        now = self.chosen[people][self.chosen[people] >= 0]
        free = free.copy()
        free[self.pool.visits[now]] = True
        of, number = spread(self.begin[people + 1] - self.begin[people])
        rows = self.order[self.begin[people][of] + number]
        rows = rows[free[self.pool.visits[rows]].all(axis=1)]
        lost = self.losses()
        most = lost.people[people].sum() + lost.visits.max(initial=0.0)
        rows = rows[(self.left[rows] >= -most) | np.isin(rows, now)]
        if len(rows) > COLUMNS:
            rows = np.union1d(rows[np.argsort(-self.left[rows], kind="stable")[:COLUMNS]], now)
        return Part(people, rows, now)


def _packed(self: Improver, part: Part, watch: Watch) -> Ints | None:
    """The best of these bundles, at most one a person and a visit, if it is better than what is chosen now."""
    people, columns, now = part.people, part.columns, part.now
    members = self.members[columns]
    rows = np.unique(np.concatenate([people, members.indices]))
    together = np.isin(rows, self.people + self.problem.together)
    place = np.zeros(self.people + self.visits, dtype=np.int32)
    place[rows] = np.arange(len(rows))
    lower = np.full(len(rows), -highspy.kHighsInf)
    upper = np.ones(len(rows))
    lower[place[people[self.bound_to_go[people]]]] = 1.0
    lower[together] = upper[together] = 0.0
    pairs = np.nonzero(together)[0]
    visit = rows[pairs] - self.people
    highs = Solver()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    many, extra = len(columns), len(pairs)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = many + extra, len(rows)
    lp.col_cost_ = np.concatenate([-self.pool.value[columns], -self.problem.visits.worth[visit]])
    lp.col_lower_, lp.col_upper_ = np.zeros(many + extra), np.ones(many + extra)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate([members.indptr, members.nnz + 1 + np.arange(extra)]).astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([place[members.indices], pairs]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([np.ones(members.nnz), np.full(extra, -2.0)])
    lp.integrality_ = [highspy.HighsVarType.kInteger] * (many + extra)
    for option, value in (("mip_max_nodes", NODES), ("time_limit", max(0.05, watch.left)), ("mip_rel_gap", 2e-5)):
        highs.setOptionValue(option, value)
    highs.passModel(lp)
    start = highspy.HighsSolution()
    start.col_value = [*np.isin(columns, now).astype(float).tolist(), *(self.served[visit] > 0).astype(float).tolist()]
    highs.setSolution(start)
    highs.run()
    info = highs.getInfo()
    before = -float(self.pool.value[now].sum() + self.problem.visits.worth[visit][self.served[visit] > 0].sum())
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    if info.objective_function_value >= before - 1e-6:
        return None
    return columns[np.array(highs.getSolution().col_value)[:many] > 0.5]
