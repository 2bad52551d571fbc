"""Everything that anybody saw of one human being, in one question: of every record of the person, of every matter about them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit.access.acts import DELIVERED
from services.audit.access.tables import about_person, access, delivered, names_person
from services.audit.language import facts_of, restricted
from services.audit.ledger import written
from services.audit.moments.reading import Moment, merged_into
from services.audit.moments.state import shown_as
from services.audit.tables import entry
from services.kernel.manifest import Look

NOBODY = {
    "person_id": None, "type": DELIVERED, "act": "delivered", "role": "partner", "org": "", "purpose": "",
    "categories": "", "ground": "", "approver": None, "expires_at": None, "disclosure_id": None,
}  # fmt: skip


def records(look: Look, person_id: UUID, size: int) -> list[UUID]:
    """The records that are of the same human being, as known at this size of the ledger (INV-39)."""
    moment = Moment(size)
    last, _ = shown_as(look, str(person_id), moment)
    same = {last, str(person_id), *(each.id for each in merged_into(look, {last}, moment))}
    return sorted(map(UUID, same))


def seen(
    look: Look, persons: Collection[UUID], size: int, after: int, limit: int, *, unsealed: bool
) -> list[dict[str, Any]]:
    """The acts of access about these records, in the order in which they became known (INV-33)."""
    c = access.c
    matters = sa.select(about_person.c.matter_id).where(about_person.c.person_id.in_(persons))
    about = sa.or_(c.person_id.in_(persons), sa.and_(c.person_id.is_(None), c.matter_id.in_(matters)))
    query = sa.select(access).where(about, c.entry < size, c.entry >= after)
    if not unsealed:
        query = query.where(sa.not_(c.restricted))
    acts = look.run(query.order_by(c.entry).limit(limit))
    told = deliveries(look, persons, size, after, limit, unsealed=unsealed)
    return sorted([*acts, *told], key=lambda row: row["entry"])[:limit]


def deliveries(
    look: Look, persons: Collection[UUID], size: int, after: int, limit: int, *, unsealed: bool
) -> list[dict[str, Any]]:
    """Which events about these records organizations have received under which number, as acts of access (INV-33)."""
    matters = sa.select(about_person.c.matter_id).where(about_person.c.person_id.in_(persons))
    named = sa.select(names_person.c.entry).where(names_person.c.person_id.in_(persons))
    about = sa.or_(entry.c.matter_id.in_(matters), entry.c.idx.in_(named))
    return _delivered(look, about, size, after, limit, unsealed=unsealed)


def _delivered(
    look: Look, about: sa.ColumnElement[bool], size: int, after: int, limit: int, *, unsealed: bool
) -> list[dict[str, Any]]:
    d, e = delivered.c, entry.c
    query = (
        sa.select(delivered, e.matter_id, e.idx.label("of_entry"))
        .join(entry, sa.and_(e.publisher == d.of_publisher, e.position == d.of_position))
        .where(about, d.entry < size, e.idx < size, d.entry >= after)
    )
    if not unsealed:
        query = query.where(e.type.not_in(sorted(restricted())))
    return [_as_act(row) for row in look.run(query.order_by(d.entry).limit(limit))]


def seen_of_matter(
    look: Look, matter_id: UUID, size: int, after: int, limit: int, *, unsealed: bool
) -> list[dict[str, Any]]:
    """The acts of access about a matter, and about whom it is about where they name no matter (INV-33)."""
    c = access.c
    persons = sa.select(about_person.c.person_id).where(about_person.c.matter_id == matter_id)
    about = sa.or_(c.matter_id == matter_id, sa.and_(c.matter_id.is_(None), c.person_id.in_(persons)))
    query = sa.select(access).where(about, c.entry < size, c.entry >= after)
    if not unsealed:
        query = query.where(sa.not_(c.restricted))
    acts = look.run(query.order_by(c.entry).limit(limit))
    told = _delivered(look, entry.c.matter_id == matter_id, size, after, limit, unsealed=unsealed)
    return sorted([*acts, *told], key=lambda row: row["entry"])[:limit]


def received(look: Look) -> list[dict[str, Any]]:
    """For each organization: how many deliveries the ledger holds, the last number, and when that became known."""
    d = delivered.c
    counted = (sa.func.count(), sa.func.max(d.number), sa.func.max(d.rt))
    names = ("deliveries", "number", "known_at")
    columns = [column.label(name) for column, name in zip(counted, names, strict=True)]
    rows = look.run(sa.select(d.organization_id, *columns).group_by(d.organization_id).order_by(d.organization_id))
    return [row | {"known_at": written(row["known_at"]), "whole": row["deliveries"] == row["number"]} for row in rows]


def _as_act(row: dict[str, Any]) -> dict[str, Any]:
    """A delivery as the other acts of access are: the organization that has it saw it."""
    return NOBODY | {name: row[name] for name in ("entry", "rt", "at", "matter_id", "publisher", "position")} | {
        "who": str(row["organization_id"]),
        "received": {"type": row["of_type"], "entry": row["of_entry"], "number": row["number"]},
    }  # fmt: skip


def line(row: dict[str, Any]) -> dict[str, Any]:
    """One act of access, as it is told."""
    facts = facts_of(row["type"])
    return {
        "entry": row["entry"],
        "known_at": written(row["rt"]),
        "at": None if row["at"] is None else written(row["at"]),
        "type": row["type"],
        "zh": facts.zh,
        "en": facts.en,
        "act": row["act"],
        "who": {"id": row["who"], "role": row["role"], "org": row["org"]},
        "person_id": None if row["person_id"] is None else str(row["person_id"]),
        "matter_id": None if row["matter_id"] is None else str(row["matter_id"]),
        "purpose": row["purpose"],
        "categories": [each for each in row["categories"].split(",") if each],
        "ground": row["ground"],
        "approver": row["approver"],
        "expires_at": row["expires_at"],
        "disclosure_id": None if row["disclosure_id"] is None else str(row["disclosure_id"]),
        "publisher": row["publisher"],
        "position": row["position"],
        "received": row.get("received"),
    }
