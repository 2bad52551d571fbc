"""The ledger: one entry for every event, in one order, under the bytes in which its publisher said it.

An entry wraps those bytes verbatim: `{"alg","event","prev","publisher","rt","seq","stream"}`, keys sorted, where `seq`
is the event's place in its own stream, `prev` the hash of that stream's entry before it, and `rt` when the ledger
learnt of it. It is put together from bytes and never parsed and written anew, so what was said is what is hashed.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.audit.language import moving
from services.audit.tables import entry, log_state, tile
from services.kernel import metrics
from services.kernel.manifest import Look
from services.kernel.message import Envelope, Message
from services.kernel.tlog.merkle import HASH, WIDTH, Frontier, leaf_hash
from services.kernel.view import Change, Rows, put

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
COLUMNS = ("idx", "publisher", "position", "stream", "seq", "type", "matter_id", "moves", "vt", "rt", "leaf", "raw")
HEADS_KEPT = 50_000

Head = tuple[int, bytes]
"""A stream's last entry: its place in the stream and its hash."""

Row = tuple[Any, ...]


class Matter(msgspec.Struct):
    """What the ledger itself reads of an event's data: the matter it is about, and whether it hands anything over."""

    matter_id: UUID | None = None
    handoff: msgspec.Raw = msgspec.Raw(b"null")


_matter = msgspec.json.Decoder(Matter).decode
NO_MATTER = Matter()


def micros(moment: datetime) -> int:
    """An instant as whole microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def instant(since_1970: int) -> datetime:
    """The instant that many microseconds after 1970, in UTC."""
    return EPOCH + since_1970 * MICROSECOND


def written(since_1970: int) -> str:
    """The instant as entries and answers write it: UTC, always to the microsecond."""
    second, rest = divmod(since_1970, 1_000_000)
    return f"{_second(second)}.{rest:06d}Z"


@lru_cache(maxsize=64)
def _second(since_1970: int) -> str:
    """Many entries are of one second."""
    return (EPOCH + timedelta(seconds=since_1970)).isoformat()[:19]


def wrapped(raw: bytes, prev: bytes, publisher: str, rt: int, seq: int, stream: str) -> bytes:
    """An entry's bytes; `prev` is the hash of the stream's entry before, empty for its first (INV-32)."""
    before = urlsafe_b64encode(prev)[:43]
    tail = f'","publisher":"{publisher}","rt":"{written(rt)}","seq":{seq},"stream":"{stream}"}}'
    return b'{"alg":"sha256","event":' + raw + b',"prev":"' + before + tail.encode()


def about(envelope: Envelope) -> Matter:
    """What an event is about; an event that cannot be read so far is recorded all the same, under no matter."""
    try:
        return _matter(envelope.data)
    except msgspec.DecodeError:
        return NO_MATTER


@dataclass
class State:
    """Where the ledger ends: the tree's edge, the last tile of each level as far as it is filled, the last time."""

    frontier: Frontier
    edge: dict[int, bytes]
    last_rt: int

    @classmethod
    def read(cls, look: Look) -> State:
        """The state as the tables have it."""
        row = look.one(log_state, 1)
        if row is None:
            return cls(Frontier(), {}, 0)
        size = row["size"]
        return cls(Frontier.unpack(size, bytes(row["frontier"])), dict(_edge(look, size)), row["last_rt"])


def _edge(look: Look, size: int) -> Iterable[tuple[int, bytes]]:
    """The unfinished last tile of each level of a tree with `size` leaves."""
    level, count = 0, size
    while count:
        if count % WIDTH:
            found = look.one(tile, level, count // WIDTH)
            yield level, bytes(found["data"])[: count % WIDTH * HASH] if found else b""
        level, count = level + 1, count // WIDTH


@dataclass
class Ledger:
    """Takes batches and says which rows record them; remembers where it stands until it is told to `forget`."""

    state: State | None = None
    heads: dict[tuple[str, str], Head] = field(default_factory=dict)
    moving: frozenset[str] = field(default_factory=moving)

    def forget(self) -> None:
        """What was taken last may not be written: read from the tables again."""
        self.state = None
        self.heads.clear()

    def take(self, batch: Sequence[Message], now: datetime, look: Look) -> list[Change | Rows]:
        """The rows that record this batch after all that was taken before."""
        if not batch:
            return []
        state = self.state or State.read(look)
        self.state = None  # Should anything below fail, the next batch begins from the tables.
        self._meet(batch, look)
        idx, rt = state.frontier.size, max(micros(now), state.last_rt + 1)
        rows = [self._row(message, idx + i, rt + i) for i, message in enumerate(batch)]
        tiles = grown(state.frontier, state.edge, [row[10] for row in rows])
        state.last_rt = rt + len(batch) - 1
        self.state = state
        metrics.tree_size("audit", state.frontier.size)
        end = put(log_state, 1, size=state.frontier.size, frontier=state.frontier.pack(), last_rt=state.last_rt)
        return [Rows(entry, COLUMNS, rows), *tiles, end]

    def _meet(self, batch: Sequence[Message], look: Look) -> None:
        """Know the heads of the streams that this batch goes on with; a stream's first event needs none."""
        if len(self.heads) > HEADS_KEPT:
            self.heads.clear()
        first: dict[tuple[str, str], int] = {}
        for message in batch:
            first.setdefault((message.envelope.publisher, message.envelope.subject), message.envelope.streamversion)
        wanted = {(s, seq - 1) for (by, s), seq in first.items() if seq > 1 and (by, s) not in self.heads}
        if wanted:
            before = sa.tuple_(entry.c.stream, entry.c.seq).in_(sorted(wanted))
            heads = sa.select(entry.c.publisher, entry.c.stream, entry.c.seq, entry.c.leaf).where(before)
            for row in look.run(heads):
                self.heads[row["publisher"], row["stream"]] = (row["seq"], bytes(row["leaf"]))

    def _row(self, message: Message, idx: int, rt: int) -> Row:
        """INV-32"""
        envelope = message.envelope
        publisher, stream, seq = envelope.source[1:], envelope.subject, envelope.streamversion
        head = self.heads.get((publisher, stream))
        # An event that does not follow the one before it in its stream stands without `prev`: `fsck` names it.
        prev = head[1] if head is not None and head[0] == seq - 1 else b""
        raw = wrapped(message.raw, prev, publisher, rt, seq, stream)
        leaf = leaf_hash(raw)
        self.heads[publisher, stream] = (seq, leaf)
        about_it = about(envelope)
        moves = bytes(about_it.handoff) != b"null" or envelope.corrects is not None or envelope.type in self.moving
        vt = None if envelope.effectiveat is None else micros(envelope.effectiveat)
        return (
            idx, publisher, envelope.position, stream, seq, envelope.type, about_it.matter_id, moves, vt, rt, leaf, raw,
        )  # fmt: skip


def grown(frontier: Frontier, edge: dict[int, bytes], leaves: list[bytes]) -> list[Change]:
    """Append leaves to the tree; the tiles that changed, each with all it holds now."""
    size, changes = frontier.size, []
    for level, hashes in frontier.extend(leaves).items():
        first = (size >> 8 * level) // WIDTH
        data = edge.get(level, b"") + b"".join(hashes)
        whole = len(data) // (WIDTH * HASH)
        for n in range(-(-len(data) // (WIDTH * HASH))):
            changes.append(put(tile, level, first + n, data=data[n * WIDTH * HASH : (n + 1) * WIDTH * HASH]))
        edge[level] = data[whole * WIDTH * HASH :]
    return changes
