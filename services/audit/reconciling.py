"""Reconciling: each publisher's signed word for its log is compared with the ledger, once a day and whenever asked.

A publisher's keys are believed as they are first seen; a head that bears no signature of a key that was known then is a
finding, and a key that signs beside a known one is known from then on. So the keys of a publisher are on record, with what
each of them has signed. What was asked for, and what is due, is kept in a table: a restart forgets neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.audit import archive, comparing
from services.audit.archive import b64
from services.audit.comparing import Compared, Pull
from services.audit.domain import reconciliation
from services.audit.endpoints.integrity import PUBLISHERS
from services.audit.ledger import instant, micros
from services.audit.reconciliation_views import publisher_log
from services.audit.sealer import ask
from services.audit.tables import KEPT
from services.contracts.audit.reconciliation import DifferenceCode, ReportReconciliation, SignedHead
from services.kernel import heads, metrics
from services.kernel.entrypoints.pulling import HttpHeads, HttpPull
from services.kernel.errors import Unavailable
from services.kernel.heads import LogHead
from services.kernel.manifest import Look
from services.kernel.tlog.keys import Verifier, vkey
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import Note, Untrusted
from services.kernel.unit import Unit
from services.kernel.view import put

LOOK_SECONDS = 1.0
PATIENCE = timedelta(seconds=30)
"""For so long a head waits for the ledger to have heard everything before it."""
AGAIN = timedelta(seconds=60)
COMMIT_SECONDS = 30

reconciled = sa.Table(
    "reconciled",
    KEPT,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("began_at", sa.BigInteger),
    sa.Column("asked_at", sa.BigInteger),
    sa.Column("done_at", sa.BigInteger),
)
"""Of each publisher: since when it is compared, when somebody last asked for it, when it was last compared."""


class Handed(msgspec.Struct, frozen=True):
    """A head as its publisher hands it out."""

    note: str
    keys: tuple[str, ...] = ()


Fetch = Callable[[str, bool], bytes | None]
"""A publisher's head as JSON, signed anew if that is wanted; None where it has none. Raises Unavailable."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A head with what its signatures say: whose they are, or what is wrong with them."""

    head: LogHead
    note: Note
    keys: tuple[Verifier, ...] = ()
    wrong: DifferenceCode | None = None

    @property
    def said(self) -> SignedHead | None:
        """As events have it: by the newest of the keys that signed."""
        if not self.keys:
            return None
        key, head = self.keys[0], self.head
        line = next(each for each in self.note.signatures if key.made(each))
        return SignedHead(
            position=head.position, digest=b64(head.digest), signed_at=head.at, key=str(key),
            signature=(line.key_id + line.value).hex(),
        )  # fmt: skip


def judged(data: bytes, publisher: str, known: Sequence[str]) -> Judged:
    """A head as it was handed out, by the keys that are known of its publisher; raises Malformed for what is none."""
    handed = msgspec.json.decode(data, type=Handed)
    head, found = heads.read(handed.note.encode())
    if head.publisher != publisher:
        raise Malformed("the head is another publisher's")
    shown = tuple(vkey(each) for each in handed.keys)
    if any(each.name != heads.key_name(publisher) for each in shown):
        raise Malformed("the keys are another publisher's")
    try:
        signed = heads.signed_by(found, shown)
    except Untrusted:
        return Judged(head, found, wrong="unsigned")
    if known and not {str(each) for each in signed} & set(known):
        return Judged(head, found, signed, "unknown-key")
    return Judged(head, found, signed)


