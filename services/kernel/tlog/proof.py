"""Proofs in a file (C2SP tlog-proof): an entry's place, its path, and a cosigned checkpoint; checked without a network."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.tlog import checkpoint, note
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.lines import Malformed, base64, hashed, number, text, unbase64
from services.kernel.tlog.merkle import verify_inclusion
from services.kernel.tlog.note import Note
from services.kernel.tlog.policy import Policy, Verdict

FIRST = "c2sp.org/tlog-proof@v1"
EXTRA = 64 * 1024
LONGEST_PATH = 63
LIMIT = note.LIMIT + 2 * EXTRA


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands at `index` of the tree that `head` names; `extra` is nobody's word."""

    index: int
    path: tuple[bytes, ...]
    head: Note
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        extra = "" if self.extra is None else f"extra {base64(self.extra)}\n"
        path = "".join(f"{base64(each)}\n" for each in self.path)
        return f"{FIRST}\n{extra}index {self.index}\n{path}\n".encode() + bytes(self.head)

    @property
    def checkpoint(self) -> Checkpoint:
        """The head that the proof is for."""
        return checkpoint.read(self.head.text)

    def shows(self, leaf: bytes) -> bool:
        """Whether this leaf hash stands there; whether the head is to be believed, the policy says."""
        head = self.checkpoint
        return verify_inclusion(leaf, self.index, head.size, self.path, head.root)


def read(data: bytes) -> Proof:
    """A proof from its file; nothing in it is believed yet."""
    above, gap, head = data.partition(b"\n\n")
    lines = text(above, 2 * EXTRA, "the proof").split("\n")
    if not gap or lines[0] != FIRST:
        raise Malformed(f"the file does not begin with {FIRST}, or has no checkpoint")
    extra = _extra(lines.pop(1)) if len(lines) > 1 and lines[1].startswith("extra ") else None
    if len(lines) < 2 or not lines[1].startswith("index "):
        raise Malformed("the proof does not say its index")
    index = number(lines[1].removeprefix("index "), "the proof's index")
    if len(lines) - 2 > LONGEST_PATH:
        raise Malformed(f"the proof has more than {LONGEST_PATH} hashes")
    path = tuple(hashed(line, f"hash {at} of the proof") for at, line in enumerate(lines[2:], 1))
    return Proof(index, path, note.read(head), extra)


def _extra(line: str) -> bytes:
    return unbase64(line.removeprefix("extra "), "the proof's extra data")


def verified(proof: Proof, leaf: bytes, policy: Policy) -> Verdict:
    """Who vouches for it; raises Malformed or Untrusted where the proof or the policy does not hold."""
    verdict = policy.insisted(proof.head)
    if not proof.shows(leaf):
        raise Malformed("the path does not lead from the entry to the checkpoint's root")
    return verdict
