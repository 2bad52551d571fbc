"""Cases over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import tables
from services.intake.domain import case
from services.intake.endpoints.readers import READING, STATION
from services.intake.endpoints.sealing import subject
from services.kernel.entrypoints import asks, lists, shows

CASE = case.DECIDER


class Cases:
    """A case runs from information and needs through plan and services to its evaluation and end."""

    open_case = asks("POST", "/cases", public.OpenCase, of=CASE, roles=STATION)
    take_over = asks("POST", "/cases/{id}/owner", public.TakeOverCase, of=CASE, roles=STATION)
    collect = asks(
        "POST", "/cases/{id}/information", public.CollectInformation, of=CASE, roles=STATION, subject=subject
    )
    assess = asks("POST", "/cases/{id}/assessment", public.AssessNeeds, of=CASE, roles=STATION)
    change_risk = asks("POST", "/cases/{id}/risk-level", public.ChangeRiskLevel, of=CASE, roles=STATION)
    agree_plan = asks("POST", "/cases/{id}/plan", public.AgreeServicePlan, of=CASE, roles=STATION)
    revise_plan = asks("POST", "/cases/{id}/plan/revision", public.ReviseServicePlan, of=CASE, roles=STATION)
    record_service = asks("POST", "/cases/{id}/services", public.RecordService, of=CASE, roles=STATION)
    evaluate = asks("POST", "/cases/{id}/evaluations", public.EvaluateProgress, of=CASE, roles=STATION)
    suspend = asks("POST", "/cases/{id}/suspension", public.SuspendCase, of=CASE, roles=STATION)
    resume = asks("POST", "/cases/{id}/resumption", public.ResumeCase, of=CASE, roles=STATION)
    close_case = asks("POST", "/cases/{id}/closing", public.CloseCase, of=CASE, roles=STATION)
    follow_up_case = asks("POST", "/cases/{id}/follow-ups", public.FollowUpCase, of=CASE, roles=STATION)
    reopen_case = asks("POST", "/cases/{id}/reopening", public.ReopenCase, of=CASE, roles=STATION)
    case_error = asks("POST", "/cases/{id}/error", public.MarkCaseEnteredInError, of=CASE, roles=STATION)
    one_case = shows("/cases/{id}", tables.cases, roles=READING)
    all_cases = lists(
        "/cases",
        tables.cases,
        by=("state", "owner", "area", "person_id", "matter_id", "request_id", "pairing_id"),
        roles=READING,
    )
    case_months = lists("/case-months", tables.case_months, by=("case_id", "month"), roles=READING)
    strands = lists("/strands", tables.strands, by=("matter_id", "is_open", "kind"), roles=READING)
