"""Which records are of one volunteer, and what ends when a volunteer is forgotten: the one act of the roster on keys."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import same
from services.contracts.volunteer import CarryOutVolunteerErasure
from services.kernel.manifest import Chore, Do, Look
from services.kernel.vault import Vault
from services.volunteer.domain import volunteer
from services.volunteer.view_tables import volunteers


def records_of(volunteer_id: UUID, look: Look) -> list[UUID]:
    """All records of the volunteer that this one is of, the one that speaks for them first (INV-39)."""

    def above(record: UUID) -> UUID | None:
        row = look.one(volunteers, record)
        return None if row is None else row["merged_into"]

    def below(record: UUID) -> list[UUID]:
        return [row["volunteer_id"] for row in look.all(volunteers, merged_into=record)]

    return same.records_of(volunteer_id, above, below)


def end_keys(row: dict[str, Any], look: Look, vault: Vault, now: datetime) -> Do:
    """Destroy the key of every record of this volunteer, and say of how many; done again, it changes nothing (INV-35)."""
    records = records_of(row["volunteer_id"], look)
    for record in records:
        vault.destroy(str(record), now)
    further = tuple(record for record in records if record != row["volunteer_id"])
    return Do(volunteer.DECIDER, row["volunteer_id"], CarryOutVolunteerErasure(keys=len(records), records=further))


CHORES = (Chore(name="forgotten-volunteers", table=volunteers, due="erase_due", act=end_keys),)
