"""The clocks of what is owed beside referrals: the next step of a grant, the reports of a project."""

from __future__ import annotations

from uuid import UUID

from services.contracts import referral as public
from services.contracts.words import Wait
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put
from services.referral.views.tables import clocks

OF_GRANT = {True: "grant-reminder", False: "grant-lateness"}
OF_REPORT = {True: "report-reminder", False: "report-lateness"}
"""The clock that runs out first, and the one that says that it is late."""

STEPS = (
    public.GrantApplied, public.GrantApproved, public.GrantDisbursed, public.GrantUseReported, public.GrantReturnAsked,
    public.GrantReturned, public.GrantReturnWaived, public.GrantLapsed,
)  # fmt: skip
"""With these another step of a grant is owed, or, where they say no time, none."""


def project(recorded: Recorded) -> list[Change]:
    """Which of these clocks begin and end with an event."""
    event, key = recorded.event, recorded.stream_id
    match event:
        case event if isinstance(event, STEPS):
            return _set(key, key, OF_GRANT, event.wait)
        case public.GrantClosed() | public.GrantRejected():
            return _gone(key, OF_GRANT)
        case public.GrantReminded():
            return [drop(clocks, key, OF_GRANT[True])]
        case public.GrantEscalated():
            return [drop(clocks, key, OF_GRANT[False])]
        case _:
            return _of_report(recorded)


def _of_report(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.ReportOwed() as event:
            return _set(event.report_id, recorded.stream_id, OF_REPORT, event.wait)
        case public.ReportSubmitted() | public.ReportWaived() as event:
            return _gone(event.report_id, OF_REPORT)
        case public.ReportReminded() as event:
            return [drop(clocks, event.report_id, OF_REPORT[True])]
        case public.ReportOverdue() as event:
            return [drop(clocks, event.report_id, OF_REPORT[False])]
        case _:
            return []


def _set(subject_id: UUID, stream_id: UUID, kinds: dict[bool, str], wait: Wait | None) -> list[Change]:
    if wait is None:
        return _gone(subject_id, kinds)
    return [
        put(clocks, subject_id, kinds[True], stream_id=stream_id, due=wait.remind_at),
        put(clocks, subject_id, kinds[False], stream_id=stream_id, due=wait.due_at),
    ]


def _gone(subject_id: UUID, kinds: dict[bool, str]) -> list[Change]:
    return [drop(clocks, subject_id, kind) for kind in kinds.values()]
