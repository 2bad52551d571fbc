"""The ledger's witnesses over HTTP: who they are, how each stands, and whether they are enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.audit import asked, checkpoints, visiting, witnesses
from services.audit.asking import CONTRADICTED
from services.audit.checkpointer import Pen, object_to, witnesses_of
from services.audit.ledger import instant, micros
from services.audit.witness_tables import witness
from services.audit.witnesses import SECOND
from services.kernel.contract import Said
from services.kernel.entrypoints import Page, Request, http
from services.kernel.errors import NotFound
from services.kernel.tlog.policy import Party

READERS = ("auditor", "service", "administrator", "partner")
TEXT = "text/plain; charset=utf-8"
NOTE = {
    "type": "object",
    "required": ["note"],
    "additionalProperties": False,
    "properties": {"note": {"type": "string"}},
}
TAKEN = {"type": "object", "required": ["witness", "outcome", "size", "witnessed"]}
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

    @http(
        "GET",
        "/policy",
        roles=(*READERS, "team_leader"),
        media=TEXT,
        says="the policy by which the hub itself judges a head",
    )
    def policy(self, request: Request) -> Page:
        """The keys of log and witnesses as a file (C2SP tlog-policy): worth something once compared with what was printed."""
        asked.only(request.query)
        settings = self.log.settings
        logs = tuple(Party(s.name, s.verifier) for s in Pen.of(settings.log_origin, settings.log_keys).signers)
        whole = replace(witnesses_of(self.log).policy, logs=logs)
        return Page(
            bytes(whole), headers=(("Content-Disposition", 'attachment; filename="policy"'),), content_type=TEXT
        )

    @http("GET", "/checkpoint/offered", roles=None, media=TEXT, says="the head for witnesses who come by")
    def offered(self, request: Request) -> Page:
        """The signed head that a witness who cannot be reached is asked to cosign: the same for all, for ten minutes."""
        head = visiting.offered(witnesses_of(self.log))
        if head is None:
            raise NotFound("nothing is signed yet")
        return Page(bytes(witnesses.cosigned(self.log.look, head)), content_type=TEXT)

    @http("POST", "/cosignatures", roles=None, takes=NOTE, answer=TAKEN, says="how the ledger stands to this head")
    def cosign(self, request: Request) -> object:
        """A witness leaves its word: the head with its signature under it; whoever has no key of the policy is refused.

        A head that this log has signed and that is not here any more halts signing, as if the witness had been asked.
        """
        asked.only(request.query)
        them = witnesses_of(self.log)
        visit = visiting.Visit.read(_note(request.json), them)
        stored, told = visit.told(them)
        met = them.record(stored, [told])
        if told.outcome in CONTRADICTED:
            object_to(self.log.store, self.log.look, CONTRADICTED[told.outcome])
        return {"witness": told.name, "outcome": told.outcome, "size": visit.head.size, "witnessed": met}


def _note(body: Any) -> bytes:
    if not (isinstance(body, dict) and set(body) == {"note"} and isinstance(body["note"], str)):
        raise asked.wrong("note", Said("a signed note, as text", "签名文本"))
    return body["note"].encode("utf-8", "replace")


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
