"""The tree over the entries: RFC 6962 hashes in C2SP tlog-tiles; it knows neither entries nor databases.

A leaf's hash is SHA-256(0x00 || entry), a node's SHA-256(0x01 || left || right). Tile `n` of level `L` holds up to 256
hashes of nodes of height 8L, in order; only the last tile of a level may be shorter. Anything about any size that the
tree ever had is computed from tiles: they only grow, so a shorter tree reads a prefix of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH = 32
HEIGHT = 8
WIDTH = 1 << HEIGHT
EMPTY_ROOT = sha256(b"").digest()

UNREAD = bytes(WIDTH * HASH)
"""In place of a tile, where it is only to be known which ones are needed: nothing is hashed of it."""

Tile = Callable[[int, int], bytes]
"""Reads the hashes of a tile, by level and number; empty where there is none."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash under which an entry stands in the tree."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two neighbours together."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size`: where RFC 6962 divides a tree of more than one leaf."""
    return 1 << (size - 1).bit_length() - 1


# --- growing ------------------------------------------------------------------------------------------------------


@dataclass
class Frontier:
    """The right edge of the tree: the roots of its complete subtrees, largest first; enough to grow and to name it."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> dict[int, list[bytes]]:
        """Append leaf hashes; answers the hashes that the tiles of each level gained, in order."""
        gained: dict[int, list[bytes]] = {0: []}
        base, size, stack, hashed = gained[0], self.size, self.hashes, sha256
        for leaf in leaves:
            base.append(leaf)
            top, rest, height = leaf, size, 0
            while rest & 1:
                top = hashed(b"\x01" + stack.pop() + top).digest()
                rest >>= 1
                height += 1
                if not height % HEIGHT:
                    gained.setdefault(height // HEIGHT, []).append(top)
            stack.append(top)
            size += 1
        self.size = size
        return gained

    def root(self) -> bytes:
        """The hash that names the whole tree."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def pack(self) -> bytes:
        """The hashes in one row of bytes."""
        return b"".join(self.hashes)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """A frontier from its size and its hashes; raises ValueError where they cannot belong together."""
        if len(packed) != HASH * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} complete subtrees")
        return cls(size, [packed[i : i + HASH] for i in range(0, len(packed), HASH)])


# --- reading: roots and proofs from tiles ---------------------------------------------------------------------------


def _complete(tile: Tile, height: int, index: int) -> bytes:
    """The root of a complete subtree: the `index`-th node of this height."""
    level, inside = divmod(height, HEIGHT)
    first = index << inside
    data = tile(level, first // WIDTH)
    if data is UNREAD:
        return data[:HASH]
    start = first % WIDTH * HASH
    hashes = [data[i : i + HASH] for i in range(start, start + (HASH << inside), HASH)]
    if len(hashes[-1]) != HASH:
        raise ValueError(f"tile {level}/{first // WIDTH} is too short")
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def _subtree(tile: Tile, start: int, size: int) -> bytes:
    """The root over `size` leaves from `start`; RFC 6962 divides so that `start` suits every complete part."""
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return _complete(tile, height, start >> height)
    k = split(size)
    return node_hash(_subtree(tile, start, k), _subtree(tile, start + k, size - k))


def root_at(tile: Tile, size: int) -> bytes:
    """The root that the tree had when it held `size` leaves."""
    return _subtree(tile, 0, size) if size else EMPTY_ROOT


def frontier_at(tile: Tile, size: int) -> Frontier:
    """The right edge that the tree had when it held `size` leaves: from there it grows on."""
    hashes, start = [], 0
    for height in range(size.bit_length() - 1, -1, -1):
        if size >> height & 1:
            hashes.append(_complete(tile, height, start >> height))
            start += 1 << height
    return Frontier(size, hashes)


def inclusion_proof(tile: Tile, index: int, size: int) -> list[bytes]:
    """What must be hashed onto leaf `index` to reach the root at `size` (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, path = 0, []
    while size > 1:
        k = split(size)
        if index - start < k:
            path.append(_subtree(tile, start + k, size - k))
            size = k
        else:
            path.append(_subtree(tile, start, k))
            start, size = start + k, size - k
    return path[::-1]


def consistency_proof(tile: Tile, old: int, new: int) -> list[bytes]:
    """What shows that the tree of `old` leaves is the beginning of the tree of `new` (RFC 9162, 2.1.4.1)."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is not the beginning of a tree of {new}")
    if old in (0, new):
        return []
    start, size, path, whole = 0, new, [], True
    while old - start < size:
        k = split(size)
        if old - start <= k:
            path.append(_subtree(tile, start + k, size - k))
            size = k
        else:
            path.append(_subtree(tile, start, k))
            start, size, whole = start + k, size - k, False
    if not whole:
        path.append(_subtree(tile, start, size))
    return path[::-1]


# --- verifying: for those who hold nothing but hashes ---------------------------------------------------------------


def _sound(*hashes: bytes) -> bool:
    return all(len(h) == HASH for h in hashes)


def _fold(index: int, last: int, proof: Sequence[bytes], seeds: tuple[bytes, bytes]) -> tuple[bytes, bytes] | None:
    """Walk a proof upwards from node `index`, where `last` is the last node of that height.

    The first hash gathers only what stands to the left (the old tree), the second everything (the new one).
    None when the proof is longer or shorter than the way to the top.
    """
    old, new = seeds
    for sibling in proof:
        if last == 0:
            return None
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        index, last = index >> 1, last >> 1
    return (old, new) if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that `leaf` stands at `index` of the tree with this size and root."""
    if not 0 <= index < size or not _sound(leaf, root, *proof):
        return False
    reached = _fold(index, size - 1, proof, (leaf, leaf))
    return reached is not None and reached[1] == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows that the tree of `old` leaves is the beginning of the tree of `new`."""
    if not 0 <= old <= new or not _sound(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    reached = _fold(index, last, path[1:], (path[0], path[0]))
    return reached == (old_root, new_root)
