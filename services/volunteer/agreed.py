"""What people do on a day already, by assignment or by a yes: a plan goes on around it, and moves none of it.

Whoever could not make all of it by the planner's reckoning (a yes asks for the time alone, not for the way) is left as he
is and planned for nothing more; so nobody's full day keeps others from being planned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.words import Party
from services.kernel.manifest import Look
from services.volunteer.domain.eligibility import Person
from services.volunteer.facts_people import aware
from services.volunteer.view_tables import assignments, matters, tasks

Row = dict[str, Any]
Goes = tuple[Row, Party]
Minutes = Callable[[str, str], int]
DONE_OR_TO_DO = ("assigned", "on_site", "completed", "verified")
MOST_VOLUNTEER, MOST_WORKER, MOST_OUT, MOST_TOGETHER, DAY_MINUTES = 3, 12, 480, 2, 1440
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def is_worker(person: Person) -> bool:
    """Whether this one is a professional on duty."""
    return person.party.startswith("worker:")


def most_visits(person: Person) -> int:
    """How many visits this one makes in a day: a volunteer three, a professional a round of up to twelve."""
    return MOST_WORKER if is_worker(person) else MOST_VOLUNTEER


def slot_of(row: Row) -> tuple[datetime, datetime]:
    """When it is: only tasks of which that is known are planned."""
    start: datetime = row["slot_start"]
    begins = start if start.tzinfo else start.replace(tzinfo=UTC)
    return begins, aware(row["slot_end"]) or begins + HOUR


def minutes_of(row: Row, begins: datetime) -> tuple[int, int]:
    """At which minute of the day it begins, and how many it lasts."""
    start, end = slot_of(row)
    return (start - begins) // MINUTE, min(DAY_MINUTES, -((start - end) // MINUTE))


@dataclass(frozen=True)
class Agreed:
    """The tasks that have their people, what stays with whom (`pins`), and who is planned for nothing more (`full`).

    `elsewhere` counts by task those who said yes and are not planned.
    """

    tasks: list[Row]
    pins: dict[Party, list[str]]
    full: frozenset[Party]
    elsewhere: Mapping[str, int] = field(default_factory=dict)

    def may(self, may: dict[Party, list[str]]) -> dict[Party, list[str]]:
        """Who may go where, what is agreed among it, and nothing for those whose day is full."""
        found = {who: [] if who in self.full else list(theirs) for who, theirs in may.items()}
        for who, theirs in self.pins.items():
            found[who] = sorted({*found[who], *theirs})
        return found

    def going(self, task_id: UUID) -> int:
        """How many of those who are planned go there already."""
        return sum(str(task_id) in theirs for theirs in self.pins.values())


@dataclass(frozen=True)
class Those:
    """Whose day is planned, and from where; which day it is, and how far places lie apart."""

    people: Mapping[Party, tuple[Person, str]]
    begins: datetime
    minutes: Minutes

    def agreed(self, yes: list[Goes], look: Look) -> Agreed:
        """What they do that day; `yes` are those who have said yes to what still looks for more people."""
        have = self._assigned(look)
        crowds = self._crowds(have)
        theirs: dict[Party, list[Row]] = {}
        for row, who in (*have, *yes):
            if who in self.people and row["task_id"] not in crowds:
                theirs.setdefault(who, []).append(row)
        full = frozenset(who for who, rows in theirs.items() if not self._can_make(who, rows))
        pins = {
            who: sorted(str(row["task_id"]) for row in rows) for who, rows in sorted(theirs.items()) if who not in full
        }
        kept = {task for tasks_ in pins.values() for task in tasks_}
        done = {str(row["task_id"]): row for row, _ in have}
        elsewhere = Counter(str(row["task_id"]) for row, who in yes if who not in pins)
        return Agreed([done[task] for task in sorted(kept & set(done))], pins, full, elsewhere)

    def _assigned(self, look: Look) -> list[Goes]:
        """The tasks of the day that have their people, each with each of them."""
        where, start = sa.func.coalesce(tasks.c.area, matters.c.area), self.begins.astimezone(UTC)
        query = (
            sa.select(tasks, where.label("place"), assignments.c.assignee)
            .join(assignments, assignments.c.task_id == tasks.c.task_id)
            .outerjoin(matters, matters.c.matter_id == tasks.c.matter_id)
            .where(tasks.c.state.in_(DONE_OR_TO_DO), assignments.c.state == "assigned", tasks.c.slot_start >= start,
                   tasks.c.slot_start < start + timedelta(days=1))
            .order_by(tasks.c.task_id, assignments.c.assignee)
        )  # fmt: skip
        return [(row | {"area": row["place"] or ""}, row["assignee"]) for row in look.run(query)]

    def _crowds(self, have: Iterable[Goes]) -> set[UUID]:
        """Where more go together than a plan can say: their time is taken, the way there does not count."""
        going = Counter(row["task_id"] for row, who in have if who in self.people)
        return {task for task, many in going.items() if many > MOST_TOGETHER}

    def _can_make(self, who: Party, rows: list[Row]) -> bool:
        """Whether the planner could make a day of these."""
        person, home = self.people[who]
        stops = sorted((*minutes_of(row, self.begins), str(row["area"])) for row in rows)
        leaves = stops[0][0] - self.minutes(home, stops[0][2])
        back = stops[-1][0] + stops[-1][1] + self.minutes(stops[-1][2], home)
        in_time = all(
            start + stay + self.minutes(here, there) <= then
            for (start, stay, here), (then, _, there) in pairwise(stops)
        )
        return in_time and leaves >= 0 and back - leaves <= MOST_OUT and len(stops) <= most_visits(person)
