"""The ledger: what was said is what is kept, once, in order, under a tree that agrees with the slow one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import tables
from services.audit.ledger import Ledger, instant, micros, wrapped, written
from services.kernel.contract import canonical
from services.kernel.draft import LONGEST_DATA, Wire
from services.kernel.manifest import Manifest
from services.kernel.schema import append_only
from services.kernel.tlog import merkle
from services.kernel.tlog.merkle import leaf_hash
from services.kernel.tlog.places import LONGEST_ENTRY
from services.kernel.view import Rows
from tests.service.audit.conftest import Tables
from tests.unit.audit.said import MATTER, NOON, said

NOW = datetime(2026, 3, 2, 5, tzinfo=UTC)


def entries(db: Tables) -> list[dict[str, object]]:
    return db.all(tables.entry)


def take(ledger: Ledger, db: Tables, *batch, now=NOW):
    db.write(ledger.take(batch, now, db))


def test_an_entry_holds_the_publishers_bytes_as_they_came(db):
    message = said("referral", 17, type="referral.accepted", stream="referral/5")
    take(Ledger(), db, message)
    (row,) = entries(db)
    assert row["raw"] == (
        b'{"alg":"sha256","event":' + message.raw + b',"prev":"","publisher":"referral",'
        b'"rt":"2026-03-02T05:00:00.000000Z","seq":1,"stream":"referral/5"}'
    )
    assert row["leaf"] == leaf_hash(row["raw"])
    assert json.dumps(json.loads(row["raw"]), sort_keys=True, separators=(",", ":")).encode() == row["raw"]


def test_the_row_says_what_the_entry_is_about(db):
    take(Ledger(), db, said("referral", 17, type="offer.viewed", stream="referral/5"))
    (row,) = entries(db)
    del row["raw"], row["leaf"]
    assert row == {
        "idx": 0, "publisher": "referral", "position": 17, "stream": "referral/5", "seq": 1,
        "type": "offer.viewed",
        "matter_id": MATTER, "moves": False, "vt": micros(NOON), "rt": micros(NOW),
    }  # fmt: skip


def test_an_entry_names_the_one_before_it_in_its_stream(db):
    """INV-32"""
    ledger = Ledger()
    take(ledger, db, said(position=1, version=1), said(position=2, version=1, stream="case/other"))
    ledger.forget()
    take(ledger, db, said(position=3, version=2), said(position=4, version=3))
    first, _, second, third = entries(db)
    chain = [json.loads(row["raw"])["prev"] for row in (first, second, third)]
    leaves = [base64.urlsafe_b64encode(row["leaf"]).rstrip(b"=").decode() for row in (first, second)]
    assert chain == ["", *leaves]


def test_streams_of_the_same_name_at_two_publishers_are_two_streams(db):
    take(Ledger(), db, said("intake", 1), said("referral", 1), said("referral", 2, version=2))
    assert (
        json.loads(entries(db)[2]["raw"])["prev"][:6] == base64.urlsafe_b64encode(entries(db)[1]["leaf"]).decode()[:6]
    )


def test_an_event_whose_predecessor_is_missing_is_recorded_without_one(db):
    """INV-32"""
    take(Ledger(), db, said(position=1, version=7))
    assert json.loads(entries(db)[0]["raw"])["prev"] == ""


def test_recorded_time_is_strictly_increasing_whatever_the_clock_does(db):
    ledger = Ledger()
    take(ledger, db, said(position=1), said(position=2, version=2))
    take(ledger, db, said(position=3, version=3), now=NOW - timedelta(days=1))
    ledger.forget()
    take(ledger, db, said(position=4, version=4), now=NOW)
    assert [row["rt"] - micros(NOW) for row in entries(db)] == [0, 1, 2, 3]


def test_what_hands_over_or_corrects_is_marked_and_so_is_what_the_contracts_declare(db):
    ledger = Ledger(moving=frozenset({"matter.opened"}))
    handing = {"matter_id": str(MATTER), "handoff": {"act": "taken"}}
    take(
        ledger, db,
        said(position=1, version=1),
        said(position=2, version=2, data=handing),
        said(position=3, version=3, corrects=str(UUID(int=5))),
        said(position=4, version=4, type="matter.opened"),
    )  # fmt: skip
    assert [row["moves"] for row in entries(db)] == [False, True, True, True]


@pytest.mark.parametrize("data", [{}, {"matter_id": 5}, {"matter_id": "no-uuid"}, {"matter_id": None}])
def test_an_event_about_no_matter_that_can_be_read_is_recorded_all_the_same(db, data):
    take(Ledger(), db, said(data=data))
    assert entries(db)[0]["matter_id"] is None


def test_an_unknown_time_is_kept_as_unknown(db):
    take(Ledger(), db, said(at=None))
    assert entries(db)[0]["vt"] is None


def test_nothing_taken_is_nothing_written(db):
    assert Ledger().take([], NOW, db) == []


def test_after_a_commit_that_failed_the_ledger_goes_on_from_the_tables(db):
    ledger = Ledger()
    take(ledger, db, said(position=1))
    ledger.take([said(position=2, version=2)], NOW, db)  # This is never written.
    ledger.forget()
    take(ledger, db, said(position=2, version=2))
    assert [row["idx"] for row in entries(db)] == [0, 1]
    assert verified(db)


def test_a_ledger_that_fails_inside_a_batch_goes_on_from_the_tables(db):
    ledger = Ledger()
    take(ledger, db, said(position=1))
    with pytest.raises(AttributeError):
        ledger.take([said(position=2, version=2), None], NOW, db)
    take(ledger, db, said(position=2, version=2))
    assert verified(db)


def test_the_same_event_cannot_be_recorded_twice(db):
    ledger = Ledger()
    take(ledger, db, said(position=1))
    with pytest.raises(sa.exc.IntegrityError):
        take(ledger, db, said(position=1))


def test_the_kernel_guards_the_entries():
    assert tables.entry in append_only(Manifest(name="audit", kept=tables.KEPT))


def verified(db: Tables) -> bool:
    """Whether tiles and frontier agree with the entries, by the plain definition."""
    leaves = [row["leaf"] for row in entries(db)]
    state = db.one(tables.log_state, 1)
    slow = merkle.Frontier()
    slow.extend(leaves)
    tiled = {(row["level"], row["n"]): row["data"] for row in db.all(tables.tile)}
    root = merkle.root_at(lambda level, n: tiled.get((level, n), b""), len(leaves))
    fast = merkle.Frontier.unpack(state["size"], state["frontier"])
    return fast == slow and root == slow.root() and state["last_rt"] == entries(db)[-1]["rt"]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 300), st.booleans()), min_size=1, max_size=5))
def test_however_the_batches_fall_the_tree_is_that_of_the_entries(batches):
    db, ledger, position = Tables(tables.KEPT), Ledger(), 0
    for size, forgetting in batches:
        batch = [said(position=position + i, version=position + i) for i in range(1, size + 1)]
        take(ledger, db, *batch)
        position += size
        if forgetting:
            ledger.forget()
    assert [row["position"] for row in entries(db)] == list(range(1, position + 1))
    assert verified(db)


def test_one_batch_inserts_all_entries_at_once(db):
    changes = Ledger().take([said(position=i, version=i) for i in range(1, 301)], NOW, db)
    assert [type(change) for change in changes].count(Rows) == 1
    assert len(changes) == 5  # entries, two tiles of leaves, one of their roots, the end


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_instants_survive_as_microseconds(moment):
    aware = moment.replace(tzinfo=UTC)
    assert instant(micros(aware)) == aware
    assert datetime.fromisoformat(written(micros(aware))) == aware
    assert len(written(micros(aware))) == 27


def test_an_entry_is_put_together_from_bytes():
    assert wrapped(b'{"a":1}', b"\xff" * 32, "intake", 0, 2, "case/1") == (
        b'{"alg":"sha256","event":{"a":1},"prev":"__________________________________________8",'
        b'"publisher":"intake","rt":"1970-01-01T00:00:00.000000Z","seq":2,"stream":"case/1"}'
    )


def test_the_longest_event_that_is_written_fits_into_an_entry_that_tiles_can_give_away():
    ref, name, subject = "r" * 160, "n" * 64, f"{'a' * 64}/{MATTER}"
    event = Wire(
        specversion="1.0", datacontenttype="application/json", id=MATTER, source=f"/{name}", type=name, subject=subject, time=NOON,
        position=2**53 - 1, streamversion=2**53 - 1, schemaversion=99, effectiveat=NOON, effectiveprecision="instant",
        actorid=ref, actorrole=name, actororg=ref, behalforg=ref, behalfevidence=name, behalfref=ref, approverid=ref,
        approverrole=name, approverorg=ref, channel=name, commandid=MATTER, causationid=MATTER, correlationid=MATTER,
        corrects=MATTER, previous="h" * 43, data=msgspec.Raw(b'"' + b"x" * (LONGEST_DATA - 2) + b'"'),
    )  # fmt: skip
    entry = wrapped(canonical(event), bytes(32), name, 2**52, 2**53 - 1, subject)
    assert len(entry) <= LONGEST_ENTRY
