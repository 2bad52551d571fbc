"""What a case remembers: a type per state, and what each event makes of it. A case of ten years stays small."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public
from services.contracts.words import Party
from services.kernel.errors import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """What stays while the state changes: whose case, and who owns it. What no decision asks for, views count."""

    case_id: UUID
    matter_id: UUID
    person_id: UUID
    owner: Party
    area: str
    workers: tuple[Party, ...] = ()
    risk_level: public.RiskLevel | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """Open; needs are not assessed yet."""

    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessed:
    """Needs are known; no plan yet."""

    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """Goals are agreed; nothing done yet under this plan."""

    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Intervening:
    """Help is under way."""

    file: File


@dataclass(frozen=True, kw_only=True, slots=True)
class Evaluated:
    """Somebody has judged how far the goals are reached."""

    file: File


Working = Opened | Assessed | Planned | Intervening | Evaluated


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspended:
    """Work rests; it goes on in the state it had."""

    file: File
    stage: public.Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Ended, for this reason."""

    file: File
    reason_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedUp:
    """Ended, and somebody has asked since how the client fares."""

    file: File
    reason_code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Transferred:
    """Another organization owns the case, by this referral; before that it was this worker's."""

    file: File
    to_org: Party
    referral_id: UUID
    before: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredInError:
    """Should never have existed."""

    file: File


Open = Working | Suspended
State = Open | Closed | FollowedUp | Transferred | EnteredInError

Event = (
    public.CaseOpened
    | public.CaseTakenOver
    | public.InformationCollected
    | public.NeedsAssessed
    | public.RiskLevelChanged
    | public.ServicePlanAgreed
    | public.ServicePlanRevised
    | public.LateEntryDeclared
    | public.ServiceDelivered
    | public.ProgressEvaluated
    | public.CaseSuspended
    | public.CaseResumed
    | public.CaseClosed
    | public.CaseFollowUpDone
    | public.CaseReopened
    | public.CaseTransferredOut
    | public.CaseEnteredInError
)

WORKING: dict[public.Stage, type[Working]] = {
    "opened": Opened,
    "assessed": Assessed,
    "planned": Planned,
    "intervening": Intervening,
    "evaluated": Evaluated,
}
"""The states in which work goes on, by the stage that a suspended case remembers."""

ALWAYS = (
    "take-over-case",
    "collect-information",
    "change-risk-level",
    "record-service",
    "suspend-case",
    "close-case",
    "mark-case-entered-in-error",
)
ALLOWED: dict[type, tuple[str, ...]] = {
    Opened: ("assess-needs", *ALWAYS),
    Assessed: ("agree-service-plan", *ALWAYS),
    Planned: ALWAYS,
    Intervening: ("evaluate-progress", "revise-service-plan", *ALWAYS),
    Evaluated: ("revise-service-plan", *ALWAYS),
    Suspended: (
        "resume-case", "take-over-case", "change-risk-level", "record-service", "close-case", "mark-case-entered-in-error",
    ),
    Closed: ("follow-up-case", "reopen-case", "record-service", "mark-case-entered-in-error"),
    FollowedUp: ("follow-up-case", "reopen-case", "record-service", "mark-case-entered-in-error"),
    Transferred: ("reopen-case", "record-service"),
    EnteredInError: (),
}  # fmt: skip
"""What may be asked in each state; of a case that rests or has ended, a service is written up from paper alone (H8)."""


def not_now(state: State) -> Refused:
    """The refusal of what the case's state does not allow."""
    return Refused(
        "not-in-this-state",
        "The case is not in a state that allows this.",
        "个案当前状态不允许此操作。",
        allowed=ALLOWED[type(state)],
    )


def evolve(state: State | None, event: Event) -> State | None:
    """The case after this event."""
    if isinstance(event, public.CaseOpened):
        return Opened(file=_opened(event))
    if state is None:
        return None
    return _after(state, event)


def _opened(event: public.CaseOpened) -> File:
    return File(
        case_id=event.case_id,
        matter_id=event.matter_id,
        person_id=event.person_id,
        owner=event.owner,
        area=event.area,
        workers=event.workers,
    )


def _after(state: State, event: Event) -> State:  # noqa: C901 - one line an event
    file = state.file
    match event:
        case public.ServiceDelivered():
            return _served(state, event)
        case public.InformationCollected() | public.LateEntryDeclared() | public.CaseOpened():
            return state
        case public.CaseTakenOver():
            return replace(state, file=replace(file, owner=event.owner))
        case public.RiskLevelChanged():
            return replace(state, file=replace(file, risk_level=event.to_level))
        case public.NeedsAssessed():
            return Assessed(file=replace(file, risk_level=event.risk_level or file.risk_level))
        case public.ServicePlanAgreed() | public.ServicePlanRevised():
            return Planned(file=file)
        case public.ProgressEvaluated():
            return Evaluated(file=file)
        case public.CaseSuspended():
            return Suspended(file=file, stage=stage_of(state))
        case public.CaseResumed():
            return WORKING[event.stage](file=file)
        case public.CaseClosed():
            return Closed(file=file, reason_code=event.reason_code)
        case public.CaseFollowUpDone():
            return FollowedUp(file=file, reason_code=getattr(state, "reason_code", ""))
        case public.CaseReopened():
            return Opened(file=replace(file, owner=event.owner))
        case public.CaseTransferredOut():
            return Transferred(
                file=replace(file, owner=event.to_org),
                to_org=event.to_org,
                referral_id=event.referral_id,
                before=file.owner,
            )
        case public.CaseEnteredInError():
            return EnteredInError(file=file)
        case _:
            assert_never(event)


def _served(state: State, event: public.ServiceDelivered) -> State:
    """Under a plan it means that help is under way; what paper tells late changes no state."""
    return Intervening(file=state.file) if event.under_plan and not isinstance(state, Intervening) else state


def stage_of(state: State) -> public.Stage:
    """The stage of the work that this state is."""
    return next((stage for stage, kind in WORKING.items() if isinstance(state, kind)), "opened")
