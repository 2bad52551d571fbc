"""What entries say about one matter and its needs, step by step, each with its moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.audit import times
from services.audit.entries import Entry

Claim = tuple[str, ...]
"""Parties that answer together: one accountable party."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What one entry says about one object: the matter (`need_id` is None) or a need of it; `at` as precisely as it says."""

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
    precision: str = "instant"


def steps_of(entries: Sequence[Entry]) -> list[Step]:
    """What the entries say about the matter and its needs, in their order; entries that move nothing say nothing."""
    moving = [e for e in entries if e.facts.moves or e.said.handoff is not None]
    first = min((times.earliest(e) for e in moving), default=0)
    last: dict[UUID | None, int] = {}
    steps = []
    for entry in moving:
        restricted = entry.facts.restricted
        for need_id, said in _said(entry).items():
            at = last[need_id] = times.place(entry, last.get(need_id, first))
            step = Step(
                idx=entry.idx, type=entry.type, need_id=need_id, at=at, restricted=restricted,
                precision=entry.precision, **said,
            )  # fmt: skip
            steps.append(step)
    return steps


def _said(entry: Entry) -> dict[UUID | None, dict[str, Any]]:
    """What an entry says of each object that it speaks of; mostly one."""
    said, facts, handoff = entry.said, entry.facts, entry.said.handoff
    about: dict[UUID | None, dict[str, Any]] = {}
    if facts.opens:
        opened = about.setdefault(_object(entry, facts.opens), {})
        opened |= {"opens": True, "holder": said.holder or ""}
    if handoff is not None:
        moved = about.setdefault(handoff.need_id, {})
        moved |= {"act": handoff.act, "giver": handoff.giver, "takers": handoff.takers}
    if facts.closes:
        about.setdefault(_object(entry, facts.closes), {})["closes"] = True
    return about


def _object(entry: Entry, what: str) -> UUID | None:
    """What is opened or closed: the matter (None), or the need that the entry names, or else is told of in its stream."""
    if what == "matter":
        return None
    handoff = entry.said.handoff
    return entry.said.need_id or (handoff and handoff.need_id) or entry.stream_id
