"""Units and the places that they have: two views, and the condition that something lies in one of a unit's places.

A place is a text within which lies whatever begins with it, as codes of areas do. A unit has the places that are said to
be its own, and those of the units below it. They are found once for each question, and not for each row.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.manifest import Look
from services.kernel.scope import Where, begins, begins_with_any, lists_any_beginning
from services.kernel.view import Change, put


class Regions:
    """The two views of one service: its units, and the places of each."""

    def __init__(self, metadata: sa.MetaData, units: str, places: str) -> None:
        self.units = sa.Table(
            units, metadata,
            sa.Column("station_id", sa.Uuid, primary_key=True),
            sa.Column("unit", sa.String, index=True),
            sa.Column("parent_id", sa.Uuid, index=True),
            sa.Column("since", sa.BigInteger),
        )  # fmt: skip
        self.places = sa.Table(
            places, metadata,
            sa.Column("station_id", sa.Uuid, primary_key=True),
            sa.Column("place", sa.String, primary_key=True),
            sa.Column("since", sa.BigInteger),
        )  # fmt: skip

    def said(self, key: UUID, since: int, places: Iterable[str], **unit: Any) -> list[Change]:
        """From now on (`since`, a position) a unit has these places and no others."""
        row = put(self.units, key, since=since, **unit)
        return [row, *(put(self.places, key, place, since=since) for place in places)]

    def lies_in(self, column: sa.ColumnElement[Any], unit: str, *kinds: str) -> Where:
        """A text within the unit's own code or one of its places; with `kinds`, also `<kind>:<text>` of one of these."""
        if not unit:
            return sa.false()
        before = ("", *(f"{kind}:" for kind in kinds))
        by_place = begins_with_any(column, self._places(unit, before))
        coded = unit.isascii() and unit.isdecimal()
        return sa.or_(by_place, *(begins(column, f"{each}{unit}") for each in before if coded))

    def listed_in(self, column: sa.ColumnElement[Any], between: str, unit: str, *kinds: str) -> Where:
        """The same of one of several words with this between them."""
        if not unit:
            return sa.false()
        before = ("", *(f"{kind}:" for kind in kinds))
        by_place = lists_any_beginning(column, between, self._places(unit, before))
        coded, words = unit.isascii() and unit.isdecimal(), sa.literal(between) + column
        own = (words.contains(f"{between}{each}{unit}", autoescape=True) for each in before if coded)
        return sa.or_(by_place, *own)

    def places_of(self, unit: str) -> sa.Select[tuple[str]]:
        """The places that this unit has now, and those below it."""
        return self._places(unit, ("",))  # type: ignore[no-any-return]

    def serving(self, look: Look, place: str | None) -> tuple[str, ...]:
        """The units that have a place in which this one lies, and those above them."""
        if not place:
            return ()
        p, around = self.places.c, [place[:length] for length in range(2, len(place) + 1)]
        rows = look.run(sa.select(p.station_id, p.since).where(p.place.in_(around)).order_by(p.station_id))
        found = [unit for row in rows for unit in self._above(row["station_id"], row["since"], look)]
        return tuple(dict.fromkeys(found))

    def _above(self, key: UUID | None, since: int | None, look: Look) -> list[str]:
        row = look.one(self.units, key) if key else None
        if row is None or since not in (None, row["since"]):
            return []
        return [row["unit"], *self._above(row["parent_id"], None, look)]

    def _places(self, unit: str, before: tuple[str, ...]) -> Any:
        """The places that this unit has now, and those below it, each with what may stand before it."""
        u, p = self.units.c, self.places.c
        own = sa.select(u.station_id).where(u.unit == unit)
        below = sa.select(u.station_id).where(u.parent_id.in_(own))
        here = sa.union(own, below, sa.select(u.station_id).where(u.parent_id.in_(below)))
        now = sa.and_(u.station_id == p.station_id, u.since == p.since)
        found = sa.select(p.place).join_from(self.units, self.places, now).where(u.station_id.in_(here))
        if before == ("",):
            return found
        places = found.cte()
        return sa.union_all(*(sa.select((sa.literal(each) + places.c.place).label("place")) for each in before))
