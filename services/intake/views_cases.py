"""How cases show: a row each, and a count of services for every month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.tables import joined, month_of
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put

Show = Callable[[Recorded, Any], Iterable[Change]]


def _case(recorded: Recorded, **columns: Any) -> Change:
    return put(t.cases, recorded.stream_id, version=recorded.version, **columns)


def _opened(recorded: Recorded, event: public.CaseOpened) -> list[Change]:
    opened = _case(
        recorded,
        state="opened",
        matter_id=event.matter_id,
        person_id=event.person_id,
        request_id=event.request_id,
        household_id=event.household_id,
        pairing_id=event.pairing_id,
        subject_kind=event.subject_kind,
        owner=event.owner,
        workers=joined(event.workers),
        supervisor=event.supervisor,
        area=event.area,
        project_id=event.project_id,
        need_codes=joined(event.need_codes),
        consent_id=event.consent_id,
        legal_basis=event.legal_basis,
        opened_at=recorded.effective_at,
    )
    return [opened, add(t.cases, event.case_id, services=0, activities=0, collected=0)]


def _assessed(recorded: Recorded, event: public.NeedsAssessed) -> list[Change]:
    risk = {"risk_level": event.risk_level} if event.risk_level else {}
    return [_case(recorded, state="assessed", need_codes=joined(event.need_codes), **risk)]


def _planned(recorded: Recorded, event: public.ServicePlanAgreed | public.ServicePlanRevised) -> list[Change]:
    return [_case(recorded, state="planned", goal_codes=joined(goal.code for goal in event.goals))]


def _served(recorded: Recorded, event: public.ServiceDelivered) -> list[Change]:
    stage = {"state": "intervening"} if event.under_plan else {}
    month = month_of(event.started or recorded.happened_at)
    return [
        _case(recorded, last_service_at=event.started or recorded.effective_at, **stage),
        add(t.cases, event.case_id, services=1),
        add(t.case_months, event.case_id, month, services=1, late=1 if event.conflict else 0),
    ]


def _case_closed(recorded: Recorded, event: public.CaseClosed) -> list[Change]:
    return [_case(recorded, state="closed", close_reason=event.reason_code, closed_at=recorded.effective_at)]


def _transferred(recorded: Recorded, event: public.CaseTransferredOut) -> list[Change]:
    return [_case(recorded, state="transferred", owner=event.to_org, transferred_to=event.to_org)]


SHOWN: dict[type, Show] = {
    public.CaseOpened: _opened,
    public.CaseTakenOver: lambda r, e: [_case(r, owner=e.owner)],
    public.InformationCollected: lambda r, e: [_case(r), add(t.cases, e.case_id, collected=1)],
    public.NeedsAssessed: _assessed,
    public.RiskLevelChanged: lambda r, e: [_case(r, risk_level=e.to_level)],
    public.ServicePlanAgreed: _planned,
    public.ServicePlanRevised: _planned,
    public.ServiceDelivered: _served,
    public.ProgressEvaluated: lambda r, e: [_case(r, state="evaluated", evaluated_at=r.effective_at)],
    public.CaseSuspended: lambda r, e: [_case(r, state="suspended")],
    public.CaseResumed: lambda r, e: [_case(r, state=e.stage)],
    public.CaseClosed: _case_closed,
    public.CaseFollowUpDone: lambda r, e: [_case(r, state="follow_up")],
    public.CaseReopened: lambda r, e: [_case(r, state="opened", owner=e.owner, closed_at=None, close_reason=None)],
    public.CaseTransferredOut: _transferred,
    public.CaseEnteredInError: lambda r, e: [_case(r, state="entered_in_error")],
}
