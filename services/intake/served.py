"""Which station serves which places, as heard from the directory: it sees what lies there, whatever its own code (INV-41).

A station sees what lies within its own area code, within the places that the directory says it serves, and within those
of the points and grids below it.
"""

from __future__ import annotations

from services.contracts.served import served as said_of
from services.intake.tables import METADATA
from services.kernel.message import Message
from services.kernel.regions import Regions
from services.kernel.view import Change

REGIONS = Regions(METADATA, "stations", "served_places")
stations, served = REGIONS.units, REGIONS.places
lies_in, serving = REGIONS.lies_in, REGIONS.serving


def project_stations(message: Message) -> list[Change]:
    """The stations and their places, as the directory says."""
    said = said_of(message.event)
    return [] if said is None else REGIONS.said(message.stream_id, message.envelope.position, said[0], **said[1])
