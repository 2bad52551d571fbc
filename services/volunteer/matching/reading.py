"""What a task asks, read from the views, and the roster brought up to date for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.clock import system_clock
from services.kernel.manifest import Look
from services.kernel.scope import Where
from services.volunteer.domain.eligibility import Needs, day_of
from services.volunteer.facts_people import aware, relatives_of
from services.volunteer.matching.choosing import Choice, Search
from services.volunteer.matching.roster import Roster
from services.volunteer.policies_organizations import sent_by_nobody
from services.volunteer.view_tables import assignments, barred, matters, tasks, volunteers

Row = dict[str, Any]
GOING = ("accepted", "assigned")
ASKED = ("task_id", "state", "person_id", "area", "slot_start", "slot_end", "skills", "demands", "risk", "with_minor")


def choice_for(look: Look, task_id: UUID, seen: Where | None = None) -> Choice | None:
    """The roster as this task sees it now; None where there is no such task, or none that is `seen`."""
    found = look.run(_asked(task_id, sa.true() if seen is None else seen))
    if not found or found[0]["state"] is None:
        return None
    roster, row = look.beside(Roster), found[0]
    with roster.lock:
        roster.refresh(look, row["volunteers_at"], row["tasks_at"])
        return Choice(roster, search_of(look, row))


def _asked(task_id: UUID, seen: Where) -> sa.Select[Any]:
    """A task with what its matter says, how far the views have come that the roster follows, and whether anybody is barred."""
    m = matters.c
    matter = (m.area.label("matter_area"), m.person_id.label("matter_person"))
    at = {
        "volunteers_at": sa.func.max(volunteers.c.changed), "tasks_at": sa.func.max(tasks.alias().c.changed),
        "barred": sa.func.count(barred.c.organization_id),
    }  # fmt: skip
    stands = (sa.select(found).scalar_subquery().label(name) for name, found in at.items())
    query = sa.select(*(tasks.c[name] for name in ASKED), *matter, *stands).outerjoin(
        matters, m.matter_id == tasks.c.matter_id
    )
    return query.where(tasks.c.task_id == task_id, seen)


def search_of(look: Look, row: Row) -> Search:
    """What is looked for, and who is out of the question beforehand."""
    needs = Needs(
        skills=tuple(row["skills"] or ()), demands=tuple(row["demands"] or ()), risk=row["risk"],
        with_minor=bool(row["with_minor"]), slot_start=aware(row["slot_start"]), slot_end=aware(row["slot_end"]),
    )  # fmt: skip
    people = look.all(assignments, task_id=row["task_id"])
    person_id: UUID | None = row["person_id"] or row["matter_person"]
    return Search(
        needs=needs, day=day_of(needs.slot_start or system_clock()), area=row["area"] or row["matter_area"],
        person_id=person_id,
        asked=tuple(one["assignee"] for one in people if one["state"] not in GOING),
        going=tuple(one["assignee"] for one in people if one["state"] in GOING),
        family=relatives_of(person_id, look), barred=sent_by_nobody(look) if row["barred"] else frozenset(),
    )  # fmt: skip
