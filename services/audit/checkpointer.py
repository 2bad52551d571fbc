"""Signing the ledger's heads: what was stored is read back, hashed again and compared, and only then signed.

One process signs, about once a second while the ledger grows. It never signs what contradicts what it signed before, nor
what does not agree with itself: where something does not, it says so once (`IntegrityBroken`), signs nothing more until
somebody has mended the ledger and says so, and everything else goes on (INV-32).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from services.audit import checkpoints
from services.audit.archive import Tiles, b64
from services.audit.checkpoints import Signed
from services.audit.domain import integrity
from services.audit.fsck import Verification, Walk
from services.audit.ledger import micros
from services.audit.tables import checkpoint, log_state
from services.audit.views import signing
from services.audit.witnesses import Witnesses
from services.audit.witnessing import Guard, Witnessing
from services.contracts.audit import ReportVerification
from services.kernel import log, metrics
from services.kernel.errors import ConcurrentChange
from services.kernel.manifest import Look
from services.kernel.message import Actor, Ask
from services.kernel.tlog import checkpoint as heads
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import ED25519, Signer
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.merkle import EMPTY_ROOT, consistency_proof, root_at, verify_consistency
from services.kernel.tlog.note import Note
from services.kernel.tlog.policy import Policy
from services.kernel.unit import Moved, Order, Unit
from services.kernel.view import Rows

PLACE = "checkpoints"
"""The cursor under which one head follows the other: who lost the right to sign finds it moved, and has signed nothing."""
AT_ONCE = 20_000
COMMIT_SECONDS = 30
COLUMNS = ("size", "root", "note", "signed_at")
ACTOR = Actor(id="audit:checkpoints", role="service")


@dataclass(frozen=True)
class Pen:
    """The log's name and its keys: the first signs, and the old ones as well while they are being replaced."""

    origin: str
    signers: tuple[Signer, ...]

    @classmethod
    def of(cls, origin: str, seeds: tuple[bytes, ...]) -> Pen:
        """From the settings."""
        return cls(origin, tuple(Signer(origin, ED25519, seed) for seed in seeds))

    def sign(self, size: int, root: bytes) -> bytes:
        """The signed note of a head."""
        text = Checkpoint(self.origin, size, root).text
        return bytes(Note(text, tuple(signer.sign(text) for signer in self.signers)))

    def wrote(self, last: Signed) -> bool:
        """Whether a stored head is one of this log's, under one of these keys."""
        try:
            head, _ = heads.opened(last.note, [signer.verifier for signer in self.signers])
        except Malformed:
            return False
        return (head.size, head.root) == (last.size, last.root)


def read_back(look: Look, last: Signed | None, size: int) -> Verification:
    """Whether the ledger, as it is stored, goes on from the last head to this size; `root` is what the entries give."""
    state, start = look.one(log_state, 1), last.size if last else 0
    walk = Walk.start(look, start, size)
    if last is not None and walk.frontier.root() != last.root:
        walk.found.flaw("signed-root-differs", start - 1)
    found, tiles = walk.go(size), Tiles(look)
    if root_at(tiles, size) != found.root:
        found.flaw("root-differs", size - 1)
    elif last is not None and not verify_consistency(
        start, size, consistency_proof(tiles, start, size), last.root, found.root
    ):
        found.flaw("not-consistent", size - 1)
    if state is not None and state["size"] == size and walk.frontier.pack() != bytes(state["frontier"]):
        found.flaw("frontier-differs", size - 1)
    return found


