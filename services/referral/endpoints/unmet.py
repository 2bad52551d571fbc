"""What nobody could be found for: what a street lacks, by need and by referral."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from services.kernel.entrypoints import Log, Request, http, lists
from services.referral.endpoints.roles import READING
from services.referral.views.unmet import unmet


class Unmet:
    """Needs that nobody took."""

    log: Log

    unmet_needs = lists("/unmet-needs", unmet, by=("matter_id", "case_id"), roles=READING)

    @http("GET", "/unmet-needs/totals", roles=READING, says="how many needs of each code nobody took")
    def unmet_totals(self, request: Request) -> object:
        """Each need code with the number of referrals that found nobody, the most wanted first."""
        rows = self.log.look.run(sa.select(unmet.c.need_codes))
        counted = Counter(code for row in rows for code in row["need_codes"])
        ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        return {"items": [{"need_code": code, "referrals": number} for code, number in ranked]}
