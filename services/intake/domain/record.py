"""A record: what was written down once is corrected, struck, moved or reviewed by acts of its own, and never changed.

Three acts, three meanings (H9): a *correction* says that a field was wrong, *entered in error* that the record should not
exist, *moving* that what was told is about somebody else. Where the matter is closed or its month is over, and may have
been reported, a second person approves (INV-31). Money is reversed where it is paid, in the referral service.
"""

from __future__ import annotations

from services.contracts import codes
from services.contracts import codes_record as words
from services.contracts import intake as public
from services.contracts.tables import dated
from services.intake.domain.known import known
from services.intake.domain.record_corrections import Correction, correct
from services.intake.domain.record_facts import RecordFact
from services.intake.domain.record_state import (
    CORRECTED_BY,
    Event,
    Standing,
    State,
    Struck,
    evolve,
    on_record,
    second_person,
)
from services.intake.domain.rules import two_persons
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = (
    Correction
    | public.MarkRecordEnteredInError
    | public.MoveNote
    | public.ConfirmRekeying
    | public.FlagRecord
    | public.ReviewRecord
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of a record."""
    now = state or Standing()
    match command:
        case public.MarkRecordEnteredInError():
            return strike(command, now, ask)
        case public.MoveNote():
            return move(command, now, ask)
        case public.ConfirmRekeying():
            return rekeyed(command, now, ask)
        case public.FlagRecord():
            return flag(command, now, ask)
        case public.ReviewRecord():
            return review(command, now, ask)
        case _:
            return correct(command, now, ask)


# --- it should not exist ----------------------------------------------------------------------------------------------


def strike(command: public.MarkRecordEnteredInError, state: State, ask: Ask) -> list[Event]:
    """It counts no more, and stays readable. What a whole request or case rests on is struck there."""
    codes.REASON.known(command.reason_code, field="reason_code")
    record = on_record(ask)
    if isinstance(state, Struck):
        return []
    if record.kind in ("request", "note"):
        raise Refused(
            "struck-as-a-whole",
            "This is part of a request or case: mark that as entered in error, correct it, or move what was told.",
            "该记录属于求助或个案本身: 请标记其误录、更正, 或将内容改归他人。",
            allowed=("mark-help-request-entered-in-error", "mark-case-entered-in-error", "move-note"),
        )
    second_person(command.approver, record, ask)
    said = record.said
    return [
        public.RecordEnteredInError(
            record_id=record.record_id,
            corrects=record.record_id,
            kind=record.kind,
            about_id=record.about_id,
            reason_code=command.reason_code,
            matter_id=record.matter_id,
            person_id=record.person_id,
            case_id=record.case_id,
            on=record.on,
            mode=said.mode if isinstance(said, public.VisitSaid) else None,
            late=record.late,
            last_on=record.last_on,
            approver=command.approver,
        )
    ]


# --- it is about somebody else ----------------------------------------------------------------------------------------


def move(command: public.MoveNote, state: State, ask: Ask) -> list[Event]:
    """What was told of the wrong person goes under the right one's key; two persons say so, always (H9)."""
    codes.REASON.known(command.reason_code, field="reason_code")
    record = on_record(ask)
    if state.moved_to == command.to_person_id:
        return []
    if not record.sealed:
        raise Refused("nothing-told", "Nothing was told in this record.", "该记录没有叙述内容。",
                      allowed=(CORRECTED_BY[record.kind],) if record.said else ())  # fmt: skip
    _to_somebody_else(command, record, ask)
    two_persons(ask, command.approver)
    return [
        public.NoteMoved(
            record_id=record.record_id,
            corrects=record.record_id,
            to_person_id=command.to_person_id,
            moved=record.sealed,
            reason_code=command.reason_code,
            to_case_id=command.to_case_id,
            matter_id=record.matter_id,
            person_id=record.person_id,
            approver=command.approver,
        )
    ]


def _to_somebody_else(command: public.MoveNote, record: RecordFact, ask: Ask) -> None:
    right = known(ask).person
    if command.to_person_id == record.person_id:
        raise Refused("same-person", "It is this person's already.", "该内容已归此人。", field="to_person_id")
    if right is None or right.gone:
        raise Refused(
            "no-such-person",
            "The right person is not registered, or that person's data were erased.",
            "正确的服务对象尚未建档, 或其信息已删除。",
            allowed=("register-person",),
            field="to_person_id",
        )
    if command.to_case_id is not None and not any(case.case_id == command.to_case_id for case in known(ask).cases):
        raise Refused(
            "no-such-case", "The right person has no such case.", "正确的服务对象没有该个案。", field="to_case_id"
        )


def rekeyed(command: public.ConfirmRekeying, state: State, ask: Ask) -> list[Event]:
    """It lies under the right key now."""
    if state.moved_to is None or state.rekeyed:
        return []
    record = on_record(ask)
    return [
        public.NoteRekeyed(
            record_id=record.record_id,
            to_person_id=state.moved_to,
            values=command.values,
            matter_id=record.matter_id,
        )
    ]


# --- somebody is to look ----------------------------------------------------------------------------------------------


def flag(command: public.FlagRecord, state: State, ask: Ask) -> list[Event]:
    """Ask for a look; the record counts as before (H6)."""
    words.REVIEW_REASON.known(command.reason_code, field="reason_code")
    record = on_record(ask)
    if isinstance(state, Struck) or state.flagged is not None:
        return []
    return [
        public.RecordFlagged(
            record_id=record.record_id, kind=record.kind, reason_code=command.reason_code, matter_id=record.matter_id
        )
    ]


def review(command: public.ReviewRecord, state: State, ask: Ask) -> list[Event]:
    """Somebody has looked, and it stands."""
    words.REVIEW_REASON.known(command.reason_code, field="reason_code")
    record = on_record(ask)
    if isinstance(state, Struck) or state.flagged is None:
        return []
    return [
        public.RecordReviewed(record_id=record.record_id, reason_code=command.reason_code, matter_id=record.matter_id)
    ]


DECIDER = Decider(name="record", decide=dated(decide), evolve=evolve, events=Event, states=State)
