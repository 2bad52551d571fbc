"""Receipts: for each party of a handoff, and for a person of a consent, the proof that it stands in the ledger.

A receipt is a C2SP tlog-proof with the entry's own bytes as its extra data: whoever holds it and knows the log's key needs
nothing else to show what was handed over, or agreed to. Only the hash of those bytes makes them more than a claim.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.audit.archive import path_of
from services.audit.checkpoints import Signed
from services.audit.entries import Entry, read
from services.audit.scopes import joined, words
from services.audit.tables import entry
from services.audit.views import METADATA
from services.contracts.visibility import unit_of
from services.kernel.manifest import Do, Look
from services.kernel.message import Actor
from services.kernel.tlog.note import Note
from services.kernel.tlog.proof import Proof
from services.kernel.view import Change, put

CONSENTS = ("consent.granted", "consent.withdrawn")
PAGE = 1_000

receipt = sa.Table(
    "receipt",
    METADATA,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    sa.Column("entry", sa.BigInteger),
    sa.Column("words", sa.String),
)
"""An event of which receipts are given: its entry, and whose they are (see `scopes`); nobody's where it is restricted."""


class About(msgspec.Struct, frozen=True):
    """Whom a consent is about."""

    person_id: UUID | None = None


_about = msgspec.json.Decoder(About).decode


class ReceiptFollower:
    """Keeps `receipt` true to the ledger."""

    name = "receipts"
    tables: tuple[sa.Table, ...] = (receipt,)

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """The receipts that are owed for the entries after the first `after` of them."""
        c = entry.c
        last = look.run(sa.select(c.idx).where(c.idx >= after).order_by(c.idx).limit(PAGE))
        if not last:
            return [], [], after
        until = int(last[-1]["idx"]) + 1
        owed = sa.or_(c.moves, c.type.in_(CONSENTS))
        query = sa.select(c.idx, c.rt, c.raw).where(c.idx >= after, c.idx < until, owed).order_by(c.idx)
        found = (read(row) for row in look.run(query))
        return [_receipt(e) for e in found if e.said.handoff is not None or e.type in CONSENTS], [], until


def _receipt(e: Entry) -> Change:
    """INV-11: of what is restricted nobody is shown even that there is a receipt."""
    whose = words([e]) | _person(e) if not e.facts.restricted else frozenset[str]()
    return put(receipt, e.envelope.id, entry=e.idx, words=joined(frozenset(whose)))


def _person(e: Entry) -> set[str]:
    if e.type not in CONSENTS:
        return set()
    try:
        person_id = _about(e.envelope.data).person_id
    except msgspec.DecodeError:
        return set()
    return set() if person_id is None else {f"person:{person_id}"}


def may(actor: Actor, whose: str) -> bool:
    """Whether a receipt is this one's: a party to it, whom a party works for, or the person that it is about."""
    if not whose:
        return False
    if actor.role in ("auditor", "service"):
        return True
    own = actor.id.rpartition(":")[2]
    mine = {f"worker:{actor.id}", f"person:{own}", own, unit_of(actor.org)}
    return not mine.isdisjoint(whose.split(","))


def made(look: Look, index: int, head: Signed, signed: Note) -> bytes:
    """The receipt of an entry under a head; `signed` is the head's note with all the signatures that there are."""
    (row,) = look.run(sa.select(entry.c.raw).where(entry.c.idx == index))
    path = path_of(look, index, head.size)
    return bytes(Proof(index, tuple(path), signed, bytes(row["raw"])))


def of(look: Look, event_id: UUID) -> dict[str, Any] | None:
    """Where an event stands of which receipts are given, and whose they are."""
    return look.one(receipt, event_id)
