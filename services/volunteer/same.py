"""Which records of persons are of one human being, as far as the volunteer service has heard. Pure."""

from __future__ import annotations

from uuid import UUID

from services.contracts import same
from services.kernel.manifest import Look
from services.volunteer.view_tables import merged_persons


def records_of(person_id: UUID, look: Look) -> list[UUID]:
    """All records that are of the same human being as this one, as far as this service has heard."""

    def above(record: UUID) -> UUID | None:
        row = look.one(merged_persons, record)
        return None if row is None else row["survivor_id"]

    def below(record: UUID) -> list[UUID]:
        return [row["merged_id"] for row in look.all(merged_persons, survivor_id=record)]

    return same.records_of(person_id, above, below)
