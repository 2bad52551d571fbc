"""Help requests: a need is said or discovered, somebody answers for it at once, and it ends only with an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Codes, Name, Narrative, Phone, RiskLevel, SomeCodes, Urgency
from services.contracts.words import AreaCode, Handoff, Party, Wait
from services.kernel.contract import Code, Digest, Ref, asked, published

CloseOutcome = Literal["resolved", "answered", "withdrawn", "unreachable"]
Disposition = Literal["guidance", "case", "dispatch", "referral", "safeguarding", "decline"]
FollowUpLeaves = Literal["waiting", "triaged", "closed"]
Strand = Literal["task", "referral"]
StrandLeaves = Literal["triaged", "in_service", "referred"]
RequestStep = Literal["first-action", "next-step", "follow-up"]
"""What a request waits for: that somebody decides, that what was decided begins, that somebody asks again as promised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A paper or thing that is not there yet, and what kind of party can supply it."""

    code: Code
    supplier_kind: Code = "unknown"


MissingMaterials = Annotated[tuple[Missing, ...], Meta(max_length=40)]


@published("help-request.received", zh="求助受理", handoff=True, opens="matter")
class HelpRequestReceived:
    """A need has reached the hub: from now on the receiving unit answers for it.

    `wait`, here and in what follows: until when the next step is promised (the `sla` table, and the urgency).
    """

    matter_id: UUID
    handoff: Handoff
    unit: Party
    area: AreaCode
    came_by: Code
    reporter_kind: Code
    person_id: UUID | None = None
    need_codes: Codes = ()
    urgency: Urgency | None = None
    place_kind: Code | None = None
    sealed: tuple[Digest, ...] = ()
    wait: Wait | None = None


@published("help-request.person-linked", zh="求助关联到人")
class HelpRequestPersonLinked:
    """It is known now whose need this is."""

    matter_id: UUID
    person_id: UUID


@published("help-request.triaged", zh="分诊", handoff=True)
class HelpRequestTriaged:
    """It is decided how soon to act and what the request becomes; with a dispatcher named, the need goes to him."""

    matter_id: UUID
    urgency: Urgency
    disposition: Disposition
    risk_level: RiskLevel | None = None
    emergency_contact: Code | None = None
    handoff: Handoff | None = None
    wait: Wait | None = None


@published("help-request.guidance-given", zh="指引", handoff=True)
class GuidanceGiven:
    """The client knows what is there, what is missing and who can supply it; promised steps keep the request open."""

    matter_id: UUID
    topic_codes: Codes = ()
    materials_have: Codes = ()
    materials_missing: MissingMaterials = ()
    next_step_codes: Codes = ()
    difficulty_codes: Codes = ()
    follow_up_by: date | None = None
    handoff: Handoff | None = None
    sealed: tuple[Digest, ...] = ()
    wait: Wait | None = None


@published("help-request.followed-up", zh="回访求助")
class HelpRequestFollowedUp:
    """Somebody asked how it went; the request waits on, is decided anew, or is closed by what follows."""

    matter_id: UUID
    result_code: Code
    leaves: FollowUpLeaves
    materials_supplied: Codes = ()
    follow_up_by: date | None = None
    sealed: tuple[Digest, ...] = ()
    wait: Wait | None = None


@published("help-request.strand-opened", zh="求助进入办理")
class HelpRequestStrandOpened:
    """A task or a referral carries the need now; the request waits for its outcome."""

    matter_id: UUID
    kind: Strand
    strand_id: UUID


@published("help-request.strand-ended", zh="办理线结束")
class HelpRequestStrandEnded:
    """The task or referral has ended, with or without the result that was hoped for."""

    matter_id: UUID
    strand_id: UUID
    result_code: Code
    leaves: StrandLeaves
    wait: Wait | None = None


@published("help-request.converted", zh="转为个案", handoff=True)
class HelpRequestConverted:
    """A case carries the matter from now on; a need that was with a dispatcher is with the unit again."""

    matter_id: UUID
    case_id: UUID
    handoff: Handoff | None = None


@published("help-request.declined", zh="不接案", closes="matter")
class HelpRequestDeclined:
    """The request is not taken up, for this reason; the client was told of these alternatives."""

    matter_id: UUID
    reason_code: Code
    alternatives: SomeCodes


@published("help-request.closed", zh="求助办结", handoff=True, closes="matter")
class HelpRequestClosed:
    """The request has ended with this outcome, confirmed by this kind of party; the receiving unit holds the file."""

    matter_id: UUID
    outcome: CloseOutcome
    confirmed_by: Code | None = None
    handoff: Handoff | None = None


@published("help-request.reopened", zh="求助重开", handoff=True, opens="matter")
class HelpRequestReopened:
    """The request was not over after all: its unit answers for it again. `approver` agreed, where its month was over."""

    matter_id: UUID
    reason_code: Code
    handoff: Handoff
    wait: Wait | None = None
    approver: Ref | None = None


@published("help-request.reminded", zh="求助催办")
class HelpRequestReminded:
    """Whoever is to do the next step of a request has been reminded of it: part of the promised time is over."""

    matter_id: UUID
    to: Party
    step: RequestStep


@published("help-request.overdue", zh="求助逾期")
class HelpRequestOverdue:
    """The promised time is over and the step was not done: whoever heads the unit is told. Who answers stays the same."""

    matter_id: UUID
    holder: Party
    unit: Party
    step: RequestStep
    urgency: Urgency


@published("help-request.duplicate-linked", zh="重复求助", closes="matter")
class DuplicateRequestLinked:
    """This is the same need as another open request, which goes on alone."""

    matter_id: UUID
    other_request_id: UUID


@published("help-request.notes-read", zh="查阅求助记录", reading=True)
class HelpRequestNotesRead:
    """Somebody asked to read what was told with this request, for this purpose, and was let or not."""

    matter_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    allowed: bool
    reader_org: Ref | None = None


@published("help-request.entered-in-error", zh="求助误录", closes="matter")
class HelpRequestEnteredInError:
    """This request should never have existed; two persons say so. It stays readable, marked."""

    matter_id: UUID
    reason_code: Code
    approver: Ref


@asked(zh="受理求助")
class ReceiveHelpRequest:
    """Take a request in. Only the receiving unit and its area must be known; all else may be unknown or come later."""

    unit: Party
    area: AreaCode
    came_by: Code = "unknown"
    reporter_kind: Code = "unknown"
    reporter: Party = "unknown"
    person_id: UUID | None = None
    need_codes: Codes = ()
    urgency: Urgency | None = None
    place_kind: Code | None = None
    paper_ref: Ref | None = None
    observed_by: Party | None = None
    story: Narrative | None = None
    reporter_name: Name | None = None
    reporter_phone: Phone | None = None


@asked(zh="关联求助人")
class LinkPersonToHelpRequest:
    """Say whose need this is, once the person is registered."""

    person_id: UUID


@asked(zh="分诊")
class TriageHelpRequest:
    """Decide urgency, risk and disposition. An emergency says which human contact was made first."""

    urgency: Urgency
    disposition: Disposition
    risk_level: RiskLevel | None = None
    dispatcher: Party | None = None
    emergency_contact: Code | None = None


@asked(zh="给予指引")
class GiveGuidance:
    """Help by information: what is there, what is missing, which steps come next, when somebody will ask again."""

    topic_codes: Codes = ()
    materials_have: Codes = ()
    materials_missing: MissingMaterials = ()
    next_step_codes: Codes = ()
    difficulty_codes: Codes = ()
    follow_up_by: date | None = None
    advice: Narrative | None = None


@asked(zh="回访求助")
class FollowUpHelpRequest:
    """Write down what came of promised steps; `leaves` says whether it waits on, is decided anew, or closes."""

    result_code: Code
    leaves: FollowUpLeaves
    materials_supplied: Codes = ()
    follow_up_by: date | None = None
    outcome: CloseOutcome | None = None
    confirmed_by: Code | None = None
    words: Narrative | None = None


@asked(zh="求助进入办理")
class OpenHelpRequestStrand:
    """Note that a task or referral carries the need now (issued by intake itself when it hears so)."""

    kind: Strand
    strand_id: UUID


@asked(zh="办理线结束")
class EndHelpRequestStrand:
    """Note that a task or referral has ended (issued by intake itself); `resolved` may close the request."""

    strand_id: UUID
    result_code: Code
    resolved: bool = False
    confirmed_by: Code | None = None


@asked(zh="转为个案")
class ConvertHelpRequest:
    """Note that a case carries the matter (issued by intake itself when the case has been opened)."""

    case_id: UUID


@asked(zh="不接案")
class DeclineHelpRequest:
    """Do not take the request up; say why and which alternatives were given."""

    reason_code: Code
    alternatives: SomeCodes


@asked(zh="办结求助")
class CloseHelpRequest:
    """End the request with an outcome; `resolved` needs somebody who confirmed it."""

    outcome: CloseOutcome
    confirmed_by: Code | None = None


@asked(zh="重开求助")
class ReopenHelpRequest:
    """Take a closed request up again; once the month of its end is over, somebody else approves."""

    reason_code: Code
    approver: Ref | None = None


@asked(zh="催办求助")
class RemindHelpRequest:
    """Part of the promised time is over and nothing was done; asked by the clock."""


@asked(zh="求助逾期督办")
class EscalateHelpRequest:
    """The promised time is over and nothing was done; asked by the clock."""


@asked(zh="关联重复求助")
class LinkDuplicateRequest:
    """Say that another open request is about the same need."""

    other_request_id: UUID


@asked(zh="查阅求助记录")
class ReadHelpRequestNotes:
    """Read what was told with this request; the attempt is on record."""

    why: Code


@asked(zh="标记求助误录")
class MarkHelpRequestEnteredInError:
    """Say that the request should never have existed; somebody else approves."""

    reason_code: Code
    approver: Ref
