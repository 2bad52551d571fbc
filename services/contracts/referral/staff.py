"""Staff: who works where in which posts, certificates as dated facts, supervision, training, leaving.

Names are sealed. A worker is the party `worker:<code>`, the code being the one that their token carries; one person may
hold several posts, and every act says in which role it was done.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.referral.words import Codes
from services.contracts.words import Evidence, Party
from services.kernel.contract import Code, Count, Digest, Ref, Said, Sealed, asked, published

StaffName = Annotated[
    str, Meta(min_length=1, max_length=60), Sealed("identity"), Said("a name, at most 60", "姓名, 不超过 60 字")
]
StaffPhone = Annotated[
    str, Meta(min_length=3, max_length=40), Sealed("contact"), Said("a telephone number", "电话号码")
]
Attendees = Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=500), Said("at least one", "至少一人")]


@asked(zh="登记工作人员")
class RegisterStaff:
    """Somebody works for this party, since a day that may be unknown."""

    code: Code
    employer: Party
    since: date | None = None
    name: StaffName | None = None
    phone: StaffPhone | None = None


@asked(zh="任职")
class TakePost:
    """They take a post at a station, or in their own organization where no station is named."""

    role: Code
    station_id: UUID | None = None
    since: date | None = None


@asked(zh="离任")
class LeavePost:
    """They leave this post, and keep the others."""

    post_id: UUID
    reason_code: Code
    until: date | None = None


@asked(zh="登记职业资格")
class RecordCertificate:
    """A certificate was registered; it is valid for the years that the table says, unless it says otherwise itself."""

    level: Code
    registered_on: date | None = None
    valid_until: date | None = None
    evidence_ref: Evidence | None = None


@asked(zh="确定督导")
class AssignSupervisor:
    """Somebody else supervises their work from now on."""

    supervisor: Party
    since: date | None = None


@asked(zh="预告离职")
class GiveNotice:
    """They will leave on this day; what they answer for needs new owners until then."""

    last_day: date
    reason_code: Code


@asked(zh="离职")
class LeaveStaff:
    """They have left. While they answer for anything, a reason is needed why they are gone all the same."""

    reason_code: Code
    last_day: date | None = None
    left_open_reason: Code | None = None


@asked(zh="查阅工作人员身份")
class ReadStaffIdentity:
    """Read what a worker is called and how to reach them, for a stated purpose; allowed or not, the attempt is on record."""

    why: Code


@published("staff.registered", zh="工作人员登记")
class StaffRegistered:
    """This worker works for this party."""

    staff_id: UUID
    code: Code
    worker: Party
    employer: Party
    since: date | None = None
    sealed: tuple[Digest, ...] = ()


@published("staff.post-taken", zh="任职")
class PostTaken:
    """The worker holds this post from a day on; with no station it is a post in their own organization."""

    staff_id: UUID
    post_id: UUID
    role: Code
    station_id: UUID | None = None
    since: date | None = None


@published("staff.post-left", zh="离任")
class PostLeft:
    """The worker no longer holds this post."""

    staff_id: UUID
    post_id: UUID
    reason_code: Code
    until: date | None = None


@published("staff.certified", zh="职业资格登记")
class StaffCertified:
    """The worker is certified from one day to another; days that nobody knows stay unknown."""

    staff_id: UUID
    certificate_id: UUID
    level: Code
    table_version: Code
    valid_from: date | None = None
    valid_until: date | None = None
    evidence_ref: Ref | None = None


@published("staff.supervisor-assigned", zh="督导确定")
class SupervisorAssigned:
    """Somebody else supervises this worker."""

    staff_id: UUID
    supervisor: Party
    since: date | None = None


@published("staff.notice-given", zh="离职预告")
class NoticeGiven:
    """The worker will leave; until then somebody else must take what they answer for."""

    staff_id: UUID
    worker: Party
    last_day: date
    reason_code: Code


@published("staff.left", zh="离职")
class StaffLeft:
    """The worker has left, with this many matters and needs still theirs; their access ends."""

    staff_id: UUID
    worker: Party
    reason_code: Code
    open_matters: Count
    open_needs: Count
    last_day: date | None = None
    left_open_reason: Code | None = None


@published("staff.identity-read", zh="查阅工作人员身份", reading=True)
class StaffIdentityRead:
    """Somebody read what this worker is called and how to reach them, for this purpose."""

    staff_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    reader_org: Ref | None = None


@published("staff.identity-read-refused", zh="查阅工作人员身份被拒", reading=True)
class StaffIdentityReadRefused:
    """Somebody tried to read who this worker is, and may not."""

    staff_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    reader_org: Ref | None = None


@asked(zh="登记培训")
class HoldTraining:
    """A session of training or exchange among staff took place."""

    kind: Code
    organizer: Party
    held_on: date | None = None
    minutes: Count | None = None
    topic_codes: Codes = ()
    staff_ids: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()


@asked(zh="登记到会")
class RecordTrainingAttendance:
    """These were there, too."""

    staff_ids: Attendees


@asked(zh="更正到会")
class StrikeTrainingAttendance:
    """This one was not there, although it was written down."""

    staff_id: UUID
    reason_code: Code


@published("training.held", zh="培训举办")
class TrainingHeld:
    """Staff met to learn or to exchange; day and length may be unknown."""

    training_id: UUID
    kind: Code
    organizer: Party
    held_on: date | None = None
    minutes: Count | None = None
    topic_codes: tuple[Code, ...] = ()


@published("training.attended", zh="培训到会")
class TrainingAttended:
    """These workers were there."""

    training_id: UUID
    staff_ids: Attendees


@published("training.attendance-struck", zh="到会更正")
class TrainingAttendanceStruck:
    """This worker was not there; what was written down before stays visible."""

    training_id: UUID
    staff_id: UUID
    reason_code: Code
