"""What a record remembers: struck or not, to be looked at or not, whose it is; and what asks for a second person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public
from services.intake.domain.known import known
from services.intake.domain.record_facts import RecordFact
from services.intake.domain.rules import today, two_persons
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Event = (
    public.RequestCorrected
    | public.ServiceCorrected
    | public.VisitCorrected
    | public.AttendanceCorrected
    | public.RecordEnteredInError
    | public.NoteMoved
    | public.NoteRekeyed
    | public.RecordFlagged
    | public.RecordReviewed
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """It stands, perhaps corrected, perhaps to be looked at; its note may have gone to somebody else."""

    flagged: str | None = None
    moved_to: UUID | None = None
    rekeyed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck:
    """It should never have existed; its note may have gone to somebody else."""

    reason_code: str
    moved_to: UUID | None = None
    rekeyed: bool = False


State = Standing | Struck

CORRECTED_BY: dict[public.RecordKind, str] = {
    "request": "correct-request",
    "service": "correct-service",
    "visit": "correct-visit",
    "attendance": "correct-attendance",
    "note": "move-note",
}
"""How a record of each kind is put right."""


def on_record(ask: Ask) -> RecordFact:
    """The record, as intake has it."""
    record = known(ask).record
    if record is None:
        raise NotFound("no such record")
    return record


def second_person(approver: str | None, record: RecordFact, ask: Ask) -> None:
    """Whatever is closed, or may have been reported, is not changed by one person alone (INV-31)."""
    if approver is not None:
        two_persons(ask, approver)
        return
    day = today(ask)
    past = record.on is not None and (record.on.year, record.on.month) < (day.year, day.month)
    if record.closed or past:
        raise Refused(
            "second-person-needed",
            "The matter is closed, or its month is over: somebody else must approve.",
            "事项已办结或所属月份已过, 须由另一人批准。",
            field="approver",
        )


def evolve(state: State | None, event: Event) -> State:
    """The record after this event."""
    now = state or Standing()
    match event:
        case public.RecordEnteredInError():
            return Struck(reason_code=event.reason_code, moved_to=now.moved_to, rekeyed=now.rekeyed)
        case public.NoteMoved():
            return replace(now, moved_to=event.to_person_id, rekeyed=False)
        case public.NoteRekeyed():
            return replace(now, rekeyed=True)
        case public.RecordFlagged():
            return replace(now, flagged=event.reason_code) if isinstance(now, Standing) else now
        case public.RecordReviewed():
            return replace(now, flagged=None) if isinstance(now, Standing) else now
        case (
            public.RequestCorrected()
            | public.ServiceCorrected()
            | public.VisitCorrected()
            | public.AttendanceCorrected()
        ):
            return now
        case _:
            assert_never(event)
