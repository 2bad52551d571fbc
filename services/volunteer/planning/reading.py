"""An instance made into a day to be planned: who may go where, what each pair costs, what is agreed.

The format is that of the published instances, with a few further keys (docs/planning.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from services.volunteer.domain.rules import HARD, Asked, Who, bits
from services.volunteer.planning.document import MOST_PAIRS, Document, Id, Volunteer, check, decode, unpacked, wrong
from services.volunteer.planning.problem import Floats, Ints, Pairs, People, Problem, Visits


@dataclass(frozen=True, eq=False)
class Instance:
    """A document, and the same in numbers; `free` are the volunteers who are free today, in the order of the problem."""

    document: Document
    problem: Problem
    free: Ints

    @property
    def visit_ids(self) -> list[Id]:
        """The ids of the visits, in the order of the problem."""
        return [visit.id for visit in self.document.visits]


def read(data: bytes) -> Instance:
    """The day in this file; `Refused` names the field in which it is wrong."""
    document = decode(unpacked(data))
    check(document)
    return _instance(document)


def _instance(document: Document) -> Instance:
    free = np.array([number for number, one in enumerate(document.volunteers) if one.free_today], dtype=np.int64)
    people = [document.volunteers[number] for number in free]
    modes = list(document.travel_minutes)
    objective = document.objective
    visits = Visits(
        place=_ints(v.community for v in document.visits),
        minutes=_ints(v.minutes for v in document.visits),
        earliest=_ints(v.earliest for v in document.visits),
        latest=_ints(v.latest_start if v.people == 1 else v.earliest for v in document.visits),
        worth=np.array([objective.unserved[str(v.priority)] for v in document.visits], dtype=float),
        people=_ints(v.people for v in document.visits),
    )
    those = People(
        home=_ints(w.community for w in people),
        mode=_ints(modes.index(w.mode) for w in people),
        opens=_ints(w.window[0] for w in people),
        closes=_ints(w.window[1] for w in people),
        most_minutes=_ints(w.max_minutes for w in people),
        most_visits=_ints(w.max_visits or objective.max_visits for w in people),
        load=np.array([objective.per_hour_of_load * w.hours_this_month for w in people], dtype=float),
    )
    who, visit = _may_go(document, people)
    if document.allowed is not None:
        who, visit = _allowed(document, document.allowed, people, who, visit)
    problem = Problem(
        visits=visits, people=those, pairs=Pairs(who=who, visit=visit, charge=_charges(document, people, who, visit)),
        travel=np.array([document.travel_minutes[mode] for mode in modes], dtype=np.int64),
        per_travel_minute=objective.per_travel_minute, max_visits=int(those.most_visits.max(initial=1)),
        pins=_pins(document, people, who, visit),
    )  # fmt: skip
    return Instance(document, problem, free)


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _may_go(document: Document, people: list[Volunteer]) -> tuple[Ints, Ints]:
    """The pairs of people and visits that no rule forbids, a few hundred people at a time."""
    places = {skill: place for place, skill in enumerate(document.skills)}
    asked = Asked(
        day=1,
        skills=_ints(bits(v.need, places) for v in document.visits),
        with_minor=np.array([v.minor for v in document.visits], dtype=bool),
        woman_only=np.array([v.woman_only for v in document.visits], dtype=bool),
    )
    km = np.array(document.km, dtype=float)
    there, home = _ints(v.community for v in document.visits), _ints(w.community for w in people)
    held = _ints(bits(w.skills, places) for w in people)
    cleared = _ints(int(w.minor_clearance) for w in people)
    women = np.array([w.woman for w in people], dtype=bool)
    radius = np.array([w.radius_km for w in people], dtype=float)
    found, many = [], 0
    for begin in range(0, len(people), 256):
        rows = slice(begin, begin + 256)
        some = Who(held=held[rows, None], cleared_until=cleared[rows, None], woman=women[rows, None])
        fit = km[home[rows, None], there] <= radius[rows, None]
        for rule in HARD:
            fit &= rule.holds(some, asked)
        who, visit = np.nonzero(fit)
        many += len(who)
        if many > MOST_PAIRS:
            raise wrong("visits", f"More than {MOST_PAIRS} pairs of a visit and somebody who may make it are too many at once.",
                        f"可行的走访与志愿者组合超过 {MOST_PAIRS} 个, 请分区规划。")  # fmt: skip
        found.append(((who + begin).astype(np.int32), visit.astype(np.int32)))
    empty = np.zeros(0, dtype=np.int32)
    return (
        np.concatenate([who for who, _ in found] or [empty]).astype(np.int64),
        np.concatenate([visit for _, visit in found] or [empty]).astype(np.int64),
    )


def _allowed(
    document: Document, allowed: dict[str, list[Id]], people: list[Volunteer], who: Ints, visit: Ints
) -> tuple[Ints, Ints]:
    """Of these pairs, those that whoever wrote the day allows: it may know rules that the format does not."""
    wide, number = len(document.visits), {str(one.id): place for place, one in enumerate(people)}
    places = {str(v.id): place for place, v in enumerate(document.visits)}
    listed = _ints(
        number[one] * wide + places[str(there)]
        for one, many in allowed.items() if one in number
        for there in many if str(there) in places
    )  # fmt: skip
    keep = np.isin(who * wide + visit, listed)
    return who[keep], visit[keep]


def _charges(document: Document, people: list[Volunteer], who: Ints, visit: Ints) -> Floats:
    """What each pair costs beside load and travel: another than the usual one, another than the one told before."""
    wide = len(document.visits)
    number = {str(one.id): place for place, one in enumerate(people)}
    usual = _ints(
        number[str(one)] * wide + place
        for place, v in enumerate(document.visits)
        for one in v.usual
        if str(one) in number
    )
    has = np.array([bool(v.usual) for v in document.visits], dtype=bool)
    charge = np.where(has[visit] & ~np.isin(who * wide + visit, usual), document.objective.not_usual, 0.0)
    if document.before and document.objective.changed:
        places = {str(v.id): place for place, v in enumerate(document.visits)}
        told = _ints(
            number[one] * wide + places[str(there)]
            for one, many in document.before.items() if one in number
            for there in many if str(there) in places
        )  # fmt: skip
        charge = charge - np.where(np.isin(who * wide + visit, told), document.objective.changed, 0.0)
    return charge


def _pins(document: Document, people: list[Volunteer], who: Ints, visit: Ints) -> tuple[tuple[int, int], ...]:
    """Pairs that are agreed; what breaks a rule or is agreed twice contradicts itself."""
    number = {str(one.id): place for place, one in enumerate(people)}
    places = {str(v.id): place for place, v in enumerate(document.visits)}
    fit = set(zip(who.tolist(), visit.tolist(), strict=True)) if document.pins else set()
    pins: list[tuple[int, int]] = []
    taken: dict[int, int] = {}
    for one, many in document.pins.items():
        if one not in number:
            raise wrong(
                f"pins.{one}", "There is no such volunteer who is free today.", "没有该志愿者, 或其当日不可服务。"
            )
        for there in dict.fromkeys(map(str, many)):
            if there not in places:
                raise wrong(f"pins.{one}", f"No such visit: {there}.", f"没有该走访: {there}。")
            pair = number[one], places[there]
            if pair not in fit:
                raise wrong(f"pins.{one}", f"A rule forbids visit {there}.", f"规则不允许其承担走访 {there}。")
            taken[pair[1]] = taken.get(pair[1], 0) + 1
            if taken[pair[1]] > document.visits[pair[1]].people:
                raise wrong(f"pins.{one}", f"Visit {there} is agreed with too many.", f"走访 {there} 约定人数过多。")
            pins.append(pair)
    return tuple(pins)
