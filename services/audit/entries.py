"""Entries as they are read back: which were known at a time, and which of those still stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from services.audit.language import Facts, facts_of
from services.audit.ledger import micros
from services.kernel.message import Envelope


class HandedOver(msgspec.Struct, frozen=True):
    """A handoff as any publisher writes it; read tolerantly, for audit records what was said and refuses nothing."""

    act: str = ""
    giver: str = "unknown"
    takers: tuple[str, ...] = ()
    need_id: UUID | None = None


class Said(msgspec.Struct, frozen=True):
    """The few fields of an event's data that custody knows by name."""

    handoff: HandedOver | None = None
    need_id: UUID | None = None
    holder: str | None = None
    corrects: UUID | None = None


class Wrapped(msgspec.Struct, frozen=True):
    """An entry's bytes, opened as far as the envelope of the event in it."""

    event: Envelope


_unwrap = msgspec.json.Decoder(Wrapped).decode
_said = msgspec.json.Decoder(Said).decode
NOTHING = Said()


@dataclass(frozen=True)
class Entry:
    """One entry: its place, when the ledger learnt of it, and the event's envelope."""

    idx: int
    rt: int
    envelope: Envelope

    @property
    def type(self) -> str:
        """The event's name on the wire."""
        return self.envelope.type

    @property
    def facts(self) -> Facts:
        """What the contracts declare about its type."""
        return facts_of(self.envelope.type)

    @property
    def stream_id(self) -> UUID:
        """The id of its stream; one derived from the name where a stream is named otherwise than by an id."""
        try:
            return self.envelope.stream_id
        except ValueError:
            return uuid5(NAMESPACE_URL, self.envelope.subject)

    @property
    def vt(self) -> int | None:
        """When it happened, in microseconds; None when unknown."""
        at = self.envelope.effectiveat
        return None if at is None else micros(at)

    @property
    def precision(self) -> str:
        """How precisely it is known when it happened; nothing is known of what no time is given for."""
        return self.envelope.effectiveprecision if self.envelope.effectiveat is not None else "unknown"

    @cached_property
    def said(self) -> Said:
        """What custody reads of the data; nothing, where even that cannot be read."""
        try:
            return _said(self.envelope.data)
        except msgspec.DecodeError:
            return NOTHING


def envelope_of(raw: bytes) -> Envelope:
    """The event's envelope in an entry's bytes."""
    return _unwrap(raw).event


class Bare(msgspec.Struct, frozen=True):
    """An entry's bytes, opened no further than the bytes of the event in it."""

    event: msgspec.Raw


_bare = msgspec.json.Decoder(Bare).decode


def event_of(raw: bytes) -> bytes:
    """The event's own bytes in an entry's bytes, as its publisher said them; nothing, where they are no entry any more."""
    try:
        return bytes(_bare(raw).event)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return b""


def read(row: dict[str, Any]) -> Entry:
    """An entry from its row (`idx`, `rt`, `raw`)."""
    return Entry(row["idx"], row["rt"], envelope_of(row["raw"]))


def known(entries: Iterable[Entry], known_at: int | None = None) -> list[Entry]:
    """The entries that the ledger had by then, in its order."""
    return sorted((e for e in entries if known_at is None or e.rt <= known_at), key=lambda e: e.idx)


def struck(entries: Sequence[Entry]) -> dict[UUID, int]:
    """The events that a later entry replaces or strikes, each with that entry; a strike that is struck itself is void."""
    gone: dict[UUID, int] = {}
    for entry in reversed(entries):
        corrected = entry.envelope.corrects or (entry.said.corrects if entry.facts.strikes else None)
        if corrected is not None and entry.envelope.id not in gone:
            gone.setdefault(corrected, entry.idx)
    return gone


def standing(entries: Iterable[Entry], known_at: int | None = None) -> list[Entry]:
    """The entries that were known by then and not struck by then."""
    heard = known(entries, known_at)
    gone = struck(heard)
    return [entry for entry in heard if entry.envelope.id not in gone]
