"""Stations, staff, training and projects, as their events leave them."""

from __future__ import annotations

from typing import Any

import msgspec

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put
from services.referral.views.staff_tables import (
    certificates,
    posts,
    project_reports,
    projects,
    staff,
    staff_reads,
    staff_sealed,
    station_names,
    stations,
    training_attendance,
    trainings,
)


def project(recorded: Recorded) -> list[Change]:
    """Which rows change by an event about a station or a worker."""
    match recorded.event:
        case public.StationOpened() as event:
            row = _station(
                recorded, state="open", kind=event.kind, code=event.code, party=event.party, parent_id=event.parent_id,
                host_id=event.host_id, places=msgspec.to_builtins(event.places),
            )  # fmt: skip
            return [row, *(put(station_names, event.station_id, digest) for digest in event.sealed)]
        case public.StationAreaChanged() as event:
            return [_station(recorded, places=msgspec.to_builtins(event.places), reason_code=event.reason_code)]
        case public.StationClosed() as event:
            return [_station(recorded, state="closed", reason_code=event.reason_code)]
        case public.StaffRegistered() as event:
            row = _staff(recorded, state="working", code=event.code, worker=event.worker, employer=event.employer,
                         since=event.since)  # fmt: skip
            return [row, *(put(staff_sealed, event.staff_id, digest) for digest in event.sealed)]
        case public.SupervisorAssigned() as event:
            return [_staff(recorded, supervisor=event.supervisor)]
        case public.NoticeGiven() as event:
            return [_staff(recorded, state="leaving", last_day=event.last_day, reason_code=event.reason_code)]
        case public.StaffLeft() as event:
            gone = {"reason_code": event.reason_code, "left_open_reason": event.left_open_reason}
            return [_staff(recorded, state="left", last_day=event.last_day or recorded.happened_at.date(), **gone)]
        case public.StaffIdentityRead() | public.StaffIdentityReadRefused() as event:
            return [_staff(recorded), _read(recorded, event)]
        case _:
            return [*_posts(recorded), *_trainings(recorded), *_projects(recorded)]


def _read(recorded: Recorded, event: public.StaffIdentityRead | public.StaffIdentityReadRefused) -> Change:
    allowed = isinstance(event, public.StaffIdentityRead)
    return put(
        staff_reads, recorded.position, staff_id=event.staff_id, reader=event.reader, reader_role=event.reader_role,
        reader_org=event.reader_org, why=event.why, allowed=allowed, at=recorded.recorded_at,
    )  # fmt: skip


def _posts(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.PostTaken() as event:
            post = {"staff_id": event.staff_id, "role": event.role, "station_id": event.station_id}
            return [_staff(recorded), put(posts, event.post_id, state="held", since=event.since, **post)]
        case public.PostLeft() as event:
            until = event.until or recorded.happened_at.date()
            left = put(posts, event.post_id, state="left", until=until, reason_code=event.reason_code)
            return [_staff(recorded), left]
        case public.StaffCertified() as event:
            valid = {"valid_from": event.valid_from, "valid_until": event.valid_until}
            known = {"staff_id": event.staff_id, "level": event.level, "evidence_ref": event.evidence_ref}
            return [_staff(recorded), put(certificates, event.certificate_id, **known, **valid)]
        case _:
            return []


def _trainings(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.TrainingHeld() as event:
            return [
                put(
                    trainings, event.training_id, version=recorded.version, kind=event.kind, organizer=event.organizer,
                    held_on=event.held_on, minutes=event.minutes, topic_codes=list(event.topic_codes), attended=0,
                )
            ]  # fmt: skip
        case public.TrainingAttended() as event:
            there = [
                put(training_attendance, event.training_id, one, struck=False, reason_code=None)
                for one in event.staff_ids
            ]
            counted = add(trainings, event.training_id, attended=len(event.staff_ids))
            return [put(trainings, event.training_id, version=recorded.version), counted, *there]
        case public.TrainingAttendanceStruck() as event:
            struck = put(
                training_attendance, event.training_id, event.staff_id, struck=True, reason_code=event.reason_code
            )
            counted = add(trainings, event.training_id, attended=-1)
            return [put(trainings, event.training_id, version=recorded.version), counted, struck]
        case _:
            return []


def _projects(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case public.ProjectStarted() as event:
            return [
                _project(
                    recorded, state="running", code=event.code, operator=event.operator, commissioner=event.commissioner,
                    level=event.level, places=msgspec.to_builtins(event.places), group_codes=list(event.group_codes),
                    table_version=event.table_version, starts_on=event.starts_on, ends_on=event.ends_on,
                )
            ]  # fmt: skip
        case public.ReportOwed() as event:
            owed = {"project_id": event.project_id, "kind": event.kind, "owed_to": event.to, "due_on": event.due_on}
            return [_project(recorded), put(project_reports, event.report_id, state="owed", overdue=False, **owed)]
        case public.ReportReminded():
            return [_project(recorded)]
        case public.ReportOverdue() as event:
            return [_project(recorded), put(project_reports, event.report_id, overdue=True)]
        case public.ReportSubmitted() as event:
            handed = {"state": "submitted", "overdue": False, "late": event.late, "evidence_ref": event.evidence_ref}
            return [_project(recorded), put(project_reports, event.report_id, **handed)]
        case public.ReportWaived() as event:
            return [_project(recorded), put(project_reports, event.report_id, state="waived", overdue=False)]
        case public.ProjectEnded() as event:
            return [_project(recorded, state="ended", reason_code=event.reason_code)]
        case _:
            return []


def _station(recorded: Recorded, **columns: Any) -> Change:
    return put(stations, recorded.stream_id, version=recorded.version, **columns)


def _staff(recorded: Recorded, **columns: Any) -> Change:
    return put(staff, recorded.stream_id, version=recorded.version, **columns)


def _project(recorded: Recorded, **columns: Any) -> Change:
    return put(projects, recorded.stream_id, version=recorded.version, **columns)
