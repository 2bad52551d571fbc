"""A field of a record was wrong: the right value stands from now on, beside the wrong one (H9)."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from services.contracts import codes
from services.contracts import intake as public
from services.intake.domain.record_facts import RecordFact
from services.intake.domain.record_state import CORRECTED_BY, Event, State, Struck, on_record, second_person
from services.kernel.errors import Refused
from services.kernel.message import Ask

Said = TypeVar("Said", public.RequestSaid, public.ServiceSaid, public.VisitSaid, public.AttendanceSaid)
Correction = public.CorrectRequest | public.CorrectService | public.CorrectVisit | public.CorrectAttendance


def correct(command: Correction, state: State, ask: Ask) -> list[Event]:
    """The right value stands from now on, beside the wrong one; what is right already is not corrected."""
    codes.REASON.known(command.reason_code, field="reason_code")
    record = on_record(ask)
    if isinstance(state, Struck):
        raise Refused(
            "struck-already",
            "This record was struck as an error; write down anew what took place.",
            "该记录已作废; 请重新登记实际情况。",
        )
    match command, record.said:
        case public.CorrectRequest(), public.RequestSaid():
            return _request(command, record, record.said, ask)
        case public.CorrectService(), public.ServiceSaid():
            return _service(command, record, record.said, ask)
        case public.CorrectVisit(), public.VisitSaid():
            return _visit(command, record, record.said, ask)
        case public.CorrectAttendance(), public.AttendanceSaid():
            return _attendance(command, record, record.said, ask)
        case _:
            raise Refused(
                "another-kind-of-record",
                f"This record is a {record.kind}; it is corrected as one.",
                "该记录属于另一类, 请按其类别更正。",
                allowed=(CORRECTED_BY[record.kind],),
            )


def _amended(command: Any, was: Said) -> tuple[Said, tuple[str, ...]]:
    """What is on record with what is given, and the fields that this changes."""
    given = {f.name: value for f in fields(was) if (value := getattr(command, f.name, None)) is not None}
    changed = {name: value for name, value in given.items() if value != getattr(was, name)}
    return replace(was, **changed), tuple(changed)


def _request(command: public.CorrectRequest, record: RecordFact, was: public.RequestSaid, ask: Ask) -> list[Event]:
    codes.NEED.known(*(command.need_codes or ()), field="need_codes")
    codes.CAME_BY.known(command.came_by, field="came_by")
    codes.REPORTER_KIND.known(command.reporter_kind, field="reporter_kind")
    codes.PLACE_KIND.known(command.place_kind, field="place_kind")
    now, changed = _amended(command, was)
    if not changed or record.matter_id is None:
        return []
    second_person(command.approver, record, ask)
    return [
        public.RequestCorrected(
            record_id=record.record_id,
            corrects=record.record_id,
            request_id=record.about_id,
            matter_id=record.matter_id,
            fields=changed,
            was=was,
            now=now,
            reason_code=command.reason_code,
            approver=command.approver,
        )
    ]


def _service(command: public.CorrectService, record: RecordFact, was: public.ServiceSaid, ask: Ask) -> list[Event]:
    codes.SERVICE_KIND.known(command.kind, field="kind")
    codes.GOAL.known(*(command.goal_codes or ()), field="goal_codes")
    codes.PLACE_KIND.known(command.place_kind, field="place_kind")
    now, changed = _amended(command, was)
    if not changed or record.matter_id is None:
        return []
    if now.started and now.ended and now.ended < now.started:
        raise Refused("ends-before-it-starts", "It ends before it starts.", "结束时间早于开始时间。", field="ended")
    second_person(command.approver, record, ask)
    return [
        public.ServiceCorrected(
            record_id=record.record_id,
            corrects=record.record_id,
            case_id=record.about_id,
            matter_id=record.matter_id,
            fields=changed,
            was=was,
            now=now,
            reason_code=command.reason_code,
            approver=command.approver,
        )
    ]


def _visit(command: public.CorrectVisit, record: RecordFact, was: public.VisitSaid, ask: Ask) -> list[Event]:
    now, changed = _amended(command, was)
    if not changed or record.matter_id is None or record.on is None:
        return []
    second_person(command.approver, record, ask)
    return [
        public.VisitCorrected(
            record_id=record.record_id,
            corrects=record.record_id,
            plan_id=record.about_id,
            matter_id=record.matter_id,
            on=record.on,
            fields=changed,
            was=was,
            now=now,
            reason_code=command.reason_code,
            approver=command.approver,
        )
    ]


def _attendance(
    command: public.CorrectAttendance, record: RecordFact, was: public.AttendanceSaid, ask: Ask
) -> list[Event]:
    codes.GOAL.known(*(command.outcome_codes or ()), field="outcome_codes")
    now, changed = _amended(command, was)
    if not changed or record.person_id is None:
        return []
    second_person(command.approver, record, ask)
    return [
        public.AttendanceCorrected(
            record_id=record.record_id,
            corrects=record.record_id,
            activity_id=record.about_id,
            person_id=record.person_id,
            fields=changed,
            was=was,
            now=now,
            reason_code=command.reason_code,
            matter_id=record.matter_id,
            approver=command.approver,
        )
    ]
