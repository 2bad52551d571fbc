"""What was written down once, and what became of it: corrected, struck as an error, moved to the right person, reviewed.

A record is one event of intake that somebody wrote down: a request as it was received, a service, a visit, an attendance,
a note. It is named by the event's own id, has a stream of its own beside that of what it tells of, and stays untouched:
`corrects` names it, and says what was and what is (INV-31).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.intake.terms import Codes, Parties, Urgency
from services.contracts.intake.visits import Mode, Result
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Digest, Instant, Ref, asked, published

RecordKind = Literal["request", "service", "visit", "attendance", "note"]
"""A `note` is any other record with something told in it: it can be moved, and what it belongs to is corrected there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestSaid:
    """What a request is on record as."""

    need_codes: Codes = ()
    came_by: Code = "unknown"
    reporter_kind: Code = "unknown"
    area: AreaCode | None = None
    urgency: Urgency | None = None
    place_kind: Code | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceSaid:
    """What a service is on record as."""

    kind: Code
    workers: Parties = ()
    participants: Count = 1
    goal_codes: Codes = ()
    place_kind: Code | None = None
    started: Instant | None = None
    ended: Instant | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitSaid:
    """What a visit is on record as."""

    mode: Mode
    result: Result
    visitor: Party | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttendanceSaid:
    """What an attendance is on record as."""

    outcome_codes: Codes = ()


@published("record.request-corrected", zh="求助记录更正")
class RequestCorrected:
    """These fields of a request were wrong; what was and what is stand side by side."""

    record_id: UUID
    corrects: UUID
    request_id: UUID
    matter_id: UUID
    fields: Codes
    was: RequestSaid
    now: RequestSaid
    reason_code: Code
    approver: Ref | None = None


@published("record.service-corrected", zh="服务记录更正")
class ServiceCorrected:
    """These fields of a service were wrong; what was and what is stand side by side."""

    record_id: UUID
    corrects: UUID
    case_id: UUID
    matter_id: UUID
    fields: Codes
    was: ServiceSaid
    now: ServiceSaid
    reason_code: Code
    approver: Ref | None = None


@published("record.visit-corrected", zh="探访记录更正")
class VisitCorrected:
    """These fields of a visit were wrong; what was and what is stand side by side."""

    record_id: UUID
    corrects: UUID
    plan_id: UUID
    matter_id: UUID
    on: date
    fields: Codes
    was: VisitSaid
    now: VisitSaid
    reason_code: Code
    approver: Ref | None = None


@published("record.attendance-corrected", zh="参加活动记录更正")
class AttendanceCorrected:
    """These fields of an attendance were wrong; what was and what is stand side by side."""

    record_id: UUID
    corrects: UUID
    activity_id: UUID
    person_id: UUID
    fields: Codes
    was: AttendanceSaid
    now: AttendanceSaid
    reason_code: Code
    matter_id: UUID | None = None
    approver: Ref | None = None


@published("record.entered-in-error", zh="记录作废", strikes=True)
class RecordEnteredInError:
    """This record should never have existed: it counts no more, and stays readable, marked.

    `about_id` is the case, plan or activity it was counted under; `last_on` is the last visit that still stands.
    """

    record_id: UUID
    corrects: UUID
    kind: RecordKind
    about_id: UUID
    reason_code: Code
    matter_id: UUID | None = None
    person_id: UUID | None = None
    case_id: UUID | None = None
    on: date | None = None
    mode: Mode | None = None
    late: bool = False
    last_on: date | None = None
    approver: Ref | None = None


@published("record.note-moved", zh="记录改归他人")
class NoteMoved:
    """What was told in this record is about somebody else: it belongs to that person's file now, and not to this one."""

    record_id: UUID
    corrects: UUID
    to_person_id: UUID
    moved: tuple[Digest, ...]
    reason_code: Code
    to_case_id: UUID | None = None
    matter_id: UUID | None = None
    person_id: UUID | None = None
    approver: Ref | None = None


@published("record.note-rekeyed", zh="记录换钥")
class NoteRekeyed:
    """So many values lie under the right person's key now; the other key opens them no more."""

    record_id: UUID
    to_person_id: UUID
    values: Count
    matter_id: UUID | None = None


@published("record.flagged", zh="记录待核")
class RecordFlagged:
    """Something speaks against this record: somebody is to look at it. It counts as before."""

    record_id: UUID
    kind: RecordKind
    reason_code: Code
    matter_id: UUID | None = None


@published("record.reviewed", zh="记录已核")
class RecordReviewed:
    """Somebody has looked, and the record stands; or what spoke against it was itself wrong."""

    record_id: UUID
    reason_code: Code
    matter_id: UUID | None = None


@asked(zh="更正求助记录")
class CorrectRequest:
    """Correct what a request is on record as; what is left out stays. Somebody else approves what is closed or past."""

    reason_code: Code
    need_codes: Codes | None = None
    came_by: Code | None = None
    reporter_kind: Code | None = None
    area: AreaCode | None = None
    urgency: Urgency | None = None
    place_kind: Code | None = None
    approver: Ref | None = None


@asked(zh="更正服务记录")
class CorrectService:
    """Correct what a service is on record as; what is left out stays. Somebody else approves what is closed or past."""

    reason_code: Code
    kind: Code | None = None
    workers: Parties | None = None
    participants: Count | None = None
    goal_codes: Codes | None = None
    place_kind: Code | None = None
    started: Instant | None = None
    ended: Instant | None = None
    approver: Ref | None = None


@asked(zh="更正探访记录")
class CorrectVisit:
    """Correct how a visit went; one on another day or to somebody else is struck and written down anew."""

    reason_code: Code
    mode: Mode | None = None
    result: Result | None = None
    visitor: Party | None = None
    approver: Ref | None = None


@asked(zh="更正参加活动记录")
class CorrectAttendance:
    """Correct what came of an attendance; that of the wrong person is struck."""

    reason_code: Code
    outcome_codes: Codes | None = None
    approver: Ref | None = None


@asked(zh="作废记录")
class MarkRecordEnteredInError:
    """Say that the record should never have existed. Somebody else approves what is closed or past."""

    reason_code: Code
    approver: Ref | None = None


@asked(zh="记录改归他人")
class MoveNote:
    """Say that what was told is about somebody else; it is laid under that person's key. Somebody else approves."""

    to_person_id: UUID
    reason_code: Code
    approver: Ref
    to_case_id: UUID | None = None


@asked(zh="登记换钥")
class ConfirmRekeying:
    """Say that the note lies under the right key (issued by intake itself, when it does)."""

    values: Count


@asked(zh="记录待核")
class FlagRecord:
    """Ask for somebody to look at a record."""

    reason_code: Code


@asked(zh="记录已核")
class ReviewRecord:
    """Say that somebody has looked, and that the record stands."""

    reason_code: Code
