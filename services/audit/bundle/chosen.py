"""Which entries belong in a bundle, as the ledger was at a size. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.audit import language
from services.audit.archive import b64
from services.audit.entries import envelope_of
from services.audit.tables import entry
from services.kernel.database import IN_BYTES
from services.kernel.manifest import Look

CHUNK = 1_000
OWED = ("consent.granted", "consent.withdrawn")
"""What a receipt is given for beside handoffs."""


class Cited(msgspec.Struct, frozen=True):
    """What a bundle reads of an event's data."""

    consent_id: UUID | None = None
    handoff: msgspec.Raw = msgspec.Raw(b"null")
    sealed: tuple[str, ...] = ()


_cited = msgspec.json.Decoder(Cited).decode
NOTHING = Cited()


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry of a bundle."""

    idx: int
    publisher: str
    stream: str
    type: str
    leaf: bytes
    raw: bytes

    @property
    def cited(self) -> Cited:
        """What its event relies on, hands over and seals; nothing, where that cannot be read."""
        try:
            return _cited(envelope_of(self.raw).data)
        except msgspec.DecodeError:
            return NOTHING

    @property
    def owed(self) -> bool:
        """Whether a receipt is given for it."""
        return self.type in OWED or bytes(self.cited.handoff)[:1] == b"{"


COLUMNS = (entry.c.idx, entry.c.publisher, entry.c.stream, entry.c.type, entry.c.leaf, entry.c.raw)


def read(look: Look, *where: sa.ColumnElement[bool]) -> list[Chosen]:
    """Entries, in the ledger's order."""
    rows = look.run(sa.select(*COLUMNS).where(*where).order_by(entry.c.idx).execution_options(**IN_BYTES))
    return [_chosen(row) for row in rows]


def own(look: Look, stream: str, type_: str, *where: sa.ColumnElement[bool], most: int = 1) -> list[Chosen]:
    """The last entries of a type in a stream of audit's own, in the ledger's order; found by the stream, however long the ledger is."""
    c = entry.c
    query = sa.select(*COLUMNS).where(c.publisher == "audit", c.stream == stream, c.type == type_, *where)
    rows = look.run(query.order_by(c.seq.desc()).limit(most))
    return [_chosen(row) for row in reversed(rows)]


def _chosen(row: dict[str, Any]) -> Chosen:
    return Chosen(**(row | {"leaf": bytes(row["leaf"]), "raw": bytes(row["raw"])}))


@dataclass(frozen=True)
class Case:
    """One matter's entries: those about it, and the consents that they cite.

    What is restricted is in no bundle, unless a second person has approved that it is unsealed (INV-11); then each stream
    in which something restricted was said about the matter is there whole.
    """

    matter_id: UUID
    size: int
    entries: tuple[Chosen, ...]
    streams: tuple[tuple[str, str], ...]
    cited: tuple[UUID, ...]

    @classmethod
    def of(cls, look: Look, matter_id: UUID, size: int, *, unsealed: bool = False) -> Case:
        """As the ledger was at this size."""
        c, restricted = entry.c, language.restricted()
        hidden = () if unsealed else (c.type.not_in(sorted(restricted)),)
        about = read(look, c.matter_id == matter_id, c.idx < size, *hidden)
        cited = sorted({consent for e in about if (consent := e.cited.consent_id) is not None}, key=str)
        streams = {("intake", f"consent/{consent}") for consent in cited}
        streams |= {(e.publisher, e.stream) for e in about if e.type in restricted}
        named = sa.tuple_(c.publisher, c.stream).in_(sorted(streams))
        more = read(look, c.stream.in_(sorted({stream for _, stream in streams})), named, c.idx < size)
        chosen = sorted({e.idx: e for e in (*about, *more)}.values(), key=lambda e: e.idx)
        return cls(matter_id, size, tuple(chosen), tuple(_whole(look, chosen, size)), tuple(cited))

    @property
    def absent(self) -> list[str]:
        """The consents that are cited and of which the ledger has nothing."""
        there = {stream for publisher, stream in self.streams if publisher == "intake"}
        return [f"intake/consent/{consent}" for consent in self.cited if f"consent/{consent}" not in there]


def _whole(look: Look, chosen: Sequence[Chosen], size: int) -> Iterator[tuple[str, str]]:
    """The streams all of whose entries are among these."""
    shown = Counter((e.publisher, e.stream) for e in chosen)
    c, names = entry.c, sorted({stream for _, stream in shown})
    count = sa.func.count().label("count")
    for at in range(0, len(names), 500):
        where = (c.stream.in_(names[at : at + 500]), c.idx < size)
        for row in look.run(sa.select(c.publisher, c.stream, count).where(*where).group_by(c.publisher, c.stream)):
            if shown[row["publisher"], row["stream"]] == row["count"]:
                yield row["publisher"], row["stream"]


def digests(entries: Iterable[Chosen]) -> set[str]:
    """The digests of the personal values that belong to these events."""
    return {digest for e in entries for digest in e.cited.sealed}


@dataclass
class Told:
    """What an export says of the entries that it tells of: how many, under which hash, how many it withholds."""

    entries: int
    entries_hash: str
    withheld: int = 0


def told_of(case: Case) -> Told:
    """Of a matter."""
    return Told(len(case.entries), b64(sha256(b"".join(e.leaf for e in case.entries)).digest()))


def told_of_all(look: Look, size: int, hidden: frozenset[str]) -> Told:
    """Of the whole ledger, for somebody who may not read these types."""
    found, hashed = Told(0, ""), sha256()
    for start in range(0, size, 20 * CHUNK):
        where = (entry.c.idx >= start, entry.c.idx < min(size, start + 20 * CHUNK))
        for row in look.run(sa.select(entry.c.type, entry.c.leaf).where(*where).order_by(entry.c.idx)):
            if row["type"] in hidden:
                found.withheld += 1
            else:
                found.entries += 1
                hashed.update(row["leaf"])
    found.entries_hash = b64(hashed.digest())
    return found


def everything(look: Look, size: int) -> Iterator[list[Chosen]]:
    """All entries, some at a time."""
    for start in range(0, size, CHUNK):
        yield read(look, entry.c.idx >= start, entry.c.idx < min(size, start + CHUNK))
