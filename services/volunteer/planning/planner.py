"""Planning a day: bundles, prices, cuts, a whole choice, and how far from the best it can be. Pure, and the same each time.

The work is limited by what is counted (rounds, columns, nodes), not by a clock, so that the same day gives the same plan
on any machine. A caller who has only so many seconds hands in a `Watch`; where it cuts, the plan says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from services.volunteer.planning import bundles
from services.volunteer.planning.agreed import Agreed, what_is_left
from services.volunteer.planning.bundles import Ground, Pool, all_bundles
from services.volunteer.planning.choosing import Choice, choose, greedy, near
from services.volunteer.planning.cuts import separate
from services.volunteer.planning.following import MOST_TRIED, Following, following
from services.volunteer.planning.generating import Generator
from services.volunteer.planning.improving import Improver
from services.volunteer.planning.master import EPS, Master, best_of_each, pinned
from services.volunteer.planning.problem import Bools, CannotKeep, Floats, Ints, Problem
from services.volunteer.planning.rounds import LONG, floor, improved, total
from services.volunteer.planning.watch import UNLIMITED, Watch

MODEL = "bundles-4"
CUT_ROUNDS = 12
CUT_SOLVES = 20
CUTTING, SOLVING = 0.6, 0.8
"""The shares of the time after which no cut is looked for any more, and no linear program solved."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Decision:
    """Who goes where, in which order; what that costs; below which cost there is no plan; what one more would be worth.

    `prices` are per visit: what the day would save without it; `worths` per person: what the day gains by having them.
    """

    routes: dict[int, tuple[int, ...]]
    cost: float
    bound: float
    prices: Floats
    worths: Floats
    reachable: Bools
    cut_short: bool = False
    figures: dict[str, int] = field(default_factory=dict)


FOLLOWING, TRIED_A_SECOND = 0.15, 8_000_000
"""The share of the time that listing what may follow what gets, and how much of it a slow machine does in a second."""
LISTING, STEPS_A_SECOND = 0.3, 2_500_000
"""The share of the time that listing all bundles gets, and how many steps of it a slow machine makes in a second."""
BUNDLING = 0.4
"""The share of the time that bundles get where days are long; the rest is for what rounds become by changing them."""
IMPROVING = 600
"""So many small problems of a large day are searched anew at most."""


def decide(problem: Problem, watch: Watch | None = None, seed: int = 0) -> Decision:
    """The best plan that the work allowed for, with its bound."""
    watch = watch or Watch()
    if problem.max_visits <= LONG:
        return _raised(problem, _by_bundles(problem, watch, seed))
    first = _by_bundles(problem, watch.part(BUNDLING), seed)
    if first.cost - first.bound < GOOD * first.cost:
        return _raised(problem, first)
    routes = improved(problem, first.routes, watch, seed)
    cost, cut = total(problem, routes), first.cut_short or watch.cut
    better = replace(first, routes=routes, cost=cost) if cost < first.cost else first
    return _raised(problem, replace(better, cut_short=cut))


def _raised(problem: Problem, found: Decision) -> Decision:
    """With a bound that is never below what is plain to see."""
    return replace(found, bound=min(found.cost, max(found.bound, floor(problem))))


def _by_bundles(problem: Problem, watch: Watch, seed: int) -> Decision:
    problem = what_is_left(problem)
    ground = Ground(problem)
    after = following(ground, watch.room(FOLLOWING, TRIED_A_SECOND, MOST_TRIED))
    pool = all_bundles(ground, after, watch.room(LISTING, STEPS_A_SECOND, bundles.MOST_STEPS))
    if pool is None:
        return _generated(ground, after, watch, seed)
    return _settled(ground, _kept(problem, allowed(problem, pool)), None, watch)


def _settled(ground: Ground, pool: Pool, bound: float | None, watch: Watch) -> Decision:
    """By a linear program over the pool, cuts, and branch and bound."""
    problem = ground.problem
    master = _listed(problem, pool, watch)
    prices, worths = master.visit_prices.copy(), master.people_prices.copy()
    tighten(master, watch)
    choice, bound = settle(master, watch, bound)
    return Decision(
        routes=_routes(problem, master.pool, choice.columns), cost=choice.cost, bound=min(bound, choice.cost),
        prices=prices, worths=worths, reachable=_reachable(ground), cut_short=watch.cut,
        figures={"bundles": len(master.pool), "columns": len(master.columns), "cuts": master.cut_members.shape[1]},
    )  # fmt: skip


def _generated(ground: Ground, after: Following, watch: Watch, seed: int) -> Decision:
    """A large day: bundles as prices call for them, a first choice, and better ones in its parts."""
    problem = ground.problem
    generator = Generator(ground, after, lambda some: allowed(problem, some), watch)
    master = generator.master()
    generator.complete(master)
    prices, worths = master.visit_prices.copy(), master.people_prices.copy()
    tighten(master, watch)
    if master.cut_members.shape[1]:
        generator.complete(master)
    choice, bound = greedy(master), generator.bound
    if choice is None:
        choice, bound = settle(master, watch, bound)
    better = Improver(master, choice.columns, seed)
    better.improve(watch, IMPROVING)
    cost = problem.nothing_served - better.saved
    return Decision(
        routes=_routes(problem, master.pool, better.columns), cost=cost, bound=min(bound, cost),
        prices=prices, worths=worths, reachable=_reachable(ground), cut_short=watch.cut,
        figures={"bundles": len(master.pool), "small_problems": better.searched},
    )  # fmt: skip


