"""The rows of one moment: what was so at `valid_at` by what a ledger of `size` entries holds, in one question a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit.moments import turns
from services.audit.moments.tables import NOBODY, held, strand
from services.kernel.manifest import Look

EVER = 2**62
"""Later than anything that can have happened."""

Where = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Moment:
    """As it was at `valid_at` (None: now), by what a ledger of `size` entries holds; `unsealed` also what is restricted."""

    size: int
    valid_at: int | None = None
    unsealed: bool = False

    @property
    def until(self) -> int:
        """The moment in the world as a number."""
        return EVER if self.valid_at is None else self.valid_at


@dataclass(frozen=True, slots=True)
class Told:
    """What a stream says at the moment: since when, by which entry, and which entry made it so."""

    stream: str
    at: int
    entry: int
    known_from: int
    known_until: int | None
    restricted: bool
    content: dict[str, Any]

    @property
    def kind(self) -> str:
        """What the stream is about."""
        return self.stream.partition("/")[0]

    @property
    def id(self) -> str:
        """Which one."""
        return self.stream.partition("/")[2]


def known(table: sa.Table, size: int) -> Where:
    """The rows that count in a ledger of this size."""
    until = sa.or_(table.c.known_until.is_(None), table.c.known_until >= size)
    return sa.and_(table.c.known_from < size, until)


def strands(look: Look, matter_id: UUID, moment: Moment, streams: Collection[str] | None = None) -> list[Told]:
    """What each stream of a matter says at the moment; of those outside all matters only the ones named."""
    where = [strand.c.matter_id == matter_id, known(strand, moment.size), strand.c.valid_from <= moment.until]
    if streams is not None:
        where.append(strand.c.stream.in_(sorted(streams)))
    if not moment.unsealed:
        where.append(sa.not_(strand.c.restricted))
    latest = sa.func.row_number().over(
        partition_by=(strand.c.stream, strand.c.restricted),
        order_by=(strand.c.valid_from.desc(), strand.c.entry.desc()),
    )
    rows = sa.select(strand, latest.label("nth")).where(*where).subquery()
    return [told(row) for row in look.run(sa.select(rows).where(rows.c.nth == 1).order_by(rows.c.stream))]


def told(row: dict[str, Any]) -> Told:
    """A row, read."""
    return Told(
        row["stream"], row["valid_from"], row["entry"], row["known_from"], row["known_until"], bool(row["restricted"]),
        turns.unpacked(bytes(row["content"])),
    )  # fmt: skip


def merged_into(look: Look, persons: Iterable[str], moment: Moment) -> list[Told]:
    """The records of persons that are shown as one of these at the moment."""
    ids = [UUID(person) for person in persons]
    query = sa.select(strand.c.stream).distinct().where(strand.c.shown_as.in_(ids))
    streams = [row["stream"] for row in look.run(query)] if ids else []
    found = strands(look, NOBODY, moment, streams) if streams else []
    return [each for each in found if UUID(str(each.content.get("shown_as") or NOBODY)) in ids]


def holding(look: Look, matter_id: UUID, moment: Moment) -> list[dict[str, Any]]:
    """Who answers for the matter and each of its needs at the moment; what is not open has no row."""
    c, now = held.c, moment.until
    here = [c.matter_id == matter_id, known(held, moment.size)]
    here += [c.start <= now, sa.or_(c.end.is_(None), c.end > now)] if moment.valid_at is not None else [c.end.is_(None)]
    if not moment.unsealed:
        here.append(sa.not_(c.restricted))
    return look.run(sa.select(held).where(*here).order_by(c.need, c.start, c.known_from, c.n))


def chain(look: Look, matter_id: UUID, moment: Moment) -> list[dict[str, Any]]:
    """The whole chain as a ledger of this size has it: every stretch, those of no length among them."""
    where = [held.c.matter_id == matter_id, known(held, moment.size), held.c.start <= moment.until]
    if not moment.unsealed:
        where.append(sa.not_(held.c.restricted))
    return look.run(sa.select(held).where(*where).order_by(held.c.need, held.c.start, held.c.entry, held.c.n))
