"""Service hours: what one volunteer actually gave in one activity, recorded, confirmed, corrected in the open (令67号)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from services.contracts.clocks import STILL, Clock, clock_of
from services.contracts.codes_times import wait
from services.contracts.tables import dated
from services.contracts.volunteer import (
    ConfirmHours,
    CorrectHours,
    EscalateHoursAnswer,
    HoursAnswerOverdue,
    HoursAnswerReminded,
    QuestionHours,
    RateService,
    RecordHours,
    RemindHoursAnswer,
    ServiceHoursConfirmed,
    ServiceHoursCorrected,
    ServiceHoursQuestioned,
    ServiceHoursRecorded,
    ServiceHoursUpheld,
    ServiceHoursVoided,
    ServiceQualityRated,
    UpholdHours,
    VoidHours,
)
from services.contracts.words import Party
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.hours_rules import (
    must_be_organizer,
    must_be_true_time,
    must_be_volunteering,
    must_fit_beside_others,
    span_of,
)
from services.volunteer.domain.known import HoursKnown, Stretch
from services.volunteer.domain.refusing import must_be_own, not_now


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What the record says now."""

    volunteer_id: UUID
    organizer: Party
    day: date
    record_by: date
    minutes: int
    activity: str | None = None
    task_id: UUID | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    questioned: bool = False
    score: int | None = None
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    """Written down; it does not count yet."""

    record: Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmed:
    """The organizing unit stands by it; it counts."""

    record: Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Voided:
    """It counts no more."""

    record: Record


State = Recorded | Confirmed | Voided
Later = ConfirmHours | QuestionHours | UpholdHours | CorrectHours | VoidHours | RateService
Clocked = RemindHoursAnswer | EscalateHoursAnswer
Command = RecordHours | Later | Clocked
Event = (
    ServiceHoursRecorded | ServiceHoursConfirmed | ServiceHoursQuestioned | ServiceHoursUpheld | ServiceHoursCorrected
    | ServiceHoursVoided | ServiceQualityRated | HoursAnswerReminded | HoursAnswerOverdue
)  # fmt: skip

ALLOWED: dict[type, tuple[str, ...]] = {
    Recorded: ("confirm-hours", "question-hours", "uphold-hours", "correct-hours", "void-hours"),
    Confirmed: ("question-hours", "uphold-hours", "correct-hours", "void-hours", "rate-service"),
    Voided: (),
}


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows from this command."""
    if isinstance(command, RecordHours):
        return record_hours(command, state, ask)
    if isinstance(command, Clocked):
        return ring(command, state, ask)
    if isinstance(state, Voided) and isinstance(command, VoidHours):
        return []
    if not isinstance(state, Recorded | Confirmed):
        raise not_now("record", "时长记录", state, ALLOWED)
    match command:
        case ConfirmHours():
            return confirm(state, ask)
        case QuestionHours():
            return question(command, state, ask)
        case UpholdHours():
            return uphold(command, state, ask)
        case CorrectHours():
            return correct(command, state, ask)
        case VoidHours():
            return void(command, state, ask)
        case RateService():
            return rate(command, state, ask)
        case _ as never:
            assert_never(never)


def record_hours(command: RecordHours, state: State | None, ask: Ask) -> list[Event]:
    """Actual time, no duty, no overlap; a record after the tenth working day is late and valid (INV-17 to 19)."""
    if state is not None:
        return []
    must_be_own(ask, command.volunteer_id)
    facts = _facts(ask)
    must_be_true_time(command.day, command.minutes, command.began_at, command.ended_at, ask.now)
    must_be_volunteering(command, facts)
    must_fit_beside_others(_stretch(command), facts)
    recorded = ServiceHoursRecorded(
        volunteer_id=command.volunteer_id, matter_id=facts.matter_id, task_id=command.task_id,
        pairing_id=command.pairing_id, activity=command.activity, day=command.day, minutes=command.minutes,
        began_at=command.began_at, ended_at=command.ended_at, place_area=command.place_area,
        content_code=command.content_code, organizer=command.organizer, lead=command.lead, record_by=facts.record_by,
        late=day_of(ask.now) > facts.record_by, paper_ref=command.paper_ref, sealed=ask.sealed,
    )  # fmt: skip
    return [recorded]


def confirm(state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The organizing unit stands by the record; who gave the hours does not confirm them."""
    if isinstance(state, Confirmed):
        return []
    record = state.record
    must_be_organizer(record.organizer, record.volunteer_id, ask)
    confirmed = ServiceHoursConfirmed(
        volunteer_id=record.volunteer_id, task_id=record.task_id, minutes=record.minutes, organizer=record.organizer,
        late=day_of(ask.now) > record.record_by,
    )  # fmt: skip
    return [confirmed]


