"""What is known of the people whom a command is about: the roster, the other hats of the same human, when they are busy."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.codes_volunteer import QUALIFICATION
from services.contracts.words import Party
from services.kernel.manifest import Look
from services.volunteer.domain.eligibility import Person, Span, Training
from services.volunteer.policies_organizations import nobody_answers
from services.volunteer.view_tables import (
    assignments,
    matters,
    tasks,
    volunteer_checks,
    volunteer_limits,
    volunteer_relatives,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)

BOUND = ("assigned", "on_site")
Row = dict[str, Any]


def people_of(parties: Iterable[Party], task_id: UUID, look: Look) -> tuple[Person, ...]:
    """What is known of these, bar volunteers nobody knows."""
    named = tuple(dict.fromkeys(parties))
    rows = [*_volunteers(named, look), *_also_volunteers(named, look)]
    hats = {row["worker"]: f"volunteer:{row['volunteer_id']}" for row in rows if row["worker"] is not None}
    family = {f"volunteer:{row['volunteer_id']}" for row in _family(task_id, look)}
    busy = _busy((*named, *hats, *hats.values()), task_id, look)
    known = _Roster(rows, look)
    found = []
    for who in named:
        if who.startswith("volunteer:"):
            found += [known.person(row, busy, family) for row in rows if f"volunteer:{row['volunteer_id']}" == who]
        else:
            found.append(_worker(who, hats.get(who), busy, family))
    return tuple(found)


def family_of(task_id: UUID, look: Look) -> tuple[Party, ...]:
    """The relatives of a task's client, in every role that they have."""
    return _as_parties(_family(task_id, look), look)


def relatives_of(person_id: UUID | None, look: Look) -> tuple[Party, ...]:
    """The relatives of a client, in every role that they have."""
    return _as_parties(look.all(volunteer_relatives, person_id=person_id) if person_id else [], look)


def _as_parties(family: list[Row], look: Look) -> tuple[Party, ...]:
    if not family:
        return ()
    rows = look.run(sa.select(volunteers).where(volunteers.c.volunteer_id.in_([one["volunteer_id"] for one in family])))
    as_volunteers = (f"volunteer:{row['volunteer_id']}" for row in rows)
    return (*as_volunteers, *(row["worker"] for row in rows if row["worker"] is not None))


def _family(task_id: UUID, look: Look) -> list[Row]:
    task = look.one(tasks, task_id)
    if task is None:
        return []
    matter = look.one(matters, task["matter_id"])
    person_id = task["person_id"] or (matter["person_id"] if matter else None)
    return look.all(volunteer_relatives, person_id=person_id) if person_id else []


def _volunteers(parties: tuple[Party, ...], look: Look) -> list[Row]:
    ids = [UUID(who.partition(":")[2]) for who in parties if _is_volunteer(who)]
    return look.run(sa.select(volunteers).where(volunteers.c.volunteer_id.in_(ids)))


def _also_volunteers(parties: tuple[Party, ...], look: Look) -> list[Row]:
    workers = [who for who in parties if who.startswith("worker:")]
    return look.run(sa.select(volunteers).where(volunteers.c.worker.in_(workers))) if workers else []


def _worker(who: Party, hat: Party | None, busy: dict[Party, tuple[Span, ...]], family: set[Party]) -> Person:
    hats = (hat,) if hat else ()
    spans = tuple(span for party in (who, *hats) for span in busy.get(party, ()))
    return Person(party=who, hats=hats, relative=hat in family, busy=spans)


class _Roster:
    """Rows of these volunteers, read together."""

    def __init__(self, rows: list[Row], look: Look) -> None:
        ids = [row["volunteer_id"] for row in rows]
        self.skills, self.limits, self.teams, self.checks = (
            _of(table, ids, look) for table in (volunteer_skills, volunteer_limits, volunteer_teams, volunteer_checks)
        )
        self.barred = nobody_answers(ids, look)

    def person(self, row: Row, busy: dict[Party, tuple[Span, ...]], family: set[Party]) -> Person:
        """What is known of one volunteer."""
        volunteer_id, who = row["volunteer_id"], f"volunteer:{row['volunteer_id']}"
        skills, hats = self.skills.get(volunteer_id, []), (row["worker"],) if row["worker"] else ()
        return Person(
            party=who, state="barred" if volunteer_id in self.barred else row["state"],
            hats=hats, relative=who in family, minor=row["minor"],
            guardian_consent=bool(row["guardian_consent"]), skills=tuple(s["skill"] for s in skills),
            trained=tuple(_proof(s) for s in skills if s["trained_on"] is not None),
            qualified=tuple(_proof(check) for check in self.checks.get(volunteer_id, []) if _qualifies(check)),
            limits=tuple(limit["demand"] for limit in self.limits.get(volunteer_id, [])),
            teams=tuple(team["team"] for team in self.teams.get(volunteer_id, [])),
            cleared_until=row["cleared_until"], insured_from=row["insured_from"],
            insured_until=row["insured_until"], busy=tuple(s for party in (who, *hats) for s in busy.get(party, ())),
        )  # fmt: skip


def _proof(row: Row) -> Training:
    return Training(skill=row["skill"], valid_until=row["valid_until"])


def _qualifies(check: Row) -> bool:
    return bool(check["check_kind"] == QUALIFICATION and check["result"] == "clear")


def _is_volunteer(who: Party) -> bool:
    kind, _, name = who.partition(":")
    try:
        return kind == "volunteer" and str(UUID(name)) == name
    except ValueError:
        return False


def _of(table: sa.Table, ids: list[UUID], look: Look) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in look.run(sa.select(table).where(table.c.volunteer_id.in_(ids))):
        found.setdefault(row["volunteer_id"], []).append(row)
    return found


def bound(parties: tuple[Party, ...], but: UUID | None, look: Look) -> list[Row]:
    """The open assignments of these, with the slots of their tasks."""
    query = (
        sa.select(assignments.c.assignee, tasks.c.task_id, tasks.c.slot_start, tasks.c.slot_end)
        .join(tasks, tasks.c.task_id == assignments.c.task_id)
        .where(assignments.c.assignee.in_(parties), assignments.c.state == "assigned", tasks.c.state.in_(BOUND))
        .order_by(tasks.c.task_id)
    )
    return [row for row in look.run(query) if row["task_id"] != but]


def _busy(parties: tuple[Party, ...], but: UUID, look: Look) -> dict[Party, tuple[Span, ...]]:
    found: dict[Party, tuple[Span, ...]] = {}
    for row in bound(parties, but, look):
        start = aware(row["slot_start"])
        if start is not None:
            span = Span(start=start, end=aware(row["slot_end"]))
            found[row["assignee"]] = (*found.get(row["assignee"], ()), span)
    return found


def aware(moment: datetime | None) -> datetime | None:
    """SQLite gives instants back without their zone, which is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
