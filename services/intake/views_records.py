"""How records show: in the order in which things happened, the value that stands with its mark, corrections beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain.rules import local_day
from services.intake.record_tables import corrections, late_entries, records, rekeyings
from services.intake.tables import joined, month_of
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put

Show = Callable[[Recorded, Any], Iterable[Change]]

NOTES = (
    public.InformationCollected,
    public.NeedsAssessed,
    public.ServicePlanAgreed,
    public.ServicePlanRevised,
    public.ProgressEvaluated,
    public.CaseClosed,
    public.CaseFollowUpDone,
    public.GuidanceGiven,
    public.HelpRequestFollowedUp,
    public.ConcernRaised,
)
"""Records of which nothing but what was told in them is put right here."""

Correction = public.RequestCorrected | public.ServiceCorrected | public.VisitCorrected | public.AttendanceCorrected


# --- what is written down ---------------------------------------------------------------------------------------------


def written(recorded: Recorded) -> list[Change]:
    """The row of a record; nothing where the event is none."""
    match recorded.event:
        case public.ServiceDelivered() as event:
            return [_record(recorded, "service", event.case_id, service_said(event), case_id=event.case_id,
                            conflict=event.conflict)]  # fmt: skip
        case public.VisitMade() as event:
            said = public.VisitSaid(mode=event.mode, result=event.result, visitor=event.visitor)
            return [
                _record(recorded, "visit", event.plan_id, said, person_id=event.person_id, on_day=event.on,
                        conflict=event.conflict)
            ]  # fmt: skip
        case public.HelpRequestReceived() as event:
            return [_record(recorded, "request", event.matter_id, request_said(event), person_id=event.person_id)]
        case public.ActivityAttended() as event:
            said_of = public.AttendanceSaid(outcome_codes=event.outcome_codes)
            return [_record(recorded, "attendance", event.activity_id, said_of, person_id=event.person_id,
                            case_id=event.case_id)]  # fmt: skip
        case event if isinstance(event, NOTES) and event.sealed:
            case_id = getattr(event, "case_id", None)
            about_id: UUID = case_id or getattr(event, "plan_id", None) or event.matter_id
            person_id = getattr(event, "about_person_id", None) or getattr(event, "person_id", None)
            return [_record(recorded, "note", about_id, None, case_id=case_id, person_id=person_id)]
        case _:
            return []


def _record(recorded: Recorded, kind: str, about_id: UUID, said: Any, **more: Any) -> Change:
    on_day = more.pop("on_day", None) or _day_of(recorded)
    return put(
        records,
        recorded.envelope.id,
        kind=kind,
        event=recorded.envelope.type,
        stream=recorded.stream,
        stream_version=recorded.version,
        command_id=recorded.envelope.commandid,
        about_id=about_id,
        matter_id=recorded.event.matter_id,
        happened_at=recorded.effective_at,
        on_day=on_day,
        recorded_at=recorded.recorded_at,
        delay_days=max((local_day(recorded.recorded_at) - on_day).days, 0),
        said=None if said is None else msgspec.to_builtins(said),
        sealed=joined(recorded.event.sealed),
        **more,
    )


def _day_of(recorded: Recorded) -> date:
    return local_day(recorded.happened_at)


def service_said(event: public.ServiceDelivered) -> public.ServiceSaid:
    """What a service is first on record as."""
    return public.ServiceSaid(
        kind=event.kind,
        workers=event.workers,
        participants=event.participants,
        goal_codes=event.goal_codes,
        place_kind=event.place_kind,
        started=event.started,
        ended=event.ended,
    )


def request_said(event: public.HelpRequestReceived) -> public.RequestSaid:
    """What a request is first on record as."""
    return public.RequestSaid(
        need_codes=event.need_codes,
        came_by=event.came_by,
        reporter_kind=event.reporter_kind,
        area=event.area,
        urgency=event.urgency,
        place_kind=event.place_kind,
    )


# --- what became of it ------------------------------------------------------------------------------------------------


def _act(recorded: Recorded, event: Any, act: str, **more: Any) -> Change:
    return put(
        corrections,
        recorded.position,
        record_id=event.record_id,
        act=act,
        reason_code=event.reason_code,
        by=recorded.actor.id,
        approver=getattr(event, "approver", None),
        at=recorded.recorded_at,
        **more,
    )


def _corrected(recorded: Recorded, event: Correction) -> list[Change]:
    was, now = msgspec.to_builtins(event.was), msgspec.to_builtins(event.now)
    stands = put(records, event.record_id, mark="corrected", said=now)
    return [stands, _act(recorded, event, "corrected", fields=joined(event.fields), was=was, now=now)]


def _request_corrected(recorded: Recorded, event: public.RequestCorrected) -> list[Change]:
    now = event.now
    shown = put(
        t.help_requests,
        event.request_id,
        need_codes=joined(now.need_codes),
        came_by=now.came_by,
        reporter_kind=now.reporter_kind,
        area=now.area,
        **({"urgency": now.urgency} if "urgency" in event.fields else {}),
    )
    return [shown, *_corrected(recorded, event)]


def _visit_corrected(recorded: Recorded, event: public.VisitCorrected) -> list[Change]:
    moved = [drop(t.visits, event.plan_id, event.on, event.was.mode)] if event.was.mode != event.now.mode else []
    stands = put(t.visits, event.plan_id, event.on, event.now.mode, result=event.now.result, visitor=event.now.visitor)
    return [*moved, stands, *_corrected(recorded, event)]


def _struck(recorded: Recorded, event: public.RecordEnteredInError) -> list[Change]:
    struck = put(records, event.record_id, mark="entered-in-error", review=None)
    return [struck, _act(recorded, event, "entered-in-error"), *_uncounted(event)]


def _uncounted(event: public.RecordEnteredInError) -> list[Change]:
    """Whatever was counted for it is counted no more."""
    about, on = event.about_id, event.on
    match event.kind:
        case "service" if on is not None:
            late = -1 if event.late else 0
            return [add(t.cases, about, services=-1), add(t.case_months, about, month_of(on), services=-1, late=late)]
        case "visit" if on is not None:
            return [
                drop(t.visits, about, on, event.mode),
                put(t.visit_plans, about, last_visit_on=event.last_on),
                add(t.visit_plans, about, visits=-1),
                add(t.visit_months, about, month_of(on), made=-1),
            ]
        case "attendance":
            of_case = [add(t.cases, event.case_id, activities=-1)] if event.case_id else []
            return [drop(t.attendances, about, event.person_id), add(t.activities, about, attended=-1), *of_case]
        case _:
            return []


def _moved(recorded: Recorded, event: public.NoteMoved) -> list[Change]:
    """It is read with the right person's file at once; until it lies under his key, by nobody."""
    stream = f"case/{event.to_case_id}" if event.to_case_id else f"person/{event.to_person_id}"
    laid = [put(t.sealed_values, digest, subject=str(event.to_person_id), stream=stream) for digest in event.moved]
    due = put(rekeyings, event.record_id, to_person_id=event.to_person_id, digests=joined(event.moved),
              due=recorded.recorded_at)  # fmt: skip
    return [put(records, event.record_id, moved_to=event.to_person_id), due, *laid, _act(recorded, event, "moved")]


