"""What each of intake's events changes in its views. Pure: the tables can be folded anew from the log at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain.rules import HERE
from services.kernel.message import Recorded
from services.kernel.view import Change, add, drop, put

METADATA = t.METADATA

Shown = Callable[[Recorded, Any], Iterable[Change]]


def project(recorded: Recorded) -> list[Change]:
    """The changes of one event: the row of its aggregate, and where its sealed values lie."""
    show = SHOWN.get(type(recorded.event))
    if show is None:
        return []
    return [*show(recorded, recorded.event), *_sealed(recorded)]


def joined(codes: Iterable[str]) -> str:
    """Codes in one column."""
    return ",".join(codes)


def split(codes: str | None) -> tuple[str, ...]:
    """The codes of one column."""
    return tuple(codes.split(",")) if codes else ()


def month_of(moment: datetime | date) -> str:
    """The month, by the clock of the street, as 2026-03."""
    local = moment.astimezone(HERE) if isinstance(moment, datetime) else moment
    return f"{local:%Y-%m}"


def _sealed(recorded: Recorded) -> list[Change]:
    """Where the values behind an event's digests lie: under whose key, and on which stream they were said."""
    event = recorded.event
    subject = str(sealed_under(event) or recorded.stream_id)
    return [
        put(t.sealed_values, digest, subject=subject, stream=recorded.stream, event=recorded.envelope.type,
            position=recorded.position)
        for digest in getattr(event, "sealed", ())
    ]  # fmt: skip


def sealed_under(event: Any) -> Any:
    """Whose key seals the personal values of this event or command, where it is not the stream's own."""
    match event:
        case public.HelpRequestReceived() | public.ReceiveHelpRequest():
            return event.person_id
        case public.ConsentGranted() | public.GrantConsent():
            return event.person_id
        case public.InformationCollected() | public.CollectInformation():
            return event.about_person_id
        case public.ActivityAttended() | public.RecordAttendance():
            return event.person_id
        case _:
            return None


# --- help requests --------------------------------------------------------------------------------------------------


def _request(recorded: Recorded, **columns: Any) -> Change:
    return put(t.help_requests, recorded.stream_id, version=recorded.version, **columns)


def _received(recorded: Recorded, event: public.HelpRequestReceived) -> list[Change]:
    return [
        _request(
            recorded,
            state="received",
            matter_id=event.matter_id,
            person_id=event.person_id,
            unit=event.unit,
            area=event.area,
            came_by=event.came_by,
            reporter_kind=event.reporter_kind,
            urgency=event.urgency,
            need_codes=joined(event.need_codes),
            received_at=recorded.effective_at,
        )
    ]


def _triaged(recorded: Recorded, event: public.HelpRequestTriaged) -> list[Change]:
    return [
        _request(
            recorded,
            state="triaged",
            urgency=event.urgency,
            disposition=event.disposition,
            risk_level=event.risk_level,
            dispatcher=event.handoff.takers[0] if event.handoff else None,
            triaged_at=recorded.effective_at,
        )
    ]


def _guided(recorded: Recorded, event: public.GuidanceGiven) -> list[Change]:
    missing = joined(m.code for m in event.materials_missing)
    return [_request(recorded, state="waiting_client", materials_missing=missing, follow_up_by=event.follow_up_by)]


def _followed_up(recorded: Recorded, event: public.HelpRequestFollowedUp) -> list[Change]:
    state = "triaged" if event.leaves == "triaged" else "waiting_client"
    return [_request(recorded, state=state, follow_up_by=event.follow_up_by)]


def _strand_opened(recorded: Recorded, event: public.HelpRequestStrandOpened) -> list[Change]:
    return [_request(recorded, state="in_service" if event.kind == "task" else "referred", follow_up_by=None)]


def _request_closed(recorded: Recorded, event: public.HelpRequestClosed) -> list[Change]:
    return [
        _request(
            recorded,
            state="closed",
            outcome=event.outcome,
            confirmed_by=event.confirmed_by,
            follow_up_by=None,
            closed_at=recorded.effective_at,
        )
    ]


def _duplicate(recorded: Recorded, event: public.DuplicateRequestLinked) -> list[Change]:
    return [_request(recorded, state="duplicate", other_request_id=event.other_request_id, follow_up_by=None)]


# --- persons ----------------------------------------------------------------------------------------------------------


def _person(recorded: Recorded, **columns: Any) -> Change:
    return put(t.persons, recorded.stream_id, version=recorded.version, **columns)


