"""What a decision about a record may know: the record as it stands, and the person it is to go to."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.contracts import intake as public
from services.intake import tables as t
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.domain.known import CaseFact, Known, PersonFact
from services.intake.domain.record_facts import AnySaid, RecordFact
from services.intake.erasure_facts import GONE, OPEN_CASES
from services.intake.record_tables import records
from services.intake.tables import split
from services.kernel.manifest import Facts, Look

Row = dict[str, Any]

SAID: dict[str, Any] = {
    "request": public.RequestSaid,
    "service": public.ServiceSaid,
    "visit": public.VisitSaid,
    "attendance": public.AttendanceSaid,
}


def for_record(command: object, itself: UUID, look: Look) -> Known:
    """The record, as intake has it."""
    row = look.one(records, itself)
    return Known(itself=itself, record=record_fact(look, row) if row else None)


def for_moving(command: public.MoveNote, itself: UUID, look: Look) -> Known:
    """The record, and the person whose it is, with that person's cases."""
    row = look.one(records, itself)
    cases = look.all(t.cases, person_id=command.to_person_id)
    return Known(
        itself=itself,
        record=record_fact(look, row) if row else None,
        person=_right_person(look, command.to_person_id),
        cases=tuple(CaseFact(case_id=case["case_id"], workers=frozenset()) for case in cases),
    )


def _right_person(look: Look, person_id: UUID) -> PersonFact | None:
    row = look.one(t.persons, person_id)
    if row is None:
        return None
    return PersonFact(person_id=person_id, age_band=row["age_band"], station=row["station"], gone=row["state"] in GONE)


def record_fact(look: Look, row: Row) -> RecordFact:
    """One record, with what it is counted under."""
    said: AnySaid | None = None if row["said"] is None else msgspec.convert(row["said"], SAID[row["kind"]])
    return RecordFact(
        record_id=row["record_id"],
        kind=row["kind"],
        about_id=row["about_id"],
        said=said,
        matter_id=row["matter_id"],
        person_id=row["person_id"] or _person_of(look, row),
        case_id=row["case_id"],
        on=row["on_day"],
        closed=_closed(look, row),
        late=row["conflict"] is not None,
        last_on=_last_visit(look, row) if row["kind"] == "visit" else None,
        sealed=split(row["sealed"]),
    )


def _person_of(look: Look, row: Row) -> UUID | None:
    case = look.one(t.cases, row["case_id"]) if row["case_id"] else None
    request = look.one(t.help_requests, row["matter_id"]) if case is None and row["matter_id"] else None
    found = case or request
    return found["person_id"] if found else None


def _closed(look: Look, row: Row) -> bool:
    """Whether what it belongs to has ended."""
    if row["kind"] == "visit":
        plan = look.one(t.visit_plans, row["about_id"])
        return plan is not None and plan["state"] != "running"
    case = look.one(t.cases, row["case_id"]) if row["case_id"] else None
    if case is not None:
        return case["state"] not in OPEN_CASES
    request = look.one(t.help_requests, row["matter_id"]) if row["matter_id"] else None
    return request is not None and request["state"] not in OPEN_STATES


def _last_visit(look: Look, row: Row) -> date | None:
    """The last visit of the plan without this one."""
    v = t.visits.c
    this = sa.and_(v.visited_on == row["on_day"], v.mode == row["said"]["mode"])
    found = look.run(
        sa.select(sa.func.max(v.visited_on).label("last")).where(v.plan_id == row["about_id"], sa.not_(this))
    )
    return next((one["last"] for one in found), None)


FACTS: dict[type, Facts] = {
    public.CorrectRequest: for_record,
    public.CorrectService: for_record,
    public.CorrectVisit: for_record,
    public.CorrectAttendance: for_record,
    public.MarkRecordEnteredInError: for_record,
    public.ConfirmRekeying: for_record,
    public.FlagRecord: for_record,
    public.ReviewRecord: for_record,
    public.MoveNote: for_moving,
}
"""What commands for records look up."""
