"""Activities: groups meet for a purpose; headcount counts heads, attendance says who of the clients was there."""

from __future__ import annotations

from uuid import UUID

from services.contracts.intake.terms import Codes, Narrative, Parties
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Digest, Ref, asked, published


@published("activity.held", zh="活动举办")
class ActivityHeld:
    """An activity took place; how many came may be unknown."""

    activity_id: UUID
    kind: Code
    host: Party
    area: AreaCode
    headcount: Count | None = None
    goal_codes: Codes = ()
    workers: Parties = ()
    place_kind: Code | None = None
    pairing_id: UUID | None = None
    sealed: tuple[Digest, ...] = ()


@published("activity.attended", zh="参加活动")
class ActivityAttended:
    """This client was there."""

    activity_id: UUID
    person_id: UUID
    matter_id: UUID | None = None
    case_id: UUID | None = None
    outcome_codes: Codes = ()
    sealed: tuple[Digest, ...] = ()


@asked(zh="登记活动")
class HoldActivity:
    """Write down an activity that took place."""

    kind: Code
    host: Party
    area: AreaCode
    headcount: Count | None = None
    goal_codes: Codes = ()
    workers: Parties = ()
    place_kind: Code | None = None
    pairing_id: UUID | None = None
    paper_ref: Ref | None = None
    observed_by: Party | None = None
    report: Narrative | None = None


@asked(zh="登记参加活动")
class RecordAttendance:
    """Write down that a client was there; with a case, it belongs to the case's matter."""

    person_id: UUID
    case_id: UUID | None = None
    outcome_codes: Codes = ()
    paper_ref: Ref | None = None
    observed_by: Party | None = None
    note: Narrative | None = None
