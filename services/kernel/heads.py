"""A publisher's word for its own log: how far it reaches, and a digest over every event in it, signed with its own key.

Whoever has heard the log computes the same digest from what he has; where it differs, one of the two has lost, changed or
invented something. It is computed from what is stored, from the first event on, each time anew: what was computed before
would say nothing of what has been changed since.

The digest is a chain: 32 zero bytes before the first event, then for each
SHA-256(0x02 || digest || position, 8 bytes, big-endian || SHA-256(event)), so that a hole shows as any change does. What is
signed is a signed note (C2SP signed-note) whose text is five lines: format, publisher, position, digest (base64) and
the time; its key is named `<publisher>/events`. The key's algorithm byte says how it is signed, the format how it is
hashed (`wushe-log-head/v1`: SHA-256).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from services.kernel.tlog import note
from services.kernel.tlog.keys import ED25519, Signer, Verifier
from services.kernel.tlog.lines import HASH, Malformed, base64, hashed, number
from services.kernel.tlog.note import Note

FORMAT = "wushe-log-head/v1"


@dataclass(slots=True)
class Chain:
    """The digest of a log as far as it was read."""

    position: int = 0
    digest: bytes = bytes(HASH)

    def take(self, events: Iterable[tuple[int, bytes]]) -> None:
        """The next events in order, each with its position."""
        for position, raw in events:
            told = b"\x02" + self.digest + position.to_bytes(8, "big") + sha256(raw).digest()
            self.digest, self.position = sha256(told).digest(), position


@dataclass(frozen=True, slots=True)
class LogHead:
    """How far a publisher's log reached at a time, and the digest over it."""

    publisher: str
    position: int
    digest: bytes
    at: datetime

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (FORMAT, self.publisher, str(self.position), base64(self.digest), self.at.isoformat())
        return "".join(f"{line}\n" for line in lines)


def key_name(publisher: str) -> str:
    """The name of a publisher's key."""
    return f"{publisher}/events"


def signers(publisher: str, seeds: Iterable[bytes]) -> tuple[Signer, ...]:
    """The keys of a publisher: the newest first, the old ones while they are being replaced."""
    return tuple(Signer(key_name(publisher), ED25519, seed) for seed in seeds)


def signed(head: LogHead, keys: Iterable[Signer]) -> bytes:
    """The signed note of a head."""
    return bytes(Note(head.text, tuple(key.sign(head.text) for key in keys)))


def read(data: bytes) -> tuple[LogHead, Note]:
    """A head from its note; who signed it is another question. Raises Malformed."""
    found = note.read(data)
    lines = found.text.split("\n")
    if len(lines) != 6 or lines[0] != FORMAT or lines[5]:
        raise Malformed(f"this is no {FORMAT}")
    try:
        at = datetime.fromisoformat(lines[4])
    except ValueError as wrong:
        raise Malformed("the head's time cannot be read") from wrong
    if at.tzinfo is None:
        raise Malformed("the head's time has no offset")
    position, digest = number(lines[2], "the head's position"), hashed(lines[3], "the head's digest")
    return LogHead(lines[1], position, digest, at), found


def signed_by(found: Note, keys: Iterable[Verifier]) -> tuple[Verifier, ...]:
    """Which of these keys signed; raises Untrusted where none did, or the signature of one is wrong."""
    return tuple(note.verified(found, keys))
