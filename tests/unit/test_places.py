"""Which station sees what lies in a place: by the directory, in every service alike, whatever the station's own code (INV-41)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import referral as directory
from services.intake import scopes as intake
from services.intake import served as intake_served
from services.intake import tables as intake_tables
from services.kernel.message import Actor
from services.kernel.scope import Scope
from services.kernel.store import Views
from services.referral import keeping
from services.referral import scopes as referral
from services.referral.views import served as referral_served
from services.referral.views import tables as referral_tables
from services.volunteer import scopes as volunteer
from services.volunteer import served as volunteer_served
from services.volunteer import view_tables as volunteer_tables

STATION, OWN, BEYOND, ELSEWHERE = "220105002", "220105002001", "220104004003", "220104004009"
HEAD = Actor(id="w-head", role="station_head", org=STATION)
SHOWN: dict[str, tuple[Any, Scope, str, str]] = {
    "requests": (intake_served, intake.REQUESTS, "area", "{}"),
    "requests by their unit": (intake_served, intake.REQUESTS, "unit", "community:{}"),
    "tasks": (volunteer_served, volunteer.TASKS, "area", "{}"),
    "tasks by who answers": (volunteer_served, volunteer.TASKS, "holder", "community:{}"),
    "volunteers": (volunteer_served, volunteer.VOLUNTEERS, "area", "{}"),
    "hours": (volunteer_served, volunteer.HOURS, "place_area", "{}"),
    "matters that volunteers hear of": (volunteer_served, volunteer.MATTERS, "area", "{}"),
    "matters that referral hears of": (referral_served, referral.MATTERS, "area", "{}"),
    "referrals by who asked": (referral_served, referral.REFERRALS, "origin", "community:{}"),
    "grants by who applied": (referral_served, referral.GRANTS, "applicant", "community:{}"),
    "organizations to keep": (referral_served, keeping.ORGANIZATIONS, "area", "{}"),
}  # fmt: skip
METADATA = {
    intake_served: intake_tables.METADATA,
    volunteer_served: volunteer_tables.METADATA,
    referral_served: referral_tables.METADATA,
}


@pytest.fixture(scope="module")
def books() -> Iterator[dict[Any, sa.Engine]]:
    """What each service shows, on databases in memory."""
    made = {served: sa.create_engine("sqlite://", poolclass=sa.StaticPool) for served in METADATA}
    for served, engine in made.items():
        METADATA[served].create_all(engine)
    yield made
    for engine in made.values():
        engine.dispose()


def said(engine: sa.Engine, served: Any, event: Any, position: int) -> None:
    """The directory says something of the station."""
    project = getattr(served, "project_stations", None) or served.project
    message = type("Said", (), {"stream_id": UUID(int=3), "event": event, "position": position,
                                "envelope": type("Envelope", (), {"position": position})})  # fmt: skip
    with engine.begin() as connection:
        for change in project(message):
            key = dict(zip([c.name for c in change.table.primary_key], change.key, strict=True))
            where = sa.and_(*(change.table.c[name] == value for name, value in key.items()))
            had = connection.execute(sa.select(change.table).where(where)).mappings().first() or {}
            connection.execute(change.table.delete().where(where))
            connection.execute(change.table.insert().values(**dict(had) | key | change.sets))


@pytest.mark.parametrize("what", SHOWN)
def test_a_station_sees_what_lies_in_the_places_that_it_serves_as_long_as_it_serves_them(
    books: dict[Any, sa.Engine], what: str
) -> None:
    served, scope, column, text = SHOWN[what]
    engine, (key,) = books[served], scope.table.primary_key
    with engine.begin() as connection:
        connection.execute(scope.table.delete())
        for number, area in enumerate((OWN, BEYOND, ELSEWHERE)):
            connection.execute(scope.table.insert().values({key.name: UUID(int=number), column: text.format(area)}))

    def sees() -> set[str]:
        found = Views(engine).run(sa.select(scope.table.c[column]).where(scope.rows(HEAD)))
        return {row[column].rpartition(":")[2] for row in found}

    places = tuple(directory.ServedPlace(code=code, edition="nbs-2023") for code in (STATION, BEYOND))
    opened = directory.StationOpened(
        station_id=UUID(int=3), kind="station", code="s-3", party=f"community:{STATION}", places=places
    )
    assert sees() == {OWN}
    said(engine, served, opened, 1)
    assert sees() == {OWN, BEYOND}
    said(engine, served, directory.StationAreaChanged(places=places[:1], reason_code="redrawn"), 2)
    assert sees() == {OWN}
    with engine.begin() as connection:
        connection.execute(served.REGIONS.units.delete())
        connection.execute(served.REGIONS.places.delete())
