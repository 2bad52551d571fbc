"""What a task asks, read from the views, and the roster brought up to date for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.kernel.clock import system_clock
from services.kernel.manifest import Look
from services.volunteer.domain.eligibility import Needs, day_of
from services.volunteer.facts_people import aware, family_of
from services.volunteer.matching.choosing import Choice, Search
from services.volunteer.matching.roster import Roster
from services.volunteer.policies_organizations import sent_by_nobody
from services.volunteer.view_tables import assignments, matters, tasks

Row = dict[str, Any]
GOING = ("accepted", "assigned")


def choice_for(look: Look, task_id: UUID) -> Choice | None:
    """The roster as this task sees it now; None where there is no such task."""
    row = look.one(tasks, task_id)
    if row is None or row["state"] is None:
        return None
    roster = look.beside(Roster)
    with roster.lock:
        roster.refresh(look)
        return Choice(roster, search_of(look, row))


def search_of(look: Look, row: Row) -> Search:
    """What is looked for, and who is out of the question beforehand."""
    needs = Needs(
        skills=tuple(row["skills"] or ()), demands=tuple(row["demands"] or ()), risk=row["risk"],
        with_minor=bool(row["with_minor"]), slot_start=aware(row["slot_start"]), slot_end=aware(row["slot_end"]),
    )  # fmt: skip
    area: str | None = row["area"]
    people = look.all(assignments, task_id=row["task_id"])
    matter = look.one(matters, row["matter_id"])
    return Search(
        needs=needs, day=day_of(needs.slot_start or system_clock()), area=area or (matter["area"] if matter else None),
        person_id=row["person_id"] or (matter["person_id"] if matter else None),
        asked=tuple(one["assignee"] for one in people if one["state"] not in GOING),
        going=tuple(one["assignee"] for one in people if one["state"] in GOING),
        family=family_of(row["task_id"], look), barred=sent_by_nobody(look),
    )  # fmt: skip
