"""The day as the planner sees it: tasks that look for people, and who may go to them, read from this service's views.

Ids, codes and times alone. Distances are those between areas, as suggestions count them: nobody's position is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import sqlalchemy as sa

from services.contracts.words import Party
from services.kernel.manifest import Look
from services.volunteer.agreed import (
    DAY_MINUTES,
    HOUR,
    MOST_OUT,
    MOST_TOGETHER,
    MOST_VOLUNTEER,
    Agreed,
    Goes,
    Those,
    is_worker,
    minutes_of,
    most_visits,
    slot_of,
)
from services.volunteer.domain.eligibility import BEIJING, Needs, Person, asked_of, proof_of, who_is
from services.volunteer.domain.rules import HARD, Asked, Who, bits, overlapping
from services.volunteer.facts_people import people_of
from services.volunteer.matching.choosing import EASED
from services.volunteer.matching.weights import WEIGHTS
from services.volunteer.planning.problem import Bools, Ints
from services.volunteer.view_tables import assignments, hours, matters, tasks, volunteer_relatives, volunteers
from services.volunteer.views_tasks import SEARCHING

Row = dict[str, Any]
NOBODY = UUID(int=0)
UNSERVED = {"1": 10_000, "2": 4_000, "3": 2_000}
PRIORITY = {"emergency": 1, "urgent": 1, "normal": 2, "low": 3}
STILL = ("asked", "accepted")


@dataclass(frozen=True)
class Day:
    """What the planner is given, and the tasks for which more go at once than it plans.

    `eased` says of tasks to which nobody may go which rules could be made to hold, and how many could go then; `agreed` are
    the tasks of the day that have their people already: they are in the input, for their people's days go on around them.
    """

    input: bytes
    too_many: tuple[UUID, ...]
    agreed: frozenset[UUID] = frozenset()
    eased: dict[UUID, list[tuple[str, int]]] = field(default_factory=dict)


def day_input(area: str, day: date, look: Look, seed: int = 0, workers: Collection[Party] = ()) -> Day:
    """The tasks of the area on that day that can wait for a plan, and everybody of the area who may go to one of them.

    `workers` make rounds that day, and begin and end them in the area. What somebody does that day already stays where it
    is; whoever could not make all of it in one day, by the planner's reckoning, is planned for nothing more.
    """
    rows = _tasks(area, day, look)
    planned = [row for row in rows if row["headcount"] <= MOST_TOGETHER]
    people = _people(area, workers, look)
    known = _Known(planned, day, look)
    may, eased = _may(planned, [person for person, _ in people], known, day)
    those = Those({person.party: (person, place) for person, place in people}, _begins(day), _minutes)
    agreed = those.agreed(_yes(planned, known, may), look)
    places = _places([*(row["area"] for row in (*planned, *agreed.tasks)), *(place for _, place in people)])
    document = _document(planned, people, places, known, day, agreed.may(may)) | {"seed": seed}
    document["visits"] = [_left_of(visit, agreed) for visit in document["visits"]]
    document["visits"] += [_agreed_visit(row, places, known, day, agreed) for row in agreed.tasks]
    document["pins"] = agreed.pins
    too_many = tuple(row["task_id"] for row in rows if row["headcount"] > MOST_TOGETHER)
    ids = frozenset(row["task_id"] for row in agreed.tasks)
    return Day(msgspec.json.encode(document, order="deterministic"), too_many, ids, eased)


def _yes(rows: list[Row], known: _Known, may: dict[Party, list[str]]) -> list[Goes]:
    """Those who have said yes, as far as they still may go, or belong to another area."""
    return [
        (row, who)
        for row in rows
        for who, state in sorted(known.said.get(row["task_id"], {}).items())
        if state == "accepted" and (who not in may or str(row["task_id"]) in may[who])
    ]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _tasks(area: str, day: date, look: Look) -> list[Row]:
    begins = _begins(day).astimezone(UTC)
    where = sa.func.coalesce(tasks.c.area, matters.c.area)
    query = (
        sa.select(tasks, where.label("place"))
        .outerjoin(matters, matters.c.matter_id == tasks.c.matter_id)
        .where(tasks.c.state.in_(SEARCHING), tasks.c.urgency != "emergency", tasks.c.slot_start >= begins,
               tasks.c.slot_start < begins + timedelta(days=1), where.startswith(area, autoescape=True))
        .order_by(tasks.c.task_id)
    )  # fmt: skip
    return [row | {"area": row["place"]} for row in look.run(query)]


def _people(area: str, workers: Collection[Party], look: Look) -> list[tuple[Person, str]]:
    """Volunteers and where they live, and the workers; who is on duty that day is no volunteer that day (INV-17)."""
    query = (
        sa.select(volunteers.c.volunteer_id, volunteers.c.area)
        .where(volunteers.c.state == "active", volunteers.c.area.startswith(area[:9], autoescape=True))
        .order_by(volunteers.c.volunteer_id)
    )
    rows = look.run(query)
    where = {f"volunteer:{row['volunteer_id']}": row["area"] for row in rows}
    where |= dict.fromkeys(workers, area)
    found = people_of(where, NOBODY, look)
    on_duty = {hat for person in found if person.party in workers for hat in person.hats}
    return [(person, where[person.party]) for person in found if person.party not in on_duty]


def _places(areas: Iterable[str]) -> dict[str, int]:
    return {area: number for number, area in enumerate(sorted(set(areas)) or [""])}


class _Known:
    """What else counts: who said yes already, who is asked no more, whose family it is, who usually comes, who gave how much."""

    def __init__(self, rows: list[Row], day: date, look: Look) -> None:
        ids = [row["task_id"] for row in rows]
        persons = {row["person_id"] for row in rows if row["person_id"]}
        self.said: dict[UUID, dict[Party, str]] = {}
        for row in look.run(sa.select(assignments).where(assignments.c.task_id.in_(ids))):
            self.said.setdefault(row["task_id"], {})[row["assignee"]] = row["state"]
        self.family = _by_person(
            look.run(sa.select(volunteer_relatives).where(volunteer_relatives.c.person_id.in_(persons)))
        )
        self.usual = _by_person(_went_to(persons, look))
        first = day.replace(day=1)
        given = (
            sa.select(hours.c.volunteer_id, sa.func.sum(hours.c.minutes).label("minutes"))
            .where(hours.c.day >= first, hours.c.day <= day, hours.c.state != "voided")
            .group_by(hours.c.volunteer_id)
        )
        self.minutes = {f"volunteer:{row['volunteer_id']}": int(row["minutes"] or 0) for row in look.run(given)}

    def out(self, row: Row) -> set[Party]:
        """Whom the plan leaves alone for this task: those who said no, or were asked in vain, and the client's family."""
        said = self.said.get(row["task_id"], {})
        return {who for who, state in said.items() if state not in STILL} | self.family.get(row["person_id"], set())


