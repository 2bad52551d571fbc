"""Which station serves which places, as heard from the directory: it sees what lies there, whatever its own code (INV-41).

A station sees what lies within its own area code, within the places that the directory says it serves, and within those
of the points and grids below it.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.contracts.served import served as said_of
from services.intake.tables import METADATA
from services.kernel.manifest import Look
from services.kernel.message import Message
from services.kernel.regions import Regions
from services.kernel.view import Change

REGIONS = Regions(METADATA, "stations", "served_places")
stations, served = REGIONS.units, REGIONS.places
lies_in = REGIONS.lies_in


def project_stations(message: Message) -> list[Change]:
    """The stations and their places, as the directory says."""
    said = said_of(message.event)
    return [] if said is None else REGIONS.said(message.stream_id, message.envelope.position, said[0], **said[1])


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
