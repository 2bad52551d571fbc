"""Asking witnesses for their word (C2SP tlog-witness): one head, one witness, and what came of it. It keeps nothing.

A witness is somebody else's program: it may be away, slow, wrong or malicious. What it merely claims stops nothing that
was already going on; what it shows, signed by this log itself, does.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from services.kernel.tlog import checkpoint, note, witness
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import Verifier, time_of
from services.kernel.tlog.lines import Malformed, number
from services.kernel.tlog.merkle import Tile, consistency_proof, root_at
from services.kernel.tlog.note import Note
from services.kernel.tlog.policy import Party
from services.kernel.tlog.request import SIZE, AddCheckpoint

SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024
ATTEMPTS = 3

Outcome = Literal["cosigned", "silent", "refuses", "disputes", "ahead", "forked"]
"""It cosigned; it gave no answer that can be used; it does not know this log; it says, and cannot show, that it has seen
another history; it shows a head of ours beyond all that we have; it shows one that we have not."""

CONTRADICTED: dict[Outcome, str] = {"ahead": "behind-witness", "forked": "forked-from-witness"}
"""What a witness can show against the ledger, and the flaw that it is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of asking one witness: how far it has seen the log, as far as that is known, and its signature."""

    name: str
    outcome: Outcome
    seen: int | None = None
    line: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: int
    content_type: str
    body: bytes


Send = Callable[[str, str, bytes | None], Answer]
"""Sends one request (method, address, body); raises OSError where no answer comes."""


def send(method: str, url: str, body: bytes | None) -> Answer:
    """Over the network, with a limit on time and length; an address that leads elsewhere is not followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request(method, parts.path, body=body, headers={"User-Agent": "wushe"})
        answer = connection.getresponse()
        read = answer.read(LONGEST_ANSWER + 1)
    except http.client.HTTPException as broken:
        raise OSError(type(broken).__name__) from broken
    finally:
        connection.close()
    return Answer(answer.status, answer.headers.get("Content-Type", ""), read[:LONGEST_ANSWER])


@dataclass(frozen=True)
class Question:
    """A head of ours, the tree that gives its proofs, and the keys that it may be signed with.

    `beyond` is the size of the whole tree as it is stored: what a witness has seen beyond it, is lost here.
    """

    head: Checkpoint
    signed: Note
    tile: Tile
    keys: tuple[Verifier, ...]
    beyond: int
    send: Send = send

    def ask(self, party: Party, seen: int) -> Told:
        """Ask one witness, which had seen the log up to `seen` when it was last asked."""
        try:
            return self._ask(party, min(seen, self.head.size))
        except (OSError, ValueError):
            return Told(party.name, "silent")

    def _ask(self, party: Party, old: int) -> Told:
        for _ in range(ATTEMPTS):
            answer = self._sent(party, old)
            if answer.status == http.client.OK:
                return self._cosigned(party, answer)
            stands = _size(answer)
            if stands is None:
                denies = answer.status == http.client.UNPROCESSABLE_ENTITY
                return self._contradicted(party, old) if denies else Told(party.name, "refuses")
            if stands > self.head.size or stands == old:
                return self._contradicted(party, stands)
            old = stands
        return Told(party.name, "refuses")

    def _sent(self, party: Party, old: int) -> Answer:
        path = consistency_proof(self.tile, old, self.head.size)
        body = bytes(AddCheckpoint(old, tuple(path), self.signed))
        return self.send("POST", f"{_prefix(party)}/add-checkpoint", body)

    def _cosigned(self, party: Party, answer: Answer) -> Told:
        for made in note.signatures(answer.body.decode("utf-8")):
            if party.verifier.made(made) and party.verifier.check(self.head.text, made):
                return Told(party.name, "cosigned", self.head.size, made.line, time_of(made))
        return Told(party.name, "refuses")

    def _contradicted(self, party: Party, stands: int) -> Told:
        """What it shows for what it says: its last head of this log, if this log has signed it."""
        claim = Told(party.name, "disputes", stands)
        try:
            answer = self.send("GET", f"{_prefix(party)}{witness.place(self.head.origin)}", None)
            theirs, _ = checkpoint.opened(answer.body, self.keys)
        except (OSError, Malformed):
            return claim
        if theirs.size > self.beyond:
            return Told(party.name, "ahead", theirs.size)
        if root_at(self.tile, theirs.size) != theirs.root:
            return Told(party.name, "forked", theirs.size)
        # What it has seen is here, beyond the head that it was asked about.
        return Told(party.name, "cosigned", theirs.size) if theirs.size == stands else claim


def _prefix(party: Party) -> str:
    if not (party.url or "").startswith(("http://", "https://")):
        raise ValueError("it is not known where this witness answers")
    return str(party.url).rstrip("/")


def _size(answer: Answer) -> int | None:
    """How far the witness says it has seen the log, where it says so."""
    if answer.status != http.client.CONFLICT or answer.content_type != SIZE:
        return None
    return number(answer.body.decode("ascii").removesuffix("\n"), "the witness's size")
