"""A matter as it was at one time, by what was known at another: for the people who audit it. Pure.

Everything is read from the entries as they are. What the contracts of today do not know passes through the timeline
under its own name, so that a replay of old entries, or of entries from a newer publisher, leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from services.audit import times
from services.audit.custody import Custody, Finding, Interval, Standing, custody
from services.audit.entries import Entry, known, struck
from services.audit.ledger import written
from services.audit.remedies import told as told_ways
from services.contracts.words import SOCIETY_OF

DAY = 86_400_000_000

SECTIONS = {
    "help-request": "requests",
    "case": "cases",
    "visit-plan": "visit_plans",
    "consent": "consents",
    "referral": "referrals",
    "grant": "grants",
    "task": "tasks",
    "pairing": "pairings",
}
"""Where the reader finds what the streams of each kind say; all other kinds stand under `others`."""

HIDDEN = ("case.replayed", "access.reported", "bundle.exported")
"""Who looked is no part of what happened."""

UNSAID = frozenset({"handoff", "sealed", "matter_id"})

_data = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One entry in its place: when it happened, when it became known, and the later entry that strikes it, if any."""

    entry: Entry
    at: int
    struck_by: int | None = None


@dataclass
class Strand:
    """What one stream says, event by event: each field as it was said last."""

    stream: str
    since: int
    changed: int = 0
    last: Entry | None = None
    own: str = ""
    count: int = 0
    said: dict[str, Any] = field(default_factory=dict)

    def take(self, happening: Happening) -> None:
        """One more event of the stream."""
        entry = happening.entry
        self.changed, self.last, self.count = happening.at, entry, self.count + 1
        kind, _, word = entry.type.partition(".")
        if kind == self.stream.partition("/")[0]:
            self.own = word
        if not entry.facts.restricted:
            self.said |= {k: v for k, v in data_of(entry).items() if k not in UNSAID and v is not None}


def data_of(entry: Entry) -> dict[str, Any]:
    """An event's data as plain values; nothing, where it cannot be read."""
    try:
        return _data(entry.envelope.data)
    except msgspec.DecodeError:
        return {}


def told(entries: Iterable[Entry], *, valid_at: int | None = None, known_at: int | None = None) -> list[Happening]:
    """What was known by then of what had happened by then, in the order in which it happened."""
    heard = [e for e in known(entries, known_at) if e.type not in HIDDEN]
    gone = struck(heard)
    at = times.begin(heard)
    found = []
    for entry in heard:
        at = times.near(entry, at)
        found.append(Happening(entry=entry, at=at, struck_by=gone.get(entry.envelope.id)))
    in_time = [h for h in found if valid_at is None or h.at <= valid_at]
    return sorted(in_time, key=lambda h: (h.at, h.entry.idx))


def state(
    matter_id: UUID,
    entries: Sequence[Entry],
    disqualified: Standing | None = None,
    *,
    valid_at: int | None = None,
    known_at: int | None = None,
) -> dict[str, Any]:
    """The matter, readable: what each of its streams says, who answers for what, and the whole timeline."""
    happenings = told(entries, valid_at=valid_at, known_at=known_at)
    chain = custody(entries, disqualified, valid_at=valid_at, known_at=known_at)
    strands: dict[str, Strand] = {}
    for happening in happenings:
        if happening.struck_by is None:
            stream = happening.entry.envelope.subject
            strands.setdefault(stream, Strand(stream, happening.at)).take(happening)
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in (*SECTIONS.values(), "others")}
    for strand in strands.values():
        sections[SECTIONS.get(strand.stream.partition("/")[0], "others")].append(_strand(strand))
    return {
        "matter_id": str(matter_id),
        "entries": len(happenings),
        "open": None in chain.open,
        "holders": list(chain.holders()),
        "needs": _needs(chain, happenings),
        **sections,
        "custody": chart(chain),
        "timeline": [line(happening) for happening in happenings],
    }


def _strand(strand: Strand) -> dict[str, Any]:
    last = strand.last
    return {
        "id": strand.stream.rpartition("/")[2],
        "kind": strand.stream.partition("/")[0],
        "state": strand.own,
        "events": strand.count,
        "since": written(strand.since),
        "changed": written(strand.changed),
        "last": "" if last is None else last.type,
        "last_zh": "" if last is None else last.facts.zh,
        "last_en": "" if last is None else last.facts.en,
        "said": strand.said,
    }


# --- needs and their offers -------------------------------------------------------------------------------------------


