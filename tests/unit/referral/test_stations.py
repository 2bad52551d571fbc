"""Stations, points and grids: a tree with areas that are sets of places, and nobody left behind at a closing."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.referral.domain import station
from services.referral.domain.staffing import Staffing, StationFact
from tests.support.spec import Spec

STREET, POINT, HOST = (UUID(int=n) for n in (61, 62, 63))
stations = Spec(station.DECIDER)

YONGCHANG = public.ServedPlace(code="220104004", edition="nbs-2023")
NEW_DISTRICT = public.ServedPlace(code="cc-xinqu")
OPEN = public.OpenStation(
    kind="station", code="yongchang", party="community:220104004", places=(YONGCHANG, NEW_DISTRICT), host_id=HOST
)
OPENED = public.StationOpened(
    station_id=STREET, kind="station", code="yongchang", party="community:220104004", places=(YONGCHANG, NEW_DISTRICT),
    host_id=HOST,
)  # fmt: skip
POINT_OF = public.OpenStation(kind="point", code="yihe", party="community:220104004001", parent_id=STREET)
NEW = Staffing(itself=STREET)


def under(kind: public.StationKind, state: str = "open") -> Staffing:
    """Below a station of this kind."""
    return Staffing(itself=POINT, station=StationFact(station_id=STREET, kind=kind, state=state))  # type: ignore[arg-type]


def test_a_station_serves_a_set_of_places_with_or_without_a_division_code():
    """INV-41: 长春新区 and 莲花山 have no code of their own, and are served all the same."""
    stations.given().when(OPEN, facts=NEW).then(OPENED)
    stations.given(OPENED).when(OPEN, facts=NEW).then_nothing()


def test_a_division_code_says_in_which_edition_it_stands():
    """INV-40: codes change each year."""
    bare = replace(OPEN, places=(public.ServedPlace(code="220104004"),))
    refused = stations.given().when(bare, facts=NEW).then_refused("edition-needed")
    assert refused.field == "places"


def test_a_code_stands_for_one_station():
    stations.given().when(OPEN, facts=replace(NEW, taken=True)).then_refused("code-taken")


@pytest.mark.parametrize(("kind", "below"), [("point", "station"), ("grid", "point"), ("grid", "station")])
def test_points_lie_under_stations_and_grids_under_either(kind: public.StationKind, below: public.StationKind):
    (event,) = stations.given().when(replace(POINT_OF, kind=kind), facts=under(below)).decided()
    assert (event.kind, event.parent_id) == (kind, STREET)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("point", Staffing(itself=POINT)),
        ("point", under("point")),
        ("point", under("station", "closed")),
        ("grid", under("grid")),
        ("station", under("station")),
    ],
)
def test_nothing_lies_where_it_does_not_belong(kind: public.StationKind, facts: Staffing):
    stations.given().when(replace(POINT_OF, kind=kind), facts=facts).then_refused("parent-wrong")


def test_an_area_is_changed_as_a_whole():
    change = public.ChangeStationArea(places=(NEW_DISTRICT,), reason_code="redrawn")
    changed = public.StationAreaChanged(places=(NEW_DISTRICT,), reason_code="redrawn")
    stations.given(OPENED).when(change).then(changed)
    stations.given(OPENED, changed).when(change).then_nothing()


def test_a_station_closes_when_nobody_is_at_it_any_more():
    close = public.CloseStation(reason_code="merged")
    refused = stations.given(OPENED).when(close, facts=Staffing(held=2)).then_refused("station-in-use")
    assert "leave-post" in refused.allowed
    stations.given(OPENED).when(close, facts=Staffing()).then(public.StationClosed(reason_code="merged"))
    stations.given(OPENED, public.StationClosed(reason_code="merged")).when(close).then_nothing()