def _registered(recorded: Recorded, event: public.PersonRegistered) -> list[Change]:
    return [
        _person(
            recorded,
            state="active",
            station=event.station,
            age_band=event.age_band,
            sensitivity=event.sensitivity,
            residence_area=event.residence_area,
            hukou_area=event.hukou_area,
            registered_at=recorded.effective_at,
        )
    ]


def _amended(recorded: Recorded, event: public.PersonDetailsAmended) -> list[Change]:
    given = {"age_band": event.age_band, "sensitivity": event.sensitivity, "hukou_area": event.hukou_area}
    return [_person(recorded, **{name: value for name, value in given.items() if value is not None})]


def _grouped(recorded: Recorded, event: public.ClientGroupAssigned) -> list[Change]:
    group = put(t.client_groups, event.person_id, event.group_code, table_version=event.table_version,
                basis=event.basis, since=event.since)  # fmt: skip
    return [_person(recorded), group]


def _guarded(recorded: Recorded, event: public.GuardianLinked) -> list[Change]:
    link = put(t.guardians, event.person_id, event.guardian_id, relation=event.relation,
               evidence_kind=event.evidence_kind, since=event.since, until=event.until)  # fmt: skip
    return [_person(recorded), link]


def _read(recorded: Recorded, event: public.IdentityRead | public.IdentityReadRefused) -> list[Change]:
    let = isinstance(event, public.IdentityRead)
    row = put(
        t.reads,
        recorded.position,
        person_id=event.person_id,
        reader=event.reader,
        reader_role=event.reader_role,
        reader_org=event.reader_org,
        why=event.why,
        categories=joined(event.categories) if isinstance(event, public.IdentityRead) else "",
        disclosure_id=event.disclosure_id if isinstance(event, public.IdentityRead) else None,
        case_id=event.case_id if isinstance(event, public.IdentityRead) else None,
        at=recorded.recorded_at,
        allowed=let,
    )
    return [_person(recorded), row]


def _notes_read(recorded: Recorded, event: public.HelpRequestNotesRead) -> list[Change]:
    row = put(t.reads, recorded.position, request_id=event.matter_id, reader=event.reader, reader_role=event.reader_role,
              reader_org=event.reader_org, why=event.why, categories="narrative", at=recorded.recorded_at,
              allowed=event.allowed)  # fmt: skip
    return [_request(recorded), row]


# --- consents and disclosures -----------------------------------------------------------------------------------------


def _consent(recorded: Recorded, **columns: Any) -> Change:
    return put(t.consents, recorded.stream_id, version=recorded.version, **columns)


def _asked(
    recorded: Recorded, event: public.ConsentRequested | public.ConsentRefused | public.ConsentGranted
) -> list[Change]:
    state = {public.ConsentRequested: "requested", public.ConsentRefused: "refused"}.get(type(event), "granted")
    return [
        _consent(
            recorded,
            state=state,
            person_id=event.person_id,
            purposes=joined(event.purposes),
            categories=joined(event.categories),
            receivers=joined(event.receivers),
        )
    ]


def _granted(recorded: Recorded, event: public.ConsentGranted) -> list[Change]:
    more = _consent(
        recorded,
        given_by=event.by,
        by_person_id=event.by_person_id,
        method=event.method,
        notice_version=event.notice_version,
        sensitive=event.sensitive,
        valid_from=event.valid_from,
        valid_until=event.valid_until,
        expires_due=event.valid_until,
    )
    return [*_asked(recorded, event), more]


def _withdrawn(recorded: Recorded, event: public.ConsentWithdrawn) -> list[Change]:
    over = event.scope == "all" or not event.categories_left
    left = {"receivers": joined(event.receivers_left), "categories": joined(event.categories_left)}
    if not over:
        return [_consent(recorded, **left)]
    return [_consent(recorded, state="withdrawn", expires_due=None, **left)]


def _disclosure(recorded: Recorded, **columns: Any) -> Change:
    return put(t.disclosures, recorded.stream_id, version=recorded.version, **columns)


def _disclosed(recorded: Recorded, event: public.IdentityDisclosed) -> list[Change]:
    return [
        _disclosure(
            recorded,
            state="live",
            person_id=event.person_id,
            receiver=event.receiver,
            purpose=event.purpose,
            categories=joined(event.categories),
            legal_basis=event.legal_basis,
            consent_id=event.consent_id,
            matter_id=event.matter_id,
            need_id=event.need_id,
            disclosed_at=recorded.recorded_at,
            expires_due=event.expires_at,
        )
    ]


