"""What goes wrong on the way to a task: one cannot come, another goes instead, one does not come, it is not wanted."""

from __future__ import annotations

from datetime import timedelta

from services.contracts.codes_volunteer import DISPATCH, dispatch_minutes
from services.contracts.volunteer import (
    AssignmentCancelled,
    CancelAssignment,
    CancelTask,
    MarkTaskEnteredInError,
    NoShowRecorded,
    ReassignTask,
    RecordNoShow,
    TaskCancelled,
    TaskEnteredInError,
    TaskOffered,
    TaskReassigned,
)
from services.contracts.volunteer.words import Urgency
from services.contracts.words import Handoff, Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.calling import cannot, holder_of
from services.volunteer.domain.eligibility import faults, must_be_fit, must_not_send_oneself_to_family
from services.volunteer.domain.known import known
from services.volunteer.domain.refusing import must_be_of, two_persons, unknown
from services.volunteer.domain.task_states import (
    Assigned,
    Cancelled,
    EnteredInError,
    Event,
    Job,
    Offered,
    OnSite,
    Opened,
    State,
    Unfilled,
    assignees_of,
    returned,
    search_ends_again,
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
    short = notice is None or timedelta(minutes=notice) <= dispatch_minutes("short-notice")
    cancelled = AssignmentCancelled(
        matter_id=job.matter_id, assignee=who, notice_minutes=notice, reason_code=command.reason_code,
        by="assignee" if ask.actor.role == "volunteer" or ask.behalf else "dispatcher",
        remaining=without(state.assignees, who), urgency=RAISED[job.urgency] if short else job.urgency,
        unfilled_at=search_ends_again(job, ask.now), handoff=returned(state, job.dispatcher, who),
    )  # fmt: skip
    return [cancelled, *_asking_others(state, ask)]


def reassign_task(command: ReassignTask, state: State | None, ask: Ask) -> list[Event]:
    """Some go instead of others; the need passes directly from the ones to the others, also while some are there."""
    if not isinstance(state, Assigned | OnSite):
        raise cannot(state)
    leaving = tuple(dict.fromkeys(command.leaving))
    joining = without(tuple(dict.fromkeys(command.joining)), *state.assignees)
    for who in leaving:
        _must_be_among(who, state)
    room = state.job.headcount - len(state.assignees) + len(leaving)
    if not joining or len(joining) > max(room, len(leaving)):
        raise Refused("one-for-one", "As many come as leave, or as many as are missing.", "替换人数须与离开或所缺人数相符。",
                      field="joining")  # fmt: skip
    for who in (*leaving, *joining):
        must_be_of(ask, *known(ask).person(who).teams)
    for who in joining:
        must_not_send_oneself_to_family(known(ask).person(who), ask.actor)
        must_be_fit(known(ask).person(who), state.job.needs, ask.happened_at)
    return [_replaced(state, leaving, joining, command.reason_code, ask)]


def _replaced(
    state: Assigned | OnSite, leaving: tuple[Party, ...], joining: tuple[Party, ...], reason: str, ask: Ask
) -> TaskReassigned:
    going = (*without(state.assignees, *leaving), *joining)
    return TaskReassigned(
        matter_id=state.job.matter_id, leaving=leaving, joining=joining, assignees=going, reason_code=reason,
        on_site=without(_arrived(state), *leaving), sealed=ask.sealed, handoff=taken(state, going),
    )  # fmt: skip


def _arrived(state: Assigned | OnSite) -> tuple[Party, ...]:
    return state.arrived if isinstance(state, OnSite) else ()


def record_no_show(command: RecordNoShow, state: State | None, ask: Ask) -> list[Event]:
    """One did not come: the dispatcher answers again, and the next ones are asked at once.

    Where others are there already, the need is theirs in the same instant: they go on without the one who is missing.
    """
    if not isinstance(state, Assigned | OnSite) or command.assignee in _arrived(state):
        raise cannot(state)
    _must_be_among(command.assignee, state)
    job, who = state.job, command.assignee
    if job.slot_start and ask.happened_at < job.slot_start + dispatch_minutes("grace"):
        raise Refused("too-early", "The time of grace is not over.", "尚在等候时间内。")
    missed = NoShowRecorded(
        matter_id=job.matter_id, assignee=who, remaining=without(state.assignees, who),
        unfilled_at=search_ends_again(job, ask.now), handoff=returned(state, job.dispatcher, who),
    )  # fmt: skip
    if not _arrived(state):
        return [missed, *_asking_others(state, ask)]
    going = without(state.assignees, who)
    handoff = Handoff(act="taken", matter_id=job.matter_id, need_id=job.id, giver=job.dispatcher, takers=going)
    goes_on = TaskReassigned(
        matter_id=job.matter_id, leaving=(who,), joining=(), assignees=going, reason_code="no-show",
        on_site=_arrived(state), handoff=handoff,
    )  # fmt: skip
    return [missed, goes_on]


def cancel_task(command: CancelTask, state: State | None, ask: Ask) -> list[Event]:
    """Not wanted any more; what was done before stays as it is."""
    if isinstance(state, Cancelled):
        return []
    if not isinstance(state, Opened | Offered | Unfilled | Assigned | OnSite):
        raise cannot(state)
    job = state.job
    cancelled = TaskCancelled(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, by=command.by,
        reason_code=command.reason_code, assignees=assignees_of(state), handoff=returned(state, holder_of(job, ask)),
    )  # fmt: skip
    return [cancelled]


def mark_error(command: MarkTaskEnteredInError, state: State | None, ask: Ask) -> list[Event]:
    """It should never have existed; two persons say so. What people gave on it stays theirs (INV-31)."""
    if isinstance(state, EnteredInError):
        return []
    if state is None:
        raise unknown("task", "任务")
    two_persons(ask, command.approver)
    job = state.job
    marked = TaskEnteredInError(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, reason_code=command.reason_code,
        approver=command.approver, assignees=assignees_of(state), handoff=returned(state, holder_of(job, ask)),
    )  # fmt: skip
    return [marked]


def _must_be_among(who: Party, state: Assigned | OnSite) -> None:
    if who not in state.assignees:
        raise Refused("not-assigned", "This one was not to go.", "此人未被指派。")


def _notice(job: Job, ask: Ask) -> int | None:
    if job.slot_start is None:
        return None
    return max(0, (job.slot_start - ask.happened_at) // timedelta(minutes=1))


def _asking_others(state: Assigned | OnSite, ask: Ask) -> list[Event]:
    """The next ones who may be sent, all asked at once."""
    others = [
        person.party
        for person in known(ask).candidates
        if person.party not in state.assignees and not person.relative
        and not any(faults(person, state.job.needs, ask.happened_at))
    ]  # fmt: skip
    most = DISPATCH.number("next", "count")
    return [TaskOffered(matter_id=state.job.matter_id, assignee=who) for who in others[:most]]
