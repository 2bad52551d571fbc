"""What a log asks of a witness, and what it is answered (C2SP tlog-witness, add-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.tlog import note
from services.kernel.tlog.lines import Malformed, base64, hashed, number, text
from services.kernel.tlog.note import Note

LONGEST_PATH = 63
ABOVE = 8 * 1024
LIMIT = ABOVE + note.LIMIT
SIZE = "text/x.tlog.size"
"""The content type of a refusal that says how far the witness has seen the log."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A new head, with the proof that the tree of `old` entries is its beginning."""

    old: int
    path: tuple[bytes, ...]
    head: Note

    def __bytes__(self) -> bytes:
        path = "".join(f"{base64(each)}\n" for each in self.path)
        return f"old {self.old}\n{path}\n".encode() + bytes(self.head)


def read(data: bytes) -> AddCheckpoint:
    """A request from its body; nothing in it is believed yet."""
    above, gap, head = data.partition(b"\n\n")
    lines = text(above, ABOVE, "the request").split("\n")
    if not gap or not lines[0].startswith("old "):
        raise Malformed("the request does not begin with its old size, or has no checkpoint")
    if len(lines) - 1 > LONGEST_PATH:
        raise Malformed(f"the proof has more than {LONGEST_PATH} hashes")
    path = tuple(hashed(line, f"hash {at} of the proof") for at, line in enumerate(lines[1:], 1))
    return AddCheckpoint(number(lines[0].removeprefix("old "), "the old size"), path, note.read(head))
