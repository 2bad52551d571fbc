"""Finding people for a task: opening it, asking, their answers, binding them, giving up."""

from __future__ import annotations

from services.contracts.codes_volunteer import dispatch_minutes
from services.contracts.volunteer import (
    AcceptedInVain,
    AcceptTask,
    AssignTask,
    DeclineTask,
    OffersSuperseded,
    OfferTask,
    OpenTask,
    TaskAccepted,
    TaskAssigned,
    TaskDeclined,
    TaskOffered,
    TaskOpened,
    TaskUnfilled,
)
from services.contracts.words import Handoff, Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.eligibility import faults, must_be_fit, must_not_send_oneself_to_family
from services.volunteer.domain.known import Known, itself, known
from services.volunteer.domain.refusing import ORGANIZATIONS_PEOPLE, answered_via, is_word_of, not_now
from services.volunteer.domain.task_states import (
    Assigned,
    Cancelled,
    Completed,
    EnteredInError,
    Event,
    Job,
    Offered,
    OnSite,
    Opened,
    State,
    Unfilled,
    Verified,
    returned,
    search_ends,
    taken,
    without,
)

SLOT_YEARS = range(2000, 2100)
"""Tasks are planned for the near future and written down from the near past."""

WAVES = ("open-wave", "escalate-task", "override-suggestion")
TOLD = ("contact-client", "call-emergency-service")
ALWAYS = (*TOLD, "mark-task-entered-in-error")
ALLOWED: dict[type, tuple[str, ...]] = {
    Opened: ("offer-task", *WAVES, "accept-task", "decline-task", "assign-task", "declare-unfilled", "cancel-task", *ALWAYS),
    Offered: ("offer-task", *WAVES, "accept-task", "decline-task", "assign-task", "declare-unfilled", "cancel-task", *ALWAYS),
    Unfilled: ("offer-task", *WAVES, "accept-task", "decline-task", "assign-task", "cancel-task", *ALWAYS),
    Assigned: (
        "cancel-assignment", "reassign-task", "record-arrival", "complete-task", "record-no-show", "cancel-task", *ALWAYS,
    ),
    OnSite: ("record-arrival", "record-no-show", "reassign-task", "complete-task", "cancel-task", *ALWAYS),
    Completed: ("verify-task", *ALWAYS),
    Verified: ALWAYS,
    Cancelled: ALWAYS,
    EnteredInError: TOLD,
}  # fmt: skip


def is_team(who: Party) -> bool:
    """Whether this is not somebody, but a team or an organization that names its people."""
    return who.startswith(("team:", "organization:"))


def holder_of(job: Job, ask: Ask) -> Party:
    """Who answers for the matter now: the one whom the task names, or whoever has taken it over since."""
    return known(ask).holder or job.holder


def cannot(state: State | None) -> Refused:
    """What was asked does not fit the state of this task."""
    return not_now("task", "任务", state, ALLOWED)


def open_task(command: OpenTask, state: State | None, ask: Ask) -> list[Event]:
    """People are needed."""
    if state is not None:
        return []
    start, end = command.slot_start, command.slot_end
    if start is not None and start.year not in SLOT_YEARS:
        raise Refused("slot-wrong", "A slot lies in this century.", "时段须在本世纪内。", field="slot_start")
    if end is not None and (start is None or end <= start):
        raise Refused("slot-wrong", "A slot ends after it begins.", "时段的结束须晚于开始。", field="slot_end")
    if command.urgency == "emergency" and start is not None and start > ask.now + dispatch_minutes("emergency-slot"):
        raise Refused("not-an-emergency", "What begins later is no emergency: somebody goes now, or it is urgent.",
                      "紧急任务须立即处置; 稍后开始的请按当日任务发布。", field="slot_start")  # fmt: skip
    task_id, dispatcher = itself(ask), command.dispatcher or f"worker:{ask.actor.id}"
    handoff = Handoff(
        act="taken", matter_id=command.matter_id, need_id=task_id, giver=command.holder, takers=(dispatcher,)
    )
    opened = TaskOpened(
        matter_id=command.matter_id, case_id=command.case_id, referral_id=command.referral_id,
        person_id=command.person_id, kind=command.kind, headcount=command.headcount, skills=command.skills,
        demands=command.demands, risk=command.risk, with_minor=command.with_minor, urgency=command.urgency,
        area=command.area, slot_start=start, slot_end=end,
        unfilled_at=search_ends(start, ask.now, command.urgency),
        holder=command.holder, dispatcher=dispatcher, sealed=ask.sealed, handoff=handoff,
    )  # fmt: skip
    return [opened]


