"""Choosing whole bundles: the linear program's halves are settled by branch and bound over the bundles that can matter.

A bundle whose price is worse than the gap between a plan and the bound is in no better plan, so it is left out; what is
left is small, and when it is searched to the end, the plan is proven.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from services.volunteer.planning.master import Master, add_columns, program
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

    None where something is agreed, or two go together: there only a search finds what fits.
    """
    if master.extra:
        return None
    share = np.zeros(len(master.pool))
    share[master.columns] = master.share
    order = np.lexsort((-master.pool.value, -master.reduced.round(6), -share.round(6)))
    free = np.ones(master.rows, dtype=bool)
    begins, rows = master.members.indptr, master.members.indices
    chosen = []
    for column in order[master.pool.value[order] > 0].tolist():
        mine = rows[begins[column] : begins[column + 1]]
        if free[mine].all():
            free[mine] = False
            chosen.append(column)
    columns = np.array(sorted(chosen), dtype=np.int64)
    cost = master.problem.nothing_served - float(master.pool.value[columns].sum())
    return Choice(columns, cost, -np.inf)


def whole(master: Master, most: int) -> Ints:
    """What the linear program chose as a whole, and of the rest the nearest bundles that fit beside it."""
    full = master.columns[master.share > 1 - 1e-6]
    taken = np.zeros(master.rows)
    taken[master.members[full].indices] = 1.0
    beside = np.nonzero((master.members @ taken) == 0)[0]
    near = beside[np.lexsort((beside, -master.reduced[beside]))[:most]]
    return np.sort(np.concatenate([full, near]))


def _begin_with(highs: highspy.Highs, master: Master, columns: Ints, start: Choice) -> None:
    values = np.isin(columns, start.columns).astype(float)
    served = np.zeros(master.rows)
    np.add.at(served, master.members[start.columns].indices, 1.0)
    solution = highspy.HighsSolution()
    first = np.zeros(master.extra)
    first[: len(master.together)] = served[master.people + master.together] > 0
    solution.col_value = [*first.tolist(), *values.tolist()]
    highs.setSolution(solution)


def near(reduced: Floats, slack: float, most: int, keep: Bools) -> tuple[Ints, float]:
    """The bundles whose price is at most so much below the best, the nearest ones if they are too many, and `keep`.

    And how far below the best the nearest one is that was left out.
    """
    rows = np.nonzero((reduced >= -slack) | keep)[0]
    if len(rows) <= most:
        return rows, slack
    order = np.lexsort((rows, -np.where(keep[rows], np.inf, reduced[rows])))
    return np.sort(rows[order[:most]]), float(max(0.0, -reduced[rows[order[most]]]))
