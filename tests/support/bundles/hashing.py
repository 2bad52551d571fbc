"""Hashes and their ways of being written, and the tree over them, by the letter of RFC 6962, 2.1."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from typing import Any


def sha(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def url64(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def std64(data: bytes) -> str:
    """base64 with padding."""
    return b64encode(data).decode()


def written(value: Any) -> bytes:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# --- the tree, by the letter of RFC 6962, 2.1 -------------------------------------------------------------------------


class Tree:
    """The hashes over a list of leaf hashes; each subtree is hashed once."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, start: int = 0, end: int | None = None) -> bytes:
        """MTH of the leaves from start to end."""
        end = len(self.leaves) if end is None else end
        if end - start == 0:
            return sha(b"")
        if end - start == 1:
            return self.leaves[start]
        if (start, end) not in self._known:
            k = start + split(end - start)
            self._known[start, end] = sha(b"\x01" + self.root(start, k) + self.root(k, end))
        return self._known[start, end]

    def path(self, m: int, start: int = 0, end: int | None = None) -> list[bytes]:
        """PATH(m, D[start:end])."""
        end = len(self.leaves) if end is None else end
        if end - start <= 1:
            return []
        k = start + split(end - start)
        if m < k:
            return [*self.path(m, start, k), self.root(k, end)]
        return [*self.path(m, k, end), self.root(start, k)]

    def proof(self, m: int, start: int = 0, end: int | None = None, whole: bool = True) -> list[bytes]:
        """SUBPROOF(m, D[start:end], whole), m counted from start."""
        end = len(self.leaves) if end is None else end
        if m == end - start:
            return [] if whole else [self.root(start, end)]
        k = split(end - start)
        if m <= k:
            return [*self.proof(m, start, start + k, whole), self.root(start + k, end)]
        return [*self.proof(m - k, start + k, end, False), self.root(start, start + k)]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
