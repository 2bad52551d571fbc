"""Which station serves which places, as the directory says: it sees what lies there, whatever its own code (INV-41)."""

from __future__ import annotations

from services.contracts.served import served
from services.kernel.message import Recorded
from services.kernel.regions import Regions
from services.kernel.view import Change
from services.referral.views.tables import METADATA

REGIONS = Regions(METADATA, "station_units", "served_places")
lies_in = REGIONS.lies_in


def project(recorded: Recorded) -> list[Change]:
    """The stations and their places, as the directory says."""
    said = served(recorded.event)
    return [] if said is None else REGIONS.said(recorded.stream_id, recorded.position, said[0], **said[1])