def _needs(chain: Custody, happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    """Each need that was ever spoken of: whether it is open, who answers for it, whom it was offered to."""
    needs = dict.fromkeys(step.need_id for step in chain.steps if step.need_id is not None)
    kinds = {
        h.entry.envelope.subject.rpartition("/")[2]: h.entry.envelope.subject.partition("/")[0] for h in happenings
    }
    return [
        {
            "need_id": str(need),
            "kind": kinds.get(str(need), ""),
            "open": need in chain.open,
            "holders": list(chain.holders(need)),
            "offers": _offers(chain, need),
        }
        for need in needs
    ]


def _offers(chain: Custody, need: UUID) -> list[dict[str, Any]]:
    """The offers of a need, each with its answer as far as there is one, read from the handoffs alone."""
    offers: list[dict[str, Any]] = []
    for step in chain.steps:
        if step.need_id != need:
            continue
        if step.act == "offered":
            offers.append({"to": list(step.takers), "at": written(step.at), "answer": None, "answered_at": None})
        for offer in offers:
            answered = (step.act == "taken" and offer["to"] == list(step.takers)) or (
                step.act == "refused" and step.giver in offer["to"]
            )
            if answered and offer["answer"] is None:
                offer |= {"answer": step.act, "answered_at": written(step.at)}
    return offers


# --- what people read -------------------------------------------------------------------------------------------------


def line(happening: Happening) -> dict[str, Any]:
    """One line of the timeline. Of what is restricted it says that it happened, and nothing else."""
    entry, envelope = happening.entry, happening.entry.envelope
    facts, data = entry.facts, {} if entry.facts.restricted else data_of(entry)
    found: dict[str, Any] = {
        "entry": entry.idx,
        "event_id": None if facts.restricted else str(envelope.id),
        "type": entry.type,
        "zh": facts.zh,
        "en": facts.en,
        "at": written(happening.at),
        "precision": envelope.effectiveprecision,
        "known_at": written(entry.rt),
        "late_days": max(0, (entry.rt - happening.at) // DAY),
        "publisher": envelope.publisher,
        "position": envelope.position,
        "stream": envelope.subject,
        "version": envelope.streamversion,
        "actor": {"id": envelope.actorid, "role": envelope.actorrole, "org": envelope.actororg},
        "channel": envelope.channel,
        "struck_by": happening.struck_by,
        "restricted": facts.restricted,
        "handoff": data.get("handoff"),
        "said": {k: v for k, v in data.items() if k not in UNSAID},
    }
    if envelope.behalforg:
        found["behalf"] = {
            "org": envelope.behalforg, "evidence_kind": envelope.behalfevidence, "evidence_ref": envelope.behalfref,
        }  # fmt: skip
    return found


def chart(chain: Custody) -> dict[str, Any]:
    """The chain for drawing: who held what when, the steps between, what lasted no time, and what was wrong."""
    return {
        "intervals": [_interval(interval) for interval in chain.intervals],
        "passing": [_interval(interval) for interval in chain.passing],
        "steps": [
            {
                "entry": step.idx,
                "type": step.type,
                "need_id": _text(step.need_id),
                "at": written(step.at),
                "precision": step.precision,
                "act": step.act,
                "giver": step.giver,
                "takers": list(step.takers),
                "opens": step.opens,
                "closes": step.closes,
            }
            for step in chain.steps
        ],
        "findings": [_finding(finding) for finding in chain.findings],
    }


def society(party: str) -> str:
    """The lane of a party: its society, or `outside`."""
    return SOCIETY_OF.get(party.partition(":")[0], "outside")


def _interval(interval: Interval) -> dict[str, Any]:
    return {
        "need_id": _text(interval.need_id),
        "holders": list(interval.holders),
        "lanes": list(dict.fromkeys(society(party) for party in interval.holders)),
        "from": written(interval.start),
        "to": None if interval.end is None else written(interval.end),
        "precision": interval.precision,
        "to_precision": interval.end_precision,
        "act": interval.act,
        "entry": interval.idx,
        "inherited": interval.inherited,
        "broken": len(interval.claims) != 1,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "finding": finding.key,
        "fault": finding.kind,
        "need_id": _text(finding.need_id),
        "holders": list(finding.holders),
        "since": written(finding.since),
        "until": None if finding.until is None else written(finding.until),
        "entry": finding.idx,
        "closed_by": [] if finding.until is not None else told_ways(finding.kind, finding.need_id),
    }


def _text(need_id: UUID | None) -> str | None:
    return None if need_id is None else str(need_id)
