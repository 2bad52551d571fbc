"""Choosing whole bundles: the linear program's halves are settled by branch and bound over the bundles that can matter.

A bundle whose price is worse than the gap between a plan and the bound is in no better plan, so it is left out; what is
left is small, and when it is searched to the end, the plan is proven.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from services.volunteer.planning.bundles import spread
from services.volunteer.planning.master import EPS, Master, add_columns, pinned, program
from services.volunteer.planning.problem import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Choice:
    """Bundles of the pool, what the day costs with them, and below which cost there is nothing among those searched."""

    columns: Ints
    cost: float
    floor: float


def choose(
    master: Master, columns: Ints, seconds: float, nodes: int, start: Choice | None = None, gap: float = 0.0
) -> Choice | None:
    """The best whole choice among these columns, as far as the limits allow; None when none was found."""
    problem = master.problem
    highs = program(problem)
    members = master.members[columns]
    add_columns(highs, members, master.pool.value[columns])
    many, extra = len(columns), master.extra
    highs.changeColsIntegrality(
        many + extra, np.arange(many + extra, dtype=np.int32),
        np.full(many + extra, highspy.HighsVarType.kInteger),
    )  # fmt: skip
    cuts = master.cut_members[columns].T.tocsr()
    if cuts.shape[0]:
        highs.addRows(
            cuts.shape[0], np.full(cuts.shape[0], -highspy.kHighsInf), np.ones(cuts.shape[0]), cuts.nnz,
            cuts.indptr[:-1].astype(np.int32), (cuts.indices + extra).astype(np.int32), cuts.data.astype(float),
        )  # fmt: skip
    for option, value in (
        ("mip_max_nodes", nodes),
        ("time_limit", max(seconds, 0.05)),
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 1e-4),
        ("presolve", "off"),
    ):
        highs.setOptionValue(option, value)
    if start is not None:
        _begin_with(highs, master, columns, start)
    highs.run()
    info = highs.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    values = np.array(highs.getSolution().col_value)
    if values[len(master.together) : extra].any():
        return None
    chosen = values[extra:] > 0.5
    return Choice(
        columns[chosen], problem.nothing_served + info.objective_function_value,
        problem.nothing_served + info.mip_dual_bound,
    )  # fmt: skip


def greedy(master: Master) -> Choice | None:
    """A first whole choice without any search: what the linear program chose most of, then what saves most at its prices.

    None where two go together, or where somebody with whom something is agreed would have no day: a search finds what fits.
    """
    if len(master.together):
        return None
    share = np.zeros(len(master.pool))
    share[master.columns] = master.share.round(6)
    free = np.ones(master.rows, dtype=bool)
    chosen = _fitting(master, np.nonzero(share > 0)[0], share, free)
    chosen += _fitting(master, _beside(master, free), share, free)
    if free[pinned(master.problem)].any():
        return None
    columns = np.array(sorted(chosen), dtype=np.int64)
    cost = master.problem.nothing_served - float(master.pool.value[columns].sum())
    return Choice(columns, cost, -np.inf)


def _fitting(master: Master, some: Ints, share: Floats, free: Bools) -> list[int]:
    """Of these bundles, in that order, those whose person and visits are free still; they are not any more."""
    order = some[np.lexsort((some, -master.pool.value[some], -master.reduced[some].round(6), -share[some]))]
    begins, rows = master.members.indptr, master.members.indices
    chosen = []
    for column in order.tolist():
        mine = rows[begins[column] : begins[column + 1]]
        if free[mine].all():
            free[mine] = False
            chosen.append(column)
    return chosen


def _beside(master: Master, free: Bools) -> Ints:
    """All bundles whose person and visits are free."""
    pool, visits = master.pool, np.append(free[master.people :], True)
    people = np.nonzero(free[pool.who])[0]
    found: Ints = people[visits[pool.visits[people]].all(axis=1)]
    return found


def _begin_with(highs: highspy.Highs, master: Master, columns: Ints, start: Choice) -> None:
    values = np.isin(columns, start.columns).astype(float)
    served = np.zeros(master.rows)
    np.add.at(served, master.members[start.columns].indices, 1.0)
    solution = highspy.HighsSolution()
    first = np.zeros(master.extra)
    first[: len(master.together)] = served[master.people + master.together] > 0
    solution.col_value = [*first.tolist(), *values.tolist()]
    highs.setSolution(solution)


def near(master: Master, slack: float, most: int, keep: Bools) -> tuple[Ints, float]:
    """The bundles whose price is at most so much below the best, the nearest ones if they are too many, and `keep`.

    And how far below the best the nearest one is that was left out. Of equals everybody's first come first: where all live
    in one place hundreds of bundles are equal, and nobody has enough by the first few people's.
    """
    rows = np.nonzero((master.reduced >= -slack) | keep)[0]
    if len(rows) <= most:
        return rows, slack
    reduced, who = master.reduced[rows].round(6), master.pool.who[rows]
    turn = np.zeros(len(rows), dtype=np.int64)
    by_person = np.lexsort((-reduced, who))
    _, turn[by_person] = spread(np.unique(who, return_counts=True)[1])
    order = np.lexsort((rows, turn, -np.where(keep[rows], np.inf, reduced)))
    return np.sort(rows[order[:most]]), float(max(0.0, -reduced[order[most]] - EPS))
