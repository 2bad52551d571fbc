"""Long rounds, as professionals make them: some visits are taken out and put back where they cost least, over and over.

Where a day holds more than a few visits, there are too many bundles to list what comes near the best. So a plan is improved
by large neighbourhoods (Shaw 1998; Pisinger and Ropke 2007): what lies near in place and time is taken out together, and
comes back where the second best place would cost most more. How long a round lasts is known of its two ends (Vidal et al.
2013), so that all places of all rounds are tried at once. What is agreed stays, and so does what two do together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from services.volunteer.planning.problem import Bools, Floats, Ints, Problem
from services.volunteer.planning.watch import Watch

LONG = 4
"""With more visits a day than this, a round is long."""
MOST_CELLS = 8_000_000
"""People times visits: with more, rounds are left as they are."""
STEPS, TRIED = 6_000, 20
"""So often something is taken out; and so many of those that nobody makes are tried each time."""
WARM = 0.01
"""At first a plan is taken for the next one while it costs at most so much more, as a share; at last only if it is no dearer."""
FORBIDDEN = 1e12
Route = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Ends:
    """A round cut at each of its gaps: how long each end lasts at least, and when it begins then, at the earliest and latest."""

    places: Ints
    length: Ints
    first: Ints
    last: Ints


class Rounds:
    """A plan of long rounds as it gets better: `routes` is what each person does."""

    def __init__(self, problem: Problem, routes: dict[int, Route], seed: int) -> None:
        self.problem, self.travel = problem, problem.travel
        people, visits = problem.people, problem.visits
        self.home, self.mode, self.worth = people.home, people.mode, visits.worth
        self.charge = np.full((len(people.home), len(visits.place)), FORBIDDEN)
        pairs = problem.pairs
        self.charge[pairs.who, pairs.visit] = pairs.charge + people.load[pairs.who]
        self.fixed = {visit for _, visit in problem.pins} | set(problem.together.tolist())
        self.charge[:, list(self.fixed)] = FORBIDDEN
        self.routes = [routes.get(who, ()) for who in range(len(people.home))]
        self.draw = np.random.default_rng([seed, 13])
        self.near = self._near()
        self.reached = self.charge.min(axis=0, initial=FORBIDDEN) < FORBIDDEN

    def _near(self) -> Ints:
        """The visits that lie nearest to each, in place and time."""
        visits = self.problem.visits
        apart = self.travel[0][np.ix_(visits.place, visits.place)] + 0.3 * np.abs(
            visits.earliest[:, None] - visits.earliest[None]
        )
        return np.argsort(apart, axis=1, kind="stable")[:, :40]

    # --- what a round lasts and costs ---

    def _ends(self, who: int, route: Route) -> tuple[Ends, Ends]:
        """What comes before each gap of the round, and what after it."""
        visits, people, way = self.problem.visits, self.problem.people, self.travel[self.mode[who]]
        home, opens, closes = int(self.home[who]), int(people.opens[who]), int(people.closes[who])
        stops = [
            (int(visits.place[v]), int(visits.minutes[v]), int(visits.earliest[v]), int(visits.latest[v]))
            for v in route
        ]
        nothing = (home, 0, opens, closes)
        before, after = [nothing], [nothing]
        for stop in stops:
            before.append((stop[0], *_joined(before[-1][1:], int(way[before[-1][0], stop[0]]), stop[1:])))
        for stop in reversed(stops):
            after.append((stop[0], *_joined(stop[1:], int(way[stop[0], after[-1][0]]), after[-1][1:])))
        return _columns(before), _columns(after[::-1])

    def cost(self, who: int, route: Route) -> float:
        """What a round costs: travel, load and charges."""
        if not route:
            return 0.0
        places = [int(self.home[who]), *self.problem.visits.place[list(route)].tolist(), int(self.home[who])]
        minutes = float(self.travel[self.mode[who], places[:-1], places[1:]].sum())
        return self.problem.per_travel_minute * minutes

    def _fits(self, who: int, route: Route) -> bool:
        """Whether it can be done without what was taken out: where detours are quicker, that is not said."""
        visits, people, way = self.problem.visits, self.problem.people, self.travel[self.mode[who]]
        here, part = int(self.home[who]), (0, int(people.opens[who]), int(people.closes[who]))
        stops = [
            (int(visits.place[v]), (int(visits.minutes[v]), int(visits.earliest[v]), int(visits.latest[v])))
            for v in route
        ]
        for place, stop in [*stops, (here, part)]:
            minutes = int(way[here, place])
            if part[1] + part[0] + minutes > stop[2]:
                return False
            here, part = place, _joined(part, minutes, stop)
        return part[0] <= int(people.most_minutes[who])

    # --- putting in ---

    def _gaps(self) -> tuple[Ints, Ints, Ends, Ends]:
        """All gaps of all rounds: whose, which, and both ends."""
        parts = [self._known[who] for who in range(len(self.routes))]
        many = [len(before.length) for before, _ in parts]
        who = np.repeat(np.arange(len(parts)), many)
        number = np.concatenate([np.arange(one) for one in many])
        return who, number, _stacked([before for before, _ in parts]), _stacked([after for _, after in parts])

    def _dearer(self, visits: Ints) -> tuple[Floats, Ints, Ints]:
        """What each of these would cost in each gap, travel and charges, or very much where it does not fit."""
        who, number, before, after = self._gaps()
        problem, mode = self.problem, self.mode[who]
        place, stay = problem.visits.place[visits][:, None], problem.visits.minutes[visits][:, None]
        early, late = problem.visits.earliest[visits][:, None], problem.visits.latest[visits][:, None]
        there, back = self.travel[mode, before.places, place], self.travel[mode, place, after.places]
        many = np.array([len(route) for route in self.routes])[who]
        now = np.where(many > 0, self.travel[mode, before.places, after.places], 0)
        fits, length, first, last = _append((before.length, before.first, before.last), there, (stay, early, late))
        good, length, first, _ = _append((length, first, last), back, (after.length, after.first, after.last))
        good &= fits & (length <= problem.people.most_minutes[who]) & (first + length <= problem.people.closes[who])
        good &= many < problem.people.most_visits[who]
        more = problem.per_travel_minute * (there + back - now) + self.charge[who[None, :], visits[:, None]]
        return np.where(good, more, FORBIDDEN), who, number

    def _put(self, who: int, route: Route) -> None:
        self.routes[who] = route
        self._known[who] = self._ends(who, route)

    def _put_back(self, out: list[int]) -> float:
        """Put back what pays, first where it would cost most to wait; answers what that costs, those left out included."""
        left, total = np.array(out, dtype=np.int64), 0.0
        while len(left):
            more, who, number = self._dearer(left)
            each = np.full((len(left), len(self.routes)), FORBIDDEN)
            np.minimum.at(each.T, who, more.T)
            best = each.min(axis=1)
            second = np.partition(each, 1, axis=1)[:, 1] if each.shape[1] > 1 else np.full(len(left), FORBIDDEN)
            pays = best < self.worth[left]
            if not pays.any():
                break
            regret = np.minimum(second, self.worth[left]) - best
            regret *= self.draw.uniform(0.8, 1.2, len(left))
            one = int(np.argmax(np.where(pays, regret, -np.inf)))
            gap = int(np.argmin(more[one]))
            person, place = int(who[gap]), int(number[gap])
            route = self.routes[person]
            self._put(person, (*route[:place], int(left[one]), *route[place:]))
            total += float(more[one, gap])
            left = np.delete(left, one)
        return total + float(self.worth[left].sum())

    # --- taking out ---

    def _out(self, served: list[int]) -> set[int]:
        """A few that lie near each other, a whole round, or some at random."""
        many = int(self.draw.integers(3, 4 + max(3, min(30, len(served) // 4))))
        kind = self.draw.random()
        if kind < 0.2:
            return set(self.draw.choice(served, min(many, len(served)), replace=False).tolist())
        first = int(self.draw.choice(served))
        if kind < 0.35:
            return {visit for route in self.routes if first in route for visit in route} - self.fixed
        there = set(served)
        return set([first, *(visit for visit in self.near[first].tolist() if visit in there)][:many])

    def improve(self, watch: Watch, most: int = STEPS) -> None:
        """So many steps, as long as there is time; ends with the best plan that was seen."""
        self._known = [self._ends(who, route) for who, route in enumerate(self.routes)]
        best, best_cost, cost = list(self.routes), 0.0, 0.0
        warm = WARM * max(1.0, self._total())
        for step in range(most):
            served = [visit for route in self.routes for visit in route if visit not in self.fixed]
            if watch.passed() or not len(self.worth):
                break
            before, known = list(self.routes), list(self._known)
            change = self._step(served)
            if cost + change <= best_cost + warm * (1 - step / most) ** 2:
                cost += change
                if cost < best_cost - 1e-6:
                    best, best_cost = list(self.routes), cost
            else:
                self.routes, self._known = before, known
        self.routes = best

    def _total(self) -> float:
        return sum(self._round(who, route) for who, route in enumerate(self.routes))

    def _round(self, who: int, route: Route) -> float:
        charges = self.charge[who, [visit for visit in route if visit not in self.fixed]]
        return self.cost(who, route) + float(charges.sum())

    def _step(self, served: list[int]) -> float:
        """Take something out and put it back, with some that nobody makes; answers how much dearer the plan is now."""
        out = self._out(served) if served else set()
        gone = self.reached.copy()
        gone[served] = False
        waiting = np.nonzero(gone)[0]
        if len(waiting) > TRIED:
            waiting = self.draw.choice(waiting, TRIED, replace=False)
        tried = [*sorted(out), *waiting.tolist()]
        before = float(self.worth[waiting].sum())
        for who, route in enumerate(self.routes):
            if out.intersection(route):
                kept = tuple(visit for visit in route if visit not in out)
                before += self._round(who, route) - self._round(who, kept)
                if not self._fits(who, kept):
                    return np.inf
                self._put(who, kept)
        return self._put_back(tried) - before


Segment = tuple[int, int, int]


def _joined(one: Segment, way: int, other: Segment) -> Segment:
    """Two parts of a round as one; both fit, so it does where their order is that of a round."""
    length, first, last = one
    stay, early, late = other
    spent = length + way
    wait = max(0, early - spent - last)
    return length + way + wait + stay, max(early - spent, first) - wait, min(late - spent, last)


def _append(one: tuple[Ints, ...], way: Ints, other: tuple[Ints, ...]) -> tuple[Bools, Ints, Ints, Ints]:
    """The same for many at once, and whether the other part can still begin in time."""
    length, first, last = one
    stay, early, late = other
    spent = length + way
    wait = np.maximum(0, early - spent - last)
    return (
        first + spent <= late,
        spent + wait + stay,
        np.maximum(early - spent, first) - wait,
        np.minimum(late - spent, last),
    )


def _columns(rows: list[tuple[int, int, int, int]]) -> Ends:
    places, length, first, last = np.array(rows, dtype=np.int64).T
    return Ends(places, length, first, last)


def _stacked(parts: list[Ends]) -> Ends:
    return Ends(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ends.__dataclass_fields__))


def improved(problem: Problem, routes: dict[int, Route], watch: Watch, seed: int) -> dict[int, Route]:
    """The routes, better where days are long; as they are elsewhere."""
    cells = len(problem.people.home) * len(problem.visits.place)
    if problem.max_visits <= LONG or not 0 < cells <= MOST_CELLS:
        return routes
    rounds = Rounds(problem, routes, seed)
    rounds.improve(watch)
    return {who: route for who, route in enumerate(rounds.routes) if route}


def total(problem: Problem, routes: dict[int, Route]) -> float:
    """What a day costs with these routes."""
    people, wide = problem.people, len(problem.visits.place)
    keys = problem.pairs.who * wide + problem.pairs.visit
    served: set[int] = set()
    cost = problem.nothing_served
    for who, route in routes.items():
        places = [int(people.home[who]), *problem.visits.place[list(route)].tolist(), int(people.home[who])]
        cost += problem.per_travel_minute * float(problem.travel[people.mode[who], places[:-1], places[1:]].sum())
        cost += float(problem.pairs.charge[np.searchsorted(keys, who * wide + np.array(route))].sum())
        cost += float(people.load[who]) * len(route)
        served |= set(route)
    return cost - float(problem.visits.worth[list(served)].sum())


def floor(problem: Problem) -> float:
    """Below this no plan costs, whatever a bound by prices says: each visit costs what leaves it out, or its shortest way there."""
    visits, people, pairs = problem.visits, problem.people, problem.pairs
    everywhere = np.concatenate([visits.place, people.home])
    places, many = np.unique(everywhere, return_counts=True)
    ways = problem.travel[:, places][:, :, visits.place].astype(float)
    own = np.searchsorted(places, visits.place)
    alone = np.nonzero(many[own] == 1)[0]
    ways[:, own[alone], alone] = np.inf
    nearest = ways.min(axis=1, initial=np.inf)
    least = np.full(len(visits.place), np.inf)
    mine = (
        pairs.charge + people.load[pairs.who] + problem.per_travel_minute * nearest[people.mode[pairs.who], pairs.visit]
    )
    np.minimum.at(least, pairs.visit, mine)
    return float(np.minimum(visits.worth, least * visits.people).sum())