def _not_disclosed(recorded: Recorded, event: public.IdentityDisclosureRefused) -> list[Change]:
    return [
        _disclosure(
            recorded,
            state="refused",
            person_id=event.person_id,
            receiver=event.receiver,
            purpose=event.purpose,
            reason_code=event.reason_code,
            matter_id=event.matter_id,
            need_id=event.need_id,
        )
    ]


def _revoked(recorded: Recorded, event: public.IdentityAccessRevoked) -> list[Change]:
    return [
        _disclosure(
            recorded, state="revoked", reason_code=event.reason_code, ended_at=recorded.recorded_at, expires_due=None
        )
    ]


# --- cases ------------------------------------------------------------------------------------------------------------


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


# --- visits and activities --------------------------------------------------------------------------------------------


def _plan(recorded: Recorded, **columns: Any) -> Change:
    return put(t.visit_plans, recorded.stream_id, version=recorded.version, **columns)


def _plan_set(recorded: Recorded, event: public.VisitPlanSet) -> list[Change]:
    plan = _plan(
        recorded,
        state="running",
        person_id=event.person_id,
        cadence=event.cadence,
        level=event.level,
        visitor=event.visitor,
        unit=event.unit,
        area=event.area,
        set_at=recorded.effective_at,
    )
    return [plan, add(t.visit_plans, event.plan_id, visits=0, missed=0, concerns=0)]


def _month(event: public.VisitMade | public.VisitMissed | public.ConcernRaised, **counts: int) -> list[Change]:
    place = (event.plan_id, month_of(event.on))
    none = {"made": 0, "missed": 0, "concerns": 0}
    return [put(t.visit_months, *place, person_id=event.person_id), add(t.visit_months, *place, **(none | counts))]


def _visited(recorded: Recorded, event: public.VisitMade) -> list[Change]:
    return [
        _plan(recorded, last_visit_on=event.on, last_result=event.result),
        add(t.visit_plans, event.plan_id, visits=1),
        put(t.visits, event.plan_id, event.on, event.mode, result=event.result, visitor=event.visitor),
        *_month(event, made=1),
    ]


def _missed(recorded: Recorded, event: public.VisitMissed) -> list[Change]:
    return [_plan(recorded), add(t.visit_plans, event.plan_id, missed=1), *_month(event, missed=1)]


def _worried(recorded: Recorded, event: public.ConcernRaised) -> list[Change]:
    return [_plan(recorded), add(t.visit_plans, event.plan_id, concerns=1), *_month(event, concerns=1)]


def _held(recorded: Recorded, event: public.ActivityHeld) -> list[Change]:
    held = put(
        t.activities,
        event.activity_id,
        version=recorded.version,
        kind=event.kind,
        host=event.host,
        area=event.area,
        headcount=event.headcount,
        goal_codes=joined(event.goal_codes),
        place_kind=event.place_kind,
        pairing_id=event.pairing_id,
        held_at=recorded.effective_at,
    )
    return [held, add(t.activities, event.activity_id, attended=0)]


def _attended(recorded: Recorded, event: public.ActivityAttended) -> list[Change]:
    there = put(t.attendances, event.activity_id, event.person_id, case_id=event.case_id,
                matter_id=event.matter_id, at=recorded.effective_at)  # fmt: skip
    count = [
        put(t.activities, event.activity_id, version=recorded.version),
        add(t.activities, event.activity_id, attended=1),
    ]
    return [there, *count, *([add(t.cases, event.case_id, activities=1)] if event.case_id else [])]


# --- safeguarding (restricted) ----------------------------------------------------------------------------------------


def _concern(recorded: Recorded, **columns: Any) -> Change:
    return put(t.safeguarding, recorded.stream_id, version=recorded.version, **columns)


def _harm(recorded: Recorded, event: public.SafeguardingConcernRaised) -> list[Change]:
    return [
        _concern(
            recorded,
            state="raised",
            matter_id=event.matter_id,
            person_id=event.person_id,
            situation_code=event.situation_code,
            guardian_suspected=event.guardian_suspected,
            raised_at=recorded.effective_at,
        )
    ]


def _reported(recorded: Recorded, event: public.MandatoryReportMade) -> list[Change]:
    authority = event.handoff.takers[0]
    return [_concern(recorded, state="reported", authority=authority, reported_at=recorded.effective_at)]


