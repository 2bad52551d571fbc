"""Continuous checking: every entry is looked at again within a round, and what is wrong is named, derived rows as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.audit import views
from services.audit.inspecting import Inspector, crooked, inspection
from services.kernel.clockwork import Clockwork
from tests.service.audit.signed import Signing
from tests.unit.audit import stories


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Signing]:
    made = Signing(tmp_path)
    yield made
    made.store.stop()


def test_a_round_looks_at_every_entry_and_begins_anew(log: Signing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.audit.inspecting.LEAST", 100)
    log.said_until(250)
    inspector, places = Inspector(log.store, log.look), []
    for _ in range(4):
        inspector.turn()
        row = log.look.one(inspection, 1)
        assert row is not None
        places.append((row["at"], row["done_at"] is not None, row["sound"]))
    assert places == [(100, False, True), (200, False, True), (0, True, True), (100, True, True)]
    assert log.told() == []


@pytest.mark.parametrize(
    ("damage", "code", "entry"),
    [
        ("UPDATE entry SET raw = CAST(replace(raw, 'visit', 'visid') AS BLOB) WHERE idx = 230", "leaf-differs", 230),
        ("DELETE FROM entry WHERE idx = 230", "entry-missing", 230),
        ("UPDATE entry SET matter_id = NULL, vt = 5 WHERE idx = 230", "row-differs", 230),
        ("UPDATE tile SET data = zeroblob(8192) WHERE level = 0 AND n = 0", "tree-differs", 0),
    ],
)
def test_damage_anywhere_is_found_within_a_round_and_halts_signing(
    log: Signing, monkeypatch: pytest.MonkeyPatch, damage: str, code: str, entry: int
):
    monkeypatch.setattr("services.audit.inspecting.LEAST", 100)
    log.said_until(300)
    log.signer.turn()
    log.spoil(damage)
    inspector = Inspector(log.store, log.look)
    for _ in range(3):
        inspector.turn()
    assert log.told() == ["integrity.broken"]
    (row,) = log.look.all(views.signing)
    assert (row["state"], row["code"], row["entry"]) == ("halted", code, entry)
    assert inspector.health()["sound"] is False
    log.said_until(301, start=301)
    assert not log.signer.turn()
    assert log.sizes() == [300]


def test_a_derived_row_that_is_not_what_the_entries_give_is_named_and_forgotten_when_it_is_mended(log: Signing):
    clockwork = Clockwork(log.store)
    for message in stories.xiaowei():
        log.hear([message])
    clockwork.start()
    size = log.look.one(views.METADATA.tables["signing"], 1)
    assert size is None
    until = 200
    while log.store.cursor("follower:custody") < len(stories.xiaowei()) and until:
        until -= 1
        log.store.wait_round(0, 0.05)
    clockwork.stop()
    inspector = Inspector(log.store, log.look)
    inspector.turn()
    assert inspector.health()["crooked"] == 0
    matter = log.look.all(views.matter)[0]["matter_id"]
    log.spoil(
        "UPDATE matter SET needs_open = needs_open + 1",
        "UPDATE custody SET holders = 'team:thieves' WHERE seq = 1 AND need = ''",
    )
    while not inspector.health()["crooked"]:
        inspector.turn()
    named = {(row["view"], row["key"]) for row in log.look.all(crooked)}
    assert named == {("matter", str(matter)), ("custody", f"{matter}//1")}
    log.spoil("DELETE FROM matter")
    inspector.turn()
    inspector.turn()
    assert ("matter", str(matter)) in {(row["view"], row["key"]) for row in log.look.all(crooked)}
    assert log.told() == []
