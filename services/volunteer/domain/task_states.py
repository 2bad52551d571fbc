"""The life of a task: its states, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.contracts.codes_volunteer import dispatch_minutes
from services.contracts.volunteer import (
    ArrivalRecorded,
    AssignmentCancelled,
    ClientContacted,
    EmergencyServiceCalled,
    HoursMissed,
    NoShowRecorded,
    TaskAccepted,
    TaskAssigned,
    TaskCancelled,
    TaskCompleted,
    TaskDeclined,
    TaskEnteredInError,
    TaskOffered,
    TaskOpened,
    TaskReassigned,
    TaskUnfilled,
    TaskVerified,
)
from services.contracts.volunteer.words import TaskResult, Urgency
from services.contracts.words import Handoff, Party
from services.volunteer.domain.eligibility import Needs


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a task is about, whatever its state: the matter, who answers for that, what is needed."""

    id: UUID
    matter_id: UUID
    holder: Party
    dispatcher: Party
    headcount: int
    needs: Needs
    urgency: Urgency
    case_id: UUID | None = None
    person_id: UUID | None = None
    owing_hours: tuple[Party, ...] = ()
    called: tuple[str, ...] = ()

    @property
    def slot_start(self) -> datetime | None:
        """When it is to begin; None when that was never said."""
        return self.needs.slot_start


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """The search for people: who was asked, who said no, who said yes."""

    asked: tuple[Party, ...] = ()
    declined: tuple[Party, ...] = ()
    accepted: tuple[Party, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """People are needed, nobody is being asked just now; the dispatcher answers."""

    job: Job
    call: Call = field(default_factory=Call)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """Some are asked; the dispatcher answers."""

    job: Job
    call: Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfilled:
    """Nobody was found in time; the holder of the matter answers, and may still send somebody."""

    job: Job
    call: Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned:
    """These go, and answer for it."""

    job: Job
    assignees: tuple[Party, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OnSite:
    """Some of those who go are there, or all."""

    job: Job
    assignees: tuple[Party, ...]
    arrived: tuple[Party, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """It was done or tried, and waits for somebody else's word."""

    job: Job
    assignees: tuple[Party, ...]
    result: TaskResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """It is so."""

    job: Job
    assignees: tuple[Party, ...]
    result: TaskResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """It was not wanted any more."""

    job: Job


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredInError:
    """It should never have existed."""

    job: Job


State = Opened | Offered | Unfilled | Assigned | OnSite | Completed | Verified | Cancelled | EnteredInError
Event = (
    TaskOpened | TaskOffered | TaskAccepted | TaskDeclined | TaskAssigned | AssignmentCancelled | TaskReassigned
    | TaskUnfilled | ArrivalRecorded | TaskCompleted | TaskVerified | NoShowRecorded | TaskCancelled | ClientContacted
    | HoursMissed | TaskEnteredInError | EmergencyServiceCalled
)  # fmt: skip


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    if isinstance(event, TaskOpened):
        return Opened(job=_job(event))
    return None if state is None else _go_on(state, event)


Searching = TaskOffered | TaskAccepted | TaskDeclined | AssignmentCancelled | NoShowRecorded | TaskUnfilled
Going = TaskAssigned | TaskReassigned | ArrivalRecorded
Noted = TaskOpened | ClientContacted | EmergencyServiceCalled | HoursMissed
Over = TaskCompleted | TaskVerified | TaskCancelled | TaskEnteredInError


def _go_on(state: State, event: Searching | Going | Noted | Over) -> State:
    if isinstance(event, Searching):
        return _search(state, event)
    if isinstance(event, Going):
        return _go(state, event)
    return _note(state, event) if isinstance(event, Noted) else _end(state, event)


def _search(state: State, event: Searching) -> State:
    match event:
        case TaskOffered() | TaskAccepted() | TaskDeclined():
            return _called(state, event)
        case AssignmentCancelled():
            job = replace(state.job, urgency=event.urgency)
            return Opened(job=job, call=Call(declined=(event.assignee,), accepted=event.remaining))
        case NoShowRecorded():
            return Opened(job=state.job, call=Call(declined=(event.assignee,), accepted=event.remaining))
        case TaskUnfilled():
            return Unfilled(job=replace(state.job, holder=event.handoff.takers[0]), call=_call(state))
        case _ as never:
            assert_never(never)


def _go(state: State, event: Going) -> State:
    match event:
        case TaskAssigned():
            return Assigned(job=state.job, assignees=event.assignees)
        case TaskReassigned(on_site=()):
            return Assigned(job=state.job, assignees=event.assignees)
        case TaskReassigned():
            return OnSite(job=state.job, assignees=event.assignees, arrived=event.on_site)
        case ArrivalRecorded():
            return _there(state, event)
        case _ as never:
            assert_never(never)


def _note(state: State, event: Noted) -> State:
    match event:
        case TaskOpened() | ClientContacted():
            return state
        case EmergencyServiceCalled():
            return replace(state, job=replace(state.job, called=(*state.job.called, event.service)))
        case HoursMissed():
            left = without(state.job.owing_hours, f"volunteer:{event.volunteer_id}")
            return replace(state, job=replace(state.job, owing_hours=left))
        case _ as never:
            assert_never(never)


def _end(state: State, event: Over) -> State:
    match event:
        case TaskCompleted():
            return Completed(job=_owing_hours(state.job, event), assignees=event.assignees, result=event.result)
        case TaskVerified():
            return Verified(job=state.job, assignees=assignees_of(state), result=event.result)
        case TaskCancelled():
            return Cancelled(job=state.job)
        case TaskEnteredInError():
            return EnteredInError(job=state.job)
        case _ as never:
            assert_never(never)


def _job(event: TaskOpened) -> Job:
    needs = Needs(
        skills=event.skills, demands=event.demands, risk=event.risk, with_minor=event.with_minor,
        slot_start=event.slot_start, slot_end=event.slot_end,
    )  # fmt: skip
    return Job(
        id=event.handoff.need_id or event.matter_id, matter_id=event.matter_id, holder=event.holder,
        dispatcher=event.dispatcher, headcount=event.headcount, needs=needs, urgency=event.urgency,
        case_id=event.case_id, person_id=event.person_id,
    )  # fmt: skip


def _there(state: State, event: ArrivalRecorded) -> State:
    before = state.arrived if isinstance(state, OnSite) else ()
    arrived = (*without(before, *event.assignees), *event.assignees)
    return OnSite(job=state.job, assignees=assignees_of(state) or event.assignees, arrived=arrived)


def _called(state: State, event: TaskOffered | TaskAccepted | TaskDeclined) -> State:
    call, who = _call(state), event.assignee
    rest = Call(
        asked=without(call.asked, who), declined=without(call.declined, who), accepted=without(call.accepted, who)
    )
    match event:
        case TaskOffered():
            call = replace(rest, asked=(*rest.asked, who))
        case TaskAccepted():
            call = replace(rest, accepted=(*rest.accepted, who))
        case TaskDeclined():
            call = replace(rest, declined=(*rest.declined, who))
        case _ as never:
            assert_never(never)
    if isinstance(state, Unfilled):
        return Unfilled(job=state.job, call=call)
    return Offered(job=state.job, call=call) if call.asked else Opened(job=state.job, call=call)


def _call(state: State) -> Call:
    return state.call if isinstance(state, Opened | Offered | Unfilled) else Call()


def _owing_hours(job: Job, event: TaskCompleted) -> Job:
    owing = event.assignees if event.record_by else ()
    return replace(job, owing_hours=tuple(party for party in owing if party.startswith("volunteer:")))


def without(parties: tuple[Party, ...], *gone: Party) -> tuple[Party, ...]:
    """The others, in their order."""
    return tuple(party for party in parties if party not in gone)


def assignees_of(state: State) -> tuple[Party, ...]:
    """Those who go or went; nobody before a task is assigned."""
    return state.assignees if isinstance(state, Assigned | OnSite | Completed | Verified) else ()


def owner_of(state: State) -> Party:
    """Who answers for the need: the one named first answers for those who go together."""
    match state:
        case Opened() | Offered():
            return state.job.dispatcher
        case Assigned() | OnSite() | Completed():
            return state.assignees[0] if state.assignees else state.job.dispatcher
        case Unfilled() | Verified() | Cancelled() | EnteredInError():
            return state.job.holder
        case _ as never:
            assert_never(never)


def search_ends(slot_start: datetime | None, now: datetime, urgency: Urgency) -> datetime | None:
    """When the holder takes over if nobody is found: some time before the slot, but not before anybody could answer.

    An emergency waits for no slot and no queue (INV-42).
    """
    if urgency == "emergency":
        return now + dispatch_minutes("emergency")
    if slot_start is None:
        return None
    return max(slot_start - dispatch_minutes("unfilled"), now + dispatch_minutes("answer"))


def search_ends_again(job: Job, now: datetime) -> datetime | None:
    """When the holder takes over after somebody could not come: at its time before the slot, or at once if that is past.

    The client does not wait while others think it over (H5).
    """
    if job.slot_start is None or job.urgency == "emergency":
        return search_ends(job.slot_start, now, job.urgency)
    return max(job.slot_start - dispatch_minutes("unfilled"), now)


def taken(state: State, by: tuple[Party, ...]) -> Handoff:
    """These take the need from whoever answered for it."""
    job = state.job
    return Handoff(act="taken", matter_id=job.matter_id, need_id=job.id, giver=owner_of(state), takers=by)


def returned(state: State, to: Party, giver: Party | None = None) -> Handoff:
    """The need goes back."""
    job = state.job
    return Handoff(
        act="returned", matter_id=job.matter_id, need_id=job.id, giver=giver or owner_of(state), takers=(to,)
    )
