"""Bundles: every choice of visits, in an order, that one person can make in a day; and what each of them is worth.

A route under way is known by three numbers: its shortest length so far, and the earliest and the latest departure from
home with which it is that short (Vidal et al. 2013). Appending a visit is arithmetic on these, so that whole columns of
routes grow at once. Whoever leaves later waits less; whoever leaves as late as possible is out for the shortest time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from services.volunteer.planning.problem import Bools, Floats, Ints, Problem
from services.volunteer.planning.sharing import each

if TYPE_CHECKING:
    from services.volunteer.planning.following import Following

MOST_STEPS = 60_000_000
"""So many extensions may be tried before listing everything is given up, and pricing lists what is worth it."""
MOST_ROUTES = 6_000_000
"""So many routes of one length are kept at most, a hundred bytes and more each."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pool:
    """Bundles: whose, which visits in their order (padded with the number of visits), and what choosing each saves."""

    who: Ints
    visits: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.who)

    def take(self, rows: Ints | Bools) -> Pool:
        """These of them."""
        return Pool(who=self.who[rows], visits=self.visits[rows], value=self.value[rows])


@dataclass(frozen=True, kw_only=True, eq=False)
class Routes:
    """Routes under way: `pair` is the last pair, `before` the visits so far; `gain` leaves out the way back home."""

    pair: Ints
    before: Ints
    length: Ints
    first: Ints
    last: Ints
    gain: Floats
    back: Ints
    home: Bools

    def take(self, rows: Ints | Bools | slice) -> Routes:
        """These of them."""
        return Routes(pair=self.pair[rows], before=self.before[rows], length=self.length[rows], first=self.first[rows],
                      last=self.last[rows], gain=self.gain[rows], back=self.back[rows], home=self.home[rows])  # fmt: skip

    def __len__(self) -> int:
        return len(self.pair)


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """For groups of these sizes laid end to end: the group of each member, and its number within the group."""
    group = np.repeat(np.arange(len(counts)), counts)
    return group, np.arange(len(group)) - (np.cumsum(counts) - counts)[group]


