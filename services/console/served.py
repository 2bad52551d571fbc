"""Which station serves which places, as heard from the directory: the pages show what lies there, whatever its code (INV-41)."""

from __future__ import annotations

from services.console import views
from services.contracts.served import served
from services.kernel.message import Message
from services.kernel.regions import Regions
from services.kernel.view import Change

REGIONS = Regions(views.METADATA, "stations", "served_places")
lies_in, listed_in = REGIONS.lies_in, REGIONS.listed_in
TOLD = ("station.opened", "station.area-changed", "station.closed")


def project_heard(message: Message) -> list[Change]:
    """What an event of another service changes in all that the console reads."""
    stations = project_stations(message) if message.envelope.type in TOLD else []
    return [*stations, *views.project_heard(message)]


def project_stations(message: Message) -> list[Change]:
    """The stations and their places, as the directory says."""
    said = served(message.event)
    return [] if said is None else REGIONS.said(message.stream_id, message.envelope.position, said[0], **said[1])
