"""A small log that signs what it is told to, and can be made to tell two stories."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from services.kernel.tlog import merkle, tiles
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import ED25519, Signer
from services.kernel.tlog.merkle import HASH, WIDTH, Frontier, leaf_hash
from services.kernel.tlog.note import Note
from services.kernel.tlog.request import AddCheckpoint


@dataclass
class ToyLog:
    """Numbered entries from 0; from `turns_at` on they read otherwise, so that two logs share a beginning and no more."""

    name: str = "hub.example/audit/2026"
    story: str = ""
    turns_at: int = 0
    levels: dict[int, bytes] = field(default_factory=dict)
    frontier: Frontier = field(default_factory=Frontier)

    @property
    def signer(self) -> Signer:
        """The log's key, the same for each of its stories."""
        return Signer(self.name, ED25519, sha256(self.name.encode()).digest())

    def grow(self, size: int) -> ToyLog:
        """Append until there are that many."""
        new = [
            leaf_hash(f"{n}{self.story if n >= self.turns_at else ''}".encode())
            for n in range(self.frontier.size, size)
        ]
        for level, hashes in self.frontier.extend(new).items():
            self.levels[level] = self.levels.get(level, b"") + b"".join(hashes)
        return self

    def tile(self, level: int, n: int) -> bytes:
        """A tile, as far as it is filled."""
        return self.levels.get(level, b"")[n * WIDTH * HASH : (n + 1) * WIDTH * HASH]

    def head(self, size: int) -> Checkpoint:
        """The head that the log has, or had, at that size."""
        self.grow(size)
        return Checkpoint(self.name, size, merkle.root_at(self.tile, size))

    def signed(self, size: int) -> Note:
        """That head, signed by the log."""
        return self.head(size).signed(self.signer)

    def asks(self, old: int, new: int) -> bytes:
        """What the log sends to a witness."""
        path = merkle.consistency_proof(self.grow(new).tile, old, new) if old <= new else []
        return bytes(AddCheckpoint(old, tuple(path), self.signed(new)))

    def fetch(self, path: str) -> bytes | None:
        """A file of the log, by its path; every tile at every width that it ever had."""
        for level, data in self.levels.items():
            for n in range(len(data) // HASH // WIDTH + 1):
                filled = self.tile(level, n)
                for width in range(1, len(filled) // HASH + 1):
                    if tiles.path(level, n, width) == path:
                        return filled[: width * HASH]
        return None
