"""Which places a station serves, read from the ledger: page by page or at once, and as it is now."""

from uuid import UUID

import pytest

from services.audit import places, tables, views
from services.audit.ledger import Ledger
from services.audit.places import PlacesFollower, has
from services.contracts import referral as directory
from tests.service.audit.conftest import Tables
from tests.unit.audit.said import Teller, said

STREET, POINT = UUID(int=3), UUID(int=4)


def place(code: str) -> directory.ServedPlace:
    return directory.ServedPlace(code=code, edition="nbs-2023")


@pytest.mark.parametrize("page", [1, 1_000])
def test_the_ledger_says_which_places_a_station_and_its_points_serve(
    monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """INV-41: a place that is served no longer is not the station's, though it was."""
    monkeypatch.setattr(places, "PAGE", page)
    db, teller = Tables(tables.KEPT, views.METADATA), Teller()
    opened = directory.StationOpened(
        station_id=STREET, kind="station", code="s", party="organization:jida", places=(place("220104004"),)
    )
    point = directory.StationOpened(
        station_id=POINT, kind="point", code="p", party="organization:p", parent_id=STREET, places=(place("220172001"),)
    )
    moved = directory.StationAreaChanged(places=(place("220105"),), reason_code="redrawn")
    told = [
        teller.tell("referral", f"station/{STREET}", opened), teller.tell("referral", f"station/{POINT}", point),
        said("intake", 1), teller.tell("referral", f"station/{STREET}", moved),
    ]  # fmt: skip
    db.write(Ledger().take(told, told[-1].envelope.time, db))
    follower, at = PlacesFollower(), 0
    while True:
        changes, todo, after = follower.step(db, at)
        assert todo == []
        if after == at:
            break
        db.write(changes)
        at = after
    assert at == len(told)
    served = {area: has(db, "jida", area) for area in ("220105002", "220104004001", "220172001003")}
    assert served == {"220105002": True, "220104004001": False, "220172001003": True}
    assert has(db, "p", "220172001003") and not has(db, "p", "220105002"), "a point serves its own"
