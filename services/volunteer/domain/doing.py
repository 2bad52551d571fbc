"""Doing a task: those who go, what goes wrong on the way, the result, and whose word makes it true."""

from __future__ import annotations

from datetime import timedelta

from services.contracts.codes_volunteer import GRACE_MINUTES, NEXT_CANDIDATES, SHORT_NOTICE_MINUTES
from services.contracts.volunteer import (
    ArrivalRecorded,
    AssignmentCancelled,
    CancelAssignment,
    CancelTask,
    ClientContacted,
    CompleteTask,
    ContactClient,
    HoursMissed,
    NoShowRecorded,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    RemindOfHours,
    TaskCancelled,
    TaskCompleted,
    TaskOffered,
    TaskReassigned,
    TaskVerified,
    VerifyTask,
)
from services.contracts.volunteer.words import Urgency
from services.contracts.words import Handoff, Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.calling import cannot
from services.volunteer.domain.eligibility import faults, must_be_fit
from services.volunteer.domain.known import known
from services.volunteer.domain.refusing import must_be_of, unknown
from services.volunteer.domain.task_states import (
    Assigned,
    Cancelled,
    Completed,
    Event,
    Job,
    Offered,
    OnSite,
    Opened,
    State,
    Unfilled,
    Verified,
    assignees_of,
    owner_of,
    returned,
    search_ends,
    taken,
    without,
)

RAISED: dict[Urgency, Urgency] = {"low": "normal", "normal": "urgent", "urgent": "urgent", "emergency": "emergency"}


def cancel_assignment(command: CancelAssignment, state: State | None, ask: Ask) -> list[Event]:
    """One cannot come: the dispatcher answers again in the same instant, and the next ones are asked at once (H5)."""
    who = command.assignee
    if not isinstance(state, Assigned):
        raise cannot(state)
    _must_be_among(who, state)
    if ask.actor.role == "volunteer" and who != f"volunteer:{ask.actor.id}":
        raise Refused("not-yours", "You can cancel your own coming alone.", "只能取消本人的指派。")
    must_be_of(ask, who, *known(ask).person(who).teams)
    job, notice = state.job, _notice(state.job, ask)
    short = notice is None or notice <= SHORT_NOTICE_MINUTES
    cancelled = AssignmentCancelled(
        matter_id=job.matter_id, assignee=who, notice_minutes=notice, reason_code=command.reason_code,
        by="assignee" if ask.actor.role == "volunteer" or ask.behalf else "dispatcher",
        remaining=without(state.assignees, who), urgency=RAISED[job.urgency] if short else job.urgency,
        unfilled_at=search_ends(job.slot_start, ask.now), handoff=returned(state, job.dispatcher, who),
    )  # fmt: skip
    return [cancelled, *_asking_others(state, ask)]


def reassign_task(command: ReassignTask, state: State | None, ask: Ask) -> list[Event]:
    """Some go instead of others; the need passes directly from the ones to the others."""
    if not isinstance(state, Assigned):
        raise cannot(state)
    leaving = tuple(dict.fromkeys(command.leaving))
    joining = without(tuple(dict.fromkeys(command.joining)), *state.assignees)
    for who in leaving:
        _must_be_among(who, state)
    if len(joining) != len(leaving):
        raise Refused("one-for-one", "As many come as leave.", "替换人数须与离开人数相同。", field="joining")
    for who in joining:
        must_be_fit(known(ask).person(who), state.job.needs, ask.happened_at)
    going = (*without(state.assignees, *leaving), *joining)
    reassigned = TaskReassigned(
        matter_id=state.job.matter_id, leaving=leaving, joining=joining, assignees=going,
        reason_code=command.reason_code, handoff=taken(state, going),
    )  # fmt: skip
    return [reassigned]


def record_arrival(command: RecordArrival, state: State | None, ask: Ask) -> list[Event]:
    """They are there."""
    match state:
        case Assigned():
            _must_go(state, ask)
            return [ArrivalRecorded(matter_id=state.job.matter_id, assignees=state.assignees, method=command.method)]
        case OnSite():
            return []
        case _:
            raise cannot(state)


def complete_task(command: CompleteTask, state: State | None, ask: Ask) -> list[Event]:
    """It was done or tried. Times that are not known stay unknown."""
    if isinstance(state, Completed | Verified):
        return []
    if not isinstance(state, Assigned | OnSite):
        raise cannot(state)
    _must_go(state, ask)
    began, ended = command.began_at, command.ended_at
    if (began and ended and ended < began) or (ended and ended > ask.now):
        raise Refused("times-wrong", "It ended after it began, and not in the future.", "结束时间须晚于开始且不在将来。",
                      field="ended_at")  # fmt: skip
    job, went = state.job, state.assignees
    by_volunteers = any(who.startswith("volunteer:") for who in went)
    completed = TaskCompleted(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, assignees=went, result=command.result,
        finding_codes=command.finding_codes, action_codes=command.action_codes, began_at=began, ended_at=ended,
        record_by=known(ask).record_by if by_volunteers else None, sealed=ask.sealed,
    )  # fmt: skip
    return [completed]


