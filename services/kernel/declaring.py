"""Declaring a log's head: a duty of every publisher that has a key for it, and an answer to whoever asks for one now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from services.kernel import heads
from services.kernel.heads import Chain, LogHead
from services.kernel.store import Store
from services.kernel.tables import declared, event
from services.kernel.tlog.keys import Signer

AT_ONCE = 1_000
SLICE = 20_000
"""So many events are read in one turn of the duty."""
LOOK_SECONDS = 60.0
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Declared(msgspec.Struct, frozen=True):
    """A head as it is handed out: the note, and the keys that signed it (C2SP vkeys), newest first."""

    publisher: str
    position: int
    at: datetime
    note: str
    keys: tuple[str, ...]


@dataclass
class Declarer:
    """Signs heads of one log."""

    store: Store
    keys: tuple[Signer, ...]

    def now(self) -> Declared | None:
        """Read the whole log and sign its head; None where there is nothing in it."""
        chain, until = Chain(), self.store.refresh()
        for _ in self.reading(chain, until):
            pass
        return self.sign(chain)

    def reading(self, chain: Chain, until: int) -> Iterator[int]:
        """Take the log up to a position, page by page; answers after each page how far it has come."""
        while chain.position < until:
            rows = self.store.views.run(
                sa.select(event.c.position, event.c.raw)
                .where(event.c.position > chain.position, event.c.position <= until)
                .order_by(event.c.position).limit(AT_ONCE)
            )  # fmt: skip
            if not rows:
                return
            chain.take((row["position"], bytes(row["raw"])) for row in rows)
            yield chain.position

    def sign(self, chain: Chain) -> Declared | None:
        """Sign and keep the head that was read."""
        if not chain.position:
            return None
        head = LogHead(self.store.name, chain.position, chain.digest, self.store.clock())
        self.store.declare(head.position, heads.signed(head, self.keys), head.at)
        return self.last()

    def last(self) -> Declared | None:
        """The head that was signed last."""
        row = self.store.views.one(declared, 1)
        if row is None:
            return None
        keys = tuple(str(key.verifier) for key in self.keys)
        at = EPOCH + timedelta(microseconds=row["signed_at"])
        return Declared(self.store.name, row["position"], at, bytes(row["note"]).decode(), keys)


@dataclass
class Declaring:
    """The duty: once a day the log is read from its first event on, slice by slice, and its head signed."""

    store: Store
    keys: tuple[Signer, ...]
    apart: timedelta = timedelta(days=1)
    every: float = LOOK_SECONDS
    name: str = "log-head"
    chain: Chain | None = None
    until: int = 0
    _health: dict[str, Any] = field(default_factory=lambda: {"state": "starting"})

    def health(self) -> dict[str, Any]:
        """Up to where the log is declared, and since when."""
        return self._health

    def turn(self) -> bool:
        """Read the next slice of a log whose head is due."""
        declarer = Declarer(self.store, self.keys)
        if self.chain is None:
            self._tell(last := declarer.last())
            if not self._is_due(last):
                return False
            self.chain, self.until = Chain(), self.store.refresh()
        if not self._slice(declarer, self.chain):
            return True
        self._tell(declarer.sign(self.chain))
        self.chain = None
        return False

    def _slice(self, declarer: Declarer, chain: Chain) -> bool:
        """Whether the log is read to its end."""
        goal = chain.position + SLICE
        return all(reached < goal for reached in declarer.reading(chain, self.until))

    def _is_due(self, last: Declared | None) -> bool:
        """The first head is due after as long as any other: counted from the log's first event."""
        if last is not None:
            return last.at + self.apart <= self.store.clock()
        rows = self.store.views.run(sa.select(event.c.recorded_at).where(event.c.position == 1))
        return bool(rows) and EPOCH + timedelta(microseconds=rows[0]["recorded_at"]) + self.apart <= self.store.clock()

    def _tell(self, last: Declared | None) -> None:
        self._health = {"state": "declaring", "position": last.position if last else 0}
