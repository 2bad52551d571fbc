"""An embedded hub that goes on under a newer release: what an older one has left is rebuilt before anybody is served."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from services.kernel.store import Store
from wushe.embedded import Folder
from wushe.renewing import renew, renewed, shape
from wushe.services import manifest


def test_views_of_an_older_release_are_rebuilt_at_the_start_and_once(tmp_path: Path) -> None:
    place = Folder(tmp_path)
    settings = place.settings("127.0.0.1:0", "http://127.0.0.1:1")
    assert renew(settings) == {}
    engine = sa.create_engine(settings["console"].database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO outdated VALUES ('alarm')")
    engine.dispose()
    place.shape.write_text("of an older release")
    assert renewed(place, settings) == {"console": 0}
    store = Store(manifest("console"), settings["console"].database_url)
    assert store.outdated() == []
    store.stop()
    assert place.shape.read_text() == shape()
    assert renewed(place, settings) == {}