def _went_to(persons: set[UUID], look: Look) -> list[Row]:
    query = (
        sa.select(tasks.c.person_id, assignments.c.assignee.label("party"))
        .join(assignments, assignments.c.task_id == tasks.c.task_id)
        .where(tasks.c.person_id.in_(persons), tasks.c.state.in_(("completed", "verified")), assignments.c.state == "assigned")
    )  # fmt: skip
    return look.run(query)


def _by_person(rows: list[Row]) -> dict[UUID, set[Party]]:
    found: dict[UUID, set[Party]] = {}
    for row in rows:
        found.setdefault(row["person_id"], set()).add(row.get("party") or f"volunteer:{row['volunteer_id']}")
    return found


def _document(
    rows: list[Row], people: list[tuple[Person, str]], places: dict[str, int], known: _Known, day: date,
    may: dict[Party, list[str]],
) -> dict[str, Any]:  # fmt: skip
    skills = sorted({skill for row in rows for skill in row["skills"] or ()})
    near = [[_minutes(one, other) for other in places] for one in places]
    return {
        "name": f"day-{day}", "communities": len(places), "areas": list(places), "skills": skills,
        "objective": {
            "unserved": UNSERVED, "not_usual": WEIGHTS.not_usual, "per_hour_of_load": WEIGHTS.load, "per_travel_minute": 1,
            "max_visits": MOST_VOLUNTEER,
        },
        "travel_minutes": {"area": near}, "km": [[0.0] * len(places)] * len(places),
        "visits": [_visit(row, places, known, day) for row in rows],
        "volunteers": [_volunteer(person, places[area], skills, known, day) for person, area in people],
        "allowed": may,
    }  # fmt: skip


def _minutes(one: str, other: str) -> int:
    for digits, minutes in ((12, WEIGHTS.community), (9, WEIGHTS.street), (6, WEIGHTS.district)):
        if len(one) >= digits <= len(other) and one[:digits] == other[:digits]:
            return minutes
    return WEIGHTS.elsewhere if len(one) >= 6 <= len(other) else WEIGHTS.unknown


def _visit(row: Row, places: dict[str, int], known: _Known, day: date) -> dict[str, Any]:
    minute, minutes = minutes_of(row, _begins(day))
    return {
        "id": str(row["task_id"]), "community": places[row["area"]], "need": sorted(set(row["skills"] or ())),
        "minor": False, "woman_only": False, "minutes": minutes,
        "earliest": minute, "latest_start": minute, "priority": PRIORITY[row["urgency"]],
        "usual": sorted(known.usual.get(row["person_id"], ())), "people": row["headcount"],
    }  # fmt: skip


