"""What the entries of a matter say, stream by stream, and from when on: the fold behind every answer about a moment. Pure.

Each entry has its place in the telling (`times.near`). A stream says what its entries have said by then, each field as it
was said last; a corrected entry says what it was corrected to, from when it first said it; a struck one says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from services.audit import times
from services.audit.entries import Entry, struck
from services.audit.replay import HIDDEN, UNSAID, data_of

OUTSIDE = ("consent", "person")
"""Streams that belong to no one matter; matters cite them."""

MONEY = {
    "grant.approved": ("approved", "amount_fen"), "grant.disbursed": ("paid", "amount_fen"),
    "grant.returned": ("returned", "amount_fen"), "grant.use-reported": ("used", "used_fen"),
    "in-kind-support.delivered": ("in-kind", "est_value_fen"),
}  # fmt: skip
"""What each of these adds to, and the field that says how much; where it says nothing, the amount is unknown (INV-29)."""

CITES = {"consent_id": "consent", "person_id": "person"}

Content = dict[str, Any]
Unit = tuple[str, bool]
"""A stream, and whether what it says there is restricted."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Correction(msgspec.Struct, frozen=True):
    """What a correction says of the event that it corrects; tolerant, for it may say anything."""

    corrects: UUID | None = None
    fields: tuple[str, ...] = ()
    now: dict[str, Any] = {}


_correction = msgspec.json.Decoder(Correction).decode
NONE = Correction()


@dataclass(frozen=True, slots=True)
class Turn:
    """From this moment on, by this entry, a stream says this."""

    at: int
    entry: int
    content: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Its place among the turns of its stream."""
        return self.at, self.entry


def packed(content: Content) -> bytes:
    """Content as it is stored and compared."""
    return bytes(_encode(content))


def unpacked(content: bytes) -> Content:
    """Content as it is read."""
    return dict(_decode(content))


def told(entry: Entry) -> bool:
    """Whether it is part of what happened; who looked is none."""
    return entry.type not in HIDDEN


def correction(entry: Entry) -> Correction:
    """What an entry corrects by fields; nothing, for most."""
    if entry.said.corrects is None:
        return NONE
    try:
        return _correction(entry.envelope.data)
    except msgspec.DecodeError:
        return NONE


def target(entry: Entry) -> UUID | None:
    """The event that an entry corrects, replaces or strikes."""
    return entry.envelope.corrects or entry.said.corrects


def unit(entry: Entry) -> Unit:
    """Where it is told. What is restricted is told apart, so that it changes nothing that others see."""
    return entry.envelope.subject, entry.facts.restricted


def placed(entries: Sequence[Entry]) -> list[tuple[Entry, int]]:
    """Entries in the ledger's order, each with its moment; restricted ones take a place and move no other."""
    at = times.begin(e for e in entries if not e.facts.restricted)
    found = []
    for entry in entries:
        moment = times.near(entry, at)
        found.append((entry, moment))
        at = at if entry.facts.restricted else moment
    return found


def turns(entries: Sequence[Entry]) -> dict[Unit, list[Turn]]:
    """What each stream said, turn by turn, by all that these entries (in the ledger's order) say."""
    heard = [entry for entry in entries if told(entry)]
    gone = struck(heard)
    amended: dict[UUID, dict[str, Any]] = {}
    for entry in heard:
        mended = correction(entry)
        if mended.corrects is not None and entry.envelope.id not in gone:
            new = {name: mended.now[name] for name in mended.fields if name in mended.now}
            amended.setdefault(mended.corrects, {}).update(new)
    found: dict[Unit, list[Turn]] = {}
    for entry, at in sorted(placed(heard), key=lambda pair: (pair[1], pair[0].idx)):
        if entry.envelope.id not in gone:
            there = found.setdefault(unit(entry), [])
            before = unpacked(there[-1].content) if there else {}
            there.append(Turn(at, entry.idx, packed(after(before, entry, at, amended.get(entry.envelope.id)))))
    return found


def after(before: Content, entry: Entry, at: int, amended: dict[str, Any] | None = None) -> Content:
    """What a stream says after one more entry."""
    kind, _, word = entry.type.partition(".")
    content = before | {"type": entry.type}
    if kind == entry.envelope.subject.partition("/")[0]:
        content["word"] = word
    if entry.facts.restricted:
        return content
    data = data_of(entry) | (amended or {})
    said = {k: v for k, v in data.items() if k not in UNSAID and v is not None}
    content["said"] = before.get("said", {}) | said
    cites = [f"{kind}/{data[name]}" for name, kind in CITES.items() if data.get(name)]
    if cites:
        content["cites"] = sorted({*before.get("cites", ()), *cites})
    if entry.type in MONEY:
        content["money"] = added(before.get("money", {}), entry.type, data)
    if entry.said.handoff is not None:
        content["offers"] = offers(before.get("offers", []), entry, at)
    return content | merged(entry, data)


def added(money: Content, type_: str, data: Content) -> Content:
    """Sums in fen, and how many amounts are unknown."""
    what, field = MONEY[type_]
    before = money.get(what, {"fen": 0, "unknown": 0})
    amount = data.get(field)
    known = isinstance(amount, int)
    return money | {what: {"fen": before["fen"] + (amount if known else 0), "unknown": before["unknown"] + (not known)}}


def offers(before: list[Content], entry: Entry, at: int) -> list[Content]:
    """The offers of a strand, each with its answer as far as there is one."""
    handoff = entry.said.handoff
    if handoff is None or handoff.act not in ("offered", "taken", "refused"):
        return before
    if handoff.act == "offered":
        return [*before, {"to": list(handoff.takers), "at": at, "answer": None, "answered_at": None}]
    answer = {"answer": handoff.act, "answered_at": at}
    return [each | answer if _answers(handoff, each) else each for each in before]


def _answers(handoff: Any, offer: Content) -> bool:
    if offer["answer"] is not None:
        return False
    return handoff.giver in offer["to"] if handoff.act == "refused" else offer["to"] == list(handoff.takers)


def merged(entry: Entry, data: Content) -> Content:
    """Whom a person's record is shown as from now on (INV-39)."""
    match entry.type:
        case "person.merged":
            return {"shown_as": data.get("survivor_id")}
        case "person.unmerged":
            return {"shown_as": None}
        case _:
            return {}