@dataclass
class Reconciler:
    """The duty: a turn looks after each publisher whose head is due, or was asked for."""

    store: Any
    look: Look
    publishers: Sequence[str]
    fetch: Fetch
    pull: Pull
    apart: timedelta = timedelta(days=1)
    every: float = LOOK_SECONDS
    name: str = "reconciliation"
    tried: dict[str, datetime] = field(default_factory=dict)

    def health(self) -> dict[str, Any]:
        """How each publisher's log stands to the ledger."""
        return {row["publisher"]: row["state"] for row in self.look.all(publisher_log)}

    def turn(self) -> bool:
        """Compare what is due; a publisher that does not answer holds up none of the others."""
        for publisher in self.publishers:
            row = self._row(publisher)
            asked = (row["asked_at"] or 0) > (row["done_at"] or 0)
            if asked or self._is_due(publisher, row):
                self._look_after(publisher, row, asked)
        open_ = [row["differences"] for row in self.look.all(publisher_log)]
        metrics.differences("audit", sum(open_))
        return False

    def _row(self, publisher: str) -> dict[str, Any]:
        row = self.look.one(reconciled, publisher) or {"began_at": None, "asked_at": None, "done_at": None}
        if row["began_at"] is None:
            now = row["began_at"] = micros(self.store.clock())
            self._write(publisher, began_at=now)
        return row

    def _write(self, publisher: str, **columns: int) -> None:
        self.store.submit(Unit(rows=[put(reconciled, publisher, **columns)])).result(timeout=COMMIT_SECONDS)

    def _is_due(self, publisher: str, row: dict[str, Any]) -> bool:
        """A period after the last comparison; and not more than once a minute where that has come to nothing."""
        now = self.store.clock()
        if now < self.tried.get(publisher, now - AGAIN) + min(AGAIN, self.apart):
            return False
        return bool(now >= instant(row["done_at"] or row["began_at"]) + self.apart)

    def _look_after(self, publisher: str, row: dict[str, Any], asked: bool) -> None:
        now = self.tried[publisher] = self.store.clock()
        last = self.look.one(publisher_log, publisher) or {}
        data: bytes | None = b""
        try:
            data = self.fetch(publisher, asked)
            found = None if data is None else judged(data, publisher, (last.get("keys") or "").split())
        except Unavailable:
            found = None
        except (Malformed, msgspec.DecodeError):
            return self._report(publisher, Compared(), None, "unsigned")
        if data is None and self._reached(publisher) == 0:
            return self._write(publisher, done_at=micros(now))  # it has said nothing yet, and nobody claims that it had
        if found is None or (not asked and _same(found, last)):
            overdue = instant(row["done_at"] or row["began_at"]) + 2 * self.apart
            return self._report(publisher, Compared(), None, "silent") if asked or now >= overdue else None
        reached = self._reached(publisher)
        if reached < found.head.position and now < found.head.at + PATIENCE:
            return None
        return self._report(publisher, self._compare(found, reached), found, found.wrong)

    def _reached(self, publisher: str) -> int:
        """How much of a publisher's log has been heard."""
        return max(int(self.store.cursor(publisher)), archive.positions(self.look, [publisher])[publisher])

    def _compare(self, found: Judged, reached: int) -> Compared:
        try:
            return comparing.compared(self.look, self.pull, found.head, reached)
        except Unavailable:  # What does not read as events is not handed out: the digest alone tells that it differs.
            differs = Compared()
            differs.differs("digest-differs", found.head.position)
            return differs

    def _report(self, publisher: str, found: Compared, of: Judged | None, wrong: DifferenceCode | None) -> None:
        if wrong is not None:
            found.differs(wrong, of.head.position if of else 0)
        said = ReportReconciliation(
            publisher=publisher, head=of.said if of else None,
            keys=tuple(map(str, of.keys)) if of and wrong is None else (), **comparing.told(found),
        )  # fmt: skip
        ask(self.store, reconciliation.DECIDER, reconciliation.stream_for(publisher), said)
        self._write(publisher, done_at=micros(self.store.clock()))


def duty(hand: Any) -> Reconciler:
    """As the service is set up."""
    settings = hand.settings
    bases = {name: settings.log_of(name) for name in PUBLISHERS}
    fetch, pull = HttpHeads(bases, settings.service_token), HttpPull("audit", bases, settings.service_token)
    return Reconciler(hand.store, hand.look, PUBLISHERS, fetch, pull, settings.head_apart)


def _same(found: Judged, last: dict[str, Any]) -> bool:
    """Whether it is the head that was compared last."""
    return last.get("signed_at") is not None and found.head.at <= last["signed_at"]
