"""Which station sees what lies in a place: by the directory, in every service alike, whatever the station's own code (INV-41)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.audit import places as audit_places
from services.audit import scopes as audit
from services.audit import views as audit_views
from services.console import scopes as console
from services.console import served as console_served
from services.console import views as console_views
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
    "matters by whose they are, as audit has it": (audit_places, audit.MATTERS, "words", "worker:w-9,{}"),
}  # fmt: skip
METADATA = {
    intake_served: intake_tables.METADATA,
    volunteer_served: volunteer_tables.METADATA,
    referral_served: referral_tables.METADATA,
    audit_places: audit_views.METADATA,
    console_served: console_views.METADATA,
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
    envelope = type("Envelope", (), {"position": position, "stream_id": UUID(int=3)})
    message = type("Said", (), {"stream_id": UUID(int=3), "event": event, "position": position, "idx": position,
                                "envelope": envelope})  # fmt: skip
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
        return {row[column].rpartition(":")[2].rpartition(",")[2] for row in found}

    follows_the_directory(engine, served, sees)


PLACES = tuple(directory.ServedPlace(code=code, edition="nbs-2023") for code in (STATION, BEYOND))
OPENED = directory.StationOpened(
    station_id=UUID(int=3), kind="station", code="s-3", party=f"community:{STATION}", places=PLACES
)


def follows_the_directory(engine: sa.Engine, served: Any, sees: Callable[[], set[str]]) -> None:
    """What is seen goes along with what the directory says of the station."""
    assert sees() == {OWN}
    said(engine, served, OPENED, 1)
    assert sees() == {OWN, BEYOND}
    said(engine, served, directory.StationAreaChanged(places=PLACES[:1], reason_code="redrawn"), 2)
    assert sees() == {OWN}
    with engine.begin() as connection:
        connection.execute(served.REGIONS.units.delete())
        connection.execute(served.REGIONS.places.delete())


@pytest.mark.parametrize(
    "told",
    [
        {"giver": "unknown", "takers": "community:{}"}, {"giver": "community:{}", "takers": "worker:w-9"},
        {"giver": "unknown", "takers": "worker:w-9 community:{}"}, {"actor_org": "{}", "actor_role": "worker"},
    ],
)  # fmt: skip
def test_the_pages_show_a_station_what_was_in_the_hands_of_the_units_of_its_places(
    books: dict[Any, sa.Engine], told: dict[str, str]
) -> None:
    engine, r = books[console_served], console_views.record
    empty = {"giver": "", "takers": "", "actor_org": "", "actor_role": "service"}
    with engine.begin() as connection:
        connection.execute(r.delete())
        connection.execute(console_views.matter.delete())
        for number, area in enumerate((OWN, BEYOND, ELSEWHERE), 1):
            matter = {"matter_id": UUID(int=number), "unit": area}
            connection.execute(console_views.matter.insert().values(matter))
            said_of = {name: text.format(area) for name, text in (empty | told).items()}
            row = {"publisher": "intake", "position": number, "matter_id": UUID(int=number), "actor_id": "w-8"}
            connection.execute(r.insert().values(row | said_of))

    def sees() -> set[str]:
        query = sa.select(console_views.matter.c.unit).where(console.MATTERS.rows(HEAD))
        return {row["unit"] for row in Views(engine).run(query)}

    follows_the_directory(engine, console_served, sees)


def test_an_auditor_s_book_opens_a_matter_to_the_station_that_serves_its_place(books: dict[Any, sa.Engine]) -> None:
    """One matter by itself as well as in the list; and so the figures of the place are the station's own."""
    engine = books[audit_places]
    look, whose = Views(engine), frozenset({"worker:w-9", BEYOND})
    assert not audit.stands(look, HEAD, whose)
    said(engine, audit_places, OPENED, 1)
    assert audit.stands(look, HEAD, whose)
    assert not audit.stands(look, HEAD, frozenset({ELSEWHERE}))
    assert not audit.stands(look, Actor(id="w-1", role="station_head", org="220105009"), whose)
    assert audit_places.has(look, STATION, f"{BEYOND}01") and not audit_places.has(look, "", BEYOND)
    with engine.begin() as connection:
        connection.execute(audit_places.REGIONS.units.delete())
        connection.execute(audit_places.REGIONS.places.delete())
