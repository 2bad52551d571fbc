"""How events of a task change its row and the rows of those who are asked and sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.contracts.volunteer import (
    ArrivalRecorded,
    AssignmentCancelled,
    HoursMissed,
    NoShowRecorded,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskDeclined,
    TaskOffered,
    TaskOpened,
    TaskReassigned,
    TaskUnfilled,
    TaskVerified,
)
from services.contracts.words import Party
from services.contracts.worktime import end_of
from services.kernel.view import Change, drop, put
from services.volunteer.view_tables import assignments, hours_due, tasks

SEARCHING = ("opened", "offered")
"""The states in which people are being looked for."""

CALLED_OFF = (*SEARCHING, "unfilled", "assigned", "on_site")
"""The states in which a task can still be called off."""


def about_task(event: object, task_id: UUID, version: int) -> Iterable[Change]:
    """The rows that an event of this task changes."""
    yield put(tasks, task_id, version=version, **_task(event))
    yield from _people(event, task_id)


def _task(event: object) -> dict[str, Any]:
    match event:
        case TaskOpened():
            return _opened(event)
        case TaskOffered():
            return {"state": "offered"}
        case TaskAccepted() | TaskDeclined():
            return {"state": "offered" if event.still_asked else "opened"}
        case TaskAssigned() | TaskReassigned():
            return {"state": "assigned", "owner": event.assignees[0], "unfilled_at": None}
        case AssignmentCancelled():
            return {"state": "opened", **_searching(event), "urgency": event.urgency}
        case NoShowRecorded():
            return {"state": "opened", **_searching(event)}
        case TaskUnfilled():
            return {"state": "unfilled", "owner": event.handoff.takers[0], "unfilled_at": None}
        case ArrivalRecorded():
            return {"state": "on_site"}
        case TaskCompleted():
            times = {"began_at": event.began_at, "ended_at": event.ended_at}
            return {"state": "completed", "result": event.result, **times}
        case TaskVerified():
            return {"state": "verified", "owner": event.handoff.takers[0], "verified_by": event.by}
        case TaskCancelled():
            return {"state": "cancelled", "owner": event.handoff.takers[0], "unfilled_at": None}
        case _:
            return {}


def _opened(event: TaskOpened) -> dict[str, Any]:
    return {
        "state": "opened", "matter_id": event.matter_id, "case_id": event.case_id, "referral_id": event.referral_id,
        "person_id": event.person_id, "kind": event.kind, "urgency": event.urgency, "headcount": event.headcount,
        "risk": event.risk, "with_minor": event.with_minor, "area": event.area, "slot_start": event.slot_start,
        "slot_end": event.slot_end, "unfilled_at": event.unfilled_at, "holder": event.holder,
        "dispatcher": event.dispatcher, "owner": event.dispatcher,
    }  # fmt: skip


def _searching(event: AssignmentCancelled | NoShowRecorded) -> dict[str, Any]:
    return {"owner": event.handoff.takers[0], "unfilled_at": event.unfilled_at}


ANSWERS = {TaskOffered: "asked", TaskAccepted: "accepted", TaskDeclined: "declined"}


def _people(event: object, task_id: UUID) -> Iterable[Change]:
    match event:
        case TaskOffered() | TaskAccepted() | TaskDeclined():
            yield from _now(ANSWERS[type(event)], task_id, event.matter_id, event.assignee)
        case TaskAssigned():
            yield from _now("assigned", task_id, event.matter_id, *event.assignees)
        case TaskReassigned():
            yield from _now("replaced", task_id, event.matter_id, *event.leaving)
            yield from _now("assigned", task_id, event.matter_id, *event.assignees)
        case AssignmentCancelled() | NoShowRecorded():
            gone = "cancelled" if isinstance(event, AssignmentCancelled) else "no_show"
            yield from _now(gone, task_id, event.matter_id, event.assignee)
            yield from _now("accepted", task_id, event.matter_id, *event.remaining)
        case TaskCancelled():
            yield from _now("released", task_id, event.matter_id, *event.assignees)
        case TaskCompleted() if event.record_by is not None:
            due = end_of(event.record_by)
            went = (who for who in event.assignees if who.startswith("volunteer:"))
            yield from (put(hours_due, task_id, UUID(who.partition(":")[2]), due=due) for who in went)
        case HoursMissed():
            yield drop(hours_due, task_id, event.volunteer_id)
        case _:
            return


def _now(state: str, task_id: UUID, matter_id: UUID, *parties: Party) -> Iterable[Change]:
    return [put(assignments, task_id, who, matter_id=matter_id, state=state) for who in parties]
