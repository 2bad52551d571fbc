"""Two duties towards witnesses: to have every head cosigned, and to sign nothing before they were heard after a start.

After a backup was restored the ledger would grow anew, and otherwise, from where the backup ends: a second history under
the same name. So whoever signs first asks the witnesses how far they have seen the log. What they show to lie beyond the
ledger, or beside it, halts signing for good; what they only claim, and silence where the policy asks for more voices,
makes it wait. Recording goes on in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

from services.audit import checkpoints, witnesses
from services.audit.asking import CONTRADICTED, Told
from services.audit.checkpoints import Signed
from services.audit.ledger import micros
from services.audit.witness_tables import witness
from services.audit.witnesses import SECOND, Witnesses
from services.kernel import metrics

AGAIN_SECONDS = 5.0

Gate = Literal["open", "waits-for-witnesses", "witness-disputes"]


@dataclass
class Guard:
    """Says whether heads may be signed, once the witnesses were heard; asks them again until it can say so."""

    witnesses: Witnesses
    again: float = AGAIN_SECONDS
    heard: bool = False
    signed: int = -1
    state: Gate = "open"
    since: int = -1
    _next: float = 0.0

    def __post_init__(self) -> None:
        self.since = micros(self.witnesses.store.clock())

    def passes(self, last: Signed) -> str | None:
        """None where heads may be signed after this one; "" where they may not yet; else the flaw that forbids it."""
        if last.size < self.signed:
            return "rolled-back"  # The database was put back under a running service.
        if not self.heard:
            flaw = self._hear(last) if monotonic() >= self._next else ""
            if flaw is not None:
                return flaw
        self.signed = max(self.signed, last.size)
        return None

    def _hear(self, last: Signed) -> str | None:
        told = self.witnesses.ask(last, self.witnesses.reachable)
        self._next = monotonic() + self.again
        if told:
            self.witnesses.record(last, told)
        for each in told:
            if each.outcome in CONTRADICTED:
                return CONTRADICTED[each.outcome]
        self.state = self._stands(told, last)
        self.heard = self.state == "open"
        return None if self.heard else ""

    def _stands(self, told: list[Told], last: Signed) -> Gate:
        if any(each.outcome == "disputes" for each in told):
            return "witness-disputes"
        agree = {each.name for each in told if each.outcome == "cosigned"}
        agree |= self.witnesses.heard_since(self.since, last.size)
        return "open" if self.witnesses.policy.met(agree) else "waits-for-witnesses"


@dataclass
class Witnessing:
    """The duty: every so often, the newest head goes to every witness that has not cosigned it."""

    witnesses: Witnesses
    report: Callable[[str], None]
    every: float = 5.0
    name: str = "witnesses"
    _health: dict[str, Any] = field(default_factory=lambda: {"state": "starting"})

    def health(self) -> dict[str, Any]:
        """Whether heads are cosigned, and for how long the oldest that is not has waited."""
        return self._health

    def turn(self) -> bool:
        """Ask those who are due about the newest head."""
        if not self.witnesses.any:
            self._health = {"state": "no-witness"}
            return False
        head = checkpoints.latest(self.witnesses.look)
        if head is not None:
            self._asks(head)
            self.witnesses.settle_newest()
        self._tells()
        return False

    def _asks(self, head: Signed) -> None:
        told = self.witnesses.ask(head, self.witnesses.due(head))
        if not told:
            return
        self.witnesses.record(head, told)
        shown = next((each for each in told if each.outcome in CONTRADICTED), None)
        if shown is not None:
            self.report(CONTRADICTED[shown.outcome])

    def _tells(self) -> None:
        look, policy = self.witnesses.look, self.witnesses.policy
        since = witnesses.pending_since(look) if self.witnesses.wants_quorum else None
        pending = 0.0 if since is None else (micros(self.witnesses.store.clock()) - since) / SECOND
        states = {row["name"]: row["state"] for row in look.all(witness) if row["name"] in policy.witnesses}
        metrics.cosigned("audit", pending, {name: states.get(name) == "cosigned" for name in policy.witnesses})
        self._health = {
            "state": self.witnesses.state(since),
            "pending_seconds": round(pending),
            "witnesses": {name: states.get(name, "not-asked") for name in policy.witnesses},
        }
