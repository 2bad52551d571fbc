"""Reading the ledger back: the tree at a size, the size at a time, the entries of a matter."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.audit import language
from services.audit.entries import Entry, read
from services.audit.tables import entry, log_state, tile
from services.kernel.database import IN_BYTES
from services.kernel.manifest import Look
from services.kernel.tlog.merkle import EMPTY_ROOT, UNREAD, Tile, inclusion_proof, root_at

T = TypeVar("T")


def moving(row: Mapping[str, Any]) -> bool:
    """Whether an entry's row is of one that the chain of responsibility follows from: it moves, or strikes what moved."""
    return bool(row["moves"]) or language.strikes(row["type"])


def moves() -> sa.ColumnElement[bool]:
    """The same of all rows."""
    return sa.or_(entry.c.moves, entry.c.type.in_(sorted(language.striking())))


class Cited(msgspec.Struct, frozen=True):
    """What an event relies on beside its matter."""

    consent_id: UUID | None = None


_cited = msgspec.json.Decoder(Cited).decode


class Tiles:
    """The stored tiles, each read once."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._read: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, n: int) -> bytes:
        """The hashes of a tile; empty where there is none."""
        if (level, n) not in self._read:
            row = self._look.one(tile, level, n)
            self._read[level, n] = bytes(row["data"]) if row else b""
        return self._read[level, n]

    def together(self, work: Callable[[Tile], T]) -> T:
        """What `work` computes from tiles; those that it reads are fetched in one question and not one by one."""
        wanted: dict[tuple[int, int], None] = {}

        def noting(level: int, n: int) -> bytes:
            wanted[level, n] = None
            return UNREAD

        work(noting)
        self.fetch(wanted)
        return work(self)

    def fetch(self, places: Iterable[tuple[int, int]]) -> None:
        """Read these tiles, by level and number, in one question."""
        new = [place for place in places if place not in self._read]
        if not new:
            return
        self._read |= dict.fromkeys(new, b"")
        query = sa.select(tile).where(sa.tuple_(tile.c.level, tile.c.n).in_(new))
        for row in self._look.run(query.execution_options(**IN_BYTES)):
            self._read[row["level"], row["n"]] = bytes(row["data"])

    def forget(self) -> None:
        """Read them anew from now on."""
        self._read.clear()


def b64(hashed: bytes) -> str:
    """A hash as answers write it."""
    return urlsafe_b64encode(hashed).rstrip(b"=").decode()


def size_of(look: Look) -> int:
    """How many entries there are."""
    row = look.one(log_state, 1)
    return int(row["size"]) if row else 0


def size_at(look: Look, known_at: int | None) -> int:
    """How many entries there were then; recorded times grow with the index, so a few looks find it."""
    low, high = 0, size_of(look)
    if known_at is None:
        return high
    while low < high:
        middle = (low + high) // 2
        (row,) = look.run(sa.select(entry.c.rt).where(entry.c.idx == middle))
        if row["rt"] <= known_at:
            low = middle + 1
        else:
            high = middle
    return low


def root_of(look: Look, size: int) -> bytes:
    """The root of the tree when it held that many entries."""
    return Tiles(look).together(lambda tile: root_at(tile, size)) if size else EMPTY_ROOT


def path_of(look: Look, index: int, size: int) -> list[bytes]:
    """What shows that an entry is in the tree of that size."""
    return Tiles(look).together(lambda tile: inclusion_proof(tile, index, size))


def entries_of(look: Look, matter_id: UUID, *, restricted: bool) -> list[Entry]:
    """Everything said about a matter, and of the consents it relies on; `restricted` types only if asked for."""
    about = _read(look, entry.c.matter_id == matter_id, restricted)
    streams = {f"consent/{consent}" for e in about if (consent := _consent(e)) is not None}
    there = {e.idx for e in about}
    cited = _read(look, entry.c.stream.in_(sorted(streams)), restricted) if streams else []
    return sorted(about + [e for e in cited if e.idx not in there], key=lambda e: e.idx)


def _read(look: Look, where: sa.ColumnElement[bool], restricted: bool) -> list[Entry]:
    hidden = sorted(language.restricted())
    query = (
        sa.select(entry.c.idx, entry.c.rt, entry.c.raw).where(where).order_by(entry.c.idx).execution_options(**IN_BYTES)
    )
    if not restricted:
        query = query.where(entry.c.type.not_in(hidden))
    return [read(row) for row in look.run(query)]


def _consent(found: Entry) -> UUID | None:
    try:
        return _cited(found.envelope.data).consent_id
    except msgspec.DecodeError:
        return None


def page(look: Look, after: int, limit: int) -> list[dict[str, Any]]:
    """Entries from the `after`-th on, as they are."""
    c = entry.c
    columns = (c.idx, c.leaf, c.raw, c.type)
    return look.run(sa.select(*columns).where(c.idx >= after).order_by(c.idx).limit(limit))


def positions(look: Look, publishers: Sequence[str]) -> dict[str, int]:
    """How far each publisher has been recorded."""
    found = {}
    for publisher in publishers:
        (row,) = look.run(sa.select(sa.func.max(entry.c.position).label("last")).where(entry.c.publisher == publisher))
        found[publisher] = row["last"] or 0
    return found
