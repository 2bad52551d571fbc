"""Who sees a daily plan: the station for whose area it is made, and whoever sees everything."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts.visibility import CODED, opens, unit_of
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Where, through, within_code
from services.volunteer.served import lies_in
from services.volunteer.standing import MADE, approvers, everything, who
from services.volunteer.views_plans import plan_pairs, plan_unserved, plans


def _station(actor: Actor) -> Where:
    where = unit_of(actor.org)
    return sa.or_(lies_in(plans.c.area, where), within_code(plans.c.kept_by, where, *CODED))


PLANS = Scope(table=plans, opens=opens, usual="codes", kinds=MADE, ways={"all": everything, "station": _station})


def _of_plan(table: sa.Table) -> Scope:
    found = through(PLANS, "plan_id", table.c.plan_id)
    return Scope(table=table, opens=opens, usual="codes", ways={"all": everything, "station": found["station"]})


PLAN_SCOPES: dict[sa.Table, Scope] = {
    plans: PLANS,
    plan_pairs: _of_plan(plan_pairs),
    plan_unserved: _of_plan(plan_unserved),
}


PLAN_REACH = Reach(scope=PLANS, who=who, approvers=approvers)
