"""What is known of staff: what a worker answers for, who was certified on a day, who leaves with matters still theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.words import Party
from services.kernel.manifest import Look
from services.referral.views.staff_tables import certificates, needs, posts, staff, stations
from services.referral.views.tables import matters, referrals

Row = dict[str, Any]

CLOSED_REFERRALS = ("closed", "withdrawn", "cancelled", "entered_in_error")


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """The open matters and needs that a party answers for."""

    matters: tuple[UUID, ...] = ()
    needs: tuple[UUID, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing that needs a new owner."""
        return not (self.matters or self.needs)


def load_of(look: Look, party: Party) -> Load:
    """What a party answers for at this moment, as far as the other services have said.

    A need whose matter is theirs too goes with the matter and is not named again.
    """
    theirs = tuple(row["matter_id"] for row in look.all(matters, state="open", holder=party))
    held = sa.select(needs.c.need_id, needs.c.matter_id).where(
        needs.c.is_open.is_(True), needs.c.holders.contains(f",{party},", autoescape=True)
    )
    asked = sa.select(referrals.c.referral_id, referrals.c.matter_id).where(
        referrals.c.holder == party, referrals.c.state.not_in(CLOSED_REFERRALS)
    )
    found = [(row["need_id"], row["matter_id"]) for row in look.run(held.order_by(needs.c.need_id))]
    found += [(row["referral_id"], row["matter_id"]) for row in look.run(asked.order_by(referrals.c.referral_id))]
    return Load(matters=theirs, needs=tuple(need for need, matter in found if matter not in theirs))


def departures(look: Look, seen: sa.ColumnElement[bool]) -> list[Row]:
    """Of those who are seen: who leaves or has left, with what still needs a new owner; nobody who left nothing open."""
    going = staff.c.state.in_(("leaving", "left"))
    rows = look.run(sa.select(staff).where(going, seen).order_by(staff.c.last_day, staff.c.staff_id))
    found = [(row, load_of(look, row["worker"])) for row in rows]
    return [_departure(row, load) for row, load in found if row["state"] == "leaving" or not load.is_empty]


def _departure(row: Row, load: Load) -> Row:
    names = ("staff_id", "worker", "employer", "state", "last_day", "reason_code", "left_open_reason")
    return {name: row[name] for name in names} | {"open_matters": load.matters, "open_needs": load.needs}


# --- 持证率 -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Certified:
    """How many of the staff were certified on a day; of some it may not be known."""

    on: date
    staff: int
    certified: int
    unknown: int

    @property
    def permille(self) -> int | None:
        """Certified among all staff, in thousandths, rounded; None where there is nobody."""
        return (2000 * self.certified + self.staff) // (2 * self.staff) if self.staff else None


def certified_on(day: date, people: Iterable[UUID], held: Mapping[UUID, Iterable[Row]]) -> Certified:
    """持证率 on any day: certificates are dated facts, valid from one day to another (domain notes 3.5)."""
    found = [_is_certified(day, held.get(one, ())) for one in people]
    return Certified(on=day, staff=len(found), certified=found.count(True), unknown=found.count(None))


def _is_certified(day: date, held: Iterable[Row]) -> bool | None:
    """Whether one of them is valid on the day; None when that depends on days that nobody knows."""
    answers = [_is_valid(day, one["valid_from"], one["valid_until"]) for one in held]
    return True if True in answers else None if None in answers else False


def _is_valid(day: date, since: date | None, until: date | None) -> bool | None:
    if (since is not None and day < since) or (until is not None and day > until):
        return False
    return None if since is None or until is None else True


@dataclass(frozen=True, kw_only=True, slots=True)
class StationRate:
    """The rate of one station, with its points and grids."""

    station: Row
    rate: Certified


class Roll:
    """Who worked where on a day, and with which certificates; an unknown first day counts as before it."""

    def __init__(self, look: Look, day: date) -> None:
        self._day = day
        self._stations = look.all(stations)
        self._employer = {
            row["staff_id"]: row["employer"]
            for row in look.all(staff)
            if _there(day, row["since"], row["last_day"] if row["state"] == "left" else None)
        }
        self._posts = [row for row in look.all(posts) if _there(day, row["since"], row["until"])]
        self._held: dict[UUID, list[Row]] = {}
        for row in look.all(certificates):
            self._held.setdefault(row["staff_id"], []).append(row)

    def people(self, party: Party | None) -> list[UUID]:
        """The staff of a station with what lies under it, or of an organization; all staff, where none is named."""
        if party is None:
            return list(self._employer)
        return self._at(self._below({row["station_id"] for row in self._stations if row["party"] == party}), party)

    def rate(self, party: Party | None) -> Certified:
        """The rate among them."""
        return certified_on(self._day, self.people(party), self._held)

    def by_station(self) -> Iterable[StationRate]:
        """The rate of each station that is open; a street's counts those of its points and grids too."""
        for row in (row for row in self._stations if row["state"] == "open"):
            below = self._below({row["station_id"]})
            yield StationRate(station=row, rate=certified_on(self._day, self._at(below, row["party"]), self._held))

    def _at(self, below: set[UUID], party: Party) -> list[UUID]:
        there = {row["staff_id"] for row in self._posts if row["station_id"] in below}
        return [one for one, employer in self._employer.items() if employer == party or one in there]

    def _below(self, found: set[UUID]) -> set[UUID]:
        """These stations, and all that lie under them."""
        while more := {row["station_id"] for row in self._stations if row["parent_id"] in found} - found:
            found = found | more
        return found


def _there(day: date, since: date | None, until: date | None) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)