def question(command: QuestionHours, state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The volunteer asks for a correction; the unit owes an answer (INV-20)."""
    record = state.record
    must_be_own(ask, record.volunteer_id)
    if record.questioned:
        return []
    asked = ServiceHoursQuestioned(
        volunteer_id=record.volunteer_id, reason_code=command.reason_code, minutes=command.minutes,
        wait=wait("hours-answer", ask.happened_at, ask.now),
    )  # fmt: skip
    return [asked]


def ring(command: Clocked, state: State | None, ask: Ask) -> list[Event]:
    """The unit is reminded of the answer that it owes, and when the time is over its head is told (INV-20)."""
    if not isinstance(state, Recorded | Confirmed):
        return []
    record = state.record
    if isinstance(command, RemindHoursAnswer):
        reminded = HoursAnswerReminded(volunteer_id=record.volunteer_id, organizer=record.organizer)
        return [reminded] if record.clock.reminds(ask.now) else []
    late = HoursAnswerOverdue(volunteer_id=record.volunteer_id, organizer=record.organizer)
    return [late] if record.clock.is_late(ask.now) else []


def uphold(command: UpholdHours, state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The unit answers that the record is right."""
    record = state.record
    must_be_organizer(record.organizer, record.volunteer_id, ask)
    if not record.questioned:
        return []
    return [ServiceHoursUpheld(volunteer_id=record.volunteer_id, reason_code=command.reason_code)]


def correct(command: CorrectHours, state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The unit corrects; the old value stays in the event (H9, INV-20)."""
    record = state.record
    must_be_organizer(record.organizer, record.volunteer_id, ask)
    began, ended = command.began_at or record.began_at, command.ended_at or record.ended_at
    if (command.minutes, began, ended) == (record.minutes, record.began_at, record.ended_at):
        return []
    must_be_true_time(record.day, command.minutes, began, ended, ask.now)
    changed = replace(record, minutes=command.minutes, began_at=began, ended_at=ended)
    must_fit_beside_others(_stretch(changed), _facts(ask))
    corrected = ServiceHoursCorrected(
        volunteer_id=record.volunteer_id, counted=isinstance(state, Confirmed), minutes_before=record.minutes,
        minutes_after=command.minutes,
        began_at=began, ended_at=ended, reason_code=command.reason_code,
    )  # fmt: skip
    return [corrected]


def void(command: VoidHours, state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The record counts no more."""
    record = state.record
    must_be_organizer(record.organizer, record.volunteer_id, ask)
    voided = ServiceHoursVoided(
        volunteer_id=record.volunteer_id, task_id=record.task_id, counted=isinstance(state, Confirmed),
        minutes_before=record.minutes,
        reason_code=command.reason_code,
    )  # fmt: skip
    return [voided]


def rate(command: RateService, state: Recorded | Confirmed, ask: Ask) -> list[Event]:
    """The unit rates what it has confirmed, with the day; later than ten working days is late and valid (INV-19)."""
    record = state.record
    must_be_organizer(record.organizer, record.volunteer_id, ask)
    if not isinstance(state, Confirmed):
        raise not_now("record", "时长记录", state, ALLOWED)
    if record.score == command.score:
        return []
    rated_on = day_of(ask.happened_at)
    rated = ServiceQualityRated(
        volunteer_id=record.volunteer_id, score=command.score, by=record.organizer, rated_on=rated_on,
        late=day_of(ask.now) > record.record_by,
    )  # fmt: skip
    return [rated]


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    if isinstance(event, ServiceHoursRecorded):
        return Recorded(record=Record(
            volunteer_id=event.volunteer_id, organizer=event.organizer, day=event.day, record_by=event.record_by,
            minutes=event.minutes, activity=event.activity, task_id=event.task_id, began_at=event.began_at,
            ended_at=event.ended_at,
        ))  # fmt: skip
    return None if state is None else _go_on(state, event)


def _go_on(state: State, event: Event) -> State:
    match event:
        case ServiceHoursConfirmed():
            return Confirmed(record=state.record)
        case ServiceHoursVoided():
            return Voided(record=state.record)
        case ServiceHoursQuestioned():
            return replace(state, record=replace(state.record, questioned=True, clock=clock_of(event.wait)))
        case ServiceHoursUpheld():
            return replace(state, record=replace(state.record, questioned=False, clock=STILL))
        case HoursAnswerReminded():
            return replace(state, record=replace(state.record, clock=state.record.clock.reminded()))
        case HoursAnswerOverdue():
            return replace(state, record=replace(state.record, clock=STILL))
        case ServiceHoursCorrected():
            changed = replace(
                state.record, minutes=event.minutes_after, began_at=event.began_at, ended_at=event.ended_at,
                questioned=False, clock=STILL,
            )  # fmt: skip
            return replace(state, record=changed)
        case ServiceQualityRated():
            return replace(state, record=replace(state.record, score=event.score))
        case ServiceHoursRecorded():
            return state
        case _ as never:
            assert_never(never)


def _stretch(given: RecordHours | Record) -> Stretch:
    return Stretch(
        day=given.day, minutes=given.minutes, span=span_of(given.began_at, given.ended_at, given.minutes),
        task_id=given.task_id, activity=given.activity,
    )  # fmt: skip


def _facts(ask: Ask) -> HoursKnown:
    if isinstance(ask.facts, HoursKnown):
        return ask.facts
    raise Refused("volunteer-unknown", "There is no such volunteer.", "没有这名志愿者。", field="volunteer_id")


DECIDER = Decider(name="service-hours", decide=dated(decide), evolve=evolve, events=Event, states=State)
