"""What is said of tasks, from the call to the verified result."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.volunteer.words import ContactResult, Risk, TaskResult, Urgency, VerifiedBy
from services.contracts.words import AreaCode, Handoff, Party, Wait
from services.kernel.contract import Code, Count, Digest, Instant, Ref, published


@published("task.opened", zh="任务发布", handoff=True, opens="need")
class TaskOpened:
    """Some people are needed at a time and place; the dispatcher answers for the need until they are found.

    At `unfilled_at` the search ends and the holder of the matter takes over; None where no slot was said.
    """

    matter_id: UUID
    case_id: UUID | None = None
    referral_id: UUID | None = None
    person_id: UUID | None = None
    kind: Code
    headcount: Count
    skills: tuple[Code, ...] = ()
    demands: tuple[Code, ...] = ()
    risk: Risk = "none"
    with_minor: bool = False
    urgency: Urgency = "normal"
    area: AreaCode | None = None
    slot_start: Instant | None = None
    slot_end: Instant | None = None
    unfilled_at: Instant | None = None
    holder: Party
    dispatcher: Party
    sealed: tuple[Digest, ...] = ()
    handoff: Handoff


@published("task.offered", zh="邀约")
class TaskOffered:
    """This one is asked, in codes alone, without knowing for whom; whoever answered for the need answers as before.

    A team may be asked; its leader names the members who go. `unfilled`: the holder of the matter answers by now.
    """

    matter_id: UUID
    assignee: Party
    unfilled: bool = False


@published("task.accepted", zh="接单")
class TaskAccepted:
    """This one said yes; when enough have, the task is assigned to them."""

    matter_id: UUID
    assignee: Party
    still_asked: Count
    answered_via: Code
    unfilled: bool = False


@published("task.declined", zh="婉拒")
class TaskDeclined:
    """This one said no, or has said yes and may not be sent any more: then the hub answers, with the rule as reason."""

    matter_id: UUID
    assignee: Party
    still_asked: Count
    reason_code: Code | None = None
    answered_via: Code
    unfilled: bool = False


@published("task.assigned", zh="派单", handoff=True)
class TaskAssigned:
    """The need is taken: from now on these answer for it, jointly."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    assignees: tuple[Party, ...]
    dispatcher: Party
    handoff: Handoff


@published("task.assignment-cancelled", zh="取消指派", handoff=True)
class AssignmentCancelled:
    """One of those who were to go cannot; the dispatcher answers again, `remaining` still come if enough are found.

    `notice_minutes` is how long before the slot it was said; None when the slot is unknown.
    """

    matter_id: UUID
    assignee: Party
    by: Literal["assignee", "dispatcher"]
    notice_minutes: Count | None = None
    reason_code: Code | None = None
    remaining: tuple[Party, ...] = ()
    urgency: Urgency
    unfilled_at: Instant | None = None
    handoff: Handoff


@published("task.reassigned", zh="改派", handoff=True)
class TaskReassigned:
    """Some go instead of others; there was no moment in which nobody answered.

    `on_site` are those who were there before and stay. What those who left gave stays theirs.
    """

    matter_id: UUID
    leaving: tuple[Party, ...]
    joining: tuple[Party, ...]
    assignees: tuple[Party, ...]
    reason_code: Code
    on_site: tuple[Party, ...] = ()
    sealed: tuple[Digest, ...] = ()
    handoff: Handoff


@published("task.unfilled", zh="无人承接", handoff=True)
class TaskUnfilled:
    """Nobody was found in time; the holder of the matter answers again and may send its own people, or call it off."""

    matter_id: UUID
    attempts: Count
    handoff: Handoff


@published("task.arrival-recorded", zh="到达")
class ArrivalRecorded:
    """These are there."""

    matter_id: UUID
    assignees: tuple[Party, ...]
    method: Code


@published("task.completed", zh="完成")
class TaskCompleted:
    """What was to be done was done or tried; those who went answer until somebody else has verified it.

    `record_by` is the last day on which volunteers' hours are recorded in time; None when no volunteer went.
    `wait`: until when somebody else is to verify it.
    """

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    assignees: tuple[Party, ...]
    result: TaskResult
    finding_codes: tuple[Code, ...] = ()
    action_codes: tuple[Code, ...] = ()
    began_at: Instant | None = None
    ended_at: Instant | None = None
    record_by: date | None = None
    sealed: tuple[Digest, ...] = ()
    wait: Wait | None = None


@published("task.verification-reminded", zh="催办核实")
class VerificationReminded:
    """Whoever gave the task out has been reminded that nobody has verified what was done."""

    matter_id: UUID
    to: Party


@published("task.verification-overdue", zh="核实逾期")
class VerificationOverdue:
    """The time for verifying is over: whoever answers for the matter is told. Those who went answer as before."""

    matter_id: UUID
    dispatcher: Party
    to: Party


@published("task.verified", zh="核实", handoff=True, closes="need")
class TaskVerified:
    """The result is verified by the client or a coordinator, and the unit that received the call has it back."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    result: TaskResult
    by: VerifiedBy
    on_site: bool
    handoff: Handoff


@published("task.no-show-recorded", zh="未到", handoff=True)
class NoShowRecorded:
    """One who was to go did not come; the dispatcher answers again. It is a fact for the dispatcher, not a score."""

    matter_id: UUID
    assignee: Party
    remaining: tuple[Party, ...] = ()
    unfilled_at: Instant | None = None
    handoff: Handoff


@published("task.cancelled", zh="任务取消", handoff=True, closes="need")
class TaskCancelled:
    """The task is not wanted any more; whatever is left of the need is with the holder of the matter."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    by: Code
    reason_code: Code
    assignees: tuple[Party, ...] = ()
    handoff: Handoff


@published("task.entered-in-error", zh="任务误录", handoff=True, closes="need")
class TaskEnteredInError:
    """The task should never have existed, as two persons say; hours that were given stay, and the holder has the need."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    reason_code: Code
    approver: Ref
    assignees: tuple[Party, ...] = ()
    handoff: Handoff


@published("task.emergency-called", zh="紧急呼叫")
class EmergencyServiceCalled:
    """An emergency service was called for the client; nobody waits for a volunteer meanwhile."""

    matter_id: UUID
    service: Code


@published("task.client-contacted", zh="告知服务对象")
class ClientContacted:
    """The client was told how the task stands, or was not reached."""

    matter_id: UUID
    mode: Code
    result: ContactResult


@published("task.hours-missed", zh="时长逾期未确认")
class HoursMissed:
    """The working days in which this volunteer's hours should have been recorded are over; recording stays possible."""

    matter_id: UUID
    volunteer_id: UUID
