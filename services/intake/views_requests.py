"""How help requests show: a row each, on the worklist until it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.contracts import intake as public
from services.contracts.words import Wait
from services.intake import tables as t
from services.intake.tables import joined
from services.kernel.message import Recorded
from services.kernel.view import Change, put

Show = Callable[[Recorded, Any], Iterable[Change]]


def _request(recorded: Recorded, **columns: Any) -> Change:
    return put(t.help_requests, recorded.stream_id, version=recorded.version, **columns)


def _clock(event: Any) -> dict[str, Any]:
    """When the next step is to be reminded of and when it is late, as the event says; with another step nothing is late."""
    wait: Wait | None = getattr(event, "wait", None)
    reminded, due = (wait.remind_at, wait.due_at) if wait else (None, None)
    return {"remind_due": reminded, "overdue_due": due, "due_at": due, "overdue": False}


def _received(recorded: Recorded, event: public.HelpRequestReceived) -> list[Change]:
    return [
        _request(
            recorded,
            state="received",
            matter_id=event.matter_id,
            person_id=event.person_id,
            unit=event.unit,
            area=event.area,
            came_by=event.came_by,
            reporter_kind=event.reporter_kind,
            urgency=event.urgency,
            need_codes=joined(event.need_codes),
            received_at=recorded.effective_at,
            **_clock(event),
        )
    ]


def _triaged(recorded: Recorded, event: public.HelpRequestTriaged) -> list[Change]:
    return [
        _request(
            recorded,
            state="triaged",
            urgency=event.urgency,
            disposition=event.disposition,
            risk_level=event.risk_level,
            dispatcher=event.handoff.takers[0] if event.handoff else None,
            triaged_at=recorded.effective_at,
            **_clock(event),
        )
    ]


def _guided(recorded: Recorded, event: public.GuidanceGiven) -> list[Change]:
    missing = joined(m.code for m in event.materials_missing)
    day = event.follow_up_by
    return [
        _request(recorded, state="waiting_client", materials_missing=missing, follow_up_by=day, **_clock(event))
    ]  # fmt: skip


def _followed_up(recorded: Recorded, event: public.HelpRequestFollowedUp) -> list[Change]:
    state = "triaged" if event.leaves == "triaged" else "waiting_client"
    return [_request(recorded, state=state, follow_up_by=event.follow_up_by, **_clock(event))]


def _strand_opened(recorded: Recorded, event: public.HelpRequestStrandOpened) -> list[Change]:
    state = "in_service" if event.kind == "task" else "referred"
    return [_request(recorded, state=state, follow_up_by=None, **_clock(event))]


def _request_closed(recorded: Recorded, event: public.HelpRequestClosed) -> list[Change]:
    return [
        _request(
            recorded,
            state="closed",
            outcome=event.outcome,
            confirmed_by=event.confirmed_by,
            follow_up_by=None,
            closed_at=recorded.effective_at,
            **_clock(event),
        )
    ]


def _converted(recorded: Recorded, event: public.HelpRequestConverted) -> list[Change]:
    return [_request(recorded, state="converted", case_id=event.case_id, follow_up_by=None, **_clock(event))]


def _duplicate(recorded: Recorded, event: public.DuplicateRequestLinked) -> list[Change]:
    other = event.other_request_id
    return [_request(recorded, state="duplicate", other_request_id=other, follow_up_by=None, **_clock(event))]


def _notes_read(recorded: Recorded, event: public.HelpRequestNotesRead) -> list[Change]:
    row = put(t.reads, recorded.position, request_id=event.matter_id, reader=event.reader, reader_role=event.reader_role,
              reader_org=event.reader_org, why=event.why, categories="narrative", at=recorded.recorded_at,
              allowed=event.allowed)  # fmt: skip
    return [_request(recorded), row]


SHOWN: dict[type, Show] = {
    public.HelpRequestReceived: _received,
    public.HelpRequestPersonLinked: lambda r, e: [_request(r, person_id=e.person_id)],
    public.HelpRequestTriaged: _triaged,
    public.GuidanceGiven: _guided,
    public.HelpRequestFollowedUp: _followed_up,
    public.HelpRequestStrandOpened: _strand_opened,
    public.HelpRequestStrandEnded: lambda r, e: [_request(r, state=e.leaves, **_clock(e))],
    public.HelpRequestConverted: _converted,
    public.HelpRequestDeclined: lambda r, e: [_request(r, state="declined", closed_at=r.effective_at, **_clock(e))],
    public.HelpRequestClosed: _request_closed,
    public.HelpRequestReopened: lambda r, e: [_request(r, state="triaged", outcome=None, closed_at=None, **_clock(e))],
    public.DuplicateRequestLinked: _duplicate,
    public.HelpRequestEnteredInError: lambda r, e: [
        _request(r, state="entered_in_error", follow_up_by=None, **_clock(e))
    ],
    public.HelpRequestReminded: lambda r, e: [_request(r, remind_due=None)],
    public.HelpRequestOverdue: lambda r, e: [_request(r, remind_due=None, overdue_due=None, overdue=True)],
    public.HelpRequestNotesRead: _notes_read,
}
