"""Whenever an organization is suspended or leaves: what it promised in pairings goes back to who gave it. Pure.

People of a team who were sent somewhere go as themselves, and go on.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral
from services.contracts.volunteer import EndPairing
from services.kernel.manifest import Do, Look
from services.volunteer.domain import pairing
from services.volunteer.view_tables import pairing_parties, pairings

LEFT = "organization-left"


def on_organization(event: referral.OrganizationSuspended | referral.OrganizationRetired, look: Look) -> list[Do]:
    """Its pairings end: no commitment is held by one who may not act (INV-43)."""
    if event.party is None:
        return []
    theirs = (
        sa.select(pairings.c.pairing_id)
        .join(pairing_parties, pairing_parties.c.pairing_id == pairings.c.pairing_id)
        .where(pairing_parties.c.party == event.party, pairings.c.state != "ended")
        .distinct()
        .order_by(pairings.c.pairing_id)
    )
    end = EndPairing(result="broken_off", reason_code=LEFT)
    return [Do(pairing.DECIDER, row["pairing_id"], end) for row in look.run(theirs)]
