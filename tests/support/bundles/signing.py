"""Keys of logs and witnesses, signature lines, and the policy of who must sign (docs/bundle.md, Checkpoint and Policy)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.bundles.given import ORIGIN
from tests.support.bundles.hashing import sha, std64


@dataclass(frozen=True)
class Signer:
    """A key with the name that it signs under: of a log (1) or a witness (4)."""

    name: str
    kind: int
    seed: int

    @cached_property
    def key(self) -> Ed25519PrivateKey:
        """The private key."""
        return Ed25519PrivateKey.from_private_bytes(sha(b"%d" % self.seed))

    @cached_property
    def public(self) -> bytes:
        """The type byte and the public key."""
        return bytes([self.kind]) + self.key.public_key().public_bytes_raw()

    @cached_property
    def id(self) -> bytes:
        """The key id."""
        return sha(self.name.encode() + b"\n" + self.public)[:4]

    @property
    def vkey(self) -> str:
        """As policies write it."""
        return f"{self.name}+{self.id.hex()}+{std64(self.public)}"

    def line(self, text: bytes, at: int = 0) -> str:
        """Its signature line under a checkpoint's text."""
        if self.kind == 1:
            return self._line(self.key.sign(text))
        stamped = b"cosignature/v1\ntime %d\n" % at + text
        return self._line(at.to_bytes(8, "big") + self.key.sign(stamped))

    def _line(self, signature: bytes) -> str:
        return f"— {self.name} {std64(self.id + signature)}\n"


LOG = Signer(ORIGIN, 1, 1)
WITNESSES = tuple(Signer(f"witness.example/{name}", 4, 10 + i) for i, name in enumerate(("a", "b", "c", "d", "e")))
OUTSIDER = Signer("outsider.example", 4, 99)
MEMBERS = ("community", "station", "society", "team", "charity")


def policy(quorum: int = 2, logs: Iterable[Signer] = (LOG,)) -> bytes:
    """Five witnesses, of which so many are enough; 0: none is asked for."""
    lines = [f"log {log.vkey}" for log in logs]
    lines += [f"witness {member} {w.vkey}" for member, w in zip(MEMBERS, WITNESSES, strict=True)]
    lines.append(f"group societies {quorum or 1} {' '.join(MEMBERS)}")
    lines.append("quorum societies" if quorum else "quorum none")
    return ("\n".join(lines) + "\n").encode()
