"""Statements of records (记录单): issued by the organizing unit, checked by anybody who holds the code.

The hub certifies nothing in its own name (INV-21): it says whether a unit stated this, and whether it still holds.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, Request, asks, http, lists
from services.kernel.errors import NotFound
from services.volunteer.domain import volunteer
from services.volunteer.endpoints.callers import ORGANIZERS, ROSTER
from services.volunteer.view_tables import hours, stars, statement_records, statements


class Statements:
    """What units state of volunteers, and the stars that hours come to."""

    log: Log

    state_records = asks(
        "POST",
        "/volunteers/{id}/record-statements",
        public.IssueRecordStatement,
        of=volunteer.DECIDER,
        roles=ORGANIZERS,
    )
    all_statements = lists("/record-statements", statements, by=("volunteer_id", "issuer"), roles=ROSTER)
    all_stars = lists("/volunteer-stars", stars, by=("volunteer_id", "scheme_id"), roles=ROSTER)

    @http("GET", "/record-statements/{code}", roles=None, says="whether a unit stated this, and whether it still holds")
    def check_statement(self, request: Request) -> dict[str, Any]:
        """Whether a unit issued a statement under this code; superseded once a record in it was corrected or voided."""
        look, code = self.log.look, request.path["code"]
        stated = look.one(statements, code)
        if stated is None:
            raise NotFound("no statement under this code")
        ids = [row["record_id"] for row in look.all(statement_records, verify_code=code)]
        changed = [row["changed"] for row in (look.one(hours, record_id) for record_id in ids) if row]
        current = not any(position and position > stated["position"] for position in changed)
        return {
            "kind": {"zh": "志愿服务记录单", "en": "statement of service records"}, "issuer": stated["issuer"],
            "minutes": stated["minutes"], "records": len(ids), "issued_at": stated["issued_at"],
            "current": current, "state": "current" if current else "superseded",
        }  # fmt: skip

    @http("GET", "/me/stars", roles=("volunteer",), says="the stars that my hours come to")
    def my_stars(self, request: Request) -> dict[str, Any]:
        """The level in each scheme; nobody is compared with anybody (INV-37)."""
        try:
            me = UUID(request.actor.id)
        except ValueError:
            return {"items": []}
        return {"items": self.log.look.all(stars, volunteer_id=me)}
