"""Which station serves which places, as the ledger has heard it of the directory: whose a matter is goes by it (INV-41)."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.statistics.facts import Fact, fact
from services.audit.tables import entry
from services.audit.views import METADATA
from services.contracts.served import served
from services.kernel.manifest import Do, Look
from services.kernel.regions import Regions
from services.kernel.view import Change

REGIONS = Regions(METADATA, "station_unit", "served_place")
TOLD = ("station.opened", "station.area-changed", "station.closed")
PAGE = 1_000


class PlacesFollower:
    """Keeps stations and their places true to the ledger."""

    name = "places"
    tables: tuple[sa.Table, ...] = (REGIONS.units, REGIONS.places)

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """What the entries after the first `after` of them say of stations; `since` is the place in the ledger."""
        c = entry.c
        last = look.run(sa.select(c.idx).where(c.idx >= after).order_by(c.idx).limit(PAGE))
        if not last:
            return [], [], after
        until = int(last[-1]["idx"]) + 1
        query = (
            sa.select(c.idx, c.matter_id, c.raw).where(c.idx >= after, c.idx < until, c.type.in_(TOLD)).order_by(c.idx)
        )
        return [change for row in look.run(query) for change in project_stations(fact(row))], [], until


def project_stations(found: Fact) -> list[Change]:
    """What an entry says of a station's places."""
    said = served(found.event)
    return [] if said is None else REGIONS.said(found.envelope.stream_id, found.idx, said[0], **said[1])


def has(look: Look, unit: str, word: str) -> bool:
    """Whether a word, the code of an area, lies in a place that this unit serves."""
    return bool(unit) and any(word.startswith(row["place"]) for row in look.run(REGIONS.places_of(unit)))
