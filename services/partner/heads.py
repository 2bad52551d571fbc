"""The ledger's newest signed head rides along with what is delivered: a partner that keeps it is a witness (ADR 0009).

It stands in one header on every way, `Ledger-Head`, in base64: the signed checkpoint as the log serves it. It is no part of
a delivery, whose bytes never change; and it is signed by itself, so nothing that carries it need be trusted.
"""

from __future__ import annotations

import http.client
import threading
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.kernel.entrypoints import Hand
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import read

NAME = "Ledger-Head"
EVERY_SECONDS = 5.0
ANSWER_SECONDS = 5.0
LONGEST = 4_000
"""With more cosignatures than fit, nothing rides along: the log itself serves the head."""


@dataclass
class Head:
    """The newest head that was fetched, as the header holds it; empty until there is one."""

    value: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The header, if there is something to say in it."""
        return {NAME: self.value} if self.value else {}


def head_of(hand: Hand) -> Head:
    """The one head of this process."""
    return hand.look.beside(Head)


class Fetcher:
    """A companion: asks the log for its head now and then; while it does not answer, the last one rides along."""

    name = "heads"

    def __init__(self, hand: Hand) -> None:
        self._head, self._base = head_of(hand), hand.settings.url_of("audit")
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped."""
        while not self._stopping.is_set():
            note = fetched(self._base)
            if note and len(note) * 4 // 3 < LONGEST:
                self._head.value = b64encode(note).decode()
            self._stopping.wait(EVERY_SECONDS)


def fetched(base: str) -> bytes:
    """The log's signed head; nothing where it does not answer with one."""
    parts = urlsplit(base)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", f"{parts.path}/checkpoint")
        answer = connection.getresponse()
        note = answer.read(LONGEST)
        if answer.status != http.client.OK:
            return b""
        read(note)
        return note
    except (OSError, http.client.HTTPException, Malformed):
        return b""
    finally:
        connection.close()
