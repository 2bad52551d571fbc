"""Receipts over HTTP: who gave or took responsibility, or agreed, takes the proof of it home."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.audit import asked, receipts, witnesses
from services.audit.endpoints.log import TEXT
from services.kernel.entrypoints import Page, Request, http
from services.kernel.errors import NotFound, Unavailable


class NotYetSigned(Unavailable):
    """The entry stands in the ledger, and no signed head covers it yet: ask again in a second."""

    code = "not-signed-yet"


class Receipts:
    """A receipt is a file; it proves itself, offline and for good."""

    log: Any

    @http("GET", "/receipts/{event_id}", roles=(), media=TEXT, says="a receipt (C2SP tlog-proof)")
    def receipt(self, request: Request) -> Page:
        """The proof that a handoff, or a consent, stands in the ledger: for its parties, the person, and auditors."""
        asked.only(request.query)
        event_id: UUID = request.path["event_id"]
        row = receipts.of(self.log.look, event_id)
        if row is None or not receipts.may(request.actor, row["words"]):
            raise NotFound("no such receipt")
        head = witnesses.covering(self.log.look, row["entry"], self.log.settings.witness_policy)
        if head is None:
            raise NotYetSigned("no signed head covers this entry yet")
        body = receipts.made(self.log.look, row["entry"], head, witnesses.cosigned(self.log.look, head))
        name = f'attachment; filename="{event_id}.tlog-proof"'
        return Page(body, headers=(("Content-Disposition", name),), content_type=TEXT)
