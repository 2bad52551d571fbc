"""A visit plan: somebody looks in on a person at a cadence; writing a visit down costs seconds, an unanswered door acts."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from services.contracts import codes
from services.contracts import intake as public
from services.contracts.tables import dated
from services.contracts.words import Handoff
from services.intake.domain.known import itself, known
from services.intake.domain.late import delay_days, told_of
from services.intake.domain.rules import already_there, day_of, registered, today
from services.intake.domain.visit_plan_state import Ended, Event, Running, State, evolve
from services.kernel.decider import Decider
from services.kernel.errors import NotFound, Refused
from services.kernel.message import Ask

Command = (
    public.SetVisitPlan
    | public.ChangeVisitPlan
    | public.ChangeVisitor
    | public.RecordVisit
    | public.RecordVisits
    | public.RecordMissedVisit
    | public.RaiseConcern
    | public.EndVisitPlan
)


def decide(command: Command, state: State | None, ask: Ask) -> list[Event]:
    """What follows when this is asked of the plan."""
    match command:
        case public.SetVisitPlan():
            return set_plan(command, state, ask)
        case public.RecordVisit():
            return record(command, _told_of(state) if command.paper_ref else _running(state), _end_of(state), ask)
        case public.RecordVisits():
            return record_many(command, _told_of(state), _end_of(state), ask)
        case public.RecordMissedVisit():
            return record_missed(command, _running(state), ask)
        case public.RaiseConcern():
            return raise_concern(command, _running(state), ask)
        case public.ChangeVisitPlan():
            return change(command, _running(state))
        case public.ChangeVisitor():
            return change_visitor(command, _running(state))
        case public.EndVisitPlan():
            return end(command, state, ask)
        case _:
            assert_never(command)


def _running(state: State | None) -> Running:
    match state:
        case Running():
            return state
        case Ended():
            raise Refused("plan-ended", "This visit plan has ended.", "该探访计划已结束。", allowed=("set-visit-plan",))
        case None:
            raise NotFound("no such visit plan")
        case _:
            assert_never(state)


def _told_of(state: State | None) -> Running:
    """Sheets may come in after the plan has ended; they tell of days before."""
    return state.before if isinstance(state, Ended) else _running(state)


def _end_of(state: State | None) -> date | None:
    return state.on if isinstance(state, Ended) else None


def set_plan(command: public.SetVisitPlan, state: State | None, ask: Ask) -> list[Event]:
    """Visits begin: the visitor answers for them from now on."""
    if state is not None:
        raise already_there("visit plan", "探访计划")
    codes.GROUP_BASIS.known(command.basis, field="basis")
    if command.visitor == "unknown":
        raise Refused("visitor-needed", "Name who visits.", "须注明探访人。", field="visitor")
    registered(ask)
    plan_id = itself(ask)
    return [
        public.VisitPlanSet(
            plan_id=plan_id,
            matter_id=plan_id,
            handoff=Handoff(act="taken", matter_id=plan_id, giver=command.unit, takers=(command.visitor,)),
            person_id=command.person_id,
            cadence=command.cadence,
            visitor=command.visitor,
            unit=command.unit,
            area=command.area,
            basis=command.basis,
            level=command.level,
        )
    ]


def record(command: public.RecordVisit, state: Running, ended: date | None, ask: Ask) -> list[Event]:
    """One visit. A concern, or a door that nobody opens, says what is wrong and what was done at once."""
    codes.VISIT_ACTIVITY.known(*command.activity_codes, field="activity_codes")
    codes.CONCERN.known(command.concern_code, field="concern_code")
    codes.CONCERN_ACTION.known(*command.action_codes, field="action_codes")
    on = _not_ahead(command.on or day_of(ask), ask)
    if state.last == (on, command.mode):
        return []
    made = _made(state, on, command.mode, command.result, command.activity_codes, ask.sealed, _conflict(on, ended))
    told = [*_late(command, [on], state, ask), made]
    if command.result == "ok" and command.concern_code is None:
        return told
    return [*told, _concern(state, on, _what(command), command.action_codes, ())]


def _what(command: public.RecordVisit) -> str:
    """What is wrong: an unanswered door speaks for itself, anything else is named; both need an act (INV-42)."""
    if not command.action_codes or (command.concern_code is None and command.result != "no_answer"):
        raise Refused(
            "action-needed",
            "Say what is wrong and what was done at once: family called, 120, 110, neighbours asked …",
            "请注明异常情形及当即处置: 联系家人、120、110、询问邻居等。",
            field="action_codes" if command.concern_code or command.result == "no_answer" else "concern_code",
        )
    return command.concern_code or "no-answer"


def _conflict(on: date, ended: date | None) -> str | None:
    """A visit after the end is shown as one, and not hidden (H8)."""
    return "after-end" if ended is not None and on > ended else None


def _late(command: public.RecordVisit | public.RecordVisits, days: list[date], state: Running, ask: Ask) -> list[Event]:
    """The paper that tells of these days; nothing where there is none, or where nothing in it is new."""
    if command.paper_ref is None or not days:
        return []
    told_of(days, ask)
    return [
        public.LateVisitsDeclared(
            plan_id=state.plan_id,
            matter_id=state.plan_id,
            paper_ref=command.paper_ref,
            delay_days=delay_days(min(days), ask),
            visits=len(days),
            since=min(days),
            until=max(days),
            observed_by=command.observed_by,
        )
    ]


def record_many(command: public.RecordVisits, state: Running, ended: date | None, ask: Ask) -> list[Event]:
    """A sheet of many days at once; what is on record already is passed over, so a sheet may be sent again."""
    busy = known(ask).busy
    seen: set[tuple[date, str]] = set()
    made: list[public.VisitMade] = []
    for visit in sorted(command.visits, key=lambda visit: (visit.on, visit.mode)):
        place = (_not_ahead(visit.on, ask), visit.mode)
        if visit.result != "ok":
            raise Refused(
                "one-by-one",
                "A visit with a concern or without an answer is written down by itself, with what was done.",
                "有异常或无人应答的探访须单独登记并注明处置。",
                allowed=("record-visit",),
                field="visits",
            )
        if place not in busy and place not in seen:
            seen.add(place)
            made.append(_made(state, visit.on, visit.mode, visit.result, (), (), _conflict(visit.on, ended)))
    return [*_late(command, [visit.on for visit in made], state, ask), *made]


def _not_ahead(on: date, ask: Ask) -> date:
    if on > today(ask):
        raise Refused("in-the-future", "This day has not come yet.", "该日期尚未到来。", field="on")
    return on


def _made(
    state: Running,
    on: date,
    mode: public.Mode,
    result: public.Result,
    activity_codes: tuple[str, ...],
    sealed: tuple[str, ...],
    conflict: str | None,
) -> public.VisitMade:
    return public.VisitMade(
        plan_id=state.plan_id,
        matter_id=state.plan_id,
        person_id=state.person_id,
        visitor=state.visitor,
        on=on,
        mode=mode,
        result=result,
        activity_codes=activity_codes,
        sealed=sealed,
        conflict=conflict,
    )


def _concern(
    state: Running, on: date, concern: str, actions: tuple[str, ...], sealed: tuple[str, ...]
) -> public.ConcernRaised:
    return public.ConcernRaised(
        plan_id=state.plan_id,
        matter_id=state.plan_id,
        person_id=state.person_id,
        on=on,
        concern_code=concern,
        action_codes=actions,
        sealed=sealed,
    )


def record_missed(command: public.RecordMissedVisit, state: Running, ask: Ask) -> list[Event]:
    """Nobody came: said openly, with a reason, so that somebody else can go."""
    codes.REASON.known(command.reason_code, field="reason_code")
    on = _not_ahead(command.on, ask)
    if state.last_missed == on:
        return []
    return [
        public.VisitMissed(
            plan_id=state.plan_id,
            matter_id=state.plan_id,
            person_id=state.person_id,
            visitor=state.visitor,
            on=on,
            reason_code=command.reason_code,
        )
    ]


def raise_concern(command: public.RaiseConcern, state: Running, ask: Ask) -> list[Event]:
    """Something is not right; nothing but its kind is asked for."""
    codes.CONCERN.known(command.concern_code, field="concern_code")
    codes.CONCERN_ACTION.known(*command.action_codes, field="action_codes")
    on = _not_ahead(command.on or day_of(ask), ask)
    return [_concern(state, on, command.concern_code, command.action_codes, ask.sealed)]


def change(command: public.ChangeVisitPlan, state: Running) -> list[Event]:
    """Visit more or less often."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if (command.cadence, command.level or state.level) == (state.cadence, state.level):
        return []
    return [
        public.VisitPlanChanged(
            plan_id=state.plan_id,
            matter_id=state.plan_id,
            cadence=command.cadence,
            reason_code=command.reason_code,
            level=command.level or state.level,
        )
    ]


def change_visitor(command: public.ChangeVisitor, state: Running) -> list[Event]:
    """Somebody else goes from now on, and answers for it."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if command.visitor == state.visitor:
        return []
    if command.visitor == "unknown":
        raise Refused("visitor-needed", "Name who visits.", "须注明探访人。", field="visitor")
    return [
        public.VisitorChanged(
            plan_id=state.plan_id,
            matter_id=state.plan_id,
            handoff=Handoff(act="taken", matter_id=state.plan_id, giver=state.visitor, takers=(command.visitor,)),
            visitor=command.visitor,
            reason_code=command.reason_code,
        )
    ]


def end(command: public.EndVisitPlan, state: State | None, ask: Ask) -> list[Event]:
    """No more visits."""
    codes.REASON.known(command.reason_code, field="reason_code")
    if isinstance(state, Ended):
        return []
    plan_id = _running(state).plan_id
    on = command.on or day_of(ask)
    return [public.VisitPlanEnded(plan_id=plan_id, matter_id=plan_id, reason_code=command.reason_code, on=on)]


DECIDER = Decider(name="visit-plan", decide=dated(decide), evolve=evolve, events=Event, states=State)
