"""Cases: a professional helping process for a person or household, with exactly one owner at every moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Codes, Parties, PersonalCategory, RiskLevel, SomeCodes
from services.contracts.words import AreaCode, Handoff, Party
from services.kernel.contract import Code, Count, Digest, Instant, Ref, published

SubjectKind = Literal["person", "household"]
Stage = Literal["opened", "assessed", "planned", "intervening", "evaluated"]
AgreedBy = Literal["client", "guardian", "nobody"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """What is to be reached, how it is measured, and by when if a day was set."""

    code: Code
    measure: Code | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class GoalResult:
    """How far one goal was reached."""

    code: Code
    result: Literal["achieved", "partly", "not_achieved", "not_known"]


Goals = Annotated[tuple[Goal, ...], Meta(min_length=1, max_length=40)]
GoalResults = Annotated[tuple[GoalResult, ...], Meta(max_length=40)]


@published("case.opened", zh="接案", handoff=True, opens="matter")
class CaseOpened:
    """A case is open for this person or household; its owner answers for the matter."""

    case_id: UUID
    matter_id: UUID
    handoff: Handoff
    subject_kind: SubjectKind
    person_id: UUID
    owner: Party
    area: AreaCode
    workers: Parties = ()
    supervisor: Party | None = None
    request_id: UUID | None = None
    household_id: UUID | None = None
    project_id: Ref | None = None
    pairing_id: UUID | None = None
    need_codes: Codes = ()
    consent_id: UUID | None = None
    legal_basis: Code | None = None


@published("case.taken-over", zh="接手", handoff=True)
class CaseTakenOver:
    """The case has a new owner; who had it before may be unknown."""

    case_id: UUID
    matter_id: UUID
    handoff: Handoff
    owner: Party
    reason_code: Code


@published("case.information-collected", zh="收集资料")
class InformationCollected:
    """More is known about the situation, from these kinds of sources; what was said is sealed."""

    case_id: UUID
    matter_id: UUID
    source_kinds: Codes
    categories: tuple[PersonalCategory, ...] = ()
    about_person_id: UUID | None = None
    consent_id: UUID | None = None
    legal_basis: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("case.needs-assessed", zh="预估")
class NeedsAssessed:
    """Needs, strengths and risk have been judged."""

    case_id: UUID
    matter_id: UUID
    need_codes: SomeCodes
    strength_codes: Codes = ()
    risk_level: RiskLevel | None = None
    tool: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("case.risk-changed", zh="风险变更")
class RiskLevelChanged:
    """The person's risk over time is judged differently now."""

    case_id: UUID
    matter_id: UUID
    to_level: RiskLevel
    reason_code: Code
    from_level: RiskLevel | None = None


@published("case.plan-agreed", zh="服务计划")
class ServicePlanAgreed:
    """Goals and methods are agreed, with the client, a guardian, or nobody for a stated reason."""

    case_id: UUID
    matter_id: UUID
    goals: Goals
    agreed_by: AgreedBy
    method_codes: Codes = ()
    reason_code: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("case.plan-revised", zh="服务计划修订")
class ServicePlanRevised:
    """Goals and methods are agreed anew."""

    case_id: UUID
    matter_id: UUID
    goals: Goals
    agreed_by: AgreedBy
    method_codes: Codes = ()
    reason_code: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("case.late-entry-declared", zh="补录声明")
class LateEntryDeclared:
    """What follows was first written on paper, and so many days later here."""

    case_id: UUID
    matter_id: UUID
    paper_ref: Ref
    delay_days: Count
    observed_by: Party | None = None


@published("case.service-delivered", zh="服务记录")
class ServiceDelivered:
    """One contact took place: it counts once for the client, however many workers were there."""

    case_id: UUID
    matter_id: UUID
    kind: Code
    under_plan: bool
    workers: Parties = ()
    participants: Count = 1
    goal_codes: Codes = ()
    place_kind: Code | None = None
    started: Instant | None = None
    ended: Instant | None = None
    emergency_reason: Code | None = None
    conflict: Code | None = None
    sealed: tuple[Digest, ...] = ()


@published("case.progress-evaluated", zh="追踪评估")
class ProgressEvaluated:
    """Somebody has judged how far the goals are reached."""

    case_id: UUID
    matter_id: UUID
    source: Code
    goal_results: GoalResults = ()
    sealed: tuple[Digest, ...] = ()


@published("case.suspended", zh="中止")
class CaseSuspended:
    """Work on the case rests, for this reason; its owner stays."""

    case_id: UUID
    matter_id: UUID
    reason_code: Code


@published("case.resumed", zh="恢复")
class CaseResumed:
    """Work on the case goes on where it rested."""

    case_id: UUID
    matter_id: UUID
    stage: Stage


@published("case.closed", zh="结案", closes="matter")
class CaseClosed:
    """The case has ended, for this reason; strands that were still open were handled one by one."""

    case_id: UUID
    matter_id: UUID
    reason_code: Code
    goal_results: GoalResults = ()
    aftercare: Code | None = None
    early_reason: Code | None = None
    strands_handled: tuple[UUID, ...] = ()
    sealed: tuple[Digest, ...] = ()


@published("case.followed-up", zh="跟进")
class CaseFollowUpDone:
    """After the closing somebody asked how the client fares."""

    case_id: UUID
    matter_id: UUID
    result_code: Code
    sealed: tuple[Digest, ...] = ()


@published("case.reopened", zh="个案重开", handoff=True, opens="matter")
class CaseReopened:
    """The case is open again; its owner answers for the matter. `approver` agreed, where its month was over already."""

    case_id: UUID
    matter_id: UUID
    handoff: Handoff
    owner: Party
    reason_code: Code
    approver: Ref | None = None


@published("case.transferred-out", zh="移交", handoff=True)
class CaseTransferredOut:
    """The case itself has a new owner elsewhere, who accepted it."""

    case_id: UUID
    matter_id: UUID
    handoff: Handoff
    referral_id: UUID
    to_org: Party


@published("case.entered-in-error", zh="个案误录", closes="matter")
class CaseEnteredInError:
    """This case should never have existed; two persons say so. It stays readable, marked."""

    case_id: UUID
    matter_id: UUID
    reason_code: Code
    approver: Ref
