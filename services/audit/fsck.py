"""Whether the ledger is what it says: entries read again, hashed again, and compared with tree, rows and neighbours.

Reads only. A walk may begin at any entry, for the tree before it is read from the tiles: so the whole ledger is gone
through by `verify`, a slice of it by the rolling check, and what is new before each signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from services.audit.archive import Tiles
from services.audit.domain.integrity import GAPS
from services.audit.ledger import about, micros, wrapped
from services.audit.tables import entry, log_state
from services.contracts.audit import Flaw
from services.kernel.database import IN_BYTES
from services.kernel.manifest import Look
from services.kernel.message import read_envelope
from services.kernel.tlog.merkle import HASH, HEIGHT, WIDTH, Frontier, frontier_at, leaf_hash

CHUNK = 1_000
FLAWS_KEPT = 50
HEADS_KEPT = 100_000


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
    damage: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    def flaw(self, code: str, idx: int | None = None) -> None:
        """One more contradiction; all are counted, the first ones are kept, and damage goes before what is missing."""
        self.count += 1
        self.damage += code not in GAPS
        if len(self.flaws) == FLAWS_KEPT and code not in GAPS:
            gap = next((at for at in range(FLAWS_KEPT - 1, -1, -1) if self.flaws[at].code in GAPS), None)
            if gap is not None:
                del self.flaws[gap]
        if len(self.flaws) < FLAWS_KEPT:
            self.flaws.append(Flaw(code=code, entry=idx))


@dataclass
class Walk:
    """Goes through entries in order, from any of them on, and remembers what the next ones must agree with.

    `edge` is the tree's edge as it was stored when a walk through everything began.
    """

    look: Look
    found: Verification
    frontier: Frontier = field(default_factory=Frontier)
    last_rt: int = 0
    positions: dict[str, int] = field(default_factory=dict)
    heads: dict[tuple[str, str], tuple[int, bytes]] = field(default_factory=dict)
    edge: bytes | None = None

    def __post_init__(self) -> None:
        self.tiles = Tiles(self.look)

    @classmethod
    def start(cls, look: Look, at: int, size: int) -> Walk:
        """A walk that begins at this entry; what lies before it is believed as the tiles and rows have it."""
        walk = cls(look, Verification(size=size))
        if at:
            walk.frontier = frontier_at(walk.tiles, at)
            before = look.one(entry, at - 1)
            walk.last_rt = before["rt"] if before else 0
        return walk

    def go(self, until: int) -> Verification:
        """Every entry from here to before `until`."""
        expected = self.frontier.size
        for rows in _pages(self.look, expected, until):
            self._meet(rows)
            self.tiles.fetch(_places(rows[0]["idx"], rows[-1]["idx"] + 1))
            leaves: list[bytes] = []
            for row in rows:
                if row["idx"] != expected:
                    self.found.flaw("entry-missing", expected)
                expected = row["idx"] + 1
                leaves.append(self._take(row))
            self._grow(leaves)
            self.tiles.forget()
        if expected != until:
            self.found.flaw("entries-missing", expected)
        self.found.root = self.frontier.root()
        return self.found

    def _meet(self, rows: Sequence[dict[str, Any]]) -> None:
        """Know what lies before these rows in their streams and in their publishers' logs, where it was not passed."""
        if len(self.heads) > HEADS_KEPT:
            self.heads.clear()
        first: dict[tuple[str, str], int] = {}
        logs: dict[str, int] = {}
        for row in rows:
            first.setdefault((row["publisher"], row["stream"]), row["seq"])
            logs.setdefault(row["publisher"], row["position"])
        start, c = rows[0]["idx"], entry.c
        wanted = [(s, seq - 1) for (by, s), seq in first.items() if seq > 1 and (by, s) not in self.heads]
        if start and wanted:
            query = sa.select(c.publisher, c.stream, c.seq, c.leaf).where(sa.tuple_(c.stream, c.seq).in_(wanted))
            for row in self.look.run(query.where(c.idx < start)):
                self.heads[row["publisher"], row["stream"]] = (row["seq"], bytes(row["leaf"]))
        before = [(by, at - 1) for by, at in logs.items() if at > 1 and by not in self.positions]
        if start and before:
            known = sa.select(c.publisher, c.position).where(sa.tuple_(c.publisher, c.position).in_(before))
            self.positions |= {row["publisher"]: row["position"] for row in self.look.run(known.where(c.idx < start))}

    def _take(self, row: dict[str, Any]) -> bytes:
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
        return leaf

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
        outside = (
            row["position"],
            row["type"],
            row["vt"],
            row["publisher"],
            row["stream"],
            row["seq"],
            row["matter_id"],
        )
        inside = (
            envelope.position, envelope.type, vt, envelope.publisher, envelope.subject, envelope.streamversion,
            about(envelope).matter_id,
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

    def _grow(self, leaves: list[bytes]) -> None:
        """The tree over the entries, and the tiles above the first level that it must have."""
        size = self.frontier.size
        for level, hashes in self.frontier.extend(leaves).items():
            for n, hashed in enumerate(hashes if level else (), size >> HEIGHT * level):
                if hashed != _at(self.tiles(level, n // WIDTH), n % WIDTH):
                    self.found.flaw("tile-differs", (n + 1 << HEIGHT * level) - 1)


def _places(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The tiles in which these entries stand, and the complete subtrees that end with them."""
    level = 0
    while end >> HEIGHT * level:
        first, last = start >> HEIGHT * level, end - 1 >> HEIGHT * level
        yield from ((level, n) for n in range(first // WIDTH, last // WIDTH + 1))
        level += 1


def _at(tile: bytes, n: int) -> bytes:
    return tile[n * HASH : (n + 1) * HASH]


def verify(look: Look) -> Verification:
    """Go through the whole ledger, as far as it reached at the start."""
    return gone_through(begun(look))


def begun(look: Look) -> Walk:
    """A walk through the whole ledger, as far as it reaches now; its `frontier.size` is how far it has come."""
    state = look.one(log_state, 1)
    walk = Walk.start(look, 0, state["size"] if state else 0)
    walk.edge = None if state is None else bytes(state["frontier"])
    return walk


def gone_through(walk: Walk) -> Verification:
    """What comes of such a walk."""
    found = walk.go(walk.found.size)
    if walk.edge is not None and walk.frontier.pack() != walk.edge:
        found.flaw("frontier-differs")
    return found


def _pages(look: Look, start: int, until: int) -> Iterator[list[dict[str, Any]]]:
    c = entry.c
    columns = (c.idx, c.publisher, c.position, c.stream, c.seq, c.type, c.matter_id, c.vt, c.rt, c.leaf, c.raw)
    query = sa.select(*columns).order_by(c.idx).limit(CHUNK).execution_options(**IN_BYTES)
    after = start - 1
    while rows := look.run(query.where(entry.c.idx > after, entry.c.idx < until)):
        yield rows
        after = rows[-1]["idx"]
