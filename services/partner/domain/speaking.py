"""Who speaks for an organization: its own people, and who runs the hub."""

from __future__ import annotations

from uuid import UUID

from services.kernel.errors import Refused
from services.kernel.message import Ask

OUTSIDE = ("partner", "team_leader")


def speaks_for(organization_id: UUID, ask: Ask) -> None:
    """Somebody of another organization has no say in it."""
    if ask.actor.role in OUTSIDE and ask.actor.org.rpartition(":")[2] != str(organization_id):
        raise Refused("not-yours", "This is another organization's.", "这属于另一机构。")
