"""The whole ledger checked over HTTP: begun by one request and followed by others, for a large one takes minutes."""

from __future__ import annotations

from typing import Any

from services.audit import asked
from services.audit.domain import integrity
from services.audit.verifying import Verifying
from services.kernel.entrypoints import Reply, Request, http

KEEPERS = ("auditor", "service", "administrator")
PROGRESS = {"type": "object", "required": ["state"]}


class Verifications:
    """Who asks for a check is named with what came of it, on record."""

    log: Any

    @http(
        "POST",
        "/verifications",
        roles=KEEPERS,
        answer=PROGRESS,
        status=202,
        says="the check that has begun, or goes on",
    )
    def begin_verification(self, request: Request) -> Reply:
        """Have every entry read and hashed again and compared with the tree; one that goes on already is not begun anew."""
        asked.only(request.query)
        checking = self.log.look.beside(Verifying)
        checking.begin(
            self.log.look,
            lambda report: self.log.ask(integrity.DECIDER, integrity.STREAM, report, request),
            self.log.store.clock(),
        )
        return Reply(checking.progress(), 202)

    @http("GET", "/verifications/running", roles=KEEPERS, answer=PROGRESS, says="how far the check is")
    def running_verification(self, request: Request) -> object:
        """How far the last check that this process began has come, and when it is done, what it found."""
        asked.only(request.query)
        return self.log.look.beside(Verifying).progress()