SHOWN: dict[type, Shown] = {
    public.HelpRequestReceived: _received,
    public.HelpRequestPersonLinked: lambda r, e: [_request(r, person_id=e.person_id)],
    public.HelpRequestTriaged: _triaged,
    public.GuidanceGiven: _guided,
    public.HelpRequestFollowedUp: _followed_up,
    public.HelpRequestStrandOpened: _strand_opened,
    public.HelpRequestStrandEnded: lambda r, e: [_request(r, state=e.leaves)],
    public.HelpRequestConverted: lambda r, e: [_request(r, state="converted", case_id=e.case_id, follow_up_by=None)],
    public.HelpRequestDeclined: lambda r, e: [_request(r, state="declined", closed_at=r.effective_at)],
    public.HelpRequestClosed: _request_closed,
    public.HelpRequestReopened: lambda r, e: [_request(r, state="triaged", outcome=None, closed_at=None)],
    public.DuplicateRequestLinked: _duplicate,
    public.HelpRequestEnteredInError: lambda r, e: [_request(r, state="entered_in_error", follow_up_by=None)],
    public.HelpRequestNotesRead: _notes_read,
    public.PersonRegistered: _registered,
    public.PersonDetailsAmended: _amended,
    public.ClientGroupAssigned: _grouped,
    public.ClientGroupRemoved: lambda r, e: [_person(r), drop(t.client_groups, e.person_id, e.group_code)],
    public.GuardianLinked: _guarded,
    public.GuardianUnlinked: lambda r, e: [_person(r), drop(t.guardians, e.person_id, e.guardian_id)],
    public.PersonMoved: lambda r, e: [_person(r, residence_area=e.to_area)],
    public.PersonDied: lambda r, e: [_person(r, state="deceased")],
    public.DeathCorrected: lambda r, e: [_person(r, state="active")],
    public.LegalBasisInvoked: lambda r, e: [_person(r)],
    public.IdentityRead: _read,
    public.IdentityReadRefused: _read,
    public.ConsentRequested: _asked,
    public.ConsentGranted: _granted,
    public.ConsentRefused: _asked,
    public.ConsentWithdrawn: _withdrawn,
    public.ConsentExpired: lambda r, e: [_consent(r, state="expired", expires_due=None)],
    public.ConsentSuperseded: lambda r, e: [_consent(r, state="superseded", expires_due=None)],
    public.IdentityDisclosed: _disclosed,
    public.IdentityDisclosureRefused: _not_disclosed,
    public.IdentityAccessRevoked: _revoked,
    public.CaseOpened: _opened,
    public.CaseTakenOver: lambda r, e: [_case(r, owner=e.owner)],
    public.InformationCollected: lambda r, e: [_case(r), add(t.cases, e.case_id, collected=1)],
    public.NeedsAssessed: _assessed,
    public.RiskLevelChanged: lambda r, e: [_case(r, risk_level=e.to_level)],
    public.ServicePlanAgreed: _planned,
    public.ServicePlanRevised: _planned,
    public.LateEntryDeclared: lambda r, e: [_case(r)],
    public.ServiceDelivered: _served,
    public.ProgressEvaluated: lambda r, e: [_case(r, state="evaluated", evaluated_at=r.effective_at)],
    public.CaseSuspended: lambda r, e: [_case(r, state="suspended")],
    public.CaseResumed: lambda r, e: [_case(r, state=e.stage)],
    public.CaseClosed: _case_closed,
    public.CaseFollowUpDone: lambda r, e: [_case(r, state="follow_up")],
    public.CaseReopened: lambda r, e: [_case(r, state="opened", owner=e.owner, closed_at=None, close_reason=None)],
    public.CaseTransferredOut: _transferred,
    public.CaseEnteredInError: lambda r, e: [_case(r, state="entered_in_error")],
    public.VisitPlanSet: _plan_set,
    public.VisitPlanChanged: lambda r, e: [_plan(r, cadence=e.cadence, level=e.level)],
    public.VisitorChanged: lambda r, e: [_plan(r, visitor=e.visitor)],
    public.VisitPlanEnded: lambda r, e: [_plan(r, state="ended", ended_at=r.effective_at)],
    public.VisitMade: _visited,
    public.VisitMissed: _missed,
    public.ConcernRaised: _worried,
    public.ActivityHeld: _held,
    public.ActivityAttended: _attended,
    public.SafeguardingConcernRaised: _harm,
    public.MandatoryReportMade: _reported,
    public.MandatoryReportAcknowledged: lambda r, e: [_concern(r, state="acknowledged")],
    public.SafeguardingConcernNotReportable: lambda r, e: [_concern(r, state="not_reportable")],
    public.SafeguardingConcernClosed: lambda r, e: [_concern(r, state="closed", result_code=e.result_code)],
}
"""How each event shows; a test holds that none is missing."""
