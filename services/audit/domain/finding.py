"""Breaks of custody in one matter: each is told once when it is found, and once when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.contracts.audit import (
    CustodyBroken,
    CustodyFault,
    CustodyMended,
    ReportCustodyBroken,
    ReportCustodyMended,
)
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

Command = ReportCustodyBroken | ReportCustodyMended
Event = CustodyBroken | CustodyMended


@dataclass(frozen=True, slots=True)
class Break:
    """A break that was told and is not over."""

    need_id: UUID | None
    fault: CustodyFault
    since: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """A matter whose custody broke at least once: what is broken now, and what was."""

    matter_id: UUID
    broken: Mapping[str, Break] = field(default_factory=dict)
    over: frozenset[str] = frozenset()


State = None | Watched


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """What is told of a break."""
    match command:
        case ReportCustodyBroken():
            return report(command, state)
        case ReportCustodyMended():
            return restore(command, state)
        case _ as never:
            assert_never(never)


def report(command: ReportCustodyBroken, state: State) -> list[Event]:
    """A break is told once, however often it is derived."""
    if state is not None and (command.finding in state.broken or command.finding in state.over):
        return []
    broken = CustodyBroken(
        matter_id=command.matter_id,
        need_id=command.need_id,
        finding=command.finding,
        fault=command.fault,
        holders=command.holders,
        since=command.since,
        entry=command.entry,
    )
    return [broken]


def restore(command: ReportCustodyMended, state: State) -> list[Event]:
    """The end of a break is told once, and only of one that was told."""
    known = None if state is None else state.broken.get(command.finding)
    if state is not None and command.finding in state.over:
        return []
    if state is None or known is None:
        raise Refused("not-reported", "No such break was reported.", "没有报告过这一责任落空。")
    restored = CustodyMended(
        matter_id=state.matter_id,
        need_id=known.need_id,
        finding=command.finding,
        fault=known.fault,
        since=known.since,
        until=command.until,
    )
    return [restored]


def evolve(state: State, event: Event) -> State:
    """What is broken and what is over after an event."""
    state = state or Watched(event.matter_id)
    match event:
        case CustodyBroken():
            known = Break(event.need_id, event.fault, event.since)
            return replace(state, broken={**state.broken, event.finding: known})
        case CustodyMended():
            left = {key: known for key, known in state.broken.items() if key != event.finding}
            return replace(state, broken=left, over=state.over | {event.finding})
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="custody", decide=decide, evolve=evolve, events=Event, states=State)
