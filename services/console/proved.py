"""Audit's word on custody, read into the console's shape; None where audit cannot be asked or does not know the matter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.custody import MOVES, Chain, Holding, Step
from services.console.hub import Hub, Unreachable
from services.console.pages.matter import Custody


def custody(hub: Hub, matter_id: UUID, known_at: datetime | None, own: Sequence[Step]) -> Custody | None:
    """The proved chain of a matter: whole, and as it was known at a moment; `own` are the console's own steps."""
    whole = _asked(hub, matter_id, {})
    if whole is None:
        return None
    known = _asked(hub, matter_id, {"known_at": known_at.isoformat()}) if known_at is not None else None
    if known_at is not None and known is None:
        return None
    return Custody(
        whole=chain(whole, own), known=None if known is None else chain(known, own), position=_size(known or whole)
    )


def ledger(hub: Hub) -> Mapping[str, Any] | None:
    """The ledger's size and root; None while audit is away."""
    try:
        answer = hub.get("audit", "/ledger/head")
    except Unreachable:
        return None
    return answer.body if answer.ok and isinstance(answer.body, dict) and "size" in answer.body else None


def _asked(hub: Hub, matter_id: UUID, query: dict[str, str]) -> Mapping[str, Any] | None:
    try:
        answer = hub.get("audit", f"/matters/{matter_id}/custody", **query)
    except Unreachable:
        return None
    return answer.body if answer.ok and isinstance(answer.body, dict) else None


def _size(body: Mapping[str, Any]) -> int:
    return int(body.get("size") or 0)


def chain(body: Mapping[str, Any], own: Iterable[Step]) -> Chain:
    """Audit's answer as a chain. A step that the console has too keeps its key there, so that two replays line up."""
    steps = tuple(_steps(body.get("steps") or [], own))
    intervals = [i for i in body.get("intervals") or [] if i["holders"] and not i.get("inherited")]
    holdings = tuple(_holding(interval, steps) for interval in intervals)
    closed = any(step.closes == "matter" for step in steps) and not any(
        h.need_id is None and h.end is None for h in holdings
    )
    return Chain(steps=steps, holdings=holdings, closed=closed)


def _steps(told: Iterable[Mapping[str, Any]], own: Iterable[Step]) -> Iterable[Step]:
    """The steps in the order in which they happened, each with the key and the precision of the console's own."""
    left = list(own)
    for one in sorted(told, key=lambda t: (str(t["at"]), t["entry"])):
        need_id = _id(one.get("need_id"))
        mine = next((s for s in left if (s.name, s.need_id) == (one["type"], need_id)), None)
        if mine is not None:
            left.remove(mine)
        closes = ("need" if need_id else "matter") if one.get("closes") else ""
        act = str(one.get("act") or ("taken" if one.get("opens") and one.get("takers") else ""))
        yield Step(
            key=mine.key if mine else f"audit-{one['entry']}-{need_id or ''}", name=str(one["type"]),
            at=datetime.fromisoformat(str(one["at"])), precision=mine.precision if mine else "instant",
            act=act, giver=str(one.get("giver") or ""), takers=tuple(one.get("takers") or ()), need_id=need_id, closes=closes,
        )  # fmt: skip


def _holding(interval: Mapping[str, Any], steps: Sequence[Step]) -> Holding:
    need_id, start_at = _id(interval.get("need_id")), datetime.fromisoformat(str(interval["from"]))
    mine = [step for step in steps if step.need_id == need_id and (step.act in MOVES or step.closes)]
    start = next((s for s in mine if s.at == start_at and set(s.takers) & set(interval["holders"])), None)
    start = start or next((s for s in steps if s.at >= start_at), steps[-1])
    end: Step | None = None
    if interval.get("to") is not None:
        end_at = datetime.fromisoformat(str(interval["to"]))
        later = mine[mine.index(start) + 1 :] if start in mine else mine
        end = next((s for s in later if s.at == end_at), None) or next((s for s in steps if s.at >= end_at), steps[-1])
    return Holding(
        holders=tuple(interval["holders"]), start=start.key, end=None if end is None else end.key, need_id=need_id,
        broken=bool(interval.get("broken")),
    )  # fmt: skip


def _id(text: object) -> UUID | None:
    return UUID(str(text)) if text else None
