"""Visit plans, visits and activities over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import reports, tables
from services.intake.domain import activity, visit_plan
from services.intake.endpoints.query import AREA, area_of
from services.intake.endpoints.readers import READING, STATION
from services.intake.endpoints.sealing import subject
from services.kernel.entrypoints import Hand, Request, asks, http, lists, shows

PLAN, ACTIVITY = visit_plan.DECIDER, activity.DECIDER


class Rounds:
    """People are looked in on by plan, and meet in activities."""

    log: Hand

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
    concerns = lists(
        "/visit-concerns", tables.visit_concerns, by=("plan_id", "raised_on", "concern_code"), roles=READING
    )
    visit_months = lists("/visit-months", tables.visit_months, by=("plan_id", "month", "person_id"), roles=READING)

    hold = asks("POST", "/activities", public.HoldActivity, of=ACTIVITY, roles=STATION)
    attend = asks("POST", "/activities/{id}/attendance", public.RecordAttendance, of=ACTIVITY, roles=STATION,
                  subject=subject)  # fmt: skip
    one_activity = shows("/activities/{id}", tables.activities, roles=READING)
    all_activities = lists("/activities", tables.activities, by=("kind", "host", "area", "pairing_id"), roles=READING)
    attendances = lists("/attendances", tables.attendances, by=("activity_id", "person_id", "case_id"), roles=READING)

    @http("GET", "/visit-rates/{month}", roles=READING, query=AREA, says="how many were visited")
    def visit_rates(self, request: Request) -> object:
        """How many of the persons due in a month were visited, and each plan's own rate. `?area=` a code."""
        return reports.visit_rates(self.log.look, request.path["month"], area_of(request), request.actor)
