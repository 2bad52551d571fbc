"""Whenever an organization is suspended or leaves: it reads nothing any more, and deletes what it was given. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.contracts import referral
from services.contracts.words import Party
from services.intake import tables as t
from services.intake.domain import disclosure
from services.kernel.manifest import Do, Look

GONE, SUSPENDED = "organization-left", "organization-suspended"


def on_organization(
    organization_id: UUID, event: referral.OrganizationSuspended | referral.OrganizationRetired, look: Look
) -> list[Do]:
    """Its access ends at once (INV-43); one that leaves is told to delete, and answers for each disclosure (PIPL 21, 22)."""
    left = isinstance(event, referral.OrganizationRetired)
    given = [row for row in given_to(organization_id, event.party, look) if row["state"] != "refused"]
    ended = public.RevokeIdentityAccess(reason_code=GONE if left else SUSPENDED)
    revoked = [Do(disclosure.DECIDER, row["disclosure_id"], ended) for row in given if row["state"] == "live"]
    if not left:
        return revoked
    told = public.DemandDeletion(reason_code=GONE)
    return revoked + [Do(disclosure.DECIDER, row["disclosure_id"], told) for row in given]


def given_to(organization_id: UUID, party: Party | None, look: Look) -> list[dict[str, Any]]:
    """Everything that was ever disclosed to an organization: as the party it said, or by its id where it said none."""
    if party is not None:
        return look.all(t.disclosures, receiver=party)
    return [row for row in look.all(t.disclosures) if str(row["receiver"]).endswith(f":{organization_id}")]
