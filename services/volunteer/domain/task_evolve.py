"""What each event makes of a task. It never refuses: it has happened."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from services.contracts import volunteer as public
from services.contracts.clocks import STILL, clock_of
from services.volunteer.domain.eligibility import Needs
from services.volunteer.domain.task_states import (
    LEVELS,
    Assigned,
    Call,
    Cancelled,
    Completed,
    EnteredInError,
    Event,
    Going,
    Job,
    Late,
    Noted,
    Offered,
    OnSite,
    Opened,
    Over,
    Searching,
    State,
    Told,
    Unfilled,
    Verified,
    Waving,
    assignees_of,
    without,
)


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    if isinstance(event, public.TaskOpened):
        return Opened(job=_job(event))
    return None if state is None else _go_on(state, event)


def _go_on(state: State, event: Event) -> State:
    if isinstance(event, Searching):
        return _search(state, event)
    if isinstance(event, Waving):
        return _wave(state, event)
    if isinstance(event, Told):
        return _told(state, event)
    if isinstance(event, Going):
        return _go(state, event)
    if isinstance(event, Late):
        return _late(state, event)
    return _note(state, event) if isinstance(event, Noted) else _end(state, event)


def _search(state: State, event: Searching) -> State:
    match event:
        case public.TaskOffered() | public.TaskAccepted() | public.TaskDeclined():
            return _called(state, event)
        case public.AssignmentCancelled():
            job = replace(state.job, urgency=event.urgency)
            return Opened(job=job, call=Call(declined=(event.assignee,), accepted=event.remaining))
        case public.NoShowRecorded():
            return Opened(job=state.job, call=Call(declined=(event.assignee,), accepted=event.remaining))
        case public.TaskUnfilled():
            job = replace(state.job, holder=event.handoff.takers[0])
            return Unfilled(job=job, call=replace(_call(state), members=(), expires_at=None, opens_at=None))
        case _ as never:
            assert_never(never)


def _wave(state: State, event: Waving) -> State:
    """What waves make of the search; of a task that looks for nobody, nothing."""
    if not isinstance(state, Opened | Offered | Unfilled):
        return state
    call = state.call
    match event:
        case public.WaveOpened():
            members = tuple(one.party for one in event.invited)
            call = replace(call, wave=event.wave, members=members, expires_at=event.expires_at, opens_at=None)
        case public.WaveScheduled():
            call = replace(call, opens_at=event.at)
        case public.WaveExpired():
            call = _expired(call, event)
        case public.TaskEscalated():
            call = replace(call, level=LEVELS.index(event.level) + 1)
        case _ as never:
            assert_never(never)
    if isinstance(state, Unfilled):
        return Unfilled(job=state.job, call=call)
    return Offered(job=state.job, call=call) if call.asked else Opened(job=state.job, call=call)


def _expired(call: Call, event: public.WaveExpired) -> Call:
    """The silent are asked no longer; a wave of which nobody has said yes was empty."""
    empty = 0 if set(call.members) & set(call.accepted) else call.empty + 1
    asked = without(call.asked, *event.silent)
    silent = (*without(call.silent, *event.silent), *event.silent)
    return replace(call, asked=asked, silent=silent, members=(), expires_at=None, empty=empty)


def _told(state: State, event: Told) -> State:
    if not isinstance(state, Assigned | OnSite):
        return state
    match event:
        case public.OffersSuperseded():
            return replace(state, late=(*state.late, *event.assignees))
        case public.AcceptedInVain():
            return replace(state, late=without(state.late, event.assignee), thanked=(*state.thanked, event.assignee))
        case public.SuggestionOverridden():
            return state
        case _ as never:
            assert_never(never)


def _go(state: State, event: Going) -> State:
    match event:
        case public.TaskAssigned():
            silent = state.call.silent if isinstance(state, Opened | Offered | Unfilled) else ()
            return Assigned(job=state.job, assignees=event.assignees, late=without(silent, *event.assignees))
        case public.TaskReassigned(on_site=()):
            return Assigned(job=state.job, assignees=event.assignees)
        case public.TaskReassigned():
            return OnSite(job=state.job, assignees=event.assignees, arrived=event.on_site)
        case public.ArrivalRecorded():
            return _there(state, event)
        case _ as never:
            assert_never(never)


def _note(state: State, event: Noted) -> State:
    match event:
        case public.TaskOpened() | public.ClientContacted():
            return state
        case public.EmergencyServiceCalled():
            return replace(state, job=replace(state.job, called=(*state.job.called, event.service)))
        case public.HoursMissed():
            left = without(state.job.owing_hours, f"volunteer:{event.volunteer_id}")
            return replace(state, job=replace(state.job, owing_hours=left))
        case _ as never:
            assert_never(never)


def _late(state: State, event: Late) -> State:
    if not isinstance(state, Completed):
        return state
    reminded = isinstance(event, public.VerificationReminded)
    return replace(state, clock=state.clock.reminded() if reminded else STILL)


def _end(state: State, event: Over) -> State:
    match event:
        case public.TaskCompleted():
            job, clock = _owing_hours(state.job, event), clock_of(event.wait)
            return Completed(job=job, assignees=event.assignees, result=event.result, clock=clock)
        case public.TaskVerified():
            return Verified(job=state.job, assignees=assignees_of(state), result=event.result)
        case public.TaskCancelled():
            return Cancelled(job=state.job)
        case public.TaskEnteredInError():
            return EnteredInError(job=state.job)
        case _ as never:
            assert_never(never)


def _job(event: public.TaskOpened) -> Job:
    needs = Needs(
        skills=event.skills, demands=event.demands, risk=event.risk, with_minor=event.with_minor,
        slot_start=event.slot_start, slot_end=event.slot_end,
    )  # fmt: skip
    return Job(
        id=event.handoff.need_id or event.matter_id, matter_id=event.matter_id, holder=event.holder,
        dispatcher=event.dispatcher, headcount=event.headcount, needs=needs, urgency=event.urgency,
        case_id=event.case_id, person_id=event.person_id, area=event.area,
    )  # fmt: skip


def _there(state: State, event: public.ArrivalRecorded) -> State:
    before = state.arrived if isinstance(state, OnSite) else ()
    arrived = (*without(before, *event.assignees), *event.assignees)
    late, thanked = (state.late, state.thanked) if isinstance(state, Assigned | OnSite) else ((), ())
    going = assignees_of(state) or event.assignees
    return OnSite(job=state.job, assignees=going, arrived=arrived, late=late, thanked=thanked)


def _called(state: State, event: public.TaskOffered | public.TaskAccepted | public.TaskDeclined) -> State:
    call, who = _call(state), event.assignee
    rest = replace(
        call, asked=without(call.asked, who), declined=without(call.declined, who),
        accepted=without(call.accepted, who), silent=without(call.silent, who),
    )  # fmt: skip
    match event:
        case public.TaskOffered():
            call = replace(rest, asked=(*rest.asked, who))
        case public.TaskAccepted():
            call = replace(rest, accepted=(*rest.accepted, who))
        case public.TaskDeclined():
            call = replace(rest, declined=(*rest.declined, who))
        case _ as never:
            assert_never(never)
    if isinstance(state, Unfilled):
        return Unfilled(job=state.job, call=call)
    return Offered(job=state.job, call=call) if call.asked else Opened(job=state.job, call=call)


def _call(state: State) -> Call:
    return state.call if isinstance(state, Opened | Offered | Unfilled) else Call()


def _owing_hours(job: Job, event: public.TaskCompleted) -> Job:
    owing = event.assignees if event.record_by else ()
    return replace(job, owing_hours=tuple(party for party in owing if party.startswith("volunteer:")))