def _reachable(ground: Ground) -> Bools:
    """The visits that somebody could make, if there were no others."""
    starts = ground.starts()
    found = np.zeros(len(ground.problem.visits.place), dtype=bool)
    found[ground.visit[starts.pair[starts.home]]] = True
    return found


def _listed(problem: Problem, pool: Pool, watch: Watch) -> Master:
    master = Master(problem, pool)
    master.left = lambda: watch.until(SOLVING)
    master.start()
    master.solve()
    return master


def tighten(master: Master, watch: Watch) -> None:
    """Cut off what only halves can do, as long as there is something to cut off."""
    for _ in range(CUT_ROUNDS):
        if watch.passed(CUTTING):
            return
        triples = separate(master)
        if not len(triples):
            return
        master.cut(triples)
        master.solve(CUT_SOLVES)


def _kept(problem: Problem, pool: Pool) -> Pool:
    """The pool, if it has a day for everybody with whom something is agreed."""
    missing = np.setdiff1d(pinned(problem), pool.who)
    if len(missing):
        raise CannotKeep(int(missing[0]))
    return pool


def allowed(problem: Problem, pool: Pool) -> Pool:
    """Without bundles that save nothing; whoever has agreed to something has days with all of it, and no others."""
    keep = pool.value > 0 if not len(problem.together) else np.ones(len(pool), dtype=bool)
    if problem.pins:
        agreed = Agreed(problem)
        keep = (keep | (agreed.many > 0)[pool.who]) & (agreed.within(pool) == agreed.many[pool.who])
    return pool.take(keep)


ENDED = 1e-3
"""Below this difference from what there may be, a search has come to its end."""
GOOD = 0.0006
"""As close to the bound the search for something better ends."""
FAR = 0.002
"""Only a plan that is still so far above the bound is worth a long search."""
ALL, ALL_LATER = 16_000, 64_000
"""Where no more bundles than these can matter, all of them are chosen from at once: that proves the plan, or mends it.

The second is for when what was searched before has been searched to its end."""
STAGES = ((2_000, 100, 0.0), (8_000, 100, GOOD), (16_000, 10, FAR), (16_000, 400, FAR))
"""How many bundles are chosen from, the nearest to the best price first; how many nodes are searched for that; and how far
above the bound a plan has to be for it: any, where few can matter. The first is for where there is no plan yet."""


def settle(master: Master, watch: Watch, proven: float | None) -> tuple[Choice, float]:
    """A whole choice, and the bound as far as it was proven: by the pool, if that holds all bundles, or before."""
    base = floor = master.bound if proven is None else proven
    if not len(master.pool):
        return Choice(np.zeros(0, dtype=np.int64), floor, floor), floor
    choice, searched = greedy(master), 0
    keep = _fallback(master)
    for number, (most, nodes, enough) in enumerate(STAGES if choice is None else STAGES[1:]):
        gap, slack = (UNLIMITED, UNLIMITED) if choice is None else (choice.cost - floor, choice.cost - base)
        many, room = int(np.count_nonzero(master.reduced >= -slack)), ALL_LATER if searched else ALL
        least = 0.0 if number == 0 and many <= ALL else enough
        if gap <= 1e-6 or (choice is not None and (gap < least * choice.cost or watch.passed())):
            break
        if choice is not None:
            keep[choice.columns] = True
        columns, reach = near(master, slack, max(room if many <= room else most, 2 * int(keep.sum())), keep)
        if len(columns) == searched:
            continue
        found = choose(master, columns, watch.left, nodes, choice)
        if found is None:
            continue
        searched = len(columns) if found.floor > found.cost - ENDED else 0
        # Whoever goes beyond these bundles pays at least as much more as the nearest of them costs.
        if proven is None:
            floor = max(floor, min(found.floor, base + reach))
        if choice is None or found.cost < choice.cost - 1e-9:
            choice = found
    if choice is None and not len(master.problem.pins):
        choice = Choice(np.zeros(0, dtype=np.int64), master.problem.nothing_served, floor)
    if choice is None:
        raise CannotKeep(_unkept(master))
    return choice, floor


def _fallback(master: Master) -> Bools:
    """What the linear program chose in part, and of those with whom something is agreed the days with little else in them.

    Without the first, thousands of bundles that are as near might hold none of the few that fit beside each other.
    """
    keep = np.zeros(len(master.pool), dtype=bool)
    rows = np.nonzero(np.isin(master.pool.who, pinned(master.problem)))[0]
    few = -(master.pool.visits < master.visits).sum(axis=1).astype(float)
    keep[best_of_each(master.pool.who, few, rows, 3)] = True
    keep[master.columns[master.share > EPS]] = True
    return keep


def _unkept(master: Master) -> int:
    return int(pinned(master.problem)[0]) if len(master.problem.pins) else 0


def _prices(master: Master) -> tuple[Floats, Floats]:
    return master.duals[master.people : master.rows].copy(), master.duals[: master.people].copy()


def _routes(problem: Problem, pool: Pool, columns: Ints) -> dict[int, tuple[int, ...]]:
    nobody = len(problem.visits.place)
    return {
        int(pool.who[row]): tuple(int(visit) for visit in pool.visits[row] if visit != nobody)
        for row in sorted(columns.tolist(), key=lambda row: int(pool.who[row]))
    }
