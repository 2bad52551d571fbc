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
    TaskEnteredInError,
    TaskEscalated,
    TaskOffered,
    TaskOpened,
    TaskReassigned,
    TaskUnfilled,
    TaskVerified,
    WaveExpired,
    WaveOpened,
)
from services.contracts.words import Party
from services.contracts.worktime import end_of
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put
from services.volunteer.view_tables import assignments, hours_due, tasks
from services.volunteer.views_alerts import about_alerts
from services.volunteer.views_waves import about_waves

SEARCHING = ("opened", "offered")
"""The states in which people are being looked for."""

CALLED_OFF = (*SEARCHING, "unfilled", "assigned", "on_site")
"""The states in which a task can still be called off."""


def about_task(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    """The rows that an event of this task changes."""
    yield put(tasks, task_id, version=recorded.version, changed=recorded.position, **_task(recorded.event))
    yield from _people(recorded, task_id)
    yield from about_waves(recorded, task_id)
    yield from about_alerts(recorded, task_id)


def _task(event: object) -> dict[str, Any]:
    match event:
        case TaskOpened():
            return _opened(event)
        case TaskOffered() | TaskAccepted() | TaskDeclined():
            return {} if event.unfilled else {"state": _searching_state(event)}
        case TaskAssigned():
            return {"state": "assigned", "owner": event.assignees[0], "unfilled_at": None, "level": None}
        case TaskReassigned():
            state = "on_site" if event.on_site else "assigned"
            return {"state": state, "owner": event.assignees[0], "unfilled_at": None}
        case AssignmentCancelled():
            return {"state": "opened", **_searching(event), "urgency": event.urgency}
        case NoShowRecorded():
            return {"state": "opened", **_searching(event)}
        case TaskUnfilled():
            holder = event.handoff.takers[0]
            return {"state": "unfilled", "owner": holder, "holder": holder, "unfilled_at": None}
        case ArrivalRecorded():
            return {"state": "on_site"}
        case WaveOpened():
            return {"wave": event.wave}
        case WaveExpired():
            return {} if event.unfilled or event.still_asked else {"state": "opened"}
        case TaskEscalated():
            return {"level": event.level}
        case _:
            return _over(event)


def _over(event: object) -> dict[str, Any]:
    match event:
        case TaskCompleted():
            times = {"began_at": event.began_at, "ended_at": event.ended_at}
            return {"state": "completed", "result": event.result, **times}
        case TaskVerified():
            return {"state": "verified", "owner": event.handoff.takers[0], "verified_by": event.by}
        case TaskCancelled():
            return {"state": "cancelled", "owner": event.handoff.takers[0], "unfilled_at": None}
        case TaskEnteredInError():
            return {"state": "entered_in_error", "owner": event.handoff.takers[0], "unfilled_at": None}
        case _:
            return {}


def _opened(event: TaskOpened) -> dict[str, Any]:
    return {
        "state": "opened", "matter_id": event.matter_id, "case_id": event.case_id, "referral_id": event.referral_id,
        "person_id": event.person_id, "kind": event.kind, "urgency": event.urgency, "headcount": event.headcount,
        "skills": list(event.skills), "demands": list(event.demands),
        "risk": event.risk, "with_minor": event.with_minor, "area": event.area, "slot_start": event.slot_start,
        "slot_end": event.slot_end, "unfilled_at": event.unfilled_at, "holder": event.holder,
        "dispatcher": event.dispatcher, "owner": event.dispatcher,
    }  # fmt: skip


def _searching_state(event: TaskOffered | TaskAccepted | TaskDeclined) -> str:
    return "offered" if isinstance(event, TaskOffered) or event.still_asked else "opened"


def _searching(event: AssignmentCancelled | NoShowRecorded) -> dict[str, Any]:
    return {"owner": event.handoff.takers[0], "unfilled_at": event.unfilled_at}


ANSWERS = {TaskOffered: "asked", TaskAccepted: "accepted", TaskDeclined: "declined"}


def _people(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    event, at = recorded.event, recorded.happened_at
    match event:
        case TaskOffered() | TaskAccepted() | TaskDeclined():
            yield from _now(ANSWERS[type(event)], task_id, event.matter_id, event.assignee)
        case TaskAssigned():
            yield from _now("assigned", task_id, event.matter_id, *event.assignees, left_at=None)
        case TaskReassigned():
            # One who did not come is no longer among those who go, and was not replaced by anybody.
            left = event.leaving if event.joining else ()
            yield from _now("replaced", task_id, event.matter_id, *left, left_at=at)
            yield from _now("assigned", task_id, event.matter_id, *event.assignees, left_at=None)
        case AssignmentCancelled() | NoShowRecorded():
            gone = "cancelled" if isinstance(event, AssignmentCancelled) else "no_show"
            yield from _now(gone, task_id, event.matter_id, event.assignee)
            yield from _now("accepted", task_id, event.matter_id, *event.remaining)
        case ArrivalRecorded():
            yield from (put(assignments, task_id, who, arrived_at=at) for who in event.assignees)
        case TaskCancelled() | TaskEnteredInError():
            yield from _now("released", task_id, event.matter_id, *event.assignees, left_at=at)
        case TaskCompleted() if event.record_by is not None:
            due = end_of(event.record_by)
            went = (who for who in event.assignees if who.startswith("volunteer:"))
            yield from (put(hours_due, task_id, UUID(who.partition(":")[2]), due=due) for who in went)
        case HoursMissed():
            yield drop(hours_due, task_id, event.volunteer_id)
        case _:
            return


def _now(state: str, task_id: UUID, matter_id: UUID, *parties: Party, **more: Any) -> Iterable[Change]:
    return [put(assignments, task_id, who, matter_id=matter_id, state=state, **more) for who in parties]