@dataclass
class Checkpointer:
    """The duty: a turn brings the signed head up to the ledger's."""

    store: Any
    look: Look
    pen: Pen
    every: float = 1.0
    guard: Guard | None = None
    name: str = PLACE
    _health: dict[str, Any] = field(default_factory=lambda: {"state": "starting"})

    @classmethod
    def duty(cls, hand: Any) -> Checkpointer:
        """As the service is set up."""
        settings = hand.settings
        pen = Pen.of(settings.log_origin, settings.log_keys)
        return cls(hand.store, hand.look, pen, settings.checkpoint_seconds, Guard(witnesses_of(hand)))

    def health(self) -> dict[str, Any]:
        """Whether heads are signed, up to where, and what is in the way."""
        return self._health

    def turn(self) -> bool:
        """Sign the next head, if the ledger has grown and is what it should be."""
        last = checkpoints.latest(self.look)
        if self._is_halted(last):
            return False
        state = self.look.one(log_state, 1)
        end, start = state["size"] if state else 0, last.size if last else 0
        if last is not None and not self.pen.wrote(last):
            return self._wait("other-key", last)
        if last is None and self.guard and self.guard.witnesses.any:
            return self._sign(None, 0, EMPTY_ROOT)  # It contradicts nobody, and witnesses can be asked about it.
        if last is not None and self._is_barred(last):
            return False
        if last is not None and end == start:
            return self._wait("signing", last)
        size = min(end, start + AT_ONCE)
        try:
            found = read_back(self.look, last, size) if end >= start else shortened(start, end)
        except ValueError:  # a tile that is not there, or too short
            found = unreadable(size, start)
        if found.damage:
            return self._halt(found)
        return self._sign(last, size, found.root) and size < end

    def _wait(self, state: str, last: Signed | None) -> bool:
        self._health = {"state": state, "signed": last.size if last else 0}
        metrics.signing_halted("audit", state in ("halted", "other-key"))
        return False

    def _sign(self, last: Signed | None, size: int, root: bytes) -> bool:
        now = micros(self.store.clock())
        note = self.pen.sign(size, root)
        moved = Moved(PLACE, last.size if last else 0, size)
        try:
            unit = Unit(rows=[Rows(checkpoint, COLUMNS, [(size, root, note, now)])], moved=moved)
            self.store.submit(unit).result(timeout=COMMIT_SECONDS)
        except ConcurrentChange:
            return True
        if self.guard:
            self.guard.signed = size
        self._wait("signing", Signed(size, root, note, now))
        metrics.signed("audit", size, now / 1e6)
        return True

    def _is_halted(self, last: Signed | None) -> bool:
        row = self.look.one(signing, 1)
        halted = row is not None and row["state"] == "halted"
        if halted and row is not None:
            self._wait("halted", last)
            self._health |= {"code": row["code"], "entry": row["entry"]}
        return halted

    def _is_barred(self, last: Signed) -> bool:
        """Whether the witnesses of this log have something against its going on, or were not heard yet."""
        flaw = self.guard.passes(last) if self.guard else None
        if flaw is None or self.guard is None:
            return False
        if flaw:
            self._halt(contradicted(flaw, last.size))
        else:
            self._wait(self.guard.state, last)
        return True

    def _halt(self, found: Verification) -> bool:
        self._wait("halted", checkpoints.latest(self.look))
        first = found.flaws[0]
        self._health |= {"code": first.code, "entry": first.entry}
        log.noticed("audit", "signing-halted", level="error", code=first.code, position=first.entry or 0)
        report(self.store, found)
        return False


def report(store: Any, found: Verification) -> None:
    """Say what was found, for good: where it is damage, signing is halted by it."""
    said = ReportVerification(size=found.size, root=b64(found.root), flaws_count=found.count, flaws=tuple(found.flaws))
    ask = Ask(id=uuid4(), now=store.clock(), at=store.clock(), actor=ACTOR, channel="system")
    order = Order(integrity.DECIDER, integrity.STREAM, said, ask, fresh=True)
    store.submit(Unit([order])).result(timeout=COMMIT_SECONDS)


def contradicted(flaw: str, size: int) -> Verification:
    """A witness shows that this log has signed something else, or more."""
    found = Verification(size=size, root=bytes(32))
    found.flaw(flaw, size)
    return found


def shortened(signed: int, size: int) -> Verification:
    """The ledger has fewer entries than were signed: a backup was restored, or entries were taken away."""
    found = Verification(size=size, root=bytes(32))
    found.flaw("shorter-than-signed", size)
    return found


def unreadable(size: int, start: int) -> Verification:
    """The tree cannot be read back."""
    found = Verification(size=size, root=bytes(32))
    found.flaw("tiles-missing", start)
    return found


def object_to(store: Any, look: Look, flaw: str) -> None:
    """Halt signing over what a witness has shown, unless it is halted already."""
    row, last = look.one(signing, 1), checkpoints.latest(look)
    if row is None or row["state"] != "halted":
        report(store, contradicted(flaw, last.size if last else 0))


def witnesses_of(hand: Any) -> Witnesses:
    """The witnesses that the settings name; without a policy, nobody is asked and nobody has to be."""
    pen = Pen.of(hand.settings.log_origin, hand.settings.log_keys)
    keys = tuple(signer.verifier for signer in pen.signers)
    return Witnesses(hand.store, hand.look, keys, hand.settings.witness_policy or Policy())


def witnessing(hand: Any) -> Witnessing:
    """The duty of having heads cosigned, as the service is set up."""

    return Witnessing(
        witnesses_of(hand), lambda flaw: object_to(hand.store, hand.look, flaw), hand.settings.witness_seconds
    )
