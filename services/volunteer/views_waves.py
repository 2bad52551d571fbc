"""How waves of offers change rows: until when somebody is asked, what the clock asks for next, what was chosen otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.contracts.volunteer import (
    AcceptedInVain,
    OffersSuperseded,
    SuggestionOverridden,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskEnteredInError,
    TaskEscalated,
    TaskOffered,
    TaskUnfilled,
    TaskVerified,
    VerificationOverdue,
    VerificationReminded,
    WaveExpired,
    WaveOpened,
    WaveScheduled,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put
from services.volunteer.domain.eligibility import day_of
from services.volunteer.view_tables import assignments, choices, overrides, task_clocks

WAVE, ESCALATION = "wave", "escalation"
OVER, DUE = "wave-over", "wave-due"
VERIFY_REMINDER, VERIFY_LATENESS = "verify-reminder", "verify-lateness"

ENDS = (TaskAssigned, TaskUnfilled, TaskCancelled, TaskEnteredInError)
"""With these nobody is looked for any more, so that no clock runs."""


def about_waves(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    """The rows that an event of this task changes."""
    yield from _asked(recorded, task_id)
    yield from _clocks(recorded, task_id)
    yield from _verifying(recorded, task_id)
    yield from _chosen(recorded, task_id)


def _asked(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    event = recorded.event
    match event:
        case TaskOffered():
            yield put(assignments, task_id, event.assignee, offered_at=recorded.recorded_at)
        case WaveOpened():
            yield from (put(assignments, task_id, one.party, expires_at=event.expires_at) for one in event.invited)
        case WaveExpired():
            yield from (put(assignments, task_id, who, state="expired") for who in event.silent)
        case OffersSuperseded():
            yield from (put(assignments, task_id, who, state="superseded") for who in event.assignees)
        case AcceptedInVain():
            yield put(assignments, task_id, event.assignee, state="in_vain")
        case _:
            return


def _clocks(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    event = recorded.event
    match event:
        case WaveOpened():
            yield drop(task_clocks, task_id, DUE)
            yield put(task_clocks, task_id, OVER, wave=event.wave, due=event.expires_at)
            if event.escalate_at is not None:
                yield put(task_clocks, task_id, ESCALATION, due=event.escalate_at)
        case WaveScheduled():
            yield put(task_clocks, task_id, DUE, due=event.at)
        case WaveExpired():
            yield drop(task_clocks, task_id, OVER)
        case TaskEscalated(again_at=None):
            yield drop(task_clocks, task_id, ESCALATION)
        case TaskEscalated():
            yield put(task_clocks, task_id, ESCALATION, due=event.again_at)
        case event if isinstance(event, ENDS):
            yield from (drop(task_clocks, task_id, kind) for kind in (OVER, DUE, ESCALATION))
        case _:
            return


def _verifying(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    """The clock of what is done and not verified."""
    event = recorded.event
    match event:
        case TaskCompleted() if event.wait is not None:
            yield put(task_clocks, task_id, VERIFY_REMINDER, due=event.wait.remind_at)
            yield put(task_clocks, task_id, VERIFY_LATENESS, due=event.wait.due_at)
        case VerificationReminded():
            yield drop(task_clocks, task_id, VERIFY_REMINDER)
        case VerificationOverdue() | TaskVerified() | TaskEnteredInError():
            yield from (drop(task_clocks, task_id, kind) for kind in (VERIFY_REMINDER, VERIFY_LATENESS))
        case _:
            return


def _chosen(recorded: Recorded, task_id: UUID) -> Iterable[Change]:
    event, month = recorded.event, day_of(recorded.recorded_at).isoformat()[:7]
    match event:
        case TaskAssigned():
            yield add(choices, month, chosen=1)
        case SuggestionOverridden():
            yield add(choices, month, overridden=1)
            yield put(
                overrides, task_id, recorded.position, matter_id=event.matter_id, month=month, made_at=recorded.recorded_at,
                reason_code=event.reason_code, waived=list(event.waived),
            )  # fmt: skip
        case _:
            return
