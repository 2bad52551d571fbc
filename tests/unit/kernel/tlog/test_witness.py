"""What a witness may cosign: each answer of the specification, and that no history of requests makes it sign a fork."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.tlog import tiles, witness
from services.kernel.tlog.checkpoint import Checkpoint
from services.kernel.tlog.kept import compare
from services.kernel.tlog.keys import Signer
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.request import SIZE
from services.kernel.tlog.witness import Declined
from tests.support.toylog import ToyLog

LOG, FORK, STRANGER = ToyLog().grow(40), ToyLog(story="?", turns_at=5).grow(40), ToyLog(name="else.example").grow(40)
LOGS = {LOG.name: (LOG.signer.verifier,)}


def declined(data: bytes, last: Checkpoint | None) -> Declined | None:
    """The refusal of a request after a last head; None where it is cosigned."""
    try:
        witness.judge(*witness.heard(data, LOGS), last)
    except Declined as no:
        return no
    return None


def status(data: bytes, last: Checkpoint | None = None) -> int:
    no = declined(data, last)
    return no.status if no else 200


def test_the_first_head_of_a_log_is_cosigned_whatever_its_size():
    assert status(LOG.asks(0, 7)) == status(LOG.asks(0, 0)) == 200


def test_a_later_head_is_cosigned_when_the_last_one_is_its_beginning():
    assert status(LOG.asks(7, 12), LOG.head(7)) == 200
    assert status(LOG.asks(7, 7), LOG.head(7)) == 200
    assert status(LOG.asks(0, 12), LOG.head(0)) == 200


def test_bytes_that_are_no_request_are_a_bad_request():
    assert status(b"") == status(b"old 1\n\nrubbish") == 400
    assert status(LOG.asks(9, 7), LOG.head(9)) == 400


def test_a_head_of_a_log_that_is_not_known_is_not_found():
    assert status(STRANGER.asks(0, 7)) == 404


def test_a_head_that_no_trusted_key_signed_is_forbidden_and_so_is_one_with_a_wrong_signature_of_one():
    other = Signer(LOG.name, 1, bytes(32))
    head = LOG.head(7)
    assert status(b"old 0\n\n" + bytes(head.signed(other))) == 403
    forged = bytes(LOG.signed(8)).replace(head.text.encode(), b"").partition(b"\n\n")[2]
    assert status(b"old 0\n\n" + head.text.encode() + b"\n" + forged) == 403


@pytest.mark.parametrize("old", [0, 3, 8])
def test_a_size_that_is_not_the_last_one_is_a_conflict_that_says_the_last_one(old: int):
    no = declined(LOG.asks(old, 12), LOG.head(7))
    assert no is not None
    assert (no.status, no.body, no.content_type, no.forked) == (409, "7\n", SIZE, False)


def test_a_smaller_head_than_the_last_one_is_never_cosigned():
    """A rollback: the log would have forgotten what the witness has seen."""
    assert status(LOG.asks(3, 5), LOG.head(7)) == 409
    assert status(LOG.asks(7, 5), LOG.head(7)) == 400


def test_another_root_at_the_same_size_is_a_conflict_and_a_contradiction():
    no = declined(FORK.asks(7, 7), LOG.head(7))
    assert no is not None
    assert (no.status, no.forked) == (409, True)


def test_a_proof_that_does_not_hold_cannot_be_processed():
    assert status(FORK.asks(7, 12), LOG.head(7)) == 422
    asked = LOG.asks(7, 12)
    assert status(asked.replace(asked.split(b"\n")[1] + b"\n", b"", 1), LOG.head(7)) == 422
    line = asked.split(b"\n")[1] + b"\n"
    assert status(LOG.asks(0, 7).replace(b"old 0\n", b"old 0\n" + line)) == 422
    assert status(LOG.asks(7, 7).replace(b"old 7\n", b"old 7\n" + line), LOG.head(7)) == 422


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 40)), max_size=40))
def test_whatever_is_asked_all_heads_that_are_cosigned_are_of_one_history(asked: list[tuple[bool, int, int]]):
    last: Checkpoint | None = None
    cosigned: list[Checkpoint] = []
    for fork, old, new in asked:
        log = FORK if fork else LOG
        if status(log.asks(old, new), last) == 200:
            last = log.head(new)
            cosigned.append(last)
    sizes = [head.size for head in cosigned]
    assert sizes == sorted(sizes)
    stories = [story for story in (LOG, FORK) if all(story.head(head.size) == head for head in cosigned)]
    assert stories


# --- tiles, and heads that were kept ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "n", "width", "path"),
    [
        (0, 1, 5, "tile/0/001.p/5"),
        (5, 123456078, 256, "tile/5/x123/x456/078"),
        (0, 0, 256, "tile/0/000"),
        (3, 1000, 1, "tile/3/x001/000.p/1"),
    ],
)
def test_a_tile_lies_where_the_specification_says(level: int, n: int, width: int, path: str):
    assert tiles.path(level, n, width) == path


BIG, BIG_FORK = ToyLog().grow(700), ToyLog(story="?", turns_at=300).grow(700)


@pytest.mark.parametrize(
    ("before", "came", "standing"),
    [(0, 700, "grown"), (3, 257, "grown"), (300, 300, "same"), (700, 12, "older"), (256, 512, "grown")],
)
def test_heads_of_a_log_that_only_grew_are_found_to_be_consistent_by_its_tiles(before: int, came: int, standing: str):
    assert compare(BIG.head(before), BIG.head(came), BIG.fetch) == standing


def test_the_first_head_is_kept_and_nothing_is_asked():
    assert compare(None, BIG.head(5), lambda _: pytest.fail("nothing was to be read")) == "first"


@pytest.mark.parametrize("tiles_of", [BIG, BIG_FORK])
def test_a_fork_is_found_whichever_of_its_stories_the_log_shows(tiles_of: ToyLog):
    assert compare(BIG.head(400), BIG_FORK.head(500), tiles_of.fetch) == "forked"
    assert compare(BIG.head(400), BIG_FORK.head(350), tiles_of.fetch) == "forked"
    assert compare(BIG.head(400), BIG_FORK.head(400), tiles_of.fetch) == "forked"
    assert compare(BIG.head(200), BIG_FORK.head(290), tiles_of.fetch) == "grown"


def test_a_full_tile_does_where_the_log_has_dropped_the_partial_one():
    full = {path: BIG.fetch(path) for path in (tiles.path(0, 0), tiles.path(0, 1))}
    assert tiles.reader(full.get, 300)(0, 1) == BIG.tile(0, 1)[: 44 * 32]
    with pytest.raises(Malformed, match="does not show"):
        tiles.reader(full.get, 600)(0, 2)
    with pytest.raises(Malformed, match="does not show"):
        tiles.reader(lambda _: b"short", 300)(0, 0)
