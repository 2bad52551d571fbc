"""Two duties towards outsiders: the ledger's histories are sealed every so often, and its verifiers are published.

A seal says of every stream and matter how many entries it has and which is the last (`seal`), so that a matter's history
is shown to be whole as of then without anybody having asked for it before. It is an entry like all others: what it says
is in the tree, under a signed head, and cannot be said anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.audit import archive
from services.audit.archive import b64
from services.audit.bundle import parts
from services.audit.bundle.histories import Histories
from services.audit.domain import export, integrity
from services.audit.ledger import instant
from services.audit.tables import entry
from services.audit.views import check, signing
from services.contracts.audit import PublishVerifiers, SealLedger, VerifierFile
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.manifest import Look
from services.kernel.message import Actor, Ask
from services.kernel.unit import Order, Unit

COMMIT_SECONDS = 30
LOOK_SECONDS = 60.0
ACTOR = Actor(id="audit:seals", role="service")


def sealing(look: Look, histories: Histories) -> SealLedger:
    """The command that seals the ledger as it is now (INV-32)."""
    size, rows = histories.latest(look)
    root = b64(archive.root_of(look, size))
    return SealLedger(size=size, root=root, rows=len(rows), map_root=b64(rows.root))


def verifiers() -> PublishVerifiers:
    """The command that publishes the verifiers which this version of the hub puts into bundles."""
    files = tuple(VerifierFile(name=name, sha256=parts.hash_of(data)) for name, data in parts.programs().items())
    return PublishVerifiers(files=files)


def ask(store: Any, decider: Decider, stream: UUID, command: object) -> None:
    """Have a command of audit's own done."""
    asked = Ask(id=uuid4(), now=store.clock(), at=store.clock(), actor=ACTOR, channel="system")
    (result,) = store.submit(Unit([Order(decider, stream, command, asked, fresh=True)])).result(timeout=COMMIT_SECONDS)
    if isinstance(result, Exception):
        raise result


@dataclass
class Sealer:
    """The duty: a turn seals the ledger where the last seal is old enough and something was said since."""

    store: Any
    look: Look
    apart: timedelta = timedelta(hours=1)
    every: float = LOOK_SECONDS
    name: str = "seals"
    _health: dict[str, Any] = field(default_factory=lambda: {"state": "starting"})

    @classmethod
    def duty(cls, hand: Any) -> Sealer:
        """As the service is set up."""
        apart = hand.settings.seal_seconds
        return cls(hand.store, hand.look, timedelta(seconds=apart), min(LOOK_SECONDS, apart))

    def health(self) -> dict[str, Any]:
        """Up to where the ledger is sealed, and since when."""
        return self._health

    def turn(self) -> bool:
        """Seal what is due; damage is not sealed, for a seal is the operator's word as a signed head is."""
        halted, last = self.look.one(signing, 1), self._last()
        self._read_ahead(last)
        if halted is not None and halted["state"] == "halted":
            self._health = {"state": "halted", **_told(last)}
            return False
        if self._is_due(last):
            self._seal()
            last = self._last()
        self._health = {"state": "sealing", **_told(last)}
        return False

    def _read_ahead(self, last: dict[str, Any] | None) -> None:
        """After a start the last seal's map first, for it is asked about; then what the next one will need."""
        histories = self.look.beside(Histories)
        if last is not None and not histories.size:
            histories.at(self.look, last["size"])
        histories.read_on(self.look, archive.size_of(self.look))

    def _seal(self) -> None:
        command = sealing(self.look, self.look.beside(Histories))
        try:
            ask(self.store, integrity.DECIDER, integrity.STREAM, command)
        except Refused as refused:
            if refused.code != "sealed-further":  # then an export has sealed it further meanwhile
                raise

    def _last(self) -> dict[str, Any] | None:
        c = check.c
        query = sa.select(c.size, c.at).where(c.kind == "sealed").order_by(c.position.desc()).limit(1)
        rows = self.look.run(query)
        return rows[0] if rows else None

    def _is_due(self, last: dict[str, Any] | None) -> bool:
        """The first seal is due after as long as any other: counted from the ledger's first entry."""
        sealed, c = (last["size"] if last else 0), entry.c
        query = sa.select(c.rt).where(c.idx >= sealed, c.type != "ledger.sealed").order_by(c.idx).limit(1)
        new = self.look.run(query)
        return bool(new) and (last["at"] if last else instant(new[0]["rt"])) + self.apart <= self.store.clock()


def _told(last: dict[str, Any] | None) -> dict[str, Any]:
    return {"size": last["size"], "at": last["at"].isoformat()} if last else {"size": 0, "at": None}


@dataclass
class Publishing:
    """The duty: once after a start, the hashes of the verifiers go on record, unless they are there already."""

    store: Any
    every: float = 3600.0
    name: str = "verifiers"
    done: bool = False

    @classmethod
    def duty(cls, hand: Any) -> Publishing:
        """As the service is set up."""
        return cls(hand.store)

    def health(self) -> dict[str, Any]:
        """Whether those of this version are on record."""
        return {"published": self.done}

    def turn(self) -> bool:
        """Publish; what is on record already is not said again."""
        if not self.done:
            ask(self.store, export.VERIFIERS, export.PROGRAMS, verifiers())
            self.done = True
        return False