def offer_task(command: OfferTask, state: State | None, ask: Ask) -> list[Event]:
    """Ask those who were not asked yet, a team as a whole too; one who may not be sent is not asked (INV-15)."""
    if not isinstance(state, Opened | Offered | Unfilled):
        raise cannot(state)
    new = [who for who in dict.fromkeys(command.candidates) if who not in (*state.call.asked, *state.call.accepted)]
    for who in new:
        if not is_team(who):
            _must_be_sendable(who, state, known(ask), ask)
    late = isinstance(state, Unfilled)
    return [TaskOffered(matter_id=state.job.matter_id, assignee=who, unfilled=late) for who in new]


def accept_task(command: AcceptTask, state: State | None, ask: Ask) -> list[Event]:
    """One says yes; the last yes that is needed assigns the task to all who said it and may still be sent.

    Whoever was asked and says yes after that is thanked, and that is on record; nobody else is told that it was late.
    """
    who, facts = command.assignee, known(ask)
    _must_speak_for(who, facts, ask)
    match state:
        case Opened() | Offered() | Unfilled() if who not in state.call.accepted:
            _must_be_named(who)
            must_not_send_oneself_to_family(facts.person(who), ask.actor)
            _must_be_sendable(who, state, facts, ask)
            return _say_yes(who, state, facts, ask)
        case Opened() | Offered() | Unfilled():
            return []
        case Assigned() | OnSite() if who in (*state.assignees, *state.thanked):
            return []
        case Assigned() | OnSite() if who in state.late:
            return [AcceptedInVain(matter_id=state.job.matter_id, assignee=who, answered_via=answered_via(ask))]
        case Assigned() | OnSite():
            raise Refused("taken", "Others were quicker; thank you.", "已有他人承接, 感谢您的响应。")
        case _:
            raise cannot(state)


def decline_task(command: DeclineTask, state: State | None, ask: Ask) -> list[Event]:
    """One who was asked, or had said yes, says no."""
    who = command.assignee
    _must_speak_for(who, known(ask), ask)
    if not isinstance(state, Opened | Offered | Unfilled):
        raise cannot(state)
    if who in state.call.declined:
        return []
    if who not in (*state.call.asked, *state.call.accepted):
        raise Refused("not-asked", "This one was not asked.", "未曾邀约此人。")
    declined = TaskDeclined(
        matter_id=state.job.matter_id, assignee=who, still_asked=len(without(state.call.asked, who)),
        reason_code=command.reason_code, answered_via=answered_via(ask), unfilled=isinstance(state, Unfilled),
    )  # fmt: skip
    return [declined]


def _say_yes(who: Party, state: Opened | Offered | Unfilled, facts: Known, ask: Ask) -> list[Event]:
    """The yes, and before it the word that those who have said yes and may not be sent any more do not count."""
    job, call, late = state.job, state.call, isinstance(state, Unfilled)
    gone = {other: fault for other in call.accepted if (fault := _fault(other, state, facts, ask))}
    asked = len(without(call.asked, who))
    events: list[Event] = [
        TaskDeclined(
            matter_id=job.matter_id, assignee=other, still_asked=len(call.asked), reason_code=fault, answered_via="hub",
            unfilled=late,
        )
        for other, fault in gone.items()
    ]  # fmt: skip
    events.append(
        TaskAccepted(
            matter_id=job.matter_id, assignee=who, still_asked=asked, answered_via=answered_via(ask), unfilled=late
        )
    )
    willing = (*without(call.accepted, *gone), who)
    if len(willing) < job.headcount:
        return events
    return [*events, _assigned(state, willing, facts, ask), *_superseded(job, without(call.asked, who))]


