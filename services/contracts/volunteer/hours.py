"""The record of one volunteer's actual time in one activity, as 民政部令第67号 wants it."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.volunteer.words import Minutes, Score
from services.contracts.words import AreaCode, Party, Wait
from services.kernel.contract import Code, Count, Digest, Instant, Ref, Sealed, asked, published


@asked(zh="登记志愿服务时长")
class RecordHours:
    """One volunteer gave this much time on that day; `minutes` is actual time, not what was planned.

    Where the task is named, the volunteer was among those who went. From and until may be unknown. `paper_ref` is the
    number of the sheet (志愿服务记录表) from which it was typed.
    """

    volunteer_id: UUID
    activity: Ref
    day: date
    minutes: Minutes
    content_code: Code
    organizer: Party
    lead: Party
    task_id: UUID | None = None
    pairing_id: UUID | None = None
    began_at: Instant | None = None
    ended_at: Instant | None = None
    place_area: AreaCode | None = None
    paper_ref: Ref | None = None
    note: Annotated[str, Meta(max_length=2000), Sealed("narrative")] | None = None


@asked(zh="确认志愿服务时长")
class ConfirmHours:
    """The organizing unit says that it was so."""


@asked(zh="申请更正时长")
class QuestionHours:
    """The volunteer says that the record is wrong."""

    reason_code: Code
    minutes: Minutes | None = None


@asked(zh="催办时长答复")
class RemindHoursAnswer:
    """Part of the time for answering is over; asked by the clock."""


@asked(zh="时长答复逾期督办")
class EscalateHoursAnswer:
    """The time for answering is over; asked by the clock."""


@asked(zh="维持时长记录")
class UpholdHours:
    """The organizing unit answers that the record is right, and why."""

    reason_code: Code


@asked(zh="更正志愿服务时长")
class CorrectHours:
    """The organizing unit corrects the record; the old value stays visible."""

    minutes: Minutes
    reason_code: Code
    began_at: Instant | None = None
    ended_at: Instant | None = None


@asked(zh="作废志愿服务时长")
class VoidHours:
    """The record should not count: it was no volunteering, or it is there twice."""

    reason_code: Code


@asked(zh="评价服务质量")
class RateService:
    """The organizing unit rates the service."""

    score: Score


@published("service-hours.recorded", zh="时长登记")
class ServiceHoursRecorded:
    """One volunteer gave this much actual time; it counts once the organizing unit confirms it.

    `record_by` is the tenth working day after the activity; a record after it is `late`, and valid. `paper_ref` is the
    sheet that it was typed from.
    """

    volunteer_id: UUID
    matter_id: UUID | None = None
    task_id: UUID | None = None
    pairing_id: UUID | None = None
    activity: Ref
    day: date
    minutes: Count
    began_at: Instant | None = None
    ended_at: Instant | None = None
    place_area: AreaCode | None = None
    content_code: Code
    organizer: Party
    lead: Party
    record_by: date
    late: bool
    paper_ref: Ref | None = None
    sealed: tuple[Digest, ...] = ()


@published("service-hours.confirmed", zh="时长确认")
class ServiceHoursConfirmed:
    """The organizing unit stands by the record: these minutes count."""

    volunteer_id: UUID
    task_id: UUID | None = None
    minutes: Count
    organizer: Party
    late: bool


@published("service-hours.questioned", zh="时长更正申请")
class ServiceHoursQuestioned:
    """The volunteer says that the record is wrong; the organizing unit owes an answer, until the end of `wait`."""

    volunteer_id: UUID
    reason_code: Code
    minutes: Count | None = None
    wait: Wait | None = None


@published("service-hours.answer-reminded", zh="催办时长答复")
class HoursAnswerReminded:
    """The organizing unit has been reminded that a volunteer waits for its answer about a record (INV-20)."""

    volunteer_id: UUID
    organizer: Party


@published("service-hours.answer-overdue", zh="时长答复逾期")
class HoursAnswerOverdue:
    """The organizing unit has not answered in time; whoever heads it is told, and the volunteer may read that."""

    volunteer_id: UUID
    organizer: Party


@published("service-hours.upheld", zh="时长维持")
class ServiceHoursUpheld:
    """The organizing unit answered that the record is right."""

    volunteer_id: UUID
    reason_code: Code


@published("service-hours.corrected", zh="时长更正")
class ServiceHoursCorrected:
    """The record says something else now; what it said before stays readable here. `counted`: it was confirmed."""

    volunteer_id: UUID
    counted: bool
    minutes_before: Count
    minutes_after: Count
    began_at: Instant | None = None
    ended_at: Instant | None = None
    reason_code: Code


@published("service-hours.voided", zh="时长作废")
class ServiceHoursVoided:
    """The record counts no more; it stays readable."""

    volunteer_id: UUID
    task_id: UUID | None = None
    counted: bool
    minutes_before: Count
    reason_code: Code


@published("service-hours.rated", zh="质量评价")
class ServiceQualityRated:
    """The organizing unit rated the service on that day; after the tenth working day the rating is `late`, and valid."""

    volunteer_id: UUID
    score: Count
    by: Party | None = None
    rated_on: date | None = None
    late: bool = False
