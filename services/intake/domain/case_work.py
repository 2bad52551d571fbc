"""The work on an open case: information, assessment, plan, services, evaluation, rest."""

from __future__ import annotations

from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.intake.domain.case_state import (
    Assessed,
    Closed,
    EnteredInError,
    Evaluated,
    Event,
    FollowedUp,
    Intervening,
    Open,
    Opened,
    Planned,
    State,
    Suspended,
    Transferred,
    Working,
    not_now,
)
from services.intake.domain.known import known
from services.intake.domain.late import delay_days
from services.intake.domain.rules import day_of, on_law
from services.kernel.errors import Refused
from services.kernel.message import Ask


def collect(command: public.CollectInformation, state: State, ask: Ask) -> list[Event]:
    """Learn more. What concerns somebody else's health stands on that person's own consent, or a legal basis."""
    codes.SOURCE_KIND.known(*command.source_kinds, field="source_kinds")
    on_law(command.legal_basis)
    if not isinstance(state, Working):
        raise not_now(state)
    file = state.file
    return [
        public.InformationCollected(
            case_id=file.case_id,
            matter_id=file.matter_id,
            source_kinds=command.source_kinds,
            categories=command.categories,
            about_person_id=command.about_person_id,
            consent_id=_third_person(command, ask),
            legal_basis=command.legal_basis,
            sealed=ask.sealed,
        )
    ]


def _third_person(command: public.CollectInformation, ask: Ask) -> UUID | None:
    if command.about_person_id is None or "health" not in command.categories or command.legal_basis is not None:
        return None
    consent = known(ask).consent_to("casework", ask.now, "health")
    if consent is None:
        raise Refused(
            "consent-needed",
            "This is about somebody else's health: that person's own consent is needed, or a legal basis.",
            "涉及他人健康信息, 须有其本人单独同意或法定依据。",
            allowed=("grant-consent",),
            field="about_person_id",
        )
    return consent.consent_id


def assess(command: public.AssessNeeds, state: State, ask: Ask) -> list[Event]:
    """Judge needs, strengths and risk."""
    codes.NEED.known(*command.need_codes, field="need_codes")
    if not isinstance(state, Opened):
        raise not_now(state)
    file = state.file
    return [
        public.NeedsAssessed(
            case_id=file.case_id,
            matter_id=file.matter_id,
            need_codes=command.need_codes,
            strength_codes=command.strength_codes,
            risk_level=command.risk_level,
            tool=command.tool,
            sealed=ask.sealed,
        )
    ]


