"""What may be asked of a case, from opening it to its end; what is said of it stands in `cases`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.cases import AgreedBy, GoalResults, Goals, SubjectKind
from services.contracts.intake.terms import Codes, Health, Narrative, Parties, PersonalCategory, RiskLevel, SomeCodes
from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Instant, Ref, asked


@asked(zh="接案")
class OpenCase:
    """Open a case: for a request that was triaged, or without one; on a consent to casework or a legal basis.

    `taken_over_from` says that the case came from another worker (`unknown` if nobody can say from whom).
    """

    person_id: UUID
    owner: Party
    area: AreaCode
    subject_kind: SubjectKind = "person"
    request_id: UUID | None = None
    household_id: UUID | None = None
    workers: Parties = ()
    supervisor: Party | None = None
    project_id: Ref | None = None
    pairing_id: UUID | None = None
    need_codes: Codes = ()
    legal_basis: Code | None = None
    taken_over_from: Party | None = None


@asked(zh="接手")
class TakeOverCase:
    """Become the owner of a case, or name the new owner."""

    owner: Party
    reason_code: Code


@asked(zh="批量接手")
class TakeOverCases:
    """Take over what a worker answers for: all their open cases and rounds of visits, or the cases that are named.

    All of it moves in one step, each with an event of its own, or nothing does.
    """

    from_worker: Party
    owner: Party
    reason_code: Code
    case_ids: Annotated[tuple[UUID, ...], Meta(max_length=500)] = ()


@asked(zh="收集资料")
class CollectInformation:
    """Write down what was learnt. Somebody else's health needs that person's own consent, or a legal basis."""

    source_kinds: SomeCodes
    categories: Annotated[tuple[PersonalCategory, ...], Meta(max_length=4)] = ()
    about_person_id: UUID | None = None
    legal_basis: Code | None = None
    story: Narrative | None = None
    health: Health | None = None


@asked(zh="预估")
class AssessNeeds:
    """Judge needs, strengths and risk."""

    need_codes: SomeCodes
    strength_codes: Codes = ()
    risk_level: RiskLevel | None = None
    tool: Code | None = None
    summary: Narrative | None = None


@asked(zh="变更风险等级")
class ChangeRiskLevel:
    """Judge the person's risk anew."""

    to_level: RiskLevel
    reason_code: Code


@asked(zh="商定服务计划")
class AgreeServicePlan:
    """Agree goals and methods; if nobody agreed, say why."""

    goals: Goals
    agreed_by: AgreedBy
    method_codes: Codes = ()
    reason_code: Code | None = None
    note: Narrative | None = None


@asked(zh="修订服务计划")
class ReviseServicePlan:
    """Agree goals and methods anew."""

    goals: Goals
    agreed_by: AgreedBy
    method_codes: Codes = ()
    reason_code: Code | None = None
    note: Narrative | None = None


@asked(zh="登记服务")
class RecordService:
    """Write down one contact. Before a plan it needs the reason of an emergency; from paper it names the paper."""

    kind: Code
    workers: Parties = ()
    participants: Count = 1
    goal_codes: Codes = ()
    place_kind: Code | None = None
    started: Instant | None = None
    ended: Instant | None = None
    emergency_reason: Code | None = None
    paper_ref: Ref | None = None
    observed_by: Party | None = None
    note: Narrative | None = None


@asked(zh="追踪评估")
class EvaluateProgress:
    """Judge how far the goals are reached, by whoever can tell: client, family, worker or somebody else."""

    source: Code
    goal_results: GoalResults = ()
    words: Narrative | None = None


@asked(zh="中止个案")
class SuspendCase:
    """Let the work rest, for a reason."""

    reason_code: Code


@asked(zh="恢复个案")
class ResumeCase:
    """Go on with the work."""


@asked(zh="结案")
class CloseCase:
    """End the case. Without an evaluation it needs a reason; every strand still open must be named as handled."""

    reason_code: Code
    goal_results: GoalResults = ()
    aftercare: Code | None = None
    early_reason: Code | None = None
    strands_handled: Annotated[tuple[UUID, ...], Meta(max_length=100)] = ()
    summary: Narrative | None = None


@asked(zh="因去世结案")
class CloseCaseOnDeath:
    """End the case because the client has died (issued by intake itself)."""


@asked(zh="登记跟进")
class FollowUpCase:
    """Write down how the client fares after the closing."""

    result_code: Code
    words: Narrative | None = None


@asked(zh="重开个案")
class ReopenCase:
    """Open a closed case again; once the month of its closing is over, somebody else approves."""

    reason_code: Code
    owner: Party | None = None
    approver: Ref | None = None


@asked(zh="移交个案")
class TransferCaseOut:
    """Hand the case itself to the organization that accepted it (issued by intake itself when it hears so)."""

    referral_id: UUID
    to_org: Party


@asked(zh="移交退回")
class TakeCaseBack:
    """The transfer of the case has come back or was void: the case is the origin's again (issued by intake itself).

    Without `owner` it is whoever owned it before.
    """

    referral_id: UUID
    owner: Party | None = None


@asked(zh="标记个案误录")
class MarkCaseEnteredInError:
    """Say that the case should never have existed; somebody else approves."""

    reason_code: Code
    approver: Ref
