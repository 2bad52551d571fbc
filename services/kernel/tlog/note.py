"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

A note's text is worth nothing until `verified` has said who signed it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.kernel.tlog.keys import Signature, Verifier
from services.kernel.tlog.lines import Malformed, named, text, unbase64

LIMIT = 256 * 1024
SIGNATURES = 64
"""The specification asks for 16 at least; the largest that it knows need 7 kB each."""
DASH = "— "


class Untrusted(Malformed):
    """Nobody who is trusted has signed this, or a trusted key's signature is wrong."""


@dataclass(frozen=True, slots=True)
class Note:
    """A text, its final newline included, and what was signed under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __bytes__(self) -> bytes:
        return f"{self.text}\n{''.join(each.line for each in self.signatures)}".encode()

    def signed(self, *more: Signature) -> Note:
        """The note with further signatures; one that it has, by name and key id, is replaced."""
        new = {(each.name, each.key_id) for each in more}
        kept = tuple(each for each in self.signatures if (each.name, each.key_id) not in new)
        return replace(self, signatures=(*kept, *more))


def read(data: bytes) -> Note:
    """A note from its bytes; nothing about its signatures is believed yet."""
    whole = text(data, LIMIT, "the note")
    body, gap, below = whole.rpartition("\n\n")
    if not gap or not below:
        raise Malformed("the note has no empty line with signatures after it")
    return Note(body + "\n", signatures(below))


def signatures(below: str) -> tuple[Signature, ...]:
    """The lines under a note, or those with which a witness answers."""
    if not below.endswith("\n"):
        raise Malformed("the last signature line does not end")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURES:
        raise Malformed(f"there are more than {SIGNATURES} signatures")
    return tuple(_signature(line, at) for at, line in enumerate(lines, 1))


def _signature(line: str, at: int) -> Signature:
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH):
        raise Malformed(f"signature {at} does not begin with a dash and a space")
    value = unbase64(encoded, f"signature {at}")
    if len(value) < 5:
        raise Malformed(f"signature {at} is too short")
    return Signature(named(name, f"the name at signature {at}"), value[:4], value[4:])


def verified(note: Note, trusted: Iterable[Verifier]) -> dict[Verifier, Signature]:
    """Which of the trusted keys signed; raises Untrusted where none did, or where the signature of one is wrong.

    A key's second signature is looked at like its first; that of an unknown key is passed over (signed-note, Format).
    """
    found: dict[Verifier, Signature] = {}
    known = {(each.name, each.key_id): each for each in trusted}
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.check(note.text, signature):
            raise Untrusted(f"the signature of {verifier.name} is wrong")
        found.setdefault(verifier, signature)
    if not found:
        raise Untrusted("no trusted key has signed this note")
    return found
