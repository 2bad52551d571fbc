"""Doing a task: those who go, the result, and whose word makes it true."""

from __future__ import annotations

from services.contracts.codes import EMERGENCY_CONTACT
from services.contracts.codes_times import wait
from services.contracts.volunteer import (
    ArrivalRecorded,
    CallEmergencyService,
    ClientContacted,
    CompleteTask,
    ContactClient,
    EmergencyServiceCalled,
    EscalateVerification,
    HoursMissed,
    RecordArrival,
    RemindOfHours,
    RemindOfVerification,
    TaskCompleted,
    TaskVerified,
    VerificationOverdue,
    VerificationReminded,
    VerifyTask,
)
from services.contracts.words import Handoff
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.calling import cannot, holder_of
from services.volunteer.domain.known import known
from services.volunteer.domain.refusing import must_be_of, unknown
from services.volunteer.domain.task_states import (
    Assigned,
    Completed,
    Event,
    OnSite,
    State,
    Verified,
    owner_of,
    without,
)


def record_arrival(command: RecordArrival, state: State | None, ask: Ask) -> list[Event]:
    """These are there: those who are named, whoever says so himself, or all."""
    if not isinstance(state, Assigned | OnSite):
        raise cannot(state)
    _must_go(state, ask)
    myself = (f"volunteer:{ask.actor.id}",) if ask.actor.role == "volunteer" else ()
    named = command.assignees or myself or state.assignees
    if not set(named) <= set(state.assignees):
        raise Refused("not-assigned", "Only those who go arrive.", "只能登记已指派人员的到达。", field="assignees")
    before = state.arrived if isinstance(state, OnSite) else ()
    new = without(tuple(dict.fromkeys(named)), *before)
    if not new:
        return []
    return [ArrivalRecorded(matter_id=state.job.matter_id, assignees=new, method=command.method)]


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
        wait=wait("task-verify", ask.happened_at, ask.now),
    )  # fmt: skip
    return [completed]


def verify_task(command: VerifyTask, state: State | None, ask: Ask) -> list[Event]:
    """The client's word, or that of a coordinator who did not go and is no relative; then the need is back with the holder.

    (INV-28) One human does not verify in one role what he did in another, nor what was done for his own family (H15).
    """
    if isinstance(state, Verified):
        return []
    if not isinstance(state, Completed):
        raise cannot(state)
    if command.by == "coordinator":
        _must_be_nobodys_own(state, ask)
    job, holder = state.job, holder_of(state.job, ask)
    handoff = Handoff(act="released", matter_id=job.matter_id, need_id=job.id, giver=owner_of(state), takers=(holder,))
    verified = TaskVerified(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, result=state.result, by=command.by,
        on_site=command.on_site, handoff=handoff,
    )  # fmt: skip
    return [verified]


def ring(command: RemindOfVerification | EscalateVerification, state: State | None, ask: Ask) -> list[Event]:
    """Nobody has verified it yet: the dispatcher is reminded, and in the end whoever answers for the matter is told."""
    if not isinstance(state, Completed):
        return []
    job = state.job
    if isinstance(command, RemindOfVerification):
        reminded = VerificationReminded(matter_id=job.matter_id, to=job.dispatcher)
        return [reminded] if state.clock.reminds(ask.now) else []
    late = VerificationOverdue(matter_id=job.matter_id, dispatcher=job.dispatcher, to=holder_of(job, ask))
    return [late] if state.clock.is_late(ask.now) else []


def _must_be_nobodys_own(state: Completed, ask: Ask) -> None:
    me = {f"worker:{ask.actor.id}", f"volunteer:{ask.actor.id}"}
    went = {hat for who in state.assignees for hat in (who, *known(ask).person(who).hats)}
    if me & went:
        raise Refused("own-work", "Somebody else verifies what you did.", "不能核实自己完成的任务。")
    if me & set(known(ask).relatives):
        raise Refused("own-family", "Somebody else verifies what was done for your family.",
                      "不能核实为本人亲属完成的任务。")  # fmt: skip


def call_emergency(command: CallEmergencyService, state: State | None) -> list[Event]:
    """Somebody who comes at once was called; nobody waits for a volunteer (INV-42)."""
    if state is None:
        raise unknown("task", "任务")
    EMERGENCY_CONTACT.known(command.service, field="service")
    if command.service in state.job.called:
        return []
    return [EmergencyServiceCalled(matter_id=state.job.matter_id, service=command.service)]


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


def _must_go(state: Assigned | OnSite, ask: Ask) -> None:
    """Of volunteers, only those who go speak of how it goes; of organizations, only those whose people go."""
    if ask.actor.role == "volunteer" and f"volunteer:{ask.actor.id}" not in state.assignees:
        raise Refused("not-yours", "Only those who go may say this.", "只能由参与任务的人员操作。")
    must_be_of(ask, *(party for who in state.assignees for party in (who, *known(ask).person(who).teams)))
