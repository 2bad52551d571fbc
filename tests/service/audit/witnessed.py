"""A hub whose ledger is signed and witnessed turn by turn, as tests stop it, copy it and put it back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.audit import archive, checkpoints, visiting
from services.audit.checkpointer import Checkpointer, object_to
from services.audit.service import MANIFEST
from services.audit.visiting import Visit
from services.audit.witness_tables import witnessed
from services.audit.witnesses import Witnesses
from services.audit.witnessing import Guard, Witnessing
from services.kernel.clock import system_clock
from services.kernel.cursor import Consumer
from services.kernel.heard import Heard
from services.kernel.message import read_envelope
from services.kernel.store import Store
from services.kernel.tlog.lines import HASH
from services.kernel.tlog.places import place
from tests.service.audit.signed import PEN
from tests.support.witnessed import Village
from tests.unit.audit.said import said
from wushe.witness.keeping import come_by

KEYS = tuple(signer.verifier for signer in PEN.signers)


class Hub:
    """A ledger that is signed and witnessed turn by turn; it can be stopped, copied, and put back."""

    def __init__(self, folder: Path, village: Village) -> None:
        self.folder, self.village, self.later = folder, village, timedelta()
        self.start()

    def start(self) -> None:
        self.store = Store(MANIFEST, f"sqlite:///{self.folder / 'audit.db'}", clock=lambda: system_clock() + self.later)
        self.consumer = Consumer(MANIFEST, self.store, lambda *_: [])
        self.store.start()
        self.look = self.store.look()
        self.them = them = Witnesses(self.store, self.look, KEYS, self.village.policy, self.village.send)
        self.guard = Guard(them, again=0)
        self.signer = Checkpointer(self.store, self.look, PEN, guard=self.guard)
        self.duty = Witnessing(them, lambda flaw: object_to(self.store, self.look, flaw))

    def stop(self) -> None:
        self.store.stop()

    def says(self, first: int, last: int, publisher: str = "intake") -> None:
        messages = [said(publisher, position=n, version=n) for n in range(first, last + 1)]
        self.consumer.hear(Heard(publisher, first, [each.raw for each in messages]))

    def turn(self) -> None:
        """The signer's turn, as often as it wants one, and then the witnesses'."""
        while self.signer.turn():
            pass
        self.duty.turn()

    def fetch(self, path: str) -> bytes | None:
        """A tile, as the public log shows it."""
        found = place(path.removeprefix("tile/"))
        return archive.Tiles(self.look)(found.level or 0, found.n)[: found.width * HASH] if found else None

    def visited(self, *names: str) -> list[str]:
        """Each of these compares the head that is offered, and leaves its word; what the hub makes of it."""

        def leave(note: bytes) -> str:
            stored, told = Visit.read(note, self.them).told(self.them)
            self.them.record(stored, [told])
            return told.outcome

        offered = visiting.offered(self.them)
        assert offered is not None
        return [come_by(self.village.there[name], offered.note, self.fetch, leave)[1] for name in names]

    def back_up(self, to: Path) -> None:
        self.stop()
        shutil.copytree(self.folder, to)
        self.start()

    def restore(self, backup: Path) -> None:
        self.stop()
        shutil.rmtree(self.folder)
        shutil.copytree(backup, self.folder)
        self.start()

    def sizes(self, table: Any = witnessed) -> list[int]:
        return [row["size"] for row in self.look.all(table)]

    def signed(self) -> int:
        last = checkpoints.latest(self.look)
        return -1 if last is None else last.size

    def told(self) -> list[str]:
        return [read_envelope(raw).type for raw in self.store.read(0, 100)]


Starting = Callable[..., Hub]
