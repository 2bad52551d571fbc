"""Checking the ledger: sound as it was written, and every change to it is named with its place."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from services.audit import archive, tables
from services.audit.fsck import FLAWS_KEPT, Verification, verify
from services.audit.ledger import Ledger, micros
from services.kernel.tlog.merkle import EMPTY_ROOT, Frontier, leaf_hash
from tests.service.audit.conftest import Tables
from tests.unit.audit.said import MATTER, NOON, said

COUNT = 600


@pytest.fixture
def kept(db: Tables) -> Tables:
    """A ledger of two publishers with two streams."""
    ledger, versions = Ledger(), {"intake": 0, "referral": 0}
    for start in range(0, COUNT, 200):
        batch = []
        for n in range(start, start + 200):
            publisher = "intake" if n % 3 else "referral"
            versions[publisher] += 1
            batch.append(said(publisher, versions[publisher], version=versions[publisher], stream=f"case/{publisher}"))
        db.write(ledger.take(batch, NOON, db))
    return db


def change(db: Tables, sql: str, **values: Any) -> Verification:
    with db.engine.begin() as connection:
        connection.execute(sa.text(sql), values)
    return verify(db)


def codes(found: Verification) -> list[tuple[str, int | None]]:
    return [(flaw.code, flaw.entry) for flaw in found.flaws]


def test_a_ledger_as_it_was_written_is_sound(kept: Tables):
    found = verify(kept)
    assert (found.size, found.count, found.flaws) == (COUNT, 0, [])
    assert found.root == archive.root_of(kept, COUNT)


def test_an_empty_ledger_is_sound(db: Tables):
    assert verify(db) == Verification(0, EMPTY_ROOT)


def test_a_changed_byte_is_found_in_its_entry_and_in_the_tree(kept: Tables):
    found = change(
        kept, "UPDATE entry SET raw = CAST(replace(raw, 'visit.made', 'visit.mate') AS BLOB) WHERE idx = 300"
    )
    assert ("leaf-differs", 300) in codes(found)
    assert ("tree-differs", 300) in codes(found)
    assert ("frontier-differs", None) in codes(found)
    assert found.root != archive.root_of(kept, COUNT)


def test_an_entry_hashed_anew_after_a_change_still_differs_from_the_tree(kept: Tables):
    (row,) = kept.run(sa.select(tables.entry).where(tables.entry.c.idx == 300))
    forged = bytes(row["raw"]).replace(b"visit.made", b"visit.mate")
    found = change(
        kept,
        "UPDATE entry SET raw = :raw, leaf = :leaf, type = 'visit.mate' WHERE idx = 300",
        raw=forged,
        leaf=leaf_hash(forged),
    )
    assert codes(found)[0] == ("tree-differs", 300)


@pytest.mark.parametrize(
    ("sql", "flaw"),
    [
        ("UPDATE entry SET type = 'x' WHERE idx = 7", ("row-differs", 7)),
        ("UPDATE entry SET vt = 0 WHERE idx = 7", ("row-differs", 7)),
        ("UPDATE entry SET matter_id = NULL WHERE idx = 7", ("row-differs", 7)),
        ("UPDATE entry SET stream = 'case/x' WHERE idx = 7", ("row-differs", 7)),
        ("UPDATE entry SET rt = 5 WHERE idx = 7", ("time-goes-back", 7)),
        ("UPDATE entry SET seq = 900 WHERE idx = 7", ("stream-gap", 7)),
        ("UPDATE entry SET position = 900 WHERE idx = 7", ("publisher-gap", 7)),
        ("UPDATE entry SET raw = X'00' WHERE idx = 7", ("unreadable", 7)),
        ("DELETE FROM entry WHERE idx = 7", ("entry-missing", 7)),
        (f"DELETE FROM entry WHERE idx = {COUNT - 1}", ("entries-missing", COUNT - 1)),
        ("UPDATE log_state SET frontier = X'00'", ("frontier-differs", None)),
        ("UPDATE tile SET data = X'00' WHERE level = 1", ("tile-differs", 255)),
        ("UPDATE tile SET data = X'00' WHERE level = 0 AND n = 1", ("tree-differs", 256)),
    ],
)
def test_each_change_is_named_with_its_place(kept: Tables, sql: str, flaw: tuple[str, int | None]):
    assert flaw in codes(change(kept, sql))


def test_of_many_flaws_the_first_are_named_and_all_are_counted(kept: Tables):
    found = change(kept, "UPDATE entry SET leaf = X'00'")
    assert (len(found.flaws), found.count) == (FLAWS_KEPT, COUNT)


# --- reading back -----------------------------------------------------------------------------------------------------


def test_a_time_names_a_size_and_a_root(kept: Tables):
    first = micros(NOON)
    assert archive.size_at(kept, first - 1) == 0
    assert archive.size_at(kept, first) == 1
    assert archive.size_at(kept, first + 299) == 300
    assert archive.size_at(kept, None) == archive.size_at(kept, first + 10**9) == COUNT
    frontier = Frontier()
    frontier.extend(row["leaf"] for row in kept.all(tables.entry)[:300])
    assert archive.root_of(kept, 300) == frontier.root()
    assert archive.root_of(kept, 0) == EMPTY_ROOT


def test_a_matter_is_read_with_the_consents_it_relies_on_and_without_what_is_restricted(db: Tables):
    consent = MATTER.hex
    citing = {"matter_id": str(MATTER), "consent_id": str(MATTER)}
    batch = [
        said(position=1, type="consent.granted", stream=f"consent/{MATTER}", data={"consent_id": str(MATTER)}),
        said(position=2, data=citing),
        said(position=3, version=2, type="safeguarding.reported"),
        said(position=4, type="consent.granted", stream=f"consent/{consent}x", data={}),
        said(position=5, version=3, data={"matter_id": str(MATTER), "consent_id": 5}),
    ]
    db.write(Ledger().take(batch, NOON, db))
    assert [e.idx for e in archive.entries_of(db, MATTER, restricted=False)] == [0, 1, 4]
    assert [e.idx for e in archive.entries_of(db, MATTER, restricted=True)] == [0, 1, 2, 4]


def test_pages_and_positions(kept: Tables):
    assert [row["idx"] for row in archive.page(kept, 598, 10)] == [598, 599]
    assert archive.positions(kept, ("intake", "referral", "audit")) == {"intake": 400, "referral": 200, "audit": 0}
