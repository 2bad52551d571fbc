"""The daily plan: asked for, looked at while it binds nobody, published or rejected by a person."""

from __future__ import annotations

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, asks, lists, shows
from services.volunteer.domain import plan
from services.volunteer.endpoints.callers import STATION
from services.volunteer.views_plans import plan_pairs, plan_unserved, plans


class Plans:
    """From the request to those who are asked."""

    log: Log

    request_plan = asks("POST", "/plans", public.RequestPlan, of=plan.DECIDER, roles=STATION, follows=True)
    publish_plan = asks("POST", "/plans/{id}/publication", public.PublishPlan, of=plan.DECIDER, roles=STATION)
    reject_plan = asks("POST", "/plans/{id}/rejection", public.RejectPlan, of=plan.DECIDER, roles=STATION)
    one_plan = shows("/plans/{id}", plans, roles=STATION)
    all_plans = lists("/plans", plans, by=("state", "area", "day"), roles=STATION)
    all_plan_pairs = lists("/plan-pairs", plan_pairs, by=("plan_id", "task_id", "assignee"), roles=STATION)
    all_plan_unserved = lists("/plan-unserved", plan_unserved, by=("plan_id", "task_id", "cause"), roles=STATION)