class Ground:
    """The pairs of a day laid out for growing routes: what each is worth, and where each person's pairs begin."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.metric = _is_metric(problem)
        self._lay(problem.pairs.who, problem.pairs.visit, problem.pairs.charge)
        if self.metric:
            # Who cannot make a visit alone cannot make it on the way to or from another.
            fit = np.sort(self.starts().pair)
            self._lay(self.who[fit], self.visit[fit], problem.pairs.charge[fit])

    def _lay(self, who: Ints, visit: Ints, charge: Floats) -> None:
        visits, people = self.problem.visits, self.problem.people
        self.who, self.visit = who, visit
        alone = np.where(visits.people > 1, 0.0, visits.worth)
        self.gain = alone[visit] - people.load[who] - charge
        self.count = np.bincount(who, minlength=len(people.home))
        self.begin = np.cumsum(self.count) - self.count
        self.mode, self.place = people.mode[who], visits.place[visit]
        self.back = self.problem.travel[self.mode, self.place, people.home[who]]
        self.out = self.problem.travel[self.mode, people.home[who], self.place]
        self.minutes, self.earliest, self.latest = (
            column[visit] for column in (visits.minutes, visits.earliest, visits.latest)
        )
        self.closes, self.most = people.closes[who], people.most_minutes[who]
        self.many = people.most_visits[who]

    def starts(self) -> Routes:
        """Every pair as the first visit of a day."""
        pair, people = np.arange(len(self.who)), self.problem.people
        zero = np.zeros(len(pair), dtype=np.int64)
        before = np.full((len(pair), 0), -1, dtype=np.int64)
        return self.append(Routes(
            pair=pair, before=before, length=zero, first=people.opens[self.who], last=people.closes[self.who],
            gain=np.zeros(len(pair)), back=zero, home=np.ones(len(pair), dtype=bool),
        ), pair, pair, self.out)  # fmt: skip

    def append(self, routes: Routes, of: Ints, pair: Ints, leg: Ints) -> Routes:
        """The routes `of`, each with one more pair after `leg` minutes of travel, as far as they fit the day."""
        spent = routes.length[of] + leg
        in_time = routes.first[of] + spent <= self.latest[pair]
        fits = np.nonzero(in_time & (routes.before.shape[1] < self.many[pair]))[0]
        of, pair, leg, spent = of[fits], pair[fits], leg[fits], spent[fits]
        earliest, latest = self.earliest[pair], self.latest[pair]
        wait = np.maximum(0, earliest - spent - routes.last[of])
        length = spent + wait + self.minutes[pair]
        first = np.maximum(earliest - spent, routes.first[of]) - wait
        last = np.minimum(latest - spent, routes.last[of])
        back = self.back[pair]
        most, closes = self.most[pair], self.closes[pair]
        going = (length <= most) & (first + length <= closes)
        home = (length + back <= most) & (first + length + back <= closes)
        grown = Routes(
            pair=pair, before=np.concatenate([routes.before[of], self.visit[pair][:, None]], axis=1),
            length=length, first=first, last=last, back=back, home=home,
            gain=routes.gain[of] + self.gain[pair] - self.problem.per_travel_minute * leg,
        )  # fmt: skip
        return grown.take(home if self.metric else going)

    def leg(self, one: Ints, other: Ints) -> Ints:
        """Minutes from the visit of one pair to that of another of the same person."""
        return self.problem.travel[self.mode[one], self.place[one], self.place[other]]

    def two(self, one: Ints, other: Ints, leg: Ints) -> Bools:
        """Whether a day of these two pairs, one after the other, is home in time."""
        starts = self.first_routes
        spent, first, last = starts.length[one] + leg, starts.first[one], starts.last[one]
        wait = np.maximum(0, self.earliest[other] - spent - last)
        length = spent + wait + self.minutes[other] + self.back[other]
        begin = np.maximum(self.earliest[other] - spent, first) - wait
        return (  # type: ignore[no-any-return]
            (first + spent <= self.latest[other])
            & (length <= self.most[other])
            & (begin + length <= self.closes[other])
        )

    @cached_property
    def first_routes(self) -> Routes:
        """Every pair as a day of its own, in the order of the pairs; only where each of them fits a day."""
        starts = self.starts()
        return starts.take(np.argsort(starts.pair, kind="stable"))

    def finished(self, routes: Routes) -> Pool:
        """The routes that are home in time, as bundles as wide as the day allows."""
        done = routes.take(routes.home)
        width, nobody = self.problem.max_visits, len(self.problem.visits.place)
        visits = np.full((len(done), width), nobody, dtype=np.int64)
        visits[:, : done.before.shape[1]] = done.before
        return Pool(who=self.who[done.pair], visits=visits,
                    value=done.gain - self.problem.per_travel_minute * done.back)  # fmt: skip


MOST_LOOKED_AT = 600
SHORT = 2**14
"""Minutes up to this are short enough for three of them to be added in sixteen bits."""


def _is_metric(problem: Problem) -> bool:
    """Whether a detour with a stay in it is never quicker than the straight way; then no late route gets early again."""
    places = np.unique(np.concatenate([problem.visits.place, problem.people.home]))
    if len(places) > MOST_LOOKED_AT:
        return False
    stay = int(problem.visits.minutes.min(initial=0))
    kind = np.uint16 if max(stay, int(problem.travel.max(initial=0))) < SHORT else np.int64
    return all(_no_detour(problem.travel[mode][np.ix_(places, places)].astype(kind), stay)
               for mode in np.unique(problem.people.mode))  # fmt: skip


def _no_detour(way: npt.NDArray[Any], stay: int) -> bool:
    """Whether no way over a third place, with a stay there, is shorter."""
    quickest, detour = way.copy(), np.empty_like(way)
    there = way + way.dtype.type(stay)
    for middle in range(len(way)):
        np.add(there[:, middle, None], way[None, middle, :], out=detour)
        np.minimum(quickest, detour, out=quickest)
    return bool((quickest == way).all())


def all_bundles(ground: Ground, after: Following, most: int | None = None) -> Pool | None:
    """Every bundle of the day, the cheapest order of each; None when they are too many to list."""
    most = MOST_STEPS if most is None else most
    if not after.complete.all():
        return None
    pools, steps = [], 0
    routes = ground.starts()
    pools.append(ground.finished(routes))
    for _ in range(ground.problem.max_visits - 1):
        if not len(routes):
            break
        steps += int(after.count[routes.pair].sum())
        longer = None if steps > most else _grown(ground, after, routes)
        if longer is None:
            return None
        routes = longer
        pools.append(ground.finished(routes))
    return cheapest(joined(pools), len(ground.problem.visits.place))


CHUNK = 1_000_000


def _grown(ground: Ground, after: Following, routes: Routes) -> Routes | None:
    """Every route with every follower that fits; None when they are too many to keep."""
    found, many = list[Routes](), 0
    parts = list(_parts(routes, after.count[routes.pair], CHUNK))
    for begin in range(0, len(parts), 4):
        found += each(lambda part: _longer(ground, after, part), parts[begin : begin + 4])
        many += sum(len(one) for one in found[begin:])
        if many > MOST_ROUTES:
            return None
    return stacked(found)


def _longer(ground: Ground, after: Following, routes: Routes) -> Routes:
    of, number = spread(after.count[routes.pair])
    pair = after.to[after.begin[routes.pair][of] + number].astype(np.int64)
    new = (routes.before[of] != ground.visit[pair][:, None]).all(axis=1)
    of, pair = of[new], pair[new]
    return ground.append(routes, of, pair, ground.leg(routes.pair[of], pair))


def _parts(routes: Routes, tries: Ints, most: int) -> Iterator[Routes]:
    """These routes in parts that mean about so many tries each."""
    part = (np.cumsum(tries) - tries) // most
    for rows in np.split(np.arange(len(tries)), np.nonzero(np.diff(part))[0] + 1):
        yield routes.take(rows)


def stacked(parts: list[Routes]) -> Routes:
    """Several columns of routes as one."""
    return parts[0] if len(parts) == 1 else Routes(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in Routes.__dataclass_fields__}
    )  # fmt: skip


def joined(pools: list[Pool]) -> Pool:
    """Several pools as one."""
    return Pool(who=np.concatenate([pool.who for pool in pools]), visits=np.concatenate([pool.visits for pool in pools]),
                value=np.concatenate([pool.value for pool in pools]))  # fmt: skip


def cheapest(pool: Pool, visits: int) -> Pool:
    """Of bundles of the same person with the same visits, the order that saves most; the first one of equals."""
    members = np.sort(pool.visits, axis=1)
    keys = _keys(pool.who, members, visits)
    order = np.lexsort((-pool.value, *keys))
    same = np.zeros(len(order), dtype=bool)
    same[1:] = np.logical_and.reduce([np.diff(key[order]) == 0 for key in keys])
    return pool.take(order[~same])


def _keys(who: Ints, members: Ints, visits: int) -> list[Ints]:
    """Person and members as few whole numbers as they go into."""
    keys, room = [who.astype(np.int64)], int(who.max(initial=0)) + 1
    for column in members.T:
        if room * (visits + 1) < 2**62:
            keys[-1] = keys[-1] * (visits + 1) + column
            room *= visits + 1
        else:
            keys.append(column.astype(np.int64))
            room = visits + 1
    return keys
