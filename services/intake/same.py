"""Which records are of one human being: those merged into another, through however many steps, as the views have it now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.intake import tables as t
from services.kernel.manifest import Look

Row = dict[str, Any]


def survivor_row(look: Look, row: Row) -> Row:
    """The record that speaks for this one: itself, unless it is merged."""
    while row["merged_into"] is not None:
        above = look.one(t.persons, row["merged_into"])
        if above is None:
            return row
        row = above
    return row


def survivor_of(look: Look, person_id: UUID) -> UUID:
    """The record that speaks for a person; the id itself where nobody is registered under it."""
    row = look.one(t.persons, person_id)
    found: UUID = person_id if row is None else survivor_row(look, row)["person_id"]
    return found


def merged_rows(look: Look, survivor: Row) -> list[Row]:
    """A survivor and all records that are merged into it, the survivor first."""
    rows = [survivor]
    for row in rows:
        rows += look.all(t.persons, merged_into=row["person_id"])
    return rows


def records_of(look: Look, person_id: UUID) -> list[UUID]:
    """All records of the human being that this one is of, the one that speaks for them first."""
    row = look.one(t.persons, person_id)
    if row is None:
        return [person_id]
    return [each["person_id"] for each in merged_rows(look, survivor_row(look, row))]


def survivors(look: Look, person_ids: set[UUID]) -> set[UUID]:
    """Each human being once: the survivors of these records. One read for all that are merged, however many are asked."""
    above = {row["person_id"]: row["merged_into"] for row in look.all(t.persons, state="merged")}
    return {_top(person_id, above) for person_id in person_ids}


def _top(person_id: UUID, above: dict[UUID, UUID]) -> UUID:
    while person_id in above:
        person_id = above[person_id]
    return person_id
