"""What commands about service hours look up before they are decided: the other records, the task, the duty."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.volunteer import (
    ConfirmHours,
    CorrectHours,
    IssueRecordStatement,
    RateService,
    RecordHours,
    UpholdHours,
    VoidHours,
)
from services.contracts.words import Party
from services.kernel.manifest import Facts, Look
from services.volunteer.aliases import records_of
from services.volunteer.domain.eligibility import Span, day_of
from services.volunteer.domain.hours_rules import span_of
from services.volunteer.domain.known import HoursKnown, Statement, Stretch
from services.volunteer.facts import record_by
from services.volunteer.facts_people import aware
from services.volunteer.view_tables import (
    assignments,
    hours,
    statements,
    tasks,
    volunteers,
)


def stating(command: IssueRecordStatement, volunteer_id: UUID, look: Look) -> Statement:
    """What this unit has confirmed of the volunteer, under all of his records."""
    records = records_of(volunteer_id, look)
    rows = [row for record in records for row in look.all(hours, volunteer_id=record, organizer=command.issuer)]
    counting = [row for row in rows if row["state"] == "confirmed"]
    issued = [
        row for record in records for row in look.all(statements, volunteer_id=record, issuer=command.issuer)
    ]  # fmt: skip
    last = max((row["position"] for row in issued), default=None)
    changed = [row["changed"] for row in rows if row["changed"] is not None]
    return Statement(
        records=tuple(row["record_id"] for row in counting), minutes=sum(row["minutes"] for row in counting),
        outdated=last is not None and any(position > last for position in changed),
    )  # fmt: skip


def judging(command: ConfirmHours | UpholdHours | VoidHours | RateService, record_id: UUID, look: Look) -> HoursKnown:
    """Who the volunteer is when on duty."""
    record = look.one(hours, record_id)
    volunteer = look.one(volunteers, record["volunteer_id"]) if record else None
    return HoursKnown(record_by=date.max, worker=volunteer["worker"] if volunteer else None)


def recording(command: RecordHours, record_id: UUID, look: Look) -> HoursKnown:
    """What a new record is held against."""
    volunteer = look.one(volunteers, command.volunteer_id)
    if volunteer is None:
        return HoursKnown(record_by=record_by(command.day))
    task = look.one(tasks, command.task_id) if command.task_id else None
    worker = volunteer["worker"]
    return HoursKnown(
        record_by=record_by(command.day), volunteer_state=volunteer["state"],
        matter_id=task["matter_id"] if task else None, worker=worker,
        assignees=_gave(command, look) if task else None,
        on_duty=_on_duty(worker, look) if worker else (), others=_others(command.volunteer_id, record_id, look),
    )  # fmt: skip


def _gave(command: RecordHours, look: Look) -> tuple[Party, ...]:
    """Those who went, and those who were there on that day until somebody came instead or it was called off."""
    rows = look.all(assignments, task_id=command.task_id)
    return tuple(row["assignee"] for row in rows if row["state"] == "assigned" or _was_there(row, command))


def _was_there(row: dict[str, Any], command: RecordHours) -> bool:
    arrived, left = aware(row["arrived_at"]), aware(row["left_at"])
    if row["state"] not in ("replaced", "released") or arrived is None or left is None:
        return False
    return day_of(arrived) <= command.day <= day_of(left) and (command.ended_at is None or command.ended_at <= left)


def correcting(command: CorrectHours, record_id: UUID, look: Look) -> HoursKnown:
    """The other records of the same volunteer, and who that is when on duty."""
    record = look.one(hours, record_id)
    if record is None:
        return HoursKnown(record_by=date.max)
    volunteer = look.one(volunteers, record["volunteer_id"])
    return HoursKnown(
        record_by=record["record_by"], worker=volunteer["worker"] if volunteer else None,
        others=_others(record["volunteer_id"], record_id, look),
    )  # fmt: skip


def _on_duty(worker: Party, look: Look) -> tuple[Span, ...]:
    """When this worker was sent somewhere, by the true times where they are known."""
    query = (
        sa.select(tasks.c.began_at, tasks.c.ended_at, tasks.c.slot_start, tasks.c.slot_end)
        .join(assignments, tasks.c.task_id == assignments.c.task_id)
        .where(assignments.c.assignee == worker, assignments.c.state == "assigned", tasks.c.state != "cancelled")
    )
    spans = [(row["began_at"] or row["slot_start"], row["ended_at"] or row["slot_end"]) for row in look.run(query)]
    return tuple(Span(start=start, end=aware(end)) for began, end in spans if (start := aware(began)))


def _others(volunteer_id: UUID, but: UUID, look: Look) -> tuple[Stretch, ...]:
    """All other hours of the same human being, under whichever record (INV-18)."""
    found = [row for record in records_of(volunteer_id, look) for row in look.all(hours, volunteer_id=record)]
    rows = [row for row in found if row["record_id"] != but]
    return tuple(
        Stretch(
            day=row["day"], minutes=row["minutes"], task_id=row["task_id"], activity=row["activity"],
            span=span_of(aware(row["began_at"]), aware(row["ended_at"]), row["minutes"]),
        )
        for row in rows if row["state"] != "voided"
    )  # fmt: skip


HOURS_FACTS: dict[type, Facts] = {
    IssueRecordStatement: stating, RecordHours: recording, CorrectHours: correcting,
    ConfirmHours: judging, UpholdHours: judging, VoidHours: judging, RateService: judging,
}  # fmt: skip
