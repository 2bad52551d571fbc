"""The intake service as nameko runs it: what may be asked over HTTP, and what is shown. No rule lives here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.words import ROLES, STATION_ROLES
from services.intake import reports, tables, views
from services.intake.domain import (
    activity,
    case,
    consent,
    disclosure,
    help_request,
    person,
    safeguarding,
    visit_plan,
)
from services.intake.facts import FACTS
from services.intake.policies import TIMERS, project_heard, whenever
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.manifest import Manifest

MANIFEST = Manifest(
    name="intake",
    deciders=(
        help_request.DECIDER,
        person.DECIDER,
        consent.DECIDER,
        disclosure.DECIDER,
        case.DECIDER,
        visit_plan.DECIDER,
        activity.DECIDER,
        safeguarding.DECIDER,
    ),
    metadata=views.METADATA,
    project=views.project,
    hears=("intake", "referral", "volunteer"),
    project_heard=project_heard,
    whenever=whenever,
    facts=FACTS,
    timers=TIMERS,
)

STATION = STATION_ROLES
READING = (*STATION, "auditor", "administrator")
HELPERS = (*STATION, "partner", "team_leader", "volunteer")
RESTRICTED = ("supervisor", "station_head")
"""Who may read about safeguarding; everybody else gets the same answer whether there is something or not (INV-11)."""

EVERYTHING = frozenset({"identity", "contact", "narrative", "health"})
WHY = {"why": {"enum": sorted(codes.READ_PURPOSE.current.terms)}}
READING_ASKS = WHY | {"categories": {"pattern": "^[a-z,]{1,40}$"}}
AREA = {"area": {"pattern": "^[0-9]{0,17}$"}}
"""What may be asked in the query of a path."""

REQUEST, PERSON, CONSENT, DISCLOSURE = help_request.DECIDER, person.DECIDER, consent.DECIDER, disclosure.DECIDER
CASE, PLAN, ACTIVITY, HARM = case.DECIDER, visit_plan.DECIDER, activity.DECIDER, safeguarding.DECIDER


def subject(command: Any, stream_id: UUID) -> str:
    """Under whose key the personal values of a command are sealed."""
    return str(views.sealed_under(command) or stream_id)


class IntakeService:
    """A person is heard, consents, and is helped; what names the person stays here, sealed."""

    name = "intake"
    log = Log(MANIFEST)

    # help requests
    receive = asks("POST", "/help-requests", public.ReceiveHelpRequest, of=REQUEST, roles=STATION, subject=subject)
    link_person = asks("POST", "/help-requests/{id}/person", public.LinkPersonToHelpRequest, of=REQUEST, roles=STATION)
    triage = asks("POST", "/help-requests/{id}/triage", public.TriageHelpRequest, of=REQUEST, roles=STATION)
    guide = asks("POST", "/help-requests/{id}/guidance", public.GiveGuidance, of=REQUEST, roles=STATION)
    follow_up = asks("POST", "/help-requests/{id}/follow-ups", public.FollowUpHelpRequest, of=REQUEST, roles=STATION)
    decline = asks("POST", "/help-requests/{id}/declining", public.DeclineHelpRequest, of=REQUEST, roles=STATION)
    close = asks("POST", "/help-requests/{id}/closing", public.CloseHelpRequest, of=REQUEST, roles=STATION)
    reopen = asks("POST", "/help-requests/{id}/reopening", public.ReopenHelpRequest, of=REQUEST, roles=STATION)
    duplicate = asks("POST", "/help-requests/{id}/duplicate-of", public.LinkDuplicateRequest, of=REQUEST, roles=STATION)
    request_error = asks(
        "POST", "/help-requests/{id}/error", public.MarkHelpRequestEnteredInError, of=REQUEST, roles=STATION
    )
    one_request = shows("/help-requests/{id}", tables.help_requests, roles=READING)
    all_requests = lists(
        "/help-requests", tables.help_requests, by=("state", "area", "unit", "urgency", "person_id"), roles=READING
    )

    # persons
    register = asks("POST", "/persons", public.RegisterPerson, of=PERSON, roles=STATION)
    amend = asks("POST", "/persons/{id}/details", public.AmendPersonDetails, of=PERSON, roles=STATION)
    assign_group = asks("POST", "/persons/{id}/groups", public.AssignClientGroup, of=PERSON, roles=STATION)
    remove_group = asks("POST", "/persons/{id}/groups/removal", public.RemoveClientGroup, of=PERSON, roles=STATION)
    link_guardian = asks("POST", "/persons/{id}/guardians", public.LinkGuardian, of=PERSON, roles=STATION)
    unlink_guardian = asks("POST", "/persons/{id}/guardians/removal", public.UnlinkGuardian, of=PERSON, roles=STATION)
    move = asks("POST", "/persons/{id}/move", public.MovePerson, of=PERSON, roles=STATION)
    record_death = asks("POST", "/persons/{id}/death", public.RecordDeath, of=PERSON, roles=STATION)
    correct_death = asks("POST", "/persons/{id}/death/correction", public.CorrectDeath, of=PERSON, roles=STATION)
    invoke_basis = asks("POST", "/persons/{id}/legal-bases", public.InvokeLegalBasis, of=PERSON, roles=STATION)
    one_person = shows("/persons/{id}", tables.persons, roles=READING)
    all_persons = lists("/persons", tables.persons, by=("state", "station", "sensitivity"), roles=READING)
    groups = lists("/client-groups", tables.client_groups, by=("person_id", "group_code"), roles=READING)
    guardians = lists("/guardians", tables.guardians, by=("person_id", "guardian_id"), roles=READING)
    reads = lists(
        "/reads", tables.reads, by=("person_id", "reader", "allowed"), roles=("auditor", "station_head", "supervisor")
    )

    # consents and disclosures
    request_consent = asks("POST", "/consent-requests", public.RequestConsent, of=CONSENT, roles=STATION)
    answer_consent = asks("POST", "/consents/{id}/answer", public.AnswerConsentRequest, of=CONSENT, roles=STATION)
    grant = asks("POST", "/consents", public.GrantConsent, of=CONSENT, roles=STATION, subject=subject)
    refuse = asks("POST", "/consent-refusals", public.RefuseConsent, of=CONSENT, roles=STATION)
    withdraw = asks("POST", "/consents/{id}/withdrawal", public.WithdrawConsent, of=CONSENT, roles=STATION)
    supersede = asks("POST", "/consents/{id}/superseding", public.SupersedeConsent, of=CONSENT, roles=STATION)
    one_consent = shows("/consents/{id}", tables.consents, roles=READING)
    all_consents = lists("/consents", tables.consents, by=("person_id", "state"), roles=READING)
    disclose = asks("POST", "/disclosures", public.DiscloseIdentity, of=DISCLOSURE, roles=STATION)
    revoke = asks("POST", "/disclosures/{id}/revocation", public.RevokeIdentityAccess, of=DISCLOSURE, roles=STATION)
    one_disclosure = shows("/disclosures/{id}", tables.disclosures, roles=READING)
    all_disclosures = lists(
        "/disclosures",
        tables.disclosures,
        by=("person_id", "receiver", "state", "need_id", "matter_id", "consent_id"),
        roles=READING,
    )

    # cases
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

    # visits
    set_plan = asks("POST", "/visit-plans", public.SetVisitPlan, of=PLAN, roles=STATION)
    change_plan = asks("POST", "/visit-plans/{id}/cadence", public.ChangeVisitPlan, of=PLAN, roles=STATION)
    change_visitor = asks("POST", "/visit-plans/{id}/visitor", public.ChangeVisitor, of=PLAN, roles=STATION)
    record_visit = asks("POST", "/visit-plans/{id}/visits", public.RecordVisit, of=PLAN, roles=STATION)
    record_visits = asks("POST", "/visit-plans/{id}/visit-sheets", public.RecordVisits, of=PLAN, roles=STATION)
    record_missed = asks("POST", "/visit-plans/{id}/missed-visits", public.RecordMissedVisit, of=PLAN, roles=STATION)
    raise_concern = asks("POST", "/visit-plans/{id}/concerns", public.RaiseConcern, of=PLAN, roles=STATION)
    end_plan = asks("POST", "/visit-plans/{id}/end", public.EndVisitPlan, of=PLAN, roles=STATION)
    one_plan = shows("/visit-plans/{id}", tables.visit_plans, roles=READING)
    all_plans = lists(
        "/visit-plans", tables.visit_plans, by=("state", "visitor", "unit", "area", "person_id"), roles=READING
    )
    visits = lists("/visits", tables.visits, by=("plan_id", "visited_on", "result"), roles=READING)
    visit_months = lists("/visit-months", tables.visit_months, by=("plan_id", "month", "person_id"), roles=READING)

    # activities
    hold = asks("POST", "/activities", public.HoldActivity, of=ACTIVITY, roles=STATION)
    attend = asks("POST", "/activities/{id}/attendance", public.RecordAttendance, of=ACTIVITY, roles=STATION,
                  subject=subject)  # fmt: skip
    one_activity = shows("/activities/{id}", tables.activities, roles=READING)
    all_activities = lists("/activities", tables.activities, by=("kind", "host", "area", "pairing_id"), roles=READING)
    attendances = lists("/attendances", tables.attendances, by=("activity_id", "person_id", "case_id"), roles=READING)

    # safeguarding
    raise_harm = asks("POST", "/safeguarding-concerns", public.RaiseSafeguardingConcern, of=HARM, roles=ROLES)
    report_harm = asks("POST", "/safeguarding-concerns/{id}/report", public.MakeMandatoryReport, of=HARM, roles=ROLES)
    acknowledge_harm = asks(
        "POST", "/safeguarding-concerns/{id}/answer", public.AcknowledgeMandatoryReport, of=HARM, roles=RESTRICTED
    )
    not_reportable = asks(
        "POST", "/safeguarding-concerns/{id}/not-reportable", public.DecideNotReportable, of=HARM, roles=RESTRICTED
    )
    close_harm = asks(
        "POST", "/safeguarding-concerns/{id}/closing", public.CloseSafeguardingConcern, of=HARM, roles=RESTRICTED
    )
    one_harm = shows("/safeguarding-concerns/{id}", tables.safeguarding, roles=RESTRICTED)
    all_harm = lists("/safeguarding-concerns", tables.safeguarding, by=("state", "matter_id"), roles=RESTRICTED)

    # reading what is sealed: each attempt is on record before anything is opened

    @http("GET", "/persons/{id}/identity", roles=HELPERS, query=READING_ASKS, says="who the person is")
    def identity(self, request: Request) -> object:
        """Who the person is, for those who may know: `?why=` a purpose, `&categories=` identity,contact,…"""
        person_id = request.path["id"]
        categories = frozenset(tables.split(self._allowed(request, person_id)["categories"]))
        found = self._opened(f"person/{person_id}", categories)
        latest = {value["field"]: value["value"] for value in found}
        return {"person_id": person_id, "categories": sorted(categories), "fields": latest}

    @http("GET", "/cases/{id}/notes", roles=HELPERS, query=READING_ASKS, says="what was told in the case")
    def case_notes(self, request: Request) -> object:
        """What was told and seen in a case, the oldest first, for those who may read it.

        A disclosure is about one person: what was told of somebody else in the same case is not opened by it.
        """
        row = self.log.look.one(tables.cases, request.path["id"])
        if row is None:
            raise NotFound("no such case")
        read = self._allowed(request, row["person_id"])
        about = None if read["disclosure_id"] is None else {str(row["case_id"]), str(row["person_id"])}
        notes = self._opened(f"case/{row['case_id']}", tables.split(read["categories"]), about)
        return {"case_id": row["case_id"], "notes": notes}

    @http("GET", "/help-requests/{id}/notes", roles=STATION, query=WHY, says="what was told with the request")
    def request_notes(self, request: Request) -> object:
        """What was told with a help request, and how to reach whoever told it."""
        request_id = request.path["id"]
        _only(request, WHY)
        command = public.ReadHelpRequestNotes(why=_why(request))
        done = self.log.ask(REQUEST, request_id, command, request)
        row = self.log.look.one(tables.reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        return {"request_id": request_id, "notes": self._opened(f"help-request/{request_id}", EVERYTHING)}

    def _allowed(self, request: Request, person_id: UUID) -> dict[str, Any]:
        """What is on record of this reading, and what it opens; a refusal looks like nobody being there."""
        _only(request, READING_ASKS)
        given = tuple(c for c in request.query.get("categories", "").split(",") if c)
        if not EVERYTHING.issuperset(given):
            raise ContractBroken(_wrong("categories", "identity, contact, narrative, health"))
        command = public.ReadIdentity(why=_why(request), categories=given)  # type: ignore[arg-type]  # checked above
        done = self.log.ask(PERSON, person_id, command, request)
        row: dict[str, Any] | None = self.log.look.one(tables.reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        return row

    def _opened(self, stream: str, categories: Iterable[str], about: set[str] | None = None) -> list[dict[str, Any]]:
        """The sealed values that were said on a stream, of these categories, about these (None: all), the oldest first."""
        rows = sorted(self.log.look.all(tables.sealed_values, stream=stream), key=lambda row: row["position"])
        rows = [row for row in rows if about is None or row["subject"] in about]
        subjects = {row["subject"] for row in rows}
        opened = {
            digest: value
            for subject in subjects
            for digest, value in self.log.vault.read(
                subject, [row["digest"] for row in rows if row["subject"] == subject]
            ).items()
        }
        return [
            {"event": row["event"], "field": value["field"], "value": value["value"], "position": row["position"]}
            for row in rows
            if (value := opened.get(row["digest"])) is not None and value["category"] in categories
        ]

    # looking at many things at once

    @http("GET", "/worklist", roles=READING, query=AREA, says="what a station has to do")
    def worklist(self, request: Request) -> object:
        """What a station has to do: open requests by urgency and promised day, visits that are due. `?area=` a code."""
        return reports.worklist(self.log.look, _area(request))

    @http("GET", "/persons/{id}/open-matters", roles=STATION, says="where the person has open matters")
    def open_matters(self, request: Request) -> object:
        """Which matters of a person are open, and where; not what they are about (for the duplicate check)."""
        return reports.open_matters(self.log.look, request.path["id"])

    @http("GET", "/visit-rates/{month}", roles=READING, query=AREA, says="how many were visited")
    def visit_rates(self, request: Request) -> object:
        """How many of the persons due in a month were visited, and each plan's own rate. `?area=` a code."""
        return reports.visit_rates(self.log.look, request.path["month"], _area(request))

    @http("GET", "/codes", roles=None, says="the code tables")
    def code_tables(self, request: Request) -> object:
        """The code tables, each with the edition in force and its labels in both languages."""
        return {
            name: {
                "zh": table.zh,
                "version": table.current.version,
                "terms": [{"code": x.code, "zh": x.zh, "en": x.en} for x in table.current.terms.values()],
            }
            for name, table in codes.TABLES.items()
        }


def _only(request: Request, known: dict[str, Any]) -> None:
    """Refuse questions that nobody would hear."""
    unknown = sorted(request.query.keys() - known.keys())
    if unknown:
        raise ContractBroken(*(_wrong(name, ", ".join(known), "unknown-field") for name in unknown))


def _area(request: Request) -> str:
    """The area that is asked about: a code or its beginning, nothing for all."""
    _only(request, AREA)
    area = request.query.get("area", "")
    if re.fullmatch("[0-9]{0,17}", area, re.ASCII) is None:
        raise ContractBroken(_wrong("area", "0 to 17 digits"))
    return area


def _why(request: Request) -> str:
    why = request.query.get("why", "")
    if why not in codes.READ_PURPOSE.current.terms:
        raise ContractBroken(_wrong("why", ", ".join(codes.READ_PURPOSE.current.terms)))
    return why


def _wrong(field: str, options: str, code: str = "invalid") -> FieldProblem:
    return FieldProblem(field=field, code=code, expected_en=f"one of: {options}", expected_zh=f"以下之一: {options}")
