"""Findings of auditors: raised, answered by the station, resolved or reopened by an auditor; all with their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.contracts.audit.findings import (
    AnswerFinding,
    AuditFindingAnswered,
    AuditFindingRaised,
    AuditFindingReopened,
    AuditFindingResolved,
    RaiseFinding,
    ReopenFinding,
    ResolveFinding,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = RaiseFinding | AnswerFinding | ResolveFinding | ReopenFinding
Event = AuditFindingRaised | AuditFindingAnswered | AuditFindingResolved | AuditFindingReopened


@dataclass(frozen=True, slots=True)
class Raised:
    """The station is to answer."""

    finding_id: UUID
    matter_id: UUID
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The station has answered; an auditor is to look again."""

    finding_id: UUID
    matter_id: UUID
    answer_code: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """It is over."""

    finding_id: UUID
    matter_id: UUID
    result_code: str


State = None | Raised | Answered | Resolved


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What becomes of a finding."""
    match command:
        case RaiseFinding():
            return raise_(command, state, ask)
        case AnswerFinding():
            return answer(command, state, ask)
        case ResolveFinding():
            return resolve(command, state)
        case ReopenFinding():
            return reopen(command, state, ask)
        case _ as never:
            assert_never(never)


def raise_(command: RaiseFinding, state: State, ask: Ask) -> list[Event]:
    """A finding is raised once, with a day that is still to come."""
    if state is not None:
        return []
    ahead(command.answer_by, ask)
    return [
        AuditFindingRaised(
            finding_id=ask.founds or ask.id, matter_id=command.matter_id, finding_code=command.finding_code,
            answer_by=command.answer_by, entries=command.entries, sample_id=command.sample_id,
        )
    ]  # fmt: skip


def ahead(answer_by: datetime, ask: Ask) -> None:
    """Nobody is asked to answer by a day that has passed."""
    if answer_by <= ask.now:
        raise Refused(
            "day-has-passed", "Set a day to answer by that is still to come.", "答复期限须晚于现在。", field="answer_by"
        )


def answer(command: AnswerFinding, state: State, ask: Ask) -> list[Event]:
    """The station answers what is raised; a second answer waits until an auditor has reopened it."""
    match state:
        case Raised():
            return [
                AuditFindingAnswered(
                    finding_id=state.finding_id, matter_id=state.matter_id, answer_code=command.answer_code,
                    entries=command.entries, late=ask.now > state.answer_by,
                )
            ]  # fmt: skip
        case Answered(answer_code=command.answer_code):
            return []
        case _:
            raise Refused(
                "nothing-to-answer", "Only a finding that is raised or reopened can be answered; an auditor may reopen it.",
                "只能答复已提出或重开的审计发现; 可由审计重开。",
            )  # fmt: skip


def resolve(command: ResolveFinding, state: State) -> list[Event]:
    """An auditor ends a finding, answered or not: some turn out to be none."""
    match state:
        case Raised() | Answered():
            return [
                AuditFindingResolved(
                    finding_id=state.finding_id, matter_id=state.matter_id, result_code=command.result_code
                )
            ]
        case Resolved():
            return []
        case _:
            raise unknown()


def reopen(command: ReopenFinding, state: State, ask: Ask) -> list[Event]:
    """What was answered or resolved is to be answered anew."""
    match state:
        case Answered() | Resolved():
            ahead(command.answer_by, ask)
            return [
                AuditFindingReopened(
                    finding_id=state.finding_id, matter_id=state.matter_id, reason_code=command.reason_code,
                    answer_by=command.answer_by,
                )
            ]  # fmt: skip
        case Raised():
            raise Refused(
                "not-answered-yet",
                "It waits for the station's answer; resolve it, or wait.",
                "尚待站点答复; 可办结或等待。",
            )
        case _:
            raise unknown()


def unknown() -> Refused:
    """No such finding."""
    return Refused("no-such-finding", "There is no such finding; raise one first.", "没有此审计发现; 请先提出。")


def evolve(state: State, event: Event) -> State:
    """Where a finding stands after an event."""
    match event:
        case AuditFindingRaised() | AuditFindingReopened():
            return Raised(event.finding_id, event.matter_id, event.answer_by)
        case AuditFindingAnswered():
            return Answered(event.finding_id, event.matter_id, event.answer_code)
        case AuditFindingResolved():
            return Resolved(event.finding_id, event.matter_id, event.result_code)
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="audit-finding", decide=decide, evolve=evolve, events=Event, states=State)
