"""The map under a seal: every history with its count and head, and a proof for each, and for each that is not there."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit import language
from services.audit.seal import NOTHING, Absence, Map, Row, Shown, chained, key_of, matter_name, stream_name
from services.kernel.tlog.merkle import EMPTY_ROOT
from tests.unit.audit.said import MATTER

NAMES = [stream_name("intake", f"case/{n}") for n in range(300)]
ROWS = {name: Row(key_of(name), n + 1, sha256(name.encode()).digest()) for n, name in enumerate(NAMES)}


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def test_the_root_is_that_of_the_written_format():
    rows = sorted(row.key + row.count.to_bytes(8, "big") + row.head for row in ROWS.values())
    assert Map.of(ROWS.values()).root == plain_root([sha256(b"\x00" + row).digest() for row in rows])


def test_a_map_of_nothing_has_the_root_of_an_empty_tree():
    empty = Map.of(())
    assert (len(empty), empty.root) == (0, EMPTY_ROOT)
    absent = empty.proof("intake/case/x")
    assert absent == Absence(None, None)
    assert absent.proves("intake/case/x", 0, EMPTY_ROOT)
    assert not absent.proves("intake/case/x", 1, EMPTY_ROOT)


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 300])
def test_each_row_is_shown_and_no_other_in_its_place(size: int):
    sealed = Map.of(ROWS[name] for name in NAMES[:size])
    for name in NAMES[:size]:
        shown = sealed.proof(name)
        assert isinstance(shown, Shown) and shown.row == ROWS[name] == sealed.row(name)
        assert shown.proves(size, sealed.root)
        assert not replace(shown, row=replace(shown.row, count=shown.row.count + 1)).proves(size, sealed.root)
        assert not replace(shown, row=replace(shown.row, head=NOTHING)).proves(size, sealed.root)
        assert not shown.proves(size, NOTHING)
    assert sealed.row("intake/case/none") is None


@settings(max_examples=60, deadline=None)
@given(held=st.sets(st.sampled_from(NAMES), max_size=40), asked=st.sampled_from(NAMES))
def test_what_is_not_there_is_shown_not_to_be_there(held: set[str], asked: str):
    sealed = Map.of(ROWS[name] for name in held)
    found = sealed.proof(asked)
    assert isinstance(found, Shown) is (asked in held)
    if isinstance(found, Absence):
        assert found.proves(asked, len(held), sealed.root)
        for other in held:
            assert not found.proves(other, len(held), sealed.root)


def test_rows_that_are_no_neighbours_show_no_absence():
    sealed, size = Map.of(ROWS.values()), len(ROWS)
    ordered = sorted(NAMES, key=key_of)
    first, third = sealed.proof(ordered[0]), sealed.proof(ordered[2])
    assert isinstance(first, Shown) and isinstance(third, Shown)
    assert not Absence(first, third).proves(ordered[1], size, sealed.root)
    assert not Absence(None, third).proves(ordered[1], size, sealed.root)
    assert not Absence(third, first).proves(ordered[1], size, sealed.root)


def test_rows_twice_or_out_of_order_are_no_map():
    row = ROWS[NAMES[0]]
    with pytest.raises(ValueError, match="order"):
        Map.of((row, replace(row, count=2)))
    with pytest.raises(ValueError, match="order"):
        Map([bytes(each) for each in sorted(ROWS.values(), key=lambda r: r.key, reverse=True)])
    with pytest.raises(ValueError, match="rows"):
        Map([b"short"])


def test_names_and_the_chain_of_a_matter():
    leaf = sha256(b"leaf").digest()
    assert matter_name(MATTER) == f"matter/{MATTER}"
    assert chained(NOTHING, leaf) == sha256(b"\x02" + bytes(32) + leaf).digest()


def test_what_a_matters_row_leaves_out_is_what_only_named_readers_may_know_of():
    assert language.restricted()
    assert all(name.startswith("safeguarding.") for name in language.restricted())
