"""The ledger's witnesses over HTTP: who they are, how each stands, and whether they are enough."""

from __future__ import annotations

from typing import Any

from services.audit import asked, checkpoints, witnesses
from services.audit.checkpointer import witnesses_of
from services.audit.ledger import instant, micros
from services.audit.witness_tables import witness
from services.audit.witnesses import SECOND
from services.kernel.entrypoints import Request, http
from services.kernel.tlog.policy import Party

READERS = ("auditor", "service", "administrator", "partner")
WITNESSES = {"type": "object", "required": ["quorum", "state", "items"]}


class Vouching:
    """Whoever may ask how far the ledger is signed may ask who vouches for it, and so may every partner."""

    log: Any

    @http("GET", "/witnesses", roles=READERS, answer=WITNESSES, says="who vouches for the ledger")
    def witnesses(self, request: Request) -> object:
        """The witnesses of the policy and the newest head that they vouch for; without any, only the operator does."""
        asked.only(request.query)
        them, look = witnesses_of(self.log), self.log.look
        newest, last = witnesses.newest(look, them.policy), checkpoints.latest(look)
        since = witnesses.pending_since(look) if them.wants_quorum else None
        rows = {row["name"]: row for row in look.all(witness)}
        return {
            "quorum": them.policy.quorum,
            "state": them.state(since),
            "signed": None if last is None else last.size,
            "witnessed": None if newest is None or not them.wants_quorum else newest.size,
            "pending_seconds": 0 if since is None else (micros(self.log.store.clock()) - since) // SECOND,
            "items": [stands(name, party, rows.get(name, {})) for name, party in them.policy.witnesses.items()],
        }


def stands(name: str, party: Party, row: dict[str, Any]) -> dict[str, Any]:
    """How one witness stands."""
    return {
        "name": name,
        "key": str(party.verifier),
        "fingerprint": party.verifier.fingerprint,
        "state": row.get("state") or "not-asked",
        "since": _at(row.get("since")),
        "seen": row.get("seen"),
        "answered_at": _at(row.get("answered_at")),
        "failures": row.get("failures") or 0,
    }


def _at(micro: int | None) -> object:
    return None if micro is None else instant(micro)
