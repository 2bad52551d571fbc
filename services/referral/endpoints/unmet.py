"""What nobody could be found for: what a street lacks, by need and by referral."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from services.contracts.visibility import cell
from services.kernel.entrypoints import Log, Request, http, lists
from services.kernel.message import Actor
from services.referral.endpoints.roles import SEEING
from services.referral.scopes import SCOPES
from services.referral.views.unmet import unmet


class Unmet:
    """Needs that nobody took."""

    log: Log

    unmet_needs = lists("/unmet-needs", unmet, by=("matter_id", "case_id"), roles=SEEING)

    @http("GET", "/unmet-needs/totals", roles=(*SEEING, "commissioner"), says="how many needs of each code nobody took")
    def unmet_totals(self, request: Request) -> object:
        """Each need code with the number of referrals that found nobody, the most wanted first."""
        rows = self.log.look.run(_counted(request.actor))
        counted = Counter(code for row in rows for code in row["need_codes"])
        ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        return {"items": [{"need_code": code, "referrals": number} for code, number in ranked]}


def _counted(who: Actor) -> sa.Select[Any]:
    """Figures of everything for whoever is owed figures; of what they see themselves for all others."""
    figures = any(seen.way == "aggregates" for seen in cell(who.role, "codes"))
    return sa.select(unmet.c.need_codes) if figures else sa.select(unmet.c.need_codes).where(SCOPES[unmet].rows(who))