def change_risk(command: public.ChangeRiskLevel, state: State) -> list[Event]:
    """Judge the risk anew, in any open state."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if not isinstance(state, Open):
        raise not_now(state)
    file = state.file
    if file.risk_level == command.to_level:
        return []
    return [
        public.RiskLevelChanged(
            case_id=file.case_id,
            matter_id=file.matter_id,
            to_level=command.to_level,
            reason_code=command.reason_code,
            from_level=file.risk_level,
        )
    ]


def agree_plan(command: public.AgreeServicePlan, state: State, ask: Ask) -> list[Event]:
    """Agree goals and methods."""
    _goals(command)
    if not isinstance(state, Assessed):
        raise not_now(state)
    file = state.file
    return [
        public.ServicePlanAgreed(
            case_id=file.case_id,
            matter_id=file.matter_id,
            goals=command.goals,
            agreed_by=command.agreed_by,
            method_codes=command.method_codes,
            reason_code=command.reason_code,
            sealed=ask.sealed,
        )
    ]


def revise_plan(command: public.ReviseServicePlan, state: State, ask: Ask) -> list[Event]:
    """Agree goals and methods anew."""
    _goals(command)
    if not isinstance(state, Intervening | Evaluated):
        raise not_now(state)
    file = state.file
    return [
        public.ServicePlanRevised(
            case_id=file.case_id,
            matter_id=file.matter_id,
            goals=command.goals,
            agreed_by=command.agreed_by,
            method_codes=command.method_codes,
            reason_code=command.reason_code,
            sealed=ask.sealed,
        )
    ]


def _goals(command: public.AgreeServicePlan | public.ReviseServicePlan) -> None:
    """Goals are of the table; a plan that nobody agreed to says why."""
    codes.GOAL.known(*(goal.code for goal in command.goals), field="goals")
    codes.REASON.known(command.reason_code, field="reason_code")
    if command.agreed_by == "nobody" and command.reason_code is None:
        raise Refused(
            "reason-needed",
            "A plan that neither client nor guardian agreed to needs a reason.",
            "服务计划未经服务对象或监护人同意的, 须说明原因。",
            field="reason_code",
        )


def record_service(command: public.RecordService, state: State, ask: Ask) -> list[Event]:
    """One contact. Before a plan only in an emergency; from paper also after the end, marked where it does not fit (H8)."""
    codes.SERVICE_KIND.known(command.kind, field="kind")
    codes.GOAL.known(*command.goal_codes, field="goal_codes")
    codes.PLACE_KIND.known(command.place_kind, field="place_kind")
    codes.REASON.known(command.emergency_reason, field="emergency_reason")
    conflict = _fits(command, state)
    file = state.file
    served = public.ServiceDelivered(
        case_id=file.case_id,
        matter_id=file.matter_id,
        kind=command.kind,
        under_plan=isinstance(state, Planned | Intervening | Evaluated),
        workers=command.workers,
        participants=command.participants,
        goal_codes=command.goal_codes,
        place_kind=command.place_kind,
        started=command.started,
        ended=command.ended,
        emergency_reason=command.emergency_reason,
        conflict=conflict,
        sealed=ask.sealed,
    )
    if command.paper_ref is None:
        return [served]
    late = public.LateEntryDeclared(
        case_id=file.case_id,
        matter_id=file.matter_id,
        paper_ref=command.paper_ref,
        delay_days=delay_days(day_of(ask), ask),
        observed_by=command.observed_by,
    )
    return [late, served]


def _fits(command: public.RecordService, state: State) -> str | None:
    """None where the service fits the state, a mark where paper tells of one that does not; refused otherwise."""
    if command.started and command.ended and command.ended < command.started:
        raise Refused("ends-before-it-starts", "It ends before it starts.", "结束时间早于开始时间。", field="ended")
    match state:
        case Planned() | Intervening() | Evaluated():
            return None
        case Closed() | FollowedUp() | Transferred() | Suspended() if command.paper_ref is not None:
            return "recorded-after-closing" if not isinstance(state, Suspended) else "while-suspended"
        case Opened() | Assessed() if command.emergency_reason is not None or command.paper_ref is not None:
            return None if command.emergency_reason else "before-plan"
        case Opened() | Assessed():
            raise Refused(
                "plan-first",
                "Agree a plan first, or give the reason of an emergency.",
                "请先商定服务计划, 或注明紧急原因。",
                allowed=("assess-needs" if isinstance(state, Opened) else "agree-service-plan", "record-service"),
                field="emergency_reason",
            )
        case Closed() | FollowedUp() | Suspended() | Transferred() | EnteredInError():
            raise not_now(state)


def evaluate(command: public.EvaluateProgress, state: State, ask: Ask) -> list[Event]:
    """Judge how far the goals are reached; a mother's word counts as much as a worker's."""
    codes.SOURCE_KIND.known(command.source, field="source")
    codes.GOAL.known(*(result.code for result in command.goal_results), field="goal_results")
    if not isinstance(state, Intervening):
        raise not_now(state)
    file = state.file
    return [
        public.ProgressEvaluated(
            case_id=file.case_id,
            matter_id=file.matter_id,
            source=command.source,
            goal_results=command.goal_results,
            sealed=ask.sealed,
        )
    ]


def suspend(command: public.SuspendCase, state: State) -> list[Event]:
    """Let the work rest; the owner goes on answering for the matter."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, Suspended):
        return []
    if not isinstance(state, Working):
        raise not_now(state)
    file = state.file
    return [public.CaseSuspended(case_id=file.case_id, matter_id=file.matter_id, reason_code=command.reason_code)]


def resume(state: State) -> list[Event]:
    """Go on where it rested."""
    if isinstance(state, Working):
        return []
    if not isinstance(state, Suspended):
        raise not_now(state)
    return [public.CaseResumed(case_id=state.file.case_id, matter_id=state.file.matter_id, stage=state.stage)]
