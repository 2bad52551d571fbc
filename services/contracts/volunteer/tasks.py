"""What may be asked of a task: opening, offering, answering, assigning, doing, verifying, and what goes wrong."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.volunteer.words import (
    Codes,
    ContactResult,
    Headcount,
    Risk,
    SomeParties,
    TaskResult,
    Urgency,
    VerifiedBy,
)
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Instant, Ref, Sealed, asked


@asked(zh="发布任务")
class OpenTask:
    """Some people are needed at a time and place; `holder` answers for the matter, and the need comes back to it.

    The dispatcher is the actor, unless another is named. A slot may be unknown ("at once").
    """

    matter_id: UUID
    holder: Party
    kind: Code
    case_id: UUID | None = None
    referral_id: UUID | None = None
    person_id: UUID | None = None
    dispatcher: Party | None = None
    headcount: Headcount = 1
    skills: Codes = ()
    demands: Codes = ()
    risk: Risk = "none"
    with_minor: bool = False
    urgency: Urgency = "normal"
    area: AreaCode | None = None
    slot_start: Instant | None = None
    slot_end: Instant | None = None
    note: Annotated[str, Meta(max_length=2000), Sealed("narrative")] | None = None


@asked(zh="邀约")
class OfferTask:
    """These are asked whether they can; asking binds nobody."""

    candidates: SomeParties


@asked(zh="接单")
class AcceptTask:
    """One who was asked says yes."""

    assignee: Party


@asked(zh="婉拒")
class DeclineTask:
    """One who was asked says no; no reason is owed."""

    assignee: Party
    reason_code: Code | None = None


@asked(zh="派单")
class AssignTask:
    """These go, together with those who have said yes; together they are as many as the task needs."""

    assignees: SomeParties


@asked(zh="取消指派")
class CancelAssignment:
    """One of those who were to go cannot; no reason is owed."""

    assignee: Party
    reason_code: Code | None = None


@asked(zh="改派")
class ReassignTask:
    """Some go instead of others, without a moment in which nobody answers."""

    leaving: SomeParties
    joining: SomeParties
    reason_code: Code
    note: Annotated[str, Meta(max_length=2000), Sealed("narrative")] | None = None


@asked(zh="登记到达")
class RecordArrival:
    """They are there; how that is known is a code, never a position of somebody's phone.

    Without names it is whoever says so, or all who go where somebody else says it.
    """

    method: Code
    assignees: Annotated[tuple[Party, ...], Meta(max_length=200)] = ()


@asked(zh="完成任务")
class CompleteTask:
    """What was found, what was done, and with what result; the true times, where they are known."""

    result: TaskResult
    finding_codes: Codes = ()
    action_codes: Codes = ()
    began_at: Instant | None = None
    ended_at: Instant | None = None
    note: Annotated[str, Meta(max_length=4000), Sealed("narrative")] | None = None


@asked(zh="核实任务")
class VerifyTask:
    """The client, or a coordinator who was not among those who went, says that it is so."""

    by: VerifiedBy
    on_site: bool = False


@asked(zh="催办核实")
class RemindOfVerification:
    """Part of the time for verifying is over; asked by the clock."""


@asked(zh="核实逾期督办")
class EscalateVerification:
    """The time for verifying is over; asked by the clock."""


@asked(zh="登记未到")
class RecordNoShow:
    """One who was to go did not come."""

    assignee: Party


@asked(zh="宣布无人承接")
class DeclareUnfilled:
    """Nobody was found in time; asked by the dispatcher, or by the clock."""


@asked(zh="取消任务")
class CancelTask:
    """The task is not wanted any more."""

    by: Code
    reason_code: Code


@asked(zh="标记任务误录")
class MarkTaskEnteredInError:
    """The task should never have existed; somebody else approves."""

    reason_code: Code
    approver: Ref


@asked(zh="登记紧急呼叫")
class CallEmergencyService:
    """An emergency service (110, 119, 120 …) was called; asked with one click, after the call."""

    service: Code


@asked(zh="登记告知服务对象")
class ContactClient:
    """The client was told how the task stands, or was not reached."""

    mode: Code
    result: ContactResult


@asked(zh="提醒登记时长")
class RemindOfHours:
    """The time to record a volunteer's hours is over; asked by the clock."""

    volunteer_id: UUID
