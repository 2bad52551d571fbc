"""The map under a seal: of each stream and matter how many entries it has and which is the last, under one root. Pure.

A seal is an entry `ledger.sealed` that names, for the first `to_size` entries, the number of `rows` of this map and its
`map_root`. An inclusion proof shows that an entry is real; the map shows that none was left out: a history of a stream
that ends with another entry than its row's head, or has another count, is not whole.

A row is `key || count || head`: `key` = SHA-256(name), 32 bytes; `count`, 8 bytes, big-endian; `head`, 32 bytes. Its hash
is SHA-256(0x00 || row). Rows stand in ascending order of their keys, each once; over their hashes lies an RFC 6962 tree.

* A stream's name is `<publisher>/<stream>` (`intake/case/0190…`); `count` are its entries, `head` the leaf hash of the
  last one.
* A matter's name is `matter/<id>`; `count` are the entries about it (whose type is not `safeguarding.*`), `head` a chain
  over their leaf hashes in the order of the ledger: 32 zero bytes, then SHA-256(0x02 || head || leaf) for each.

That a name is not in the map is shown by the two rows between which it would stand (docs/bundle.md, Seal).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from services.kernel.tlog.merkle import HASH, HEIGHT, WIDTH, inclusion_proof, leaf_hash, root_at, verify_inclusion

COUNT = 8
ROW = HASH + COUNT + HASH
NOTHING = bytes(HASH)
"""The head of a matter about which there is no entry."""


def stream_name(publisher: str, stream: str) -> str:
    """The name of a stream's row."""
    return f"{publisher}/{stream}"


def matter_name(matter_id: UUID) -> str:
    """The name of a matter's row."""
    return f"matter/{matter_id}"


def key_of(name: str) -> bytes:
    """Under which key a row stands; nobody learns a name from it who does not know it."""
    return sha256(name.encode()).digest()


def chained(head: bytes, leaf: bytes) -> bytes:
    """A matter's head after one more entry about it."""
    return sha256(b"\x02" + head + leaf).digest()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: whose, how many entries, and the last one's hash or the chain over all."""

    key: bytes
    count: int
    head: bytes

    def __bytes__(self) -> bytes:
        return self.key + self.count.to_bytes(COUNT, "big") + self.head

    @classmethod
    def read(cls, packed: bytes) -> Row:
        """A row from its bytes."""
        return cls(packed[:HASH], int.from_bytes(packed[HASH:-HASH], "big"), packed[-HASH:])


@dataclass(frozen=True, slots=True)
class Shown:
    """A row with its place and its way to the root."""

    row: Row
    place: int
    path: tuple[bytes, ...]

    def proves(self, rows: int, root: bytes) -> bool:
        """Whether this row stands at this place of a map with so many rows and this root."""
        return verify_inclusion(leaf_hash(bytes(self.row)), self.place, rows, self.path, root)


@dataclass(frozen=True, slots=True)
class Absence:
    """The rows between which a name would stand; None before the first and after the last."""

    before: Shown | None
    after: Shown | None

    def proves(self, name: str, rows: int, root: bytes) -> bool:
        """Whether the map with so many rows and this root has no row of this name."""
        key, there = key_of(name), [each for each in (self.before, self.after) if each is not None]
        first = -1 if self.before is None else self.before.place
        last = rows if self.after is None else self.after.place
        between = (self.before is None or self.before.row.key < key) and (
            self.after is None or key < self.after.row.key
        )
        return last == first + 1 and between and all(each.proves(rows, root) for each in there)


def _tiles(packed: Sequence[bytes]) -> dict[int, bytes]:
    """The hashes of the complete subtrees of heights 0, 8, 16…, level by level: so a million rows take no loop of Python's."""
    hashed, height = sha256, 0
    nodes = [hashed(b"\x00" + row).digest() for row in packed]
    tiles = {0: b"".join(nodes)}
    while len(nodes) > 1:
        nodes = [hashed(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=False)]
        height += 1
        if height % HEIGHT == 0:
            tiles[height // HEIGHT] = b"".join(nodes)
    return tiles


class Map:
    """All rows of a seal, and the tree over them: `len()` are its rows, `root` its `map_root`."""

    def __init__(self, packed: Sequence[bytes]) -> None:
        """From rows as bytes in ascending order; raises ValueError where they are not."""
        if any(len(row) != ROW for row in packed) or any(a[:HASH] >= b[:HASH] for a, b in pairwise(packed)):
            raise ValueError("the rows are not in order, or no rows")
        self._rows, self._tiles = packed, _tiles(packed)
        self.root = root_at(self._tile, len(packed))

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Map:
        """From rows in any order."""
        return cls(sorted(bytes(row) for row in rows))

    def __len__(self) -> int:
        return len(self._rows)

    def _tile(self, level: int, n: int) -> bytes:
        return self._tiles.get(level, b"")[n * WIDTH * HASH : (n + 1) * WIDTH * HASH]

    def _find(self, key: bytes) -> tuple[int, bool]:
        """Where a row with this key stands, or would stand, and whether it does."""
        place = bisect_left(self._rows, key)
        return place, place < len(self._rows) and self._rows[place][:HASH] == key

    def row(self, name: str) -> Row | None:
        """The row of a name, if there is one."""
        place, there = self._find(key_of(name))
        return Row.read(self._rows[place]) if there else None

    def _shown(self, place: int) -> Shown | None:
        if not 0 <= place < len(self._rows):
            return None
        return Shown(Row.read(self._rows[place]), place, tuple(inclusion_proof(self._tile, place, len(self._rows))))

    def proof(self, name: str) -> Shown | Absence:
        """What shows what the map holds of a name: its row, or that there is none."""
        place, there = self._find(key_of(name))
        found = self._shown(place)
        return found if there and found is not None else Absence(self._shown(place - 1), found)
