"""Which station serves a place, and so sees its requests, whatever its own code is (INV-41)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.contracts import referral
from services.intake import tables as t
from services.intake.domain.reading import reads_here
from services.intake.scopes import REQUESTS
from services.intake.served import project_stations, served, serving, stations
from services.kernel.message import Actor
from services.kernel.store import Views
from tests.support.empty import with_tables

A, POINT, B = (UUID(int=n) for n in (1, 2, 3))
STREET, OTHER, COMMUNITY = "220104004", "220105002", "220104004003"
AREAS = ("220104004001", COMMUNITY, "220105002001", "220105002")
Row = dict[str, Any]


def places(*codes: str) -> tuple[referral.ServedPlace, ...]:
    """Places with codes of an edition."""
    return tuple(referral.ServedPlace(code=code, edition="nbs-2023") for code in codes)


def opened(station_id: UUID, unit: str, *codes: str, parent: UUID | None = None) -> referral.StationOpened:
    """A station of this unit."""
    return referral.StationOpened(
        station_id=station_id, kind="point" if parent else "station", code=f"s-{station_id.int}", party=f"community:{unit}",
        parent_id=parent, places=places(*codes),
    )  # fmt: skip


class Directory:
    """What intake has heard of the directory, and a request in each of some areas."""

    def __init__(self) -> None:
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        self.engine = with_tables(engine, t.help_requests, stations, served)
        self.views, self.position = Views(self.engine), 0
        with self.engine.begin() as connection:
            rows = [{"request_id": UUID(int=100 + n), "area": area, "unit": "unknown"} for n, area in enumerate(AREAS)]
            connection.execute(t.help_requests.insert(), rows)

    def hears(self, station_id: UUID, event: Any) -> None:
        """The directory says something of a station."""

        class Said:
            stream_id = station_id
            envelope = type("Envelope", (), {"position": self.position})

        self.position += 1
        Said.event = event  # type: ignore[attr-defined]
        with self.engine.begin() as connection:
            for change in project_stations(Said):  # type: ignore[arg-type]
                key = dict(zip([c.name for c in change.table.primary_key], change.key, strict=True))
                where = sa.and_(*(change.table.c[name] == value for name, value in key.items()))
                had = connection.execute(sa.select(change.table).where(where)).first()
                if had is None:
                    connection.execute(change.table.insert(), [key | change.sets])
                else:
                    connection.execute(change.table.update().where(where).values(change.sets))

    def sees(self, org: str, role: str = "coordinator") -> set[str]:
        """The areas whose requests somebody of this unit sees."""
        return {row["area"] for row in self.views.run(REQUESTS.select(Actor(id="x", role=role, org=org)))}


@pytest.fixture
def directory() -> Iterator[Directory]:
    """Nothing has been said yet."""
    made = Directory()
    yield made
    made.engine.dispose()


def test_where_the_directory_says_nothing_a_station_sees_what_lies_within_its_code(directory: Directory):
    assert directory.sees(STREET) == {"220104004001", COMMUNITY}
    assert serving(directory.views, COMMUNITY) == ()


def test_a_place_beyond_its_code_that_a_station_serves_is_seen_there_as_long_as_it_serves_it(directory: Directory):
    """长春新区 and 莲花山 have no code of their own: their stations serve places that lie in others."""
    directory.hears(B, opened(B, OTHER, OTHER, COMMUNITY))
    assert directory.sees(OTHER) == {COMMUNITY, "220105002001", "220105002"}
    head = Actor(id="x", role="station_head", org=OTHER)
    assert reads_here(serving(directory.views, COMMUNITY), head)
    directory.hears(B, referral.StationAreaChanged(places=places(OTHER), reason_code="redrawn"))
    assert directory.sees(OTHER) == {"220105002001", "220105002"}
    assert not reads_here(serving(directory.views, COMMUNITY), head)


def test_what_a_point_serves_the_station_above_sees_too(directory: Directory):
    directory.hears(A, opened(A, STREET, STREET))
    directory.hears(POINT, opened(POINT, COMMUNITY, "220105002001", parent=A))
    assert directory.sees(COMMUNITY) == {COMMUNITY, "220105002001"}
    assert directory.sees(STREET) == {"220104004001", COMMUNITY, "220105002001"}
    assert serving(directory.views, "220105002001") == (COMMUNITY, STREET)


def test_an_organizations_station_sees_the_places_that_it_serves(directory: Directory):
    event = referral.StationOpened(
        station_id=B, kind="station", code="lotus", party="organization:org-1", places=places("220105002001")
    )
    directory.hears(B, event)
    assert directory.sees("organization:org-1") == {"220105002001"}
    assert directory.sees("organization:org-12") == set(), "an id that begins like another is another's"
    assert directory.sees(OTHER) == {"220105002001", "220105002"}, "whoever's code it is sees it as before"


def test_a_station_that_is_closed_serves_no_place(directory: Directory):
    directory.hears(B, opened(B, OTHER, COMMUNITY))
    assert COMMUNITY in directory.sees(OTHER)
    directory.hears(B, referral.StationClosed(reason_code="merged"))
    assert COMMUNITY not in directory.sees(OTHER)
