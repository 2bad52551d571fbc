"""Checkpoints (C2SP tlog-checkpoint): which log, how many entries, which root; as the text of a signed note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.kernel.tlog import note
from services.kernel.tlog.keys import Signer, Verifier
from services.kernel.tlog.lines import HASH, Malformed, base64, hashed, number
from services.kernel.tlog.merkle import EMPTY_ROOT
from services.kernel.tlog.note import Note, Untrusted

EXTENSIONS = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log at a size."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(lines) or any(c < " " for line in lines for c in line):
            raise Malformed("the checkpoint's origin or an extension is empty, or more than a line")
        if self.size < 0 or len(self.root) != HASH:
            raise Malformed("the checkpoint's size is negative, or its root is no SHA-256 hash")
        if not self.size and self.root != EMPTY_ROOT:
            raise Malformed("the checkpoint's root is not that of an empty tree")

    @property
    def text(self) -> str:
        """The note's text."""
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), base64(self.root), *self.extensions))

    def signed(self, signer: Signer) -> Note:
        """The note that a log publishes."""
        return Note(self.text, (signer.sign(self.text),))


def read(text: str) -> Checkpoint:
    """A checkpoint from a note's text; whether to believe it is the signatures' matter."""
    if not text.endswith("\n"):
        raise Malformed("the checkpoint's last line does not end")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or len(lines) > 3 + EXTENSIONS:
        raise Malformed(f"a checkpoint has 3 to {3 + EXTENSIONS} lines, this one {len(lines)}")
    origin, size, root, *extensions = lines
    return Checkpoint(
        origin, number(size, "the checkpoint's size"), hashed(root, "the checkpoint's root"), tuple(extensions)
    )


def opened(data: bytes, trusted: Iterable[Verifier]) -> tuple[Checkpoint, Note]:
    """A checkpoint that one of these keys signed as the log that it names; raises Malformed or Untrusted."""
    signed = note.read(data)
    found = read(signed.text)
    logs = [each for each in trusted if each.name == found.origin]
    if not logs:
        raise Untrusted("the checkpoint is of a log that is not known here")
    note.verified(signed, logs)
    return found, signed
