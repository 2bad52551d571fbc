"""Which station answers for which place, as heard from the directory: who sees what lies there follows it (INV-41).

A station answers for the places that the directory says it serves, and for those of the points and grids below it; where
the directory names none, for what lies within its own area code. Of several stations the one that names a place most
exactly answers for it, and with it those above it.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral
from services.contracts.visibility import unit_of
from services.intake.tables import METADATA
from services.kernel.manifest import Look
from services.kernel.message import Message
from services.kernel.scope import Where, begins
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


def _held() -> sa.Subquery:
    """The places that are served now, with the unit of whoever serves them."""
    s, p = stations, served
    now = sa.and_(s.c.station_id == p.c.station_id, s.c.since == p.c.since)
    return sa.select(s.c.station_id, s.c.unit, p.c.place).join_from(s, p, now).subquery()


def _here(unit: str) -> sa.CompoundSelect[tuple[UUID]]:
    """A unit's station, and the points and grids below it."""
    c = stations.c
    own = sa.select(c.station_id).where(c.unit == unit)
    points = sa.select(c.station_id).where(c.parent_id.in_(own))
    return sa.union(own, points, sa.select(c.station_id).where(c.parent_id.in_(points)))


def lies_in(column: sa.ColumnElement[str], unit: str) -> Where:
    """An area that this unit's station answers for."""
    if not unit:
        return sa.false()
    p, q, o = _held(), _held(), _held()
    here = _here(unit)

    def elsewhere(longer_than: sa.ColumnElement[int]) -> Where:
        more_exact = sa.and_(_covers(q.c.place, column), sa.func.length(q.c.place) > longer_than)
        return sa.exists().where(more_exact, q.c.station_id.not_in(here)).correlate_except(q)

    named = sa.and_(_covers(p.c.place, column), p.c.station_id.in_(here))
    by_place = sa.exists().where(named, sa.not_(elsewhere(sa.func.length(p.c.place)))).correlate_except(p)
    if not unit.isdecimal():
        return by_place
    named_here = sa.exists().where(o.c.unit == unit).correlate_except(o)
    by_code = sa.and_(begins(column, unit), sa.not_(named_here), sa.not_(elsewhere(sa.literal(len(unit)))))
    return sa.or_(by_place, by_code)


def _covers(place: sa.ColumnElement[str], area: sa.ColumnElement[str]) -> Where:
    return sa.func.substr(area, 1, sa.func.length(place)) == place


def answering(look: Look, area: str | None) -> tuple[str, ...]:
    """The units that answer for an area: those of the station that names it most exactly and of those above it.

    Where no station names it, the area itself, within whose code a unit lies.
    """
    if not area:
        return ()
    held = _held()
    rows = look.run(sa.select(held).where(_covers(held.c.place, sa.literal(area))))
    most = max((len(row["place"]) for row in rows), default=0)
    units = [unit for row in rows if len(row["place"]) == most for unit in _above(row["station_id"], look)]
    return tuple(dict.fromkeys(units)) or (area,)


def _above(station_id: UUID | None, look: Look) -> list[str]:
    row = look.one(stations, station_id) if station_id else None
    return [] if row is None else [row["unit"], *_above(row["parent_id"], look)]
