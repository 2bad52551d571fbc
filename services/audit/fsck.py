"""Whether the ledger is what it says: every entry read again, hashed again, and compared with the tree. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from services.audit.archive import Tiles
from services.audit.ledger import micros, wrapped
from services.audit.tables import entry, log_state
from services.contracts.audit import Flaw
from services.kernel.manifest import Look
from services.kernel.message import read_envelope
from services.kernel.tlog.merkle import HASH, WIDTH, Frontier, leaf_hash

CHUNK = 1_000
FLAWS_KEPT = 50


class Wrapped(msgspec.Struct, frozen=True):
    """An entry's bytes, opened as far as its own fields; the event stays as it is."""

    alg: str
    event: msgspec.Raw
    prev: str
    publisher: str
    rt: str
    seq: int
    stream: str


_unwrap = msgspec.json.Decoder(Wrapped).decode


@dataclass
class Verification:
    """What came of it: up to which size, which root the entries themselves give, and what contradicts what."""

    size: int = 0
    root: bytes = b""
    count: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    def flaw(self, code: str, idx: int | None = None) -> None:
        """One more contradiction; the first ones are kept, all are counted."""
        self.count += 1
        if len(self.flaws) < FLAWS_KEPT:
            self.flaws.append(Flaw(code=code, entry=idx))


@dataclass
class Walk:
    """Goes through the entries in order and remembers what the next ones must agree with."""

    tiles: Tiles
    found: Verification
    frontier: Frontier = field(default_factory=Frontier)
    above: dict[int, int] = field(default_factory=dict)
    last_rt: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    heads: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)

    def take(self, row: dict[str, Any]) -> None:
        """One entry: its hash against the row and the tree, its fields against the row, its place against the others."""
        idx, raw = row["idx"], bytes(row["raw"])
        leaf = leaf_hash(raw)
        if leaf != bytes(row["leaf"]):
            self.found.flaw("leaf-differs", idx)
        if leaf != _at(self.tiles(0, idx // WIDTH), idx % WIDTH):
            self.found.flaw("tree-differs", idx)
        if row["rt"] <= self.last_rt:
            self.found.flaw("time-goes-back", idx)
        self.last_rt = row["rt"]
        self._fields(row, raw)
        self._place(row, leaf)
        self._grow(leaf)

    def _fields(self, row: dict[str, Any], raw: bytes) -> None:
        """The entry put together again from its row must be the entry."""
        try:
            said = _unwrap(raw)
            envelope = read_envelope(said.event)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.found.flaw("unreadable", row["idx"])
            return
        head = self.heads.get((row["publisher"], row["stream"]))
        prev = head[1] if head is not None and head[0] == row["seq"] - 1 else b""
        again = wrapped(bytes(said.event), prev, row["publisher"], row["rt"], row["seq"], row["stream"])
        vt = None if envelope.effectiveat is None else micros(envelope.effectiveat)
        outside = (row["position"], row["type"], row["vt"], row["publisher"], row["stream"], row["seq"])
        inside = (
            envelope.position, envelope.type, vt, envelope.publisher, envelope.subject, envelope.streamversion,
        )  # fmt: skip
        if again != raw or outside != inside:
            self.found.flaw("row-differs", row["idx"])

    def _place(self, row: dict[str, Any], leaf: bytes) -> None:
        """Streams and publishers go on without a gap."""
        publisher, stream = row["publisher"], row["stream"]
        before = self.heads.get((publisher, stream), (0, b""))[0]
        if row["seq"] != before + 1:
            self.found.flaw("stream-gap", row["idx"])
        if row["position"] != self.positions.get(publisher, 0) + 1:
            self.found.flaw("publisher-gap", row["idx"])
        self.heads[publisher, stream] = (row["seq"], leaf)
        self.positions[publisher] = row["position"]

    def _grow(self, leaf: bytes) -> None:
        """The tree over the entries, and the tiles above the first level that it must have."""
        for level, hashes in self.frontier.extend((leaf,)).items():
            for hashed in hashes if level else ():
                n = self.above[level] = self.above.get(level, -1) + 1
                if hashed != _at(self.tiles(level, n // WIDTH), n % WIDTH):
                    self.found.flaw("tile-differs", self.frontier.size - 1)


def _at(tile: bytes, n: int) -> bytes:
    return tile[n * HASH : (n + 1) * HASH]


def verify(look: Look) -> Verification:
    """Go through the whole ledger, as far as it reached at the start."""
    state = look.one(log_state, 1)
    size = state["size"] if state else 0
    walk = Walk(Tiles(look), Verification(size=size))
    expected = 0
    for row in _entries(look, size):
        if row["idx"] != expected:
            walk.found.flaw("entry-missing", expected)
        expected = row["idx"] + 1
        walk.take(row)
    if expected != size:
        walk.found.flaw("entries-missing", expected)
    if state is not None and walk.frontier.pack() != bytes(state["frontier"]):
        walk.found.flaw("frontier-differs")
    walk.found.root = walk.frontier.root()
    return walk.found


def _entries(look: Look, size: int) -> Iterator[dict[str, Any]]:
    query = sa.select(entry).order_by(entry.c.idx).limit(CHUNK)
    after = -1
    while rows := look.run(query.where(entry.c.idx > after, entry.c.idx < size)):
        yield from rows
        after = rows[-1]["idx"]
