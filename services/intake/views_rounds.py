"""How visits, activities and safeguarding concerns show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.tables import joined, month_of
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put

Show = Callable[[Recorded, Any], Iterable[Change]]


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
        put(
            t.visits,
            event.plan_id,
            event.on,
            event.mode,
            result=event.result,
            visitor=event.visitor,
            activity_codes=joined(event.activity_codes),
        ),
        *_month(event, made=1),
    ]


def _missed(recorded: Recorded, event: public.VisitMissed) -> list[Change]:
    return [_plan(recorded), add(t.visit_plans, event.plan_id, missed=1), *_month(event, missed=1)]


def _worried(recorded: Recorded, event: public.ConcernRaised) -> list[Change]:
    row = put(
        t.visit_concerns, recorded.position, plan_id=event.plan_id, raised_on=event.on, concern_code=event.concern_code,
        action_codes=joined(event.action_codes), at=recorded.effective_at,
    )  # fmt: skip
    return [_plan(recorded), row, add(t.visit_plans, event.plan_id, concerns=1), *_month(event, concerns=1)]


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


SHOWN: dict[type, Show] = {
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
    public.SafeguardingReaderNamed: lambda r, e: [
        _concern(r),
        put(t.safeguarding_readers, e.concern_id, e.reader, by=r.actor.id),
    ],
    public.SafeguardingConcernRead: lambda r, e: [_concern(r)],
    public.SafeguardingConcernClosed: lambda r, e: [_concern(r, state="closed", result_code=e.result_code)],
}
