"""The day as the planner sees it: tasks that look for people, and who may go to them, read from this service's views.

Ids, codes and times alone. Distances are those between areas, as suggestions count them: nobody's position is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
import numpy as np
import sqlalchemy as sa

from services.contracts.words import Party
from services.kernel.manifest import Look
from services.volunteer.domain.eligibility import BEIJING, Needs, Person, asked_of, proof_of, who_is
from services.volunteer.domain.rules import HARD, Asked, Who, bits, overlapping
from services.volunteer.facts_people import aware, people_of
from services.volunteer.matching.choosing import EASED
from services.volunteer.matching.weights import WEIGHTS
from services.volunteer.planning.problem import Bools, Ints
from services.volunteer.view_tables import assignments, hours, matters, tasks, volunteer_relatives, volunteers
from services.volunteer.views_tasks import SEARCHING

Row = dict[str, Any]
NOBODY = UUID(int=0)
HOUR = timedelta(hours=1)
UNSERVED = {"1": 10_000, "2": 4_000, "3": 2_000}
PRIORITY = {"emergency": 1, "urgent": 1, "normal": 2, "low": 3}
MOST_VISITS, MOST_MINUTES, DAY_MINUTES, MOST_PAIRS = 3, 480, 1440, 2
STILL = ("asked", "accepted")


@dataclass(frozen=True)
class Day:
    """What the planner is given, and the tasks for which more go at once than it plans.

    `eased` says of tasks to which nobody may go which rules could be made to hold, and how many could go then.
    """

    input: bytes
    too_many: tuple[UUID, ...]
    eased: dict[UUID, list[tuple[str, int]]] = field(default_factory=dict)


def day_input(area: str, day: date, look: Look, seed: int = 0) -> Day:
    """The tasks of the area on that day that can wait for a plan, and everybody of the area who may go to one of them."""
    rows = _tasks(area, day, look)
    planned = [row for row in rows if row["headcount"] <= MOST_PAIRS]
    people = _people(area, look)
    places = _places([*(row["area"] for row in planned), *(place for _, place in people)])
    known = _Known(planned, day, look)
    may, eased = _may(planned, [person for person, _ in people], known, day)
    document = _document(planned, people, places, known, day, may) | {"seed": seed}
    too_many = tuple(row["task_id"] for row in rows if row["headcount"] > MOST_PAIRS)
    return Day(msgspec.json.encode(document, order="deterministic"), too_many, eased)


def _tasks(area: str, day: date, look: Look) -> list[Row]:
    begins = datetime.combine(day, time(), BEIJING).astimezone(UTC)
    where = sa.func.coalesce(tasks.c.area, matters.c.area)
    query = (
        sa.select(tasks, where.label("place"))
        .outerjoin(matters, matters.c.matter_id == tasks.c.matter_id)
        .where(tasks.c.state.in_(SEARCHING), tasks.c.urgency != "emergency", tasks.c.slot_start >= begins,
               tasks.c.slot_start < begins + timedelta(days=1), where.startswith(area, autoescape=True))
        .order_by(tasks.c.task_id)
    )  # fmt: skip
    return [row | {"area": row["place"]} for row in look.run(query)]


def _people(area: str, look: Look) -> list[tuple[Person, str]]:
    query = (
        sa.select(volunteers.c.volunteer_id, volunteers.c.area)
        .where(volunteers.c.state == "active", volunteers.c.area.startswith(area[:9], autoescape=True))
        .order_by(volunteers.c.volunteer_id)
    )
    rows = look.run(query)
    where = {f"volunteer:{row['volunteer_id']}": row["area"] for row in rows}
    return [(person, where[person.party]) for person in people_of(where, NOBODY, look)]


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
            "max_visits": MOST_VISITS,
        },
        "travel_minutes": {"area": near}, "km": [[0.0] * len(places)] * len(places),
        "visits": [_visit(row, places, known, day) for row in rows],
        "volunteers": [_volunteer(person, places[area], skills, known, day) for person, area in people],
        "allowed": may, "pins": _pins(known, may),
    }  # fmt: skip


def _minutes(one: str, other: str) -> int:
    for digits, minutes in ((12, WEIGHTS.community), (9, WEIGHTS.street), (6, WEIGHTS.district)):
        if len(one) >= digits <= len(other) and one[:digits] == other[:digits]:
            return minutes
    return WEIGHTS.elsewhere if len(one) >= 6 <= len(other) else WEIGHTS.unknown


def _slot(row: Row) -> tuple[datetime, datetime]:
    """When it is: only tasks of which that is known are planned."""
    start: datetime = row["slot_start"]
    begins = start if start.tzinfo else start.replace(tzinfo=UTC)
    return begins, aware(row["slot_end"]) or begins + HOUR


def _visit(row: Row, places: dict[str, int], known: _Known, day: date) -> dict[str, Any]:
    start, end = _slot(row)
    begins = datetime.combine(day, time(), BEIJING)
    minute = int((start - begins).total_seconds() // 60)
    return {
        "id": str(row["task_id"]), "community": places[row["area"]], "need": sorted(set(row["skills"] or ())),
        "minor": False, "woman_only": False, "minutes": min(DAY_MINUTES, -int((start - end).total_seconds() // 60)),
        "earliest": minute, "latest_start": minute, "priority": PRIORITY[row["urgency"]],
        "usual": sorted(known.usual.get(row["person_id"], ())), "people": row["headcount"],
    }  # fmt: skip


def _volunteer(person: Person, place: int, skills: list[str], known: _Known, day: date) -> dict[str, Any]:
    spots = {skill: number for number, skill in enumerate(skills)}
    who = who_is(person, Needs(skills=tuple(skills)), day)
    return {
        "id": person.party, "community": place, "mode": "area",
        "skills": [skill for skill in skills if (who.held | who.trained | who.qualified) >> spots[skill] & 1],
        "minor_clearance": True, "woman": True, "radius_km": 0.0, "free_today": True, "window": [0, 2 * DAY_MINUTES],
        "max_minutes": MOST_MINUTES, "hours_this_month": known.minutes.get(person.party, 0) // 60,
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
    columns = _columns(each)
    for row in rows:
        asked = _asked(row, skills, demands, day)
        fails = {
            rule.code: ~np.broadcast_to(np.asarray(rule.holds(columns, asked), bool), len(people)) for rule in HARD
        }
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
    out, (start, end) = known.out(row), _slot(row)
    left = np.full(len(people), OUT)
    for place in np.nonzero(worth_a_look)[0].tolist():
        one = people[place]
        clash = any(overlapping(busy.start, busy.end or busy.start + HOUR, start, end) for busy in one.busy)
        left[place] = OUT if one.party in out else CLASH if clash else FREE
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


def _pins(known: _Known, may: dict[str, list[str]]) -> dict[str, list[str]]:
    """Those who have said yes, as far as they still may go: what is agreed stays."""
    pins: dict[str, list[str]] = {}
    for task_id, said in sorted(known.said.items()):
        for who, state in sorted(said.items()):
            if state == "accepted" and str(task_id) in may.get(who, ()):
                pins.setdefault(who, []).append(str(task_id))
    return pins
