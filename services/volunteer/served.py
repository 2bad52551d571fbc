"""Which station serves which places, as heard from the directory: it sees what lies there, whatever its own code (INV-41)."""

from __future__ import annotations

from services.contracts.served import served
from services.kernel.message import Message
from services.kernel.regions import Regions
from services.kernel.view import Change
from services.volunteer.view_tables import METADATA

REGIONS = Regions(METADATA, "stations", "served_places")
lies_in, serving = REGIONS.lies_in, REGIONS.serving


def project_stations(message: Message) -> list[Change]:
    """The stations and their places, as the directory says."""
    said = served(message.event)
    return [] if said is None else REGIONS.said(message.stream_id, message.envelope.position, said[0], **said[1])