def verify_task(command: VerifyTask, state: State | None, ask: Ask) -> list[Event]:
    """The client's word, or that of a coordinator who did not go; then the need is back with the holder (INV-28)."""
    if isinstance(state, Verified):
        return []
    if not isinstance(state, Completed):
        raise cannot(state)
    if command.by == "coordinator" and {f"worker:{ask.actor.id}", f"volunteer:{ask.actor.id}"} & set(state.assignees):
        raise Refused("own-work", "Somebody else verifies what you did.", "不能核实自己完成的任务。")
    job = state.job
    handoff = Handoff(
        act="released", matter_id=job.matter_id, need_id=job.id, giver=owner_of(state), takers=(job.holder,)
    )
    verified = TaskVerified(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, result=state.result, by=command.by,
        on_site=command.on_site, handoff=handoff,
    )  # fmt: skip
    return [verified]


def record_no_show(command: RecordNoShow, state: State | None, ask: Ask) -> list[Event]:
    """One did not come; the dispatcher answers again, and the next ones are asked at once."""
    if not isinstance(state, Assigned):
        raise cannot(state)
    _must_be_among(command.assignee, state)
    job, who = state.job, command.assignee
    if job.slot_start and ask.happened_at < job.slot_start + timedelta(minutes=GRACE_MINUTES):
        raise Refused("too-early", "The time of grace is not over.", "尚在等候时间内。")
    missed = NoShowRecorded(
        matter_id=job.matter_id, assignee=who, remaining=without(state.assignees, who),
        unfilled_at=search_ends(job.slot_start, ask.now), handoff=returned(state, job.dispatcher, who),
    )  # fmt: skip
    return [missed, *_asking_others(state, ask)]


def cancel_task(command: CancelTask, state: State | None) -> list[Event]:
    """Not wanted any more; what was done before stays as it is."""
    if isinstance(state, Cancelled):
        return []
    if not isinstance(state, Opened | Offered | Unfilled | Assigned | OnSite):
        raise cannot(state)
    job = state.job
    cancelled = TaskCancelled(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, by=command.by,
        reason_code=command.reason_code, assignees=assignees_of(state), handoff=returned(state, job.holder),
    )  # fmt: skip
    return [cancelled]


def contact_client(command: ContactClient, state: State | None) -> list[Event]:
    """The client was told, or was not reached; every attempt counts."""
    if state is None:
        raise unknown("task", "任务")
    return [ClientContacted(matter_id=state.job.matter_id, mode=command.mode, result=command.result)]


def remind_of_hours(command: RemindOfHours, state: State | None) -> list[Event]:
    """The days for recording this volunteer's hours are over."""
    if state is None:
        raise unknown("task", "任务")
    if f"volunteer:{command.volunteer_id}" not in state.job.owing_hours:
        return []
    return [HoursMissed(matter_id=state.job.matter_id, volunteer_id=command.volunteer_id)]


def _must_be_among(who: Party, state: Assigned) -> None:
    if who not in state.assignees:
        raise Refused("not-assigned", "This one was not to go.", "此人未被指派。")


def _must_go(state: Assigned | OnSite, ask: Ask) -> None:
    """Of volunteers, only those who go speak of how it goes; of organizations, only those whose people go."""
    if ask.actor.role == "volunteer" and f"volunteer:{ask.actor.id}" not in state.assignees:
        raise Refused("not-yours", "Only those who go may say this.", "只能由参与任务的人员操作。")
    must_be_of(ask, *(party for who in state.assignees for party in (who, *known(ask).person(who).teams)))


def _notice(job: Job, ask: Ask) -> int | None:
    if job.slot_start is None:
        return None
    return max(0, (job.slot_start - ask.happened_at) // timedelta(minutes=1))


def _asking_others(state: Assigned, ask: Ask) -> list[Event]:
    """The next ones who may be sent, all asked at once."""
    others = [
        person.party
        for person in known(ask).candidates
        if person.party not in state.assignees and not any(faults(person, state.job.needs, ask.happened_at))
    ]
    return [TaskOffered(matter_id=state.job.matter_id, assignee=who) for who in others[:NEXT_CANDIDATES]]
