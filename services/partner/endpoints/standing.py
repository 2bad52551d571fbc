"""Where an organization's sequence stands: its last number, the newest deliveries, and the ledger's head that rides along."""

from __future__ import annotations

from base64 import b64decode

import sqlalchemy as sa

from services.kernel.entrypoints import Hand, Request, http
from services.partner import tables as t
from services.partner.endpoints.feed import READERS, head, own, whole
from services.partner.heads import head_of

MOST = 200
STANDS = {"type": "object", "required": ["head", "items", "checkpoint"]}


class Standing:
    """An organization sees its own sequence from its end, to compare with what it has."""

    log: Hand

    @http("GET", "/sequence", roles=READERS, says="where one's own sequence stands", answer=STANDS,
          query={"limit": {"kind": "integer", "minimum": 1, "maximum": MOST}})  # fmt: skip
    def sequence(self, request: Request) -> object:
        """The last number, the newest deliveries with their numbers, and the newest signed head of the ledger."""
        organization_id, d = own(request), t.delivery.c
        columns = (d.number, d.event_type, d.event_id, d.added_at)
        query = sa.select(*columns).where(d.organization_id == organization_id).order_by(d.number.desc())
        items = self.log.look.run(query.limit(whole(request, "limit", 20, MOST)))
        note = head_of(self.log).value
        return {
            "head": head(self.log, organization_id),
            "items": items,
            "checkpoint": b64decode(note).decode() if note else None,
        }
