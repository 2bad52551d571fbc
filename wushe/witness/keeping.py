"""Being a witness by keeping: heads that came with deliveries, or were fetched, compared with the last one kept."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from services.kernel.clock import Clock, system_clock
from services.kernel.tlog import checkpoint, kept
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.kept import Standing
from services.kernel.tlog.merkle import HASH, WIDTH
from services.kernel.tlog.note import LIMIT
from services.kernel.tlog.witness import Logs
from wushe.witness.book import Book
from wushe.witness.door import Witness

SECONDS = 20.0

Fetch = Callable[[str], bytes | None]
"""Reads a file of a log by its path; None where there is none."""


class Unreachable(Exception):
    """The log does not answer, so nothing can be said about it."""


def fetcher(url: str) -> Fetch:
    """Reads files of a log under its address; None where it has no such file."""

    def fetch(path: str) -> bytes | None:
        limit = WIDTH * HASH if path.startswith("tile/") else LIMIT
        try:
            with urllib.request.urlopen(f"{url.rstrip('/')}/{path}", timeout=SECONDS) as answer:  # noqa: S310
                return bytes(answer.read(limit + 1))
        except urllib.error.HTTPError as no:
            if no.code == 404:
                return None
            raise Unreachable(f"{url} answers {no.code}") from no
        except (OSError, ValueError) as broken:
            raise Unreachable(f"{url} does not answer ({type(broken).__name__})") from broken

    return fetch


def leave(url: str, signed: bytes) -> str:
    """Leave a cosigned head with its log; how it says that it stands to it."""
    body = json.dumps({"note": signed.decode()}).encode()
    sent = urllib.request.Request(  # noqa: S310  the address is the operator's own, as the partner typed it
        f"{url.rstrip('/')}/cosignatures", body, {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(sent, timeout=SECONDS) as answer:  # noqa: S310
            return str(json.loads(answer.read(LIMIT))["outcome"])
    except urllib.error.HTTPError as no:
        raise Unreachable(f"{url} answers {no.code}") from no
    except (OSError, ValueError, LookupError, TypeError) as broken:
        raise Unreachable(f"{url} does not answer ({type(broken).__name__})") from broken


@dataclass(frozen=True)
class Kept:
    """A head that came, and how it stands to the one before it."""

    head: Checkpoint
    before: Checkpoint | None
    standing: Standing


@dataclass(frozen=True)
class Keeper:
    """Keeps the heads of the logs that it knows, in a witness's book, whether or not that witness also cosigns."""

    logs: Logs
    book: Book
    clock: Clock = system_clock

    def keep(self, data: bytes, fetch: Fetch) -> Kept:
        """Compare a head with the last one, and keep it, or keep both as evidence.

        Raises Malformed or Untrusted where it is no head of a known log, Unreachable where the log does not answer.
        """
        head, signed = checkpoint.opened(data, [key for keys in self.logs.values() for key in keys])
        while True:
            last = self.book.seen(head.origin)
            before, now = last.head if last else None, int(self.clock().timestamp())
            standing = kept.compare(before, head, fetch)
            if standing == "forked":
                self.book.contradicts(signed, now)
            elif not self.book.keep(signed, last, now):
                continue  # It was asked to cosign another head meanwhile: compare with that one.
            return Kept(head, before, standing)


def come_by(one: Witness, offered: bytes, fetch: Fetch, leave: Callable[[bytes], str]) -> tuple[Kept, str]:
    """Leave word with a log: first of the last head that was kept, then of the one that it offers, if it follows.

    The log may have forgotten what was kept, so it is told before it is asked for anything.
    """
    head, _ = checkpoint.opened(offered, [key for keys in one.logs.values() for key in keys])
    word, seen = one.word(head.origin), one.book.seen(head.origin)
    outcome = leave(word) if word else "cosigned"
    if outcome != "cosigned" and seen:
        return Kept(head, seen.head, "forked" if outcome in ("ahead", "forked") else "older"), outcome
    kept = Keeper(one.logs, one.book, one.clock).keep(offered, fetch)
    new = one.word(head.origin) if kept.standing in ("first", "grown") else None
    return kept, leave(new) if new else outcome
