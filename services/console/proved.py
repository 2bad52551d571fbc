"""Audit's word on custody, read into the console's shape; None where audit cannot be asked or does not know the matter.

The ledger learns of an event a little after its publisher wrote it, so a moment of the console's slider is turned into
the ledger's own time before audit is asked what was known then.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.console.custody import Chain, Finding, Holding, Step, derive
from services.console.hub import Hub, Unreachable
from services.console.pages.matter import Custody
from services.console.record import Entry

PAGES = 12
REMEMBERED = 64

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What audit said of a matter as it stands: its custody, and each line of its timeline by publisher and position."""

    custody: Body
    lines: Mapping[str, Body]

    def known_at(self, seen: Sequence[Entry]) -> datetime | None:
        """When the ledger knew all of these; None while it has not heard of one of them."""
        found = [self.lines[entry.key]["known_at"] for entry in seen if entry.key in self.lines]
        return max(datetime.fromisoformat(text) for text in found) if len(found) == len(seen) and found else None


@dataclass
class Proofs:
    """Asks audit, and remembers for each person what it said of a matter until more happens to it.

    So moving the slider asks audit one thing, the moment that is looked at, and only that look is written down there.
    """

    _told: OrderedDict[tuple[str, UUID], tuple[str, Told]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def custody(self, hub: Hub, entries: Sequence[Entry], seen: Sequence[Entry]) -> Custody | None:
        """The proved chain of the matter of these entries: whole, and as it was when only some of them were known."""
        matter_id = entries[0].matter_id
        try:
            told = self._whole(hub, matter_id, f"{len(entries)} {entries[-1].key}")
            if told is None:
                return None
            if len(seen) == len(entries):
                return _read(told, None, entries)
            known_at = told.known_at(seen)
            if known_at is None:
                return None
            answer = hub.get("audit", f"/matters/{matter_id}/custody", known_at=known_at.isoformat(), purpose="console")
        except Unreachable:
            return None
        return _read(told, answer.body, entries) if answer.ok else None

    def _whole(self, hub: Hub, matter_id: UUID, version: str) -> Told | None:
        key = (hub.actor.id, matter_id)
        with self._lock:
            known = self._told.get(key)
        if known is not None and known[0] == version:
            return known[1]
        told = ask(hub, matter_id)
        if told is not None:
            with self._lock:
                self._told[key] = (version, told)
                while len(self._told) > REMEMBERED:
                    self._told.popitem(last=False)
        return told


def ask(hub: Hub, matter_id: UUID) -> Told | None:
    """Audit's word on a matter as it stands."""
    answer = hub.get("audit", f"/matters/{matter_id}/custody", purpose="console")
    if not answer.ok:
        return None
    lines: dict[str, Body] = {}
    after: int | None = 0
    for _ in range(PAGES):
        page = hub.get("audit", f"/matters/{matter_id}/timeline", after=str(after), limit="1000", purpose="console")
        if not page.ok:
            return None
        lines |= {f"{line['publisher']}-{line['position']}": line for line in page.body["items"]}
        after = page.body["next"]
        if after is None:
            break
    return Told(answer.body, lines)


def ledger(hub: Hub) -> Body | None:
    """The ledger's size and root, and how far it is signed; None while audit is away."""
    try:
        head, state = hub.get("audit", "/ledger/head"), hub.get("audit", "/ledger/state")
    except Unreachable:
        return None
    if not (head.ok and isinstance(head.body, dict)):
        return None
    return head.body | (dict(state.body) if state.ok and isinstance(state.body, dict) else {})


def _read(told: Told, known: Body | None, entries: Sequence[Entry]) -> Custody:
    own = {entry.key: entry for entry in entries}
    by_entry = {int(line["entry"]): own[key] for key, line in told.lines.items() if key in own}
    shown = told.custody if known is None else known
    return Custody(
        whole=chain(told.custody, by_entry), known=None if known is None else chain(known, by_entry),
        position=int(shown["size"]), findings=tuple(_finding(f) for f in shown["findings"]),
    )  # fmt: skip


def chain(body: Body, by_entry: Mapping[int, Entry]) -> Chain:
    """Audit's steps as a chain; `by_entry` gives the console's own entry for an entry of the ledger.

    Steps of one moment stand in the order in which their publishers wrote them, and who held something only between two
    of them still held it: so a story of which only the season is known can be read.
    """
    last = datetime.max.replace(tzinfo=UTC)

    def order(told: Body) -> tuple[str, datetime, int]:
        own = by_entry.get(int(told["entry"]))
        return str(told["at"]), own.recorded_at if own else last, int(told["entry"])

    told = sorted(body["steps"], key=order)
    found = derive(_step(one, by_entry.get(int(one["entry"]))) for one in told)
    findings = [_finding(f) for f in body["findings"]]
    when = {step.key: step.at for step in found.steps}
    return replace(found, holdings=tuple(_marked(h, findings, when) for h in found.holdings))


def _step(told: Body, own: Entry | None) -> Step:
    need_id = _id(told["need_id"])
    opens = told["opens"] and not told["act"]
    precision = "instant" if own is None else own.precision if own.effective_at else "unknown"
    return Step(
        key=f"{own.key if own else told['entry']}/{need_id or 'matter'}", name=str(told["type"]),
        at=datetime.fromisoformat(told["at"]), precision=precision,
        act="taken" if opens and own and own.takers else str(told["act"]), giver=str(told["giver"]),
        takers=own.takers if opens and own else tuple(told["takers"]), need_id=need_id,
        closes="" if not told["closes"] else "need" if need_id else "matter",
    )  # fmt: skip


def _marked(holding: Holding, findings: Sequence[Finding], when: Mapping[str, datetime]) -> Holding:
    """The holding, broken where audit found its object not held as it must be."""
    start, end = when[holding.start], when[holding.end] if holding.end else None
    mine = [f for f in findings if f.need_id == holding.need_id]
    return replace(
        holding, broken=any((f.until is None or start < f.until) and (end is None or f.since < end) for f in mine)
    )


def _finding(told: Body) -> Finding:
    return Finding(
        fault=str(told["fault"]), need_id=_id(told["need_id"]), holders=tuple(told["holders"]),
        since=datetime.fromisoformat(told["since"]), until=datetime.fromisoformat(told["until"]) if told["until"] else None,
        closes=tuple((each["zh"], each["en"]) for each in told.get("closed_by", ())),
    )  # fmt: skip


def _id(text: object) -> UUID | None:
    return UUID(str(text)) if text else None