def _late(recorded: Recorded, event: Any) -> list[Change]:
    about_id: UUID = getattr(event, "case_id", None) or recorded.stream_id
    envelope = recorded.envelope
    return [
        put(late_entries, recorded.position, command_id=envelope.commandid, stream=recorded.stream, about_id=about_id,
            matter_id=getattr(event, "matter_id", None), paper_ref=event.paper_ref, delay_days=event.delay_days,
            observed_by=event.observed_by, typed_by=envelope.actorid, behalf=envelope.behalforg or None,
            happened_at=recorded.effective_at, recorded_at=recorded.recorded_at)
    ]  # fmt: skip


SHOWN: dict[type, Show] = {
    public.LateEntryDeclared: lambda r, e: [put(t.cases, r.stream_id, version=r.version), *_late(r, e)],
    public.LateRequestDeclared: lambda r, e: [put(t.help_requests, r.stream_id, version=r.version), *_late(r, e)],
    public.LateVisitsDeclared: lambda r, e: [put(t.visit_plans, r.stream_id, version=r.version), *_late(r, e)],
    public.LateActivityDeclared: lambda r, e: [put(t.activities, r.stream_id, version=r.version), *_late(r, e)],
    public.RequestCorrected: _request_corrected,
    public.ServiceCorrected: _corrected,
    public.VisitCorrected: _visit_corrected,
    public.AttendanceCorrected: _corrected,
    public.RecordEnteredInError: _struck,
    public.NoteMoved: _moved,
    public.NoteRekeyed: lambda r, e: [drop(rekeyings, e.record_id)],
    public.RecordFlagged: lambda r, e: [put(records, e.record_id, review=e.reason_code)],
    public.RecordReviewed: lambda r, e: [
        put(records, e.record_id, review=None),
        _act(r, e, "reviewed"),
    ],
}
