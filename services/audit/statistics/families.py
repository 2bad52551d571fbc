"""All families of indicators, and which of them hears which event."""

from __future__ import annotations

from services.audit.statistics import (
    cases,
    contacts,
    money,
    pairings,
    people,
    places,
    referrals,
    requests,
    safeguarding,
    staff,
    visits,
    volunteering,
)
from services.audit.statistics.rows import Family

FAMILIES: tuple[Family, ...] = (
    places.FAMILY,
    cases.FAMILY,
    contacts.FAMILY,
    requests.FAMILY,
    referrals.FAMILY,
    volunteering.FAMILY,
    money.GRANTS,
    money.GOODS,
    visits.FAMILY,
    pairings.FAMILY,
    safeguarding.FAMILY,
    people.FAMILY,
    staff.STATIONS,
    staff.FAMILY,
)

HEARD: dict[str, tuple[Family, ...]] = {
    name: tuple(family for family in FAMILIES if name in family.types)
    for name in sorted({name for family in FAMILIES for name in family.types})
}
"""The families that hear a type."""

TYPES = frozenset(HEARD) | {error for family in FAMILIES for error in family.errors} | set(contacts.CORRECTIONS)
"""Everything that statistics listen to."""
