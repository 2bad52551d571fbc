"""Reconciliation over HTTP: how each publisher's log stands to the ledger, what differs, and comparing now."""

from __future__ import annotations

from typing import Any

from services.audit import asked
from services.audit.endpoints.integrity import PUBLISHERS
from services.audit.ledger import instant, micros
from services.audit.reconciliation_views import difference, publisher_log
from services.audit.reconciling import COMMIT_SECONDS, reconciled
from services.kernel.contract import Said
from services.kernel.entrypoints import Reply, Request, http, lists
from services.kernel.unit import Unit
from services.kernel.view import Change, Rows, put

KEEPERS = ("auditor", "administrator", "service")
BODY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"publisher": {"type": ["string", "null"]}},
}
LISTED = {"type": "object", "required": ["items"]}
ASKED = {"type": "object", "required": ["publishers", "asked_at"]}


class Reconciliations:
    """A comparison is a duty of the service; whoever asks is ahead of it, and finds what came of it in the list."""

    log: Any

    publisher_logs = lists("/publisher-logs", publisher_log, by=("state",), roles=KEEPERS)
    differences = lists("/differences", difference, by=("state", "publisher", "code"), roles=KEEPERS)

    @http("GET", "/reconciliations", roles=KEEPERS, answer=LISTED, says="when each log was asked for and compared")
    def reconciliations(self, request: Request) -> object:
        """When somebody last asked for a comparison with each publisher's log, and when there last was one."""
        asked.only(request.query)
        rows = self.log.look.all(reconciled)
        return {"items": [{"publisher": row["publisher"], **_times(row)} for row in rows]}

    @http("POST", "/reconciliations", roles=KEEPERS, takes=BODY, answer=ASKED, says="which logs will be compared")
    def reconcile(self, request: Request) -> Reply:
        """Have publishers sign for their logs now, and compare them; `/publisher-logs` says what came of it."""
        asked.only(request.query)
        wanted = (request.json or {}).get("publisher")
        if wanted is not None and wanted not in PUBLISHERS:
            options = ", ".join(PUBLISHERS)
            raise asked.wrong("publisher", Said(f"one of: {options}", f"以下之一: {options}"))
        publishers = PUBLISHERS if wanted is None else (wanted,)
        now = self.log.store.clock()
        rows: list[Change | Rows] = [put(reconciled, publisher, asked_at=micros(now)) for publisher in publishers]
        self.log.store.submit(Unit(rows=rows)).result(timeout=COMMIT_SECONDS)
        return Reply({"publishers": list(publishers), "asked_at": now.isoformat()}, 202)


def _times(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if row[name] is None else instant(row[name]).isoformat() for name in ("asked_at", "done_at")}
