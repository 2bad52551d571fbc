"""What dispatchers must do at once, and what they alone know: somebody is missing, the client is to be told, who did not come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args
from uuid import UUID

from services.contracts.volunteer import (
    AssignmentCancelled,
    ClientContacted,
    Level,
    NoShowRecorded,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskEnteredInError,
    TaskEscalated,
    TaskOpened,
    TaskReassigned,
    TaskUnfilled,
    TaskVerified,
    VerificationOverdue,
)
from services.contracts.words import Party
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put
from services.volunteer.view_tables import alerts, no_shows

FIND, TELL, VERIFY = "find-somebody", "tell-client", "verify-task"
LEVELS = get_args(Level)
"""`find-somebody.coordinator` and so on: somebody above looks after it too."""


def about_alerts(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    """The alerts that an event of this task raises or ends (H5)."""
    event = recorded.event
    match event:
        case TaskOpened(urgency="emergency"):
            yield _raised(recorded, task_id, FIND, event.dispatcher)
        case AssignmentCancelled() | NoShowRecorded() | TaskUnfilled():
            who = event.handoff.takers[0]
            yield from (_raised(recorded, task_id, kind, who) for kind in (FIND, TELL))
        case TaskEscalated():
            yield _raised(recorded, task_id, f"{FIND}.{event.level}", event.to)
        case VerificationOverdue():
            yield _raised(recorded, task_id, VERIFY, event.to)
        case TaskVerified():
            yield drop(alerts, task_id, VERIFY)
        case TaskAssigned() | TaskReassigned():
            yield from (drop(alerts, task_id, f"{FIND}.{level}") for level in LEVELS)
            yield drop(alerts, task_id, FIND)
        case ClientContacted(result="reached"):
            yield drop(alerts, task_id, TELL)
        case TaskCompleted() | TaskCancelled() | TaskEnteredInError():
            yield from (
                drop(alerts, task_id, kind) for kind in (FIND, TELL, VERIFY, *(f"{FIND}.{level}" for level in LEVELS))
            )
        case _:
            pass
    if isinstance(event, NoShowRecorded):
        yield add(no_shows, event.assignee, times=1)
        yield put(no_shows, event.assignee, last_at=recorded.happened_at)


def _raised(recorded: Recorded, task_id: UUID, kind: str, who: Party) -> Change:
    return put(alerts, task_id, kind, matter_id=recorded.event.matter_id, who=who, since=recorded.recorded_at)
