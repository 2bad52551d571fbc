"""Whenever a death is reported, everything for the person ends at once and quietly; whenever it was wrong, doubts end (H6).

Nobody outside is told why: what partners hear is that a need is there no longer. What was written down for days after
the death is looked at by somebody, and not deleted. What ended is opened again by those who know, one by one.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain import case, help_request, record, visit_plan
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.domain.rules import local_day
from services.intake.erasure_facts import OPEN_CASES
from services.intake.record_tables import records
from services.kernel.manifest import Do, Look
from services.kernel.message import Message

Row = dict[str, Any]


def on_death(message: Message, event: public.PersonDied, look: Look) -> list[Do]:
    """Cases close, requests are asked no more, visits stop; records of later days are to be looked at."""
    day = event.on or local_day(message.happened_at)
    person_id = event.person_id
    cases = [row for row in look.all(t.cases, person_id=person_id) if row["state"] in {*OPEN_CASES, "transferred"}]
    requests = [row for row in look.all(t.help_requests, person_id=person_id) if row["state"] in OPEN_STATES]
    plans = look.all(t.visit_plans, person_id=person_id, state="running")
    over = public.EndVisitPlan(reason_code="deceased", on=day)
    return [
        *(Do(case.DECIDER, row["case_id"], public.CloseCaseOnDeath()) for row in cases),
        *(
            Do(help_request.DECIDER, row["request_id"], public.CloseHelpRequest(outcome="withdrawn"))
            for row in requests
        ),
        *(Do(visit_plan.DECIDER, row["plan_id"], over) for row in plans),
        *(
            Do(record.DECIDER, row["record_id"], public.FlagRecord(reason_code="after-death"))
            for row in _records_of(person_id, look)
            if _later(row, day)
        ),
    ]


def _later(row: Row, day: date) -> bool:
    return (
        row["mark"] != "entered-in-error" and row["kind"] in ("service", "visit", "attendance") and row["on_day"] > day
    )


def _records_of(person_id: UUID, look: Look) -> list[Row]:
    """Everything that was written down of the person's visits, services and attendances."""
    plans = look.all(t.visit_plans, person_id=person_id)
    cases = look.all(t.cases, person_id=person_id)
    activities = look.all(t.attendances, person_id=person_id)
    of_plans = [row for plan in plans for row in look.all(records, about_id=plan["plan_id"])]
    of_cases = [row for one in cases for row in look.all(records, about_id=one["case_id"])]
    of_activities = [
        row
        for activity in activities
        for row in look.all(records, about_id=activity["activity_id"])
        if row["person_id"] == person_id
    ]
    return [*of_plans, *of_cases, *of_activities]


def on_correction(event: public.DeathCorrected, look: Look) -> list[Do]:
    """The person lives: nothing speaks against those records any more."""
    return [
        Do(record.DECIDER, row["record_id"], public.ReviewRecord(reason_code="death-corrected"))
        for row in _records_of(event.person_id, look)
        if row["review"] == "after-death"
    ]
