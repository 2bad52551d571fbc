"""The ledger's witnesses: who has cosigned which head, whether they are enough, and what keeps one from answering.

A head is pending until the policy's quorum has cosigned it. Nothing here holds up what is recorded or signed: a witness
that is away is asked again, later and later, and the others meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.audit import asking, checkpoints
from services.audit.archive import Tiles, size_of
from services.audit.asking import Question, Send, Told
from services.audit.checkpoints import Signed
from services.audit.ledger import micros
from services.audit.tables import checkpoint
from services.audit.witness_tables import cosignature, witness, witnessed
from services.kernel.manifest import Look
from services.kernel.tlog import checkpoint as heads
from services.kernel.tlog import note
from services.kernel.tlog.keys import Verifier
from services.kernel.tlog.note import Note
from services.kernel.tlog.policy import NONE, Party, Policy
from services.kernel.unit import Unit
from services.kernel.view import Change, Rows, put

COMMIT_SECONDS = 30
AGAIN_SECONDS = 5
LONGEST_SECONDS = 600
SECOND = 1_000_000


def cosigned(look: Look, head: Signed) -> Note:
    """A head with all signatures that there are: the log's own and its witnesses'."""
    rows = look.run(
        sa.select(cosignature.c.line).where(cosignature.c.size == head.size).order_by(cosignature.c.witness)
    )
    lines = "".join(row["line"] for row in rows)
    return note.read(head.note).signed(*(note.signatures(lines) if lines else ()))


def newest(look: Look, policy: Policy | None) -> Signed | None:
    """The newest head that may be shown as good: the policy's quorum has vouched for it, if the policy wants one.

    Before anybody has vouched for anything it is the newest that was signed: a reader's own policy decides about it.
    """
    for row in (
        []
        if policy is None or policy.quorum == NONE
        else look.run(sa.select(witnessed.c.size).order_by(witnessed.c.size.desc()).limit(1))
    ):
        return checkpoints.at(look, row["size"])
    return checkpoints.latest(look)


def covering(look: Look, index: int, policy: Policy | None) -> Signed | None:
    """The first head over this entry that may be shown as good; while there is none, the first that was signed."""
    query = sa.select(witnessed.c.size).where(witnessed.c.size > index).order_by(witnessed.c.size).limit(1)
    for row in [] if policy is None or policy.quorum == NONE else look.run(query):
        return checkpoints.at(look, row["size"])
    return checkpoints.covering(look, index)


def pending_since(look: Look) -> int | None:
    """When the oldest head was signed that is newer than the last one vouched for, in microseconds; None: none waits."""
    last = sa.select(sa.func.coalesce(sa.func.max(witnessed.c.size), -1)).scalar_subquery()
    query = sa.select(checkpoint.c.signed_at).where(checkpoint.c.size > last).order_by(checkpoint.c.size).limit(1)
    return next((row["signed_at"] for row in look.run(query)), None)


@dataclass
class Witnesses:
    """Those whom the policy names, asked through `send`."""

    store: Any
    look: Look
    keys: tuple[Verifier, ...]
    policy: Policy
    send: Send = asking.send

    @property
    def parties(self) -> list[Party]:
        """All of them."""
        return list(self.policy.witnesses.values())

    @property
    def reachable(self) -> list[Party]:
        """Those who have an address; the others come by (see `visiting`)."""
        return [party for party in self.parties if party.url]

    @property
    def wants_quorum(self) -> bool:
        """Whether a head is pending until somebody has cosigned it."""
        return self.policy.quorum != NONE

    def state(self, pending_since: int | None) -> str:
        """In a word, how far the ledger is vouched for."""
        if not self.any:
            return "no-witness"
        if not self.wants_quorum:
            return "no-quorum"
        return "witnessed" if pending_since is None else "pending"

    @property
    def any(self) -> bool:
        """Whether there is anybody to ask."""
        return bool(self.policy.witnesses)

    def signers(self, size: int) -> set[str]:
        """Who has cosigned this head, by their names in the policy."""
        query = sa.select(cosignature.c.witness).where(cosignature.c.size == size)
        keys = {row["witness"] for row in self.look.run(query)}
        return {name for name, party in self.policy.witnesses.items() if str(party.verifier) in keys}

    def due(self, head: Signed) -> list[Party]:
        """Those who can be reached, have not cosigned this head, and are not left alone for a while."""
        now, signed = micros(self.store.clock()), self.signers(head.size)
        rows = {row["name"]: row for row in self.look.all(witness)}
        waiting = {name for name, row in rows.items() if row["next_at"] > now}
        return [party for party in self.reachable if party.name not in signed | waiting]

    def ask(self, head: Signed, parties: Sequence[Party]) -> list[Told]:
        """Ask these at once, each by itself; what comes of it is not written down yet."""
        if not parties:
            return []
        seen = {row["name"]: row["seen"] for row in self.look.all(witness)}
        question = Question(
            heads.read(note.read(head.note).text), note.read(head.note), Tiles(self.look), self.keys,
            max(size_of(self.look), head.size), self.send,
        )  # fmt: skip
        with ThreadPoolExecutor(len(parties), thread_name_prefix="witness") as pool:
            return list(pool.map(lambda party: question.ask(party, seen.get(party.name) or 0), parties))

    def record(self, head: Signed | None, told: Sequence[Told]) -> bool:
        """Write down what came of asking about a head (None: it is not stored); True where its quorum is met now."""
        rows: list[Change | Rows] = [self._state(each) for each in told]
        before = self.signers(head.size) if head else set()
        new = [each for each in told if head and each.line and each.name not in before]
        if head and new:
            keys = {name: str(party.verifier) for name, party in self.policy.witnesses.items()}
            values = [(head.size, keys[each.name], each.line, each.at * SECOND) for each in new]
            rows.append(Rows(cosignature, ("size", "witness", "line", "at"), values))
        self.store.submit(Unit(rows=rows)).result(timeout=COMMIT_SECONDS)
        return head is not None and self.settle(head.size)

    def settle(self, size: int) -> bool:
        """Write down that the quorum of this head is met, once it is: also where two words for it came at once."""
        met = self.wants_quorum and self.policy.met(self.signers(size))
        if met and self.look.one(witnessed, size) is None:
            row = Rows(witnessed, ("size", "at"), [(size, micros(self.store.clock()))])
            self.store.submit(Unit(rows=[row])).result(timeout=COMMIT_SECONDS)
        return met

    def settle_newest(self) -> None:
        """The same for the newest head that anybody has cosigned."""
        for row in self.look.run(sa.select(sa.func.max(cosignature.c.size).label("size"))):
            if row["size"] is not None:
                self.settle(row["size"])

    def heard_since(self, since: int, size: int) -> set[str]:
        """Who has left word since then, and has seen nothing of the ledger beyond this size."""
        c = witness.c
        query = sa.select(c.name).where(c.state == "cosigned", c.answered_at >= since, c.seen <= size)
        return {row["name"] for row in self.look.run(query)}

    def _state(self, told: Told) -> Change:
        now, row = micros(self.store.clock()), self.look.one(witness, told.name) or {}
        good = told.outcome == "cosigned"
        failures = 0 if good else (row.get("failures") or 0) + 1
        wait = 0 if good else min(LONGEST_SECONDS, AGAIN_SECONDS << min(failures - 1, 10))
        changed = row.get("state") != told.outcome
        columns = {"state": told.outcome, "failures": failures, "next_at": now + wait * SECOND}
        columns |= {"since": now} if changed else {}
        columns |= {"seen": told.seen, "answered_at": now} if told.seen is not None and good else {}
        return put(witness, told.name, **columns)
