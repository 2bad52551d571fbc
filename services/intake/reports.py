"""What intake tells about many aggregates at once: the worklist, the duplicate check, the visit rate."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.codes import CADENCE_PER_MONTH
from services.intake import same
from services.intake import tables as t
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.domain.rules import HERE
from services.intake.policies import OPEN_CASES
from services.intake.scopes import CASES, PERSONS, PLANS, REQUESTS
from services.kernel.clock import system_clock
from services.kernel.errors import ContractBroken, FieldProblem
from services.kernel.manifest import Look
from services.kernel.message import Actor

Row = dict[str, Any]

URGENCY = ("emergency", "urgent", None, "normal", "low")
"""The order of the worklist; what nobody has judged yet comes before what can wait."""

GRACE = {"daily": 2, "weekly": 8, "fortnightly": 15, "monthly": 32, "quarterly": 93}
"""After how many days without a visit one is due: the cadence with a day's grace."""


def worklist(look: Look, area: str, who: Actor) -> Row:
    """Open requests by urgency, then by the day that was promised; plans whose visit is due: of what this one sees."""
    today = system_clock().astimezone(HERE).date()
    r = t.help_requests.c
    rows = look.run(REQUESTS.select(who).where(r.state.in_(OPEN_STATES), r.area.startswith(area, autoescape=True)))
    requests = [row | {"due": _due(row, today)} for row in rows]
    requests.sort(key=lambda row: (URGENCY.index(row["urgency"]), row["follow_up_by"] or date.max))
    p = t.visit_plans.c
    plans = look.run(PLANS.select(who).where(p.state == "running", p.area.startswith(area, autoescape=True)))
    due = [row for row in plans if _visit_due(row, today)]
    return {"today": today, "requests": requests, "visits_due": due, "notices_due": _notices(look, area, who)}


def _notices(look: Look, area: str, who: Actor) -> list[Row]:
    """Persons who are still to be told what was done on a basis of the law without asking them, the first day first."""
    b, p = t.legal_bases.c, t.persons.c
    here = sa.or_(*(c.startswith(area, autoescape=True) for c in (p.station, p.residence_area)))
    rows = t.legal_bases.join(t.persons, p.person_id == b.person_id)
    owed = sa.and_(b.notify_by.is_not(None), p.state == "active")
    query = sa.select(t.legal_bases).select_from(rows).where(owed, here, PERSONS.rows(who))
    return look.run(query.order_by(b.notify_by, b.person_id))


def _due(row: Row, today: date) -> bool:
    """Undecided requests are due at once, others on the promised day."""
    if row["state"] in ("received", "triaged"):
        return True
    return row["follow_up_by"] is not None and bool(row["follow_up_by"] <= today)


def _visit_due(row: Row, today: date) -> bool:
    last = row["last_visit_on"]
    return last is None or bool(today - last >= timedelta(days=GRACE[row["cadence"]]))


def open_matters(look: Look, person_id: UUID, who: Actor) -> Row:
    """Where a person has open matters, under any of his records, and whom to ask; of others' matters not even the id (H4)."""
    records = same.records_of(look, person_id)
    own = {
        scope: {row["matter_id"] for row in look.run(scope.select(who).where(scope.table.c.person_id.in_(records)))}
        for scope in (REQUESTS, CASES)
    }
    requests = [
        {"matter_id": row["matter_id"], "kind": "help-request", "area": row["area"], "holder": row["unit"]}
        for record in records
        for row in look.all(t.help_requests, person_id=record)
        if row["state"] in OPEN_STATES
    ]
    cases = [
        {"matter_id": row["matter_id"], "kind": "case", "area": row["area"], "holder": row["owner"]}
        for record in records
        for row in look.all(t.cases, person_id=record)
        if row["state"] in OPEN_CASES
    ]
    for rows, scope in ((requests, REQUESTS), (cases, CASES)):
        rows[:] = [row if row["matter_id"] in own[scope] else row | {"matter_id": None} for row in rows]
    return {"person_id": person_id, "open": [*requests, *cases]}


def visit_rates(look: Look, month: str, area: str, who: Actor) -> Row:
    """Of the plans that this one sees: human beings visited in the month, of those with one; visits beside the promised."""
    if re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", month) is None:
        raise ContractBroken(
            FieldProblem(field="month", code="invalid", expected_en="a month, YYYY-MM", expected_zh="月份, YYYY-MM")
        )
    rows = look.run(_plans_of(month, area).where(PLANS.rows(who)))
    due = same.survivors(look, {row["person_id"] for row in rows if CADENCE_PER_MONTH[row["cadence"]]})
    seen = same.survivors(look, {row["person_id"] for row in rows if row["made"]}) & due
    return {
        "month": month,
        "persons_due": len(due),
        "persons_visited": len(seen),
        "visits": sum(row["made"] or 0 for row in rows),
        "plans": [row | {"promised": CADENCE_PER_MONTH[row["cadence"]]} for row in rows],
    }


def _plans_of(month: str, area: str) -> sa.Select[Any]:
    """Plans that ran in the month or have visits in it."""
    p, m = t.visit_plans.c, t.visit_months.c
    joined = t.visit_plans.outerjoin(t.visit_months, sa.and_(m.plan_id == p.plan_id, m.month == month))
    return (
        sa.select(p.plan_id, p.person_id, p.cadence, p.visitor, m.made, m.missed, m.concerns)
        .select_from(joined)
        .where(p.area.startswith(area, autoescape=True), sa.or_(p.state == "running", m.made.is_not(None)))
        .order_by(p.plan_id)
    )