def _left_of(visit: dict[str, Any], agreed: Agreed) -> dict[str, Any]:
    """How many are still looked for: not those who have said yes and whose day is not planned."""
    return visit | {"people": visit["people"] - agreed.elsewhere.get(visit["id"], 0)}


def _agreed_visit(row: Row, places: dict[str, int], known: _Known, day: date, agreed: Agreed) -> dict[str, Any]:
    """What has its people already: the rules were asked when they said yes."""
    return _visit(row, places, known, day) | {"need": [], "people": agreed.going(row["task_id"])}


def _volunteer(person: Person, place: int, skills: list[str], known: _Known, day: date) -> dict[str, Any]:
    spots = {skill: number for number, skill in enumerate(skills)}
    who = who_is(person, Needs(skills=tuple(skills)), day)
    has = who.held | who.trained | who.qualified
    return {
        "id": person.party, "community": place, "mode": "area",
        "skills": [skill for skill in skills if is_worker(person) or has >> spots[skill] & 1],
        "max_visits": most_visits(person),
        "minor_clearance": True, "woman": True, "radius_km": 0.0, "free_today": True, "window": [0, 2 * DAY_MINUTES],
        "max_minutes": MOST_OUT, "hours_this_month": known.minutes.get(person.party, 0) // 60,
    }  # fmt: skip


Eased = dict[UUID, list[tuple[str, int]]]


def _may(rows: list[Row], people: list[Person], known: _Known, day: date) -> tuple[dict[Party, list[str]], Eased]:
    """For each person the tasks that no hard rule forbids (INV-15, INV-16), by the rules that decisions ask.

    And for tasks to which nobody may go, what could be made to hold: each rule that alone keeps somebody out.
    """
    may: dict[Party, list[str]] = {person.party: [] for person in people}
    eased: Eased = {}
    skills = tuple(dict.fromkeys(skill for row in rows for skill in row["skills"] or ()))
    demands = tuple(dict.fromkeys(demand for row in rows for demand in row["demands"] or ()))
    each = [who_is(person, Needs(skills=skills, demands=demands), day) for person in people]
    if not each:
        return may, eased
    columns, on_duty = _columns(each), np.array([is_worker(person) for person in people])
    for row in rows:
        asked = _asked(row, skills, demands, day)
        fails = {
            rule.code: ~(on_duty | np.broadcast_to(np.asarray(rule.holds(columns, asked), bool), len(people)))
            for rule in HARD
        }  # fmt: skip
        left = _left(row, people, np.sum(list(fails.values()), axis=0) <= 1, known)
        fails["clash"] = left == CLASH
        wrong = np.sum(list(fails.values()), axis=0)
        fit = np.nonzero((wrong == 0) & (left != OUT))[0]
        for place in fit.tolist():
            may[people[place].party].append(str(row["task_id"]))
        if not len(fit):
            alone = (wrong == 1) & (left != OUT)
            counts = ((code, int((fails[code] & alone).sum())) for code in EASED if code in fails)
            eased[row["task_id"]] = [(code, number) for code, number in counts if number]
    return may, eased


OUT, CLASH, FREE = 0, 1, 2


def _left(row: Row, people: list[Person], worth_a_look: Bools, known: _Known) -> Ints:
    """Of those whom at most one rule keeps out: who is out of the question, who is bound at the time, who is free."""
    out, (start, end) = known.out(row), slot_of(row)
    left = np.full(len(people), OUT)
    for place in np.nonzero(worth_a_look)[0].tolist():
        one = people[place]
        clash = any(overlapping(busy.start, busy.end or busy.start + HOUR, start, end) for busy in one.busy)
        left[place] = OUT if out.intersection((one.party, *one.hats)) else CLASH if clash else FREE
    return left


def _columns(each: list[Who]) -> Who:
    """Many as one; masks as Python's own whole numbers, for there may be more skills than fit into 64 bits."""
    masks = ("held", "trained", "qualified", "limits")
    return Who(**{
        name: np.array([getattr(who, name) for who in each], dtype=object if name in masks else None)
        for name in Who.__slots__
    })  # fmt: skip


def _asked(row: Row, skills: tuple[str, ...], demands: tuple[str, ...], day: date) -> Asked:
    own = Needs(skills=tuple(row["skills"] or ()), demands=tuple(row["demands"] or ()), risk=row["risk"],
                with_minor=bool(row["with_minor"]))  # fmt: skip
    places, limits = ({code: number for number, code in enumerate(codes)} for codes in (skills, demands))
    return replace(
        asked_of(own, day),
        skills=bits(own.skills, places), demands=bits(own.demands, limits),
        training=bits((skill for skill in own.skills if proof_of(skill).training), places),
        qualification=bits((skill for skill in own.skills if proof_of(skill).qualification), places),
    )  # fmt: skip
