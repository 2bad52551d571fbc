"""Witnesses that nobody can reach: they come by, read the head that is offered to all who do, and leave their word.

Most partners' machines have no address of their own. What they cosign must be one head, or their words would never meet:
it stays the same for a while, however fast the ledger grows.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from services.audit import checkpoints
from services.audit.archive import Tiles, size_of
from services.audit.asking import Outcome, Told
from services.audit.checkpoints import Signed
from services.audit.ledger import micros
from services.audit.tables import checkpoint
from services.audit.witnesses import SECOND, Witnesses
from services.kernel.errors import Refused
from services.kernel.tlog import checkpoint as heads
from services.kernel.tlog import note
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.keys import Signature, time_of
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.merkle import root_at

OFFER_SECONDS = 600


def offered(witnesses: Witnesses) -> Signed | None:
    """The newest head from before the last full ten minutes; where there is none from then, the newest."""
    period = OFFER_SECONDS * SECOND
    begun = micros(witnesses.store.clock()) // period * period
    query = (
        sa.select(checkpoint.c.size).where(checkpoint.c.signed_at < begun).order_by(checkpoint.c.size.desc()).limit(1)
    )
    for row in witnesses.look.run(query):
        return checkpoints.at(witnesses.look, row["size"])
    return checkpoints.latest(witnesses.look)


@dataclass(frozen=True)
class Visit:
    """What a witness left: a head that this log has signed, and the witness's own signature under it."""

    name: str
    head: Checkpoint
    made: Signature

    @classmethod
    def read(cls, data: bytes, witnesses: Witnesses) -> Visit:
        """From the note; raises Refused where it is not this log's, or not one of its witnesses'."""
        verifiers = {party.verifier: name for name, party in witnesses.policy.witnesses.items()}
        try:
            head, signed = heads.opened(data, witnesses.keys)
            found = note.verified(signed, verifiers) if verifiers else {}
        except Malformed as wrong:
            raise Refused(
                "no-cosignature", f"This is no cosigned head: {wrong}.", f"这不是联署的检查点: {wrong}。"
            ) from wrong
        if not found:
            raise Refused("not-a-witness", "This ledger has no such witness.", "本台账没有这一见证方。")
        verifier, made = next(iter(found.items()))
        return cls(verifiers[verifier], head, made)

    def told(self, witnesses: Witnesses) -> tuple[Signed | None, Told]:
        """What it says of this ledger, and the stored head that it is about."""
        stored = checkpoints.at(witnesses.look, self.head.size)
        outcome = self._outcome(witnesses, stored)
        line = self.made.line if outcome == "cosigned" and stored else ""
        return stored, Told(self.name, outcome, self.head.size, line, time_of(self.made))

    def _outcome(self, witnesses: Witnesses, stored: Signed | None) -> Outcome:
        if self.head.size > size_of(witnesses.look):
            return "ahead"
        root = stored.root if stored else root_at(Tiles(witnesses.look), self.head.size)
        return "cosigned" if root == self.head.root else "forked"