def _superseded(job: Job, asked: tuple[Party, ...]) -> list[Event]:
    """Those who were asked and have not answered are told that they need not."""
    return [OffersSuperseded(matter_id=job.matter_id, assignees=asked)] if asked else []


def _fault(who: Party, state: State, facts: Known, ask: Ask) -> str | None:
    return next(faults(facts.person(who), state.job.needs, ask.happened_at), None)


def _must_be_named(who: Party) -> None:
    if is_team(who):
        raise Refused("name-members", "A team says yes by naming the members who go, one by one.",
                      "队伍接单须逐一指明参加的队员。", allowed=("accept-task", "decline-task"), field="assignee")  # fmt: skip


def assign_task(command: AssignTask, state: State | None, ask: Ask) -> list[Event]:
    """These go, with those who have said yes; the need is theirs from now on."""
    match state:
        case Opened() | Offered() | Unfilled():
            going = tuple(dict.fromkeys((*state.call.accepted, *command.assignees)))
            _must_be_enough(going, state)
            for who in command.assignees:
                must_not_send_oneself_to_family(known(ask).person(who), ask.actor)
                _must_be_sendable(who, state, known(ask), ask)
            return [
                _assigned(state, going, known(ask), ask),
                *_superseded(state.job, without(state.call.asked, *going)),
            ]
        case Assigned() if set(command.assignees) <= set(state.assignees):
            return []
        case _:
            raise cannot(state)


def declare_unfilled(state: State | None, ask: Ask) -> list[Event]:
    """Nobody was found; whoever holds the matter answers again (H5)."""
    match state:
        case Opened() | Offered():
            job, call = state.job, state.call
            attempts = len(call.all)
            return [
                TaskUnfilled(matter_id=job.matter_id, attempts=attempts, handoff=returned(state, holder_of(job, ask)))
            ]
        case Unfilled():
            return []
        case _:
            raise cannot(state)


def _assigned(state: State, going: tuple[Party, ...], facts: Known, ask: Ask) -> TaskAssigned:
    job = state.job
    for who in going:
        # Insurance, checks and slots may have changed since the yes was said.
        _must_be_sendable(who, state, facts, ask)
    return TaskAssigned(
        matter_id=job.matter_id, case_id=job.case_id, person_id=job.person_id, assignees=going,
        dispatcher=job.dispatcher, handoff=taken(state, going),
    )  # fmt: skip


def _must_be_enough(going: tuple[Party, ...], state: Opened | Offered | Unfilled) -> None:
    headcount, accepted = state.job.headcount, state.call.accepted
    if len(going) < headcount:
        raise Refused(
            "too-few", f"{headcount} are needed, {len(going)} are named.", f"需要 {headcount} 人, 仅有 {len(going)} 人。",
            allowed=("offer-task", "assign-task"), field="assignees",
        )  # fmt: skip
    if len(going) > headcount:
        raise Refused(
            "too-many", f"{headcount} are needed, {len(going)} would go, those who said yes included.",
            f"需要 {headcount} 人, 连同已接单者共 {len(going)} 人。",
            allowed=("assign-task", "decline-task") if accepted else ("assign-task",), field="assignees",
        )  # fmt: skip


def _must_be_sendable(who: Party, state: State, facts: Known, ask: Ask) -> None:
    must_be_fit(facts.person(who), state.job.needs, ask.happened_at)


def _must_speak_for(who: Party, facts: Known, ask: Ask) -> None:
    """A volunteer speaks alone for himself, a team's leader for its members; a station writes down what it was told."""
    mine = ask.actor.role == "volunteer" and who == f"volunteer:{ask.actor.id}"
    led = ask.actor.role in ORGANIZATIONS_PEOPLE and any(
        is_word_of(ask, team) for team in (*facts.person(who).teams, who)
    )
    if ask.actor.role in ("volunteer", *ORGANIZATIONS_PEOPLE) and not (mine or led):
        raise Refused("not-yours", "This is somebody else's answer to give.", "只能由本人或其队伍负责人答复。")
