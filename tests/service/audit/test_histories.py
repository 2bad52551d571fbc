"""The map under a seal, kept between seals: always the one that is folded from the first entry on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.audit.bundle.histories import MAPS_KEPT, Histories
from services.audit.seal import Shown, matter_name, stream_name
from tests.service.audit.signed import Signing
from tests.unit.audit.said import MATTER, said


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Signing]:
    made = Signing(tmp_path)
    yield made
    made.store.stop()


def told(log: Signing, first: int, last: int) -> None:
    """Some go on with a stream, some begin one, some say what only named readers may know of."""
    types = ("visit.made", "visit.made", "safeguarding.concern-raised")
    log.hear([
        said(position=n, stream=f"case/{n % 5}" if n % 2 else f"task/{n}", type=types[n % 3],
             version=(n + 9) // 10 if n % 2 else 1)
        for n in range(first, last + 1)
    ])  # fmt: skip


def test_a_map_that_grew_is_the_one_that_is_folded_at_once(log: Signing):
    """INV-32"""
    kept = Histories()
    for last in (3, 4, 40, 40, 63):
        if last > log.store.cursor("intake"):
            told(log, log.store.cursor("intake") + 1, last)
        size, grown = kept.latest(log.look)
        folded = Histories().at(log.look, last)
        assert (size, len(grown), grown.root) == (last, len(folded), folded.root)
    shown = grown.proof(stream_name("intake", "case/1"))
    assert isinstance(shown, Shown) and shown.row.count == 7
    about = grown.row(matter_name(MATTER))
    assert about is not None and about.count == 42, "what is restricted is not counted"


def test_an_earlier_map_is_read_beside_what_is_kept(log: Signing):
    told(log, 1, 30)
    kept = Histories()
    kept.read_on(log.look, 30)
    assert kept.at(log.look, 12).root == Histories().at(log.look, 12).root
    assert kept.size == 30, "it is not begun anew for it"
    for size in range(13, 13 + MAPS_KEPT):
        kept.at(log.look, size)
    assert len(kept.maps) == MAPS_KEPT
