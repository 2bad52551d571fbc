"""Which places a station serves, as the directory says it: what every service reads from these events alike. Pure."""

from __future__ import annotations

from typing import Any

from services.contracts.referral import ServedPlace, StationAreaChanged, StationClosed, StationOpened
from services.contracts.visibility import unit_of

Said = tuple[tuple[str, ...], dict[str, Any]]
"""The codes of the places that it serves from now on, and, where it has just been opened, whose station it is."""


def served(event: object) -> Said | None:
    """What an event says of a station's places; places without a code are seen by nobody through them (INV-41)."""
    match event:
        case StationOpened():
            return _codes(event.places), {"unit": unit_of(event.party), "parent_id": event.parent_id}
        case StationAreaChanged():
            return _codes(event.places), {}
        case StationClosed():
            return (), {}
        case _:
            return None


def _codes(places: tuple[ServedPlace, ...]) -> tuple[str, ...]:
    return tuple(place.code for place in places if place.code.isdecimal())
