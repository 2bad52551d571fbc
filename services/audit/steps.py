"""What entries say about one matter and its needs, step by step, each with its moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.audit import times
from services.audit.entries import Entry

Claim = tuple[str, ...]
"""Parties that answer together: one accountable party."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What one entry says about one object: the matter (`need_id` is None) or a need of it."""

    idx: int
    type: str
    need_id: UUID | None
    at: int
    act: str = ""
    giver: str = ""
    takers: Claim = ()
    opens: bool = False
    closes: bool = False
    holder: str = ""
    restricted: bool = False


def steps_of(entries: Sequence[Entry]) -> list[Step]:
    """What the entries say about the matter and its needs, in their order; entries that move nothing say nothing."""
    moving = [e for e in entries if e.facts.moves or e.said.handoff is not None]
    first = min((times.earliest(e) for e in moving), default=0)
    last: dict[UUID | None, int] = {}
    steps = []
    for entry in moving:
        for step in _steps(entry):
            at = times.place(entry, last.get(step.need_id, first))
            last[step.need_id] = at
            steps.append(replace(step, at=at))
    return steps


def _steps(entry: Entry) -> list[Step]:
    """One step for each object that an entry speaks of; mostly one."""
    said, facts, handoff = entry.said, entry.facts, entry.said.handoff
    need = said.need_id or (handoff and handoff.need_id) or entry.envelope.stream_id
    about: dict[UUID | None, Step] = {}

    def step(need_id: UUID | None) -> Step:
        blank = Step(idx=entry.idx, type=entry.type, need_id=need_id, at=0, restricted=facts.restricted)
        return about.get(need_id, blank)

    if facts.opens:
        opened = None if facts.opens == "matter" else need
        about[opened] = replace(step(opened), opens=True, holder=said.holder or "")
    if handoff is not None:
        about[handoff.need_id] = replace(
            step(handoff.need_id), act=handoff.act, giver=handoff.giver, takers=handoff.takers
        )
    if facts.closes:
        closed = None if facts.closes == "matter" else need
        about[closed] = replace(step(closed), closes=True)
    return list(about.values())
