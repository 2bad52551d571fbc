"""The directory gathered from the views: organizations by name, where they are found, what they offer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.entrypoints import Hand
from services.kernel.ids import named
from services.referral.hsds import shapes
from services.referral.hsds.addresses import SPACE
from services.referral.hsds.facts import Listed, Offered, Seat
from services.referral.views import staff_tables as s
from services.referral.views import tables as t
from services.referral.views.changes import changes

Row = dict[str, Any]


class Names:
    """Names that were opened before, by their digests: a digest never means another name."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, hand: Hand, subject: UUID, digests: list[str]) -> tuple[str, ...]:
        """What something is called, in this order."""
        missing = [digest for digest in digests if digest not in self._known]
        if missing:
            opened = hand.vault.read(str(subject), missing)
            self._known |= {digest: str(value["value"]) for digest, value in opened.items()}
        return tuple(self._known[digest] for digest in digests if digest in self._known)


class Shelf:
    """The directory as it was gathered last, beside the views: gathered anew when anything in it has changed."""

    def __init__(self) -> None:
        self._gathered: Gathered | None = None

    def taken(self, hand: Hand) -> Gathered:
        """The directory as it is. When it changed last is looked at first, so what changes meanwhile is seen next time."""
        version = hand.look.run(sa.select(sa.func.max(changes.c.changed_at).label("version")))[0]["version"]
        if self._gathered is None or self._gathered.version != version:
            self._gathered = Gathered(hand, version)
        return self._gathered


def gathered(hand: Hand) -> Gathered:
    """The directory; it says the same to everybody who may read it (see `scopes`)."""
    return hand.look.beside(Shelf).taken(hand)


@dataclass
class Gathered:
    """The directory at one moment; `version` is when anything in it was changed last."""

    hand: Hand
    version: datetime | None

    def __post_init__(self) -> None:
        """Read it now, as a whole: whoever asks later gets what was there then."""
        self.services = self._services()
        self._organizations_offer: dict[UUID, list[Offered]] = defaultdict(list)
        for offered in self.services:
            self._organizations_offer[offered.by.organization_id].append(offered)

    def offered_by(self, organization_id: UUID) -> list[Offered]:
        """What one organization offers."""
        return self._organizations_offer.get(organization_id, [])

    @cached_property
    def by_id(self) -> dict[UUID, Offered]:
        """What is offered, by id."""
        return {offered.offering_id: offered for offered in self.services}

    @cached_property
    def places(self) -> dict[str, tuple[Offered, Seat]]:
        """Each service at each place where its organization is found, by id."""
        return {shapes.at_location_id(each, seat): (each, seat) for each in self.services for seat in each.by.seats}

    @cached_property
    def organizations(self) -> dict[UUID, Listed]:
        """All that stand in it, by id; the oldest first."""
        rows = self.hand.look.all(t.organizations)
        rows.sort(key=lambda row: (row["registered_at"], str(row["organization_id"])))
        return {row["organization_id"]: self._listed(row) for row in rows if row["state"] is not None}

    @cached_property
    def communities(self) -> dict[str, str]:
        """What communities are called, by the code of their division."""
        return {
            seat.code: listed.name
            for listed in self.organizations.values() if listed.kind == "community" and listed.names
            for seat in listed.seats[:1]
        }  # fmt: skip

    def _services(self) -> list[Offered]:
        """What they offer, and have offered; the oldest first."""
        rows = self.hand.look.all(t.offerings)
        rows.sort(key=lambda row: (row["published_at"], str(row["offering_id"])))
        return [self._offered(row) for row in rows if row["organization_id"] in self.organizations]

    @cached_property
    def _changed(self) -> dict[UUID, Any]:
        return {row["stream_id"]: row["changed_at"] for row in self.hand.look.all(changes)}

    @cached_property
    def _digests(self) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = defaultdict(list)
        for row in sorted(self.hand.look.all(t.organization_names), key=lambda row: row["position"]):
            found[row["organization_id"]].append(row["digest"])
        for row in self.hand.look.all(s.station_names):
            found[row["station_id"]].append(row["digest"])
        return found

    def _names(self, subject: UUID) -> tuple[str, ...]:
        return self.hand.look.beside(Names).of(self.hand, subject, self._digests.get(subject, []))

    @cached_property
    def _stations(self) -> list[Row]:
        return [row for row in self.hand.look.all(s.stations) if row["state"] == "open" and row["code"].isdecimal()]

    def _listed(self, row: Row) -> Listed:
        organization_id = row["organization_id"]
        names = self._names(organization_id)
        return Listed(
            organization_id=organization_id, state=row["state"], kind=row["kind"], code=row["code"], names=names,
            uscc=row["uscc"], parent_id=row["parent_id"], changed_at=self._changed.get(organization_id),
            seats=(*_own_seat(row, names), *self._hosted(row)),
        )  # fmt: skip

    def _hosted(self, row: Row) -> list[Seat]:
        """The stations that lean on it, or that it is."""
        return [
            Seat(location_id=station["station_id"], code=station["code"], name=self._called(station))
            for station in self._stations
            if station["host_id"] == row["organization_id"] or station["party"] == row["party"]
        ]

    def _called(self, station: Row) -> str:
        return next(iter(self._names(station["station_id"])), station["code"])

    def _offered(self, row: Row) -> Offered:
        return Offered(
            offering_id=row["offering_id"], by=self.organizations[row["organization_id"]], state=row["state"],
            service_codes=tuple(row["service_codes"]), areas=tuple(row["areas"]), conditions=tuple(row["conditions"]),
            capacity=row["capacity"], ties=tuple(row["eligible_by"] or ()), group_codes=tuple(row["group_codes"] or ()),
            age_bands=tuple(row["age_bands"] or ()), agreement_needed=bool(row["agreement_needed"]),
            changed_at=self._changed.get(row["offering_id"]),
        )  # fmt: skip


def _own_seat(row: Row, names: tuple[str, ...]) -> tuple[Seat, ...]:
    """The area in which it stands in the directory."""
    if not row["area"]:
        return ()
    name = names[0] if names else row["code"]
    return (Seat(location_id=named(SPACE, f"seat/{row['organization_id']}"), code=row["area"], name=name),)
