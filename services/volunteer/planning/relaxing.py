"""What would have to change so that a visit which nobody makes can be made: the three cheapest changes, each on its own.

A plan stands as it is: nobody else is told another time. So a visit goes between two things that somebody does, before the
first or after the last, or to somebody who stays at home; and one thing alone gives way: the visit's time, how long
somebody is out, how far, how often, whether they are free, what they have been trained or cleared for, what the client
wishes. None of it is done by this: it says what to ask, and whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from services.volunteer.domain.rules import HARD, Asked, Who, bits
from services.volunteer.planning.document import Visit, plain
from services.volunteer.planning.problem import Bools, Floats, Ints
from services.volunteer.planning.reading import Instance

Routes = dict[int, tuple[int, ...]]
EFFORT: dict[str, float] = {
    "earlier": 1, "later": 1, "longer_day": 2, "farther": 10, "one_more_visit": 60, "somebody_free": 120,
    "client_agrees": 240, "training": 480, "clearance": 960,
}  # fmt: skip
"""How hard each is to bring about, for each minute, kilometre, visit, person or skill: only their order matters."""
RULES = {"skill-missing": "training", "not-cleared": "clearance", "woman-asked": "client_agrees"}
MOST, MOST_EXPLAINED = 3, 2_000


@dataclass(frozen=True, kw_only=True, eq=False)
class _Gaps:
    """Where one more visit could go: whose, between which places, gone from one at `after`, at the other by `before`.

    `out` is how long somebody who goes nowhere may be out; `opens` and `closes` say whether the day could begin earlier
    there, or end later.
    """

    who: Ints
    begin: Ints
    end: Ints
    after: Ints
    before: Ints
    out: Ints
    opens: Bools
    closes: Bools


class Relaxing:
    """One plan, asked of visit after visit."""

    def __init__(self, instance: Instance, routes: Routes) -> None:
        self.document, self.travel = instance.document, instance.problem.travel
        people, modes = self.document.volunteers, list(self.document.travel_minutes)
        self.ids = [w.id for w in people]
        self.km = np.array(self.document.km, dtype=float)
        self.home, self.mode = _ints(w.community for w in people), _ints(modes.index(w.mode) for w in people)
        self.free = np.array([w.free_today for w in people], dtype=bool)
        self.radius = np.array([w.radius_km for w in people], dtype=float)
        self.skills = {skill: place for place, skill in enumerate(self.document.skills)}
        self.held = _ints(bits(w.skills, self.skills) for w in people)
        self.who = Who(
            held=self.held, woman=np.array([w.woman for w in people], dtype=bool),
            cleared_until=_ints(int(w.minor_clearance) for w in people),
        )  # fmt: skip
        allowed = self.document.allowed
        self.allowed = None if allowed is None else [frozenset(map(str, allowed.get(str(w.id), ()))) for w in people]
        self.going = {int(instance.free[who]): route for who, route in routes.items() if route}
        self.many = np.zeros(len(people), dtype=np.int64)
        self.many[list(self.going)] = [len(route) for route in self.going.values()]
        self.most = _ints(w.max_visits or self.document.objective.max_visits for w in people)
        self.gaps = _gaps(self)

    def changes(self, number: int) -> list[dict[str, Any]]:
        """The cheapest changes for this visit, each with whom it concerns; none where it could be made as it is."""
        visit = self.document.visits[number]
        found = sorted((EFFORT[code] * amount, code, amount, who) for code, amount, who in self._each(visit))
        return [
            {
                "code": code,
                "amount": plain(ceil(100 * amount - 1e-6) / 100),
                "volunteers": [self.ids[one] for one in who],
            }
            for _, code, amount, who in found[:MOST]
        ]

    def _lacks(self, visit: Visit) -> dict[str, Floats]:
        """Of everybody, how much of each rule would have to give way; `never` is what does not, whatever is done."""
        asked = Asked(day=1, skills=bits(visit.need, self.skills), with_minor=visit.minor, woman_only=visit.woman_only)
        lacks = {code: np.zeros(len(self.home)) for code in ("never", *RULES.values())}
        for rule in HARD:
            lacks[RULES.get(rule.code, "never")] += ~np.broadcast_to(rule.holds(self.who, asked), self.home.shape)
        lacks["training"] = np.bitwise_count(asked.skills & ~self.held).astype(float)
        lacks["farther"] = np.maximum(0.0, self.km[self.home, visit.community] - self.radius)
        lacks["somebody_free"] = (~self.free).astype(float)
        lacks["one_more_visit"] = np.maximum(0.0, self.many + 1.0 - self.most)
        if self.allowed is not None:
            lacks["never"] += [str(visit.id) not in mine for mine in self.allowed]
        return lacks

    def _each(self, visit: Visit) -> Iterator[tuple[str, float, list[int]]]:
        """Every change that is enough on its own, with as little of it as is enough."""
        lacks, (now, times) = self._lacks(visit), self._times(visit)
        wrong = np.sum([lack > 0 for lack in lacks.values()], axis=0)[self.gaps.who]
        if visit.people == 1 and ((now == 0) & (wrong == 0)).any():
            return
        for code in EFFORT:
            if code in times:
                yield from self._least(code, visit.people, np.where(wrong == 0, times[code], np.inf))
            else:
                mine = lacks[code][self.gaps.who]
                yield from self._least(code, visit.people, np.where((now == 0) & (wrong == (mine > 0)), mine, np.inf))

    def _times(self, visit: Visit) -> tuple[Floats, dict[str, Floats]]:
        """Of every gap: by how much it is too short as it is; and by how many minutes the visit, or the day, would move."""
        g, mode = self.gaps, self.mode[self.gaps.who]
        there, back = self.travel[mode, g.begin, visit.community], self.travel[mode, visit.community, g.end]
        soon, late = g.after + there, g.before - back - visit.minutes
        first, last = visit.earliest, visit.earliest if visit.people > 1 else visit.latest_start
        over = np.maximum(0, there + visit.minutes + back - g.out)
        both = np.maximum.reduce([soon - late, soon - last, first - late, over])
        before = np.where(first <= late, soon - np.minimum(last, late), np.inf)
        after = np.where(soon <= last, np.maximum(first, soon) - late, np.inf)
        longer = np.select([g.opens & g.closes, g.opens, g.closes], [both, before, after], np.inf)
        inside = (soon <= late) & (over == 0)
        times = {"longer_day": np.maximum(0.0, longer)}
        if visit.people == 1:
            times["earlier"] = np.where(inside & (first > late), first - late, np.inf)
            times["later"] = np.where(inside & (soon > last), soon - last, np.inf)
        else:
            times["earlier"] = times["later"] = np.full(len(soon), np.inf)
        return np.maximum(0, both), times

    def _least(self, code: str, people: int, amount: Floats) -> Iterator[tuple[str, float, list[int]]]:
        """The gap in which the least of this is enough; for two who go together, one each."""
        if not len(amount):
            return
        if people == 1:
            best = int(np.argmin(amount))
            if 0 < amount[best] < np.inf:
                yield code, float(amount[best]), [int(self.gaps.who[best])]
            return
        chosen: dict[int, float] = {}
        for gap in np.argsort(amount, kind="stable").tolist():
            chosen.setdefault(int(self.gaps.who[gap]), float(amount[gap]))
            if len(chosen) == people:
                break
        most = max(chosen.values())
        if len(chosen) == people and 0 < most < np.inf:
            yield code, most, [who for who, lack in chosen.items() if lack > 0]


def _ints(values: Any) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _gaps(of: Relaxing) -> _Gaps:
    """All gaps of a plan, by person."""
    rows = [row for who in range(len(of.home)) for row in _of_one(of, who)]
    columns = [_ints(column) for column in zip(*rows, strict=True)] or [_ints(())] * 8
    names = ("who", "begin", "end", "after", "before", "out")
    numbers = dict(zip(names, columns[:6], strict=True))
    return _Gaps(**numbers, opens=columns[6].astype(bool), closes=columns[7].astype(bool))


ALL_DAY = 10**6


def _of_one(of: Relaxing, who: int) -> Iterator[tuple[int, ...]]:
    one, home = of.document.volunteers[who], int(of.home[who])
    opens, closes = one.window
    route = of.going.get(who)
    if route is None:
        yield who, home, home, opens, closes, one.max_minutes, True, True
        return
    stops = [of.document.visits[number] for number in route]
    leaves, begins, back = timed(opens, home, stops, of.travel[of.mode[who]])
    places = [home, *(stop.community for stop in stops), home]
    after = [max(opens, back - one.max_minutes), *(b + stop.minutes for b, stop in zip(begins, stops, strict=True))]
    before = [*begins, min(closes, leaves + one.max_minutes)]
    for number in range(len(stops) + 1):
        yield (who, places[number], places[number + 1], after[number], before[number], ALL_DAY,
               number == 0, number == len(stops))  # fmt: skip


def timed(opens: int, home: int, stops: list[Visit], way: Ints) -> tuple[int, list[int], int]:
    """When somebody leaves who is back as soon as can be and leaves as late; when each visit begins; when they are back."""
    begins, _ = _run(opens, home, stops, way)
    waited, room, now, here = 0, ALL_DAY, opens, home
    for stop, begin in zip(stops, begins, strict=True):
        waited += begin - now - int(way[here, stop.community])
        room = min(room, waited + (stop.latest_start if stop.people == 1 else stop.earliest) - begin)
        now, here = begin + stop.minutes, stop.community
    leaves = opens + min(room, waited)
    return leaves, *_run(leaves, home, stops, way)


def _run(leaves: int, home: int, stops: list[Visit], way: Ints) -> tuple[list[int], int]:
    now, here, begins = leaves, home, []
    for stop in stops:
        begins.append(max(stop.earliest, now + int(way[here, stop.community])))
        now, here = begins[-1] + stop.minutes, stop.community
    return begins, now + int(way[here, home])


def relaxed(instance: Instance, routes: Routes, unserved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with `relaxations`; of very many, those that cost most to leave undone."""
    number = {visit.id: place for place, visit in enumerate(instance.document.visits)}
    worth = instance.problem.visits.worth
    places = [number[one["visit"]] for one in unserved]
    explained = set(sorted(places, key=lambda place: (-worth[place], place))[:MOST_EXPLAINED])
    relaxing = Relaxing(instance, routes) if places else None
    return [
        one | {"relaxations": relaxing.changes(place) if relaxing and place in explained else []}
        for one, place in zip(unserved, places, strict=True)
    ]
