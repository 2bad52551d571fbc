"""Which station serves which places, as heard from the directory: it sees what lies there, whatever its own code (INV-41).

A station sees what lies within its own area code, within the places that the directory says it serves, and within those
of the points and grids below it. The places are found once for each question, and not for each row.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral
from services.contracts.visibility import unit_of
from services.intake.tables import METADATA
from services.kernel.manifest import Look
from services.kernel.message import Message
from services.kernel.scope import Where, begins, begins_with_any
from services.kernel.view import Change, put

stations = sa.Table(
    "stations", METADATA,
    sa.Column("station_id", sa.Uuid, primary_key=True),
    sa.Column("unit", sa.String, index=True),
    sa.Column("parent_id", sa.Uuid, index=True),
    sa.Column("since", sa.BigInteger),
)  # fmt: skip
served = sa.Table(
    "served_places", METADATA,
    sa.Column("station_id", sa.Uuid, primary_key=True),
    sa.Column("place", sa.String, primary_key=True),
    sa.Column("since", sa.BigInteger),
)  # fmt: skip
"""The places of each station that have a code, since which word of the directory; what is older than the station's own
`since` it serves no more."""


def project_stations(message: Message) -> list[Change]:
    """The stations and their places, as the directory says."""
    station_id, since = message.stream_id, message.envelope.position
    match message.event:
        case referral.StationOpened() as event:
            row = put(stations, station_id, unit=unit_of(event.party), parent_id=event.parent_id, since=since)
            return [row, *_places(station_id, event.places, since)]
        case referral.StationAreaChanged() as event:
            return [put(stations, station_id, since=since), *_places(station_id, event.places, since)]
        case referral.StationClosed():
            return [put(stations, station_id, since=since)]
        case _:
            return []


def _places(station_id: UUID, places: tuple[referral.ServedPlace, ...], since: int) -> list[Change]:
    return [put(served, station_id, one.code, since=since) for one in places if one.code.isdecimal()]


def _served_by(unit: str) -> sa.Select[tuple[str]]:
    """The places that this unit's stations serve now, and the points and grids below them."""
    c, p = stations.c, served.c
    own = sa.select(c.station_id).where(c.unit == unit)
    points = sa.select(c.station_id).where(c.parent_id.in_(own))
    here = sa.union(own, points, sa.select(c.station_id).where(c.parent_id.in_(points)))
    now = sa.and_(c.station_id == p.station_id, c.since == p.since)
    return sa.select(p.place).join_from(stations, served, now).where(c.station_id.in_(here))


def lies_in(column: sa.ColumnElement[str], unit: str) -> Where:
    """An area within this unit's own code, or within a place that its stations serve."""
    if not unit:
        return sa.false()
    by_place = begins_with_any(column, _served_by(unit))
    return sa.or_(begins(column, unit), by_place) if unit.isdecimal() else by_place


def serving(look: Look, area: str | None) -> tuple[str, ...]:
    """The units that see what lies in this area because they serve a place around it, and those above them."""
    if not area:
        return ()
    around = [area[:length] for length in range(2, len(area) + 1)]
    rows = look.run(
        sa.select(served.c.station_id, served.c.since).where(served.c.place.in_(around)).order_by(served.c.station_id)
    )
    found = [unit for row in rows for unit in _above(row["station_id"], row["since"], look)]
    return tuple(dict.fromkeys(found))


def _above(station_id: UUID | None, since: int | None, look: Look) -> list[str]:
    row = look.one(stations, station_id) if station_id else None
    if row is None or since not in (None, row["since"]):
        return []
    return [row["unit"], *_above(row["parent_id"], None, look)]
