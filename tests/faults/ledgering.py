"""A ledger that records and signs until it is killed, saying what it has done; and what must hold of what is left.

A child of `python -m tests.faults.ledgering serve` (see `forking`) hears events of one publisher, batch after batch, signs
after each, opens everything anew every few rounds, and prints `heard POSITION` and `signed SIZE ROOT` only when that is
done: whoever reads such a line has been told. `python -m tests.faults.ledgering URL` signs what others record, whenever
it has the right to, and prints `holds` when it has got that.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from services.audit import checkpoints, fsck, tables
from services.audit.checkpointer import Checkpointer, Pen
from services.audit.service import MANIFEST
from services.kernel.cursor import ATTEMPTS, Consumer
from services.kernel.entrypoints.duties import Shift
from services.kernel.errors import HubError
from services.kernel.heard import Heard
from services.kernel.store import Store
from services.kernel.tlog import checkpoint
from services.kernel.tlog.keys import vkey
from services.kernel.tlog.merkle import Frontier, leaf_hash
from tests.faults.forking import serve
from tests.unit.audit.said import said

PEN = Pen.of("hub.example/audit/v1", (b"k" * 32,))
KEY = vkey(str(PEN.signers[0].verifier))
PUBLISHER = "intake"
BATCH, ROUNDS_OPEN, PATIENCE = 7, 3, 60


class Ledgering:
    """The real recorder, cursor and signer of the audit service over one database."""

    def __init__(self, url: str, publisher: str = PUBLISHER, attempts: int = ATTEMPTS) -> None:
        self.publisher = publisher
        self.store = Store(MANIFEST, url)
        self.consumer = Consumer(
            MANIFEST, self.store, lambda *_: [], attempts=attempts, pause=lambda seconds: time.sleep(min(seconds, 0.02))
        )
        self.store.start()
        self.signer = Checkpointer(self.store, self.store.look(), PEN)

    def hear(self) -> int:
        """Hear the next events; how far it has heard then."""
        at = self.store.cursor(self.publisher)
        stream = f"case/{UUID(int=at)}"
        batch = [said(self.publisher, at + n, version=n, stream=stream).raw for n in range(1, BATCH + 1)]
        self.consumer.hear(Heard(self.publisher, at + 1, batch))
        return self.store.cursor(self.publisher)

    def round(self) -> None:
        """Hear the next events, and sign; what it says has happened."""
        print(f"heard {self.hear()}", flush=True)
        self.signer.turn()
        last = checkpoints.latest(self.store.look())
        if last is not None:
            print(f"signed {last.size} {last.root.hex()}", flush=True)


def main(url: str, rounds: int) -> None:
    """So many rounds; what cannot be done now is tried again, as the service does."""
    for start in range(0, rounds, ROUNDS_OPEN):
        ledgering = patiently(lambda: Ledgering(url))
        for _ in range(min(ROUNDS_OPEN, rounds - start)):
            patiently(ledgering.round)
        ledgering.store.stop()


def sign(url: str) -> None:
    """Sign when it is this process's turn, until killed."""
    ledgering, held, signed = Ledgering(url), False, 0
    ledgering.signer.every = 0.01
    shift = Shift(ledgering.store, ledgering.signer)
    while True:
        wait, before = shift.once(), held
        held = shift.holds
        if held and not before:
            print("holds", flush=True)
        last = checkpoints.latest(ledgering.store.look())
        if held and last is not None and last.size > signed:
            signed = last.size
            print(f"signed {last.size} {last.root.hex()}", flush=True)
        time.sleep(wait)


def patiently(work):  # type: ignore[no-untyped-def]
    """Until it can be done."""
    for _ in range(PATIENCE):
        try:
            return work()
        except (HubError, OSError, sa.exc.DBAPIError):
            time.sleep(0.05)
    sys.exit("it cannot be done")


# --- what must hold -----------------------------------------------------------------------------------------------------


@dataclass
class Word:
    """What was said to whoever listened."""

    heard: int = 0
    signed: dict[int, str] = field(default_factory=dict)
    holds: bool = False
    broken: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """One line; one that was cut off in the middle has not been said."""
        match line.removesuffix("\n").split(" ") if line.endswith("\n") else []:
            case ["holds"]:
                self.holds = True
            case ["heard", position]:
                self.heard = max(self.heard, int(position))
            case ["signed", size, root]:
                if self.signed.setdefault(int(size), root) != root:
                    self.broken.append(f"two heads of size {size} were shown")


def violations(url: str, word: Word) -> Iterator[str]:
    """Everything that contradicts what was said, or itself, in the database as it is now."""
    store = Store(MANIFEST, url)
    store.start()
    try:
        yield from word.broken
        yield from _flaws(store)
        yield from _lost(store, word)
        yield from _forks(store, word)
    finally:
        store.stop()


def _flaws(store: Store) -> Iterator[str]:
    for flaw in fsck.verify(store.look()).flaws:
        yield f"fsck: {flaw.code} at {flaw.entry}"


def _lost(store: Store, word: Word) -> Iterator[str]:
    query = sa.select(tables.entry.c.position).where(tables.entry.c.publisher == PUBLISHER)
    there = {row["position"] for row in store.look().run(query)}
    for position in sorted(set(range(1, word.heard + 1)) - there):
        yield f"acknowledged and not there: {position}"
    if store.cursor(PUBLISHER) != len(there):
        yield f"the cursor stands at {store.cursor(PUBLISHER)}, and there are {len(there)} entries"


def _forks(store: Store, word: Word) -> Iterator[str]:
    """Every head that was ever shown, or is stored, must be that of the stored entries at its size."""
    look, frontier, roots = store.look(), Frontier(), {0: Frontier().root()}
    for row in look.run(sa.select(tables.entry.c.raw).order_by(tables.entry.c.idx)):
        frontier.extend([leaf_hash(bytes(row["raw"]))])
        roots[frontier.size] = frontier.root()
    stored = {row["size"]: row for row in look.all(tables.checkpoint)}
    for size, row in stored.items():
        head, _ = checkpoint.opened(bytes(row["note"]), [KEY])
        if head.size != size or not head.root == bytes(row["root"]) == roots.get(size):
            yield f"the stored head of size {size} is not that of the entries"
    for size, root in word.signed.items():
        if size not in stored:
            yield f"a head of size {size} was shown and is not stored"
        if roots.get(size, b"").hex() != root:
            yield f"the head of size {size} that was shown is not that of the entries"


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(main)
    else:
        sign(sys.argv[1])
