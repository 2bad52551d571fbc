"""A client of tiled transparency logs, written from the specifications alone: it imports nothing of the hub.

Sources: C2SP tlog-tiles, tlog-checkpoint, signed-note (https://c2sp.org), RFC 6962 section 2.1. It fetches as a stranger's
monitor would: the checkpoint first, then every tile and entry bundle that a tree of its size has, and believes nothing
that it has not hashed itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fetch = Callable[[str], bytes]
"""Gives what is served under `<prefix>/` and this path; raises KeyError where nothing is."""


class Bad(Exception):
    """The log is not what it says."""


def path_of(level: str, n: int, width: int) -> str:
    """`tile/<L>/<N>[.p/<W>]`."""
    digits = f"{n:d}"
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    written = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{written}" + (f".p/{width}" if width < 256 else "")


@dataclass(frozen=True)
class Head:
    """A checkpoint that a log has signed."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(data: bytes, vkey: str) -> Head:
    """The head of a note, whose signature by this key is there and good."""
    name, key_id, key = vkey.split("+", 2)
    public = base64.b64decode(key)
    if hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() != key_id or public[0] != 1:
        raise Bad("this is no Ed25519 key of a log")
    body, _, below = data.decode().rpartition("\n\n")
    text = body + "\n"
    origin, size, root, *_ = text.split("\n")
    if origin != name:
        raise Bad("another origin")
    for line in below.splitlines():
        dash, by, signature = line.split(" ")
        value = base64.b64decode(signature)
        if (dash, by, value[:4].hex()) == ("—", name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(value[4:], text.encode())
            except InvalidSignature as wrong:
                raise Bad("the signature is wrong") from wrong
            return Head(origin, int(size), base64.b64decode(root))
    raise Bad("not signed by this key")


def leaf(entry: bytes) -> bytes:
    """RFC 6962, 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def tree(leaves: list[bytes]) -> bytes:
    """The Merkle Tree Hash over leaf hashes (RFC 6962, 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree(leaves[:k]) + tree(leaves[k:])).digest()


@dataclass
class Monitor:
    """Reads a whole log, again and again, and remembers the heads that it has seen."""

    fetch: Fetch
    vkey: str
    seen: list[Head]
    entries: list[bytes]

    @classmethod
    def of(cls, fetch: Fetch, vkey: str) -> Monitor:
        """One that has seen nothing yet."""
        return cls(fetch, vkey, [], [])

    def look(self) -> Head:
        """The head now, with every tile and every entry under it checked; raises Bad where anything does not agree."""
        head = read_checkpoint(self.fetch("checkpoint"), self.vkey)
        entries = self._bundles(head.size)
        leaves = [leaf(entry) for entry in entries]
        if tree(leaves) != head.root:
            raise Bad("the entries are not under this root")
        self._tiles(leaves)
        for old in self.seen:
            if old.size > head.size or tree(leaves[: old.size]) != old.root:
                raise Bad("the log is not what it was")
        self.seen.append(head)
        self.entries = entries
        return head

    def _bundles(self, size: int) -> list[bytes]:
        entries: list[bytes] = []
        for n in range(-(-size // 256)):
            width = min(256, size - n * 256)
            bundle, at, count = self.fetch(path_of("entries", n, width)), 0, 0
            while at < len(bundle):
                length = int.from_bytes(bundle[at : at + 2], "big")
                entries.append(bundle[at + 2 : at + 2 + length])
                at, count = at + 2 + length, count + 1
            if at != len(bundle) or count != width:
                raise Bad("a bundle has another width")
        return entries

    def _tiles(self, leaves: list[bytes]) -> None:
        level, hashes = 0, leaves
        while hashes:
            for n in range(-(-len(hashes) // 256)):
                wanted = b"".join(hashes[n * 256 : (n + 1) * 256])
                if self.fetch(path_of(str(level), n, len(wanted) // 32)) != wanted:
                    raise Bad(f"tile {n} of level {level} does not hold the hashes of the tree")
            hashes = [tree(hashes[at : at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
            level += 1


@dataclass(frozen=True)
class Served:
    """What a log answered: its status, and where that is 200 the headers and the body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Prover:
    """Shows that an entry is in a log of any size, by the few tiles on its way to the root (tlog-tiles, Merkle Tree).

    `asks` gives what is served under `<prefix>/` and a path, whatever it is; a partial tile that is gone is read from the
    full one, as the specification has it (Partial Tiles).
    """

    asks: Callable[[str], Served]
    head: Head
    read: dict[str, bytes]

    @classmethod
    def of(cls, asks: Callable[[str], Served], vkey: str) -> Prover:
        """One that has read the checkpoint, and nothing else."""
        return cls(asks, read_checkpoint(asks("checkpoint").body, vkey), {})

    def entry(self, index: int) -> bytes:
        """The entry at this index, from its bundle."""
        bundle, at = self._file("entries", index // 256, self.head.size), 0
        for _ in range(index % 256):
            at += 2 + int.from_bytes(bundle[at : at + 2], "big")
        length = int.from_bytes(bundle[at : at + 2], "big")
        return bundle[at + 2 : at + 2 + length]

    def proves(self, index: int, entry: bytes) -> bool:
        """Whether the entry stands there under the signed root."""
        return self._root(0, self.head.size, index, leaf(entry)) == self.head.root

    def _root(self, start: int, end: int, index: int, hashed: bytes) -> bytes:
        """MTH over the leaves from start to end; what lies beside the entry's way comes from tiles (RFC 6962, 2.1)."""
        if end - start == 1:
            return hashed if start == index else self._node(0, start)
        if not start <= index < end and (end - start) & (end - start - 1) == 0:
            return self._node((end - start).bit_length() - 1, start)
        k = start + (1 << (end - start - 1).bit_length() - 1)
        left, right = self._root(start, k, index, hashed), self._root(k, end, index, hashed)
        return hashlib.sha256(b"\x01" + left + right).digest()

    def _node(self, height: int, start: int) -> bytes:
        """The root of a complete subtree: hashed from the tile in which its nodes of the next lower eighth height stand."""
        level, first = height // 8, start >> 8 * (height // 8)
        data = self._file(str(level), first // 256, self.head.size >> 8 * level)
        at = first % 256 * 32
        return tree([data[at + 32 * i : at + 32 * (i + 1)] for i in range(1 << height % 8)])

    def _file(self, level: str, n: int, count: int) -> bytes:
        width = min(256, count - n * 256)
        for path in (path_of(level, n, width), path_of(level, n, 256)):
            if path in self.read:
                return self.read[path]
            served = self.asks(path)
            if served.status == 200:
                self.read[path] = served.body
                return served.body
        raise Bad(f"the log does not serve {path}")
