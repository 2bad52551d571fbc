"""A witness's folder and book: what is written is there, two at once never both win, evidence is kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.kernel.tlog import note
from services.kernel.tlog.keys import COSIGNATURE, Signer, time_of
from services.kernel.tlog.lines import Malformed
from services.kernel.tlog.note import Untrusted
from services.kernel.tlog.witness import Declined, place
from tests.support.toylog import ToyLog
from wushe.witness.book import Book
from wushe.witness.door import Witness
from wushe.witness.home import Home, NoHome
from wushe.witness.keeping import Keeper

LOG, FORK = ToyLog(), ToyLog(story="?", turns_at=5)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGNER = Signer("lotus.example/witness", COSIGNATURE, bytes(range(32)))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness(SIGNER, {LOG.name: (LOG.signer.verifier,)}, Book(tmp_path / "book.db"), lambda: NOON)
    made.book.make()
    return made


def test_a_head_is_cosigned_once_it_is_in_the_book(witness: Witness):
    answer = witness.add(LOG.asks(0, 7))
    (made,) = note.signatures(answer)
    assert SIGNER.verifier.check(LOG.head(7).text, made)
    assert time_of(made) == int(NOON.timestamp())
    seen = Book(witness.book.file).seen(LOG.name)
    assert seen is not None
    assert (seen.head, seen.note) == (LOG.head(7), LOG.signed(7))


def test_the_last_head_is_shown_cosigned_under_its_log_s_place(witness: Witness):
    assert witness.last(place(LOG.name)) is None
    witness.add(LOG.asks(0, 7))
    shown = witness.last(place(LOG.name))
    assert shown is not None
    found = note.verified(note.read(shown), [LOG.signer.verifier, SIGNER.verifier])
    assert len(found) == 2
    assert witness.last(place("else.example")) is None


def test_of_two_heads_that_exclude_each_other_asked_at_once_one_is_cosigned(witness: Witness):
    witness.add(LOG.asks(0, 5))
    ready = threading.Barrier(16)
    asked = [(LOG if n % 2 else FORK).asks(5, 6 + n) for n in range(16)]

    def ask(data: bytes) -> int:
        ready.wait()
        try:
            witness.add(data)
        except Declined as no:
            return no.status
        return 200

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(ask, asked)) == [200] + [409] * 15


def test_a_contradiction_is_kept_with_both_heads_and_the_book_stays(witness: Witness):
    witness.add(LOG.asks(0, 7))
    for _ in range(2):
        with pytest.raises(Declined):
            witness.add(FORK.asks(7, 7))
    (found,) = witness.book.contradictions()
    assert (found.origin, found.had, found.came) == (LOG.name, bytes(LOG.signed(7)), bytes(FORK.signed(7)))
    assert witness.add(LOG.asks(7, 9))


def test_a_clock_that_goes_back_does_not_take_the_last_time_back(tmp_path: Path):
    times = [NOON, NOON.replace(hour=3)]
    book = Book(tmp_path / "book.db")
    book.make()
    one = Witness(SIGNER, {LOG.name: (LOG.signer.verifier,)}, book, lambda: times.pop(0))
    one.add(LOG.asks(0, 7))
    one.add(LOG.asks(7, 8))
    seen = book.seen(LOG.name)
    assert seen is not None
    assert seen.at == int(NOON.timestamp())


# --- keeping --------------------------------------------------------------------------------------------------------


@pytest.fixture
def keeper(witness: Witness) -> Keeper:
    return Keeper(witness.logs, witness.book, lambda: NOON)


def test_heads_that_came_with_deliveries_are_kept_and_found_to_be_consistent(keeper: Keeper):
    standings = [keeper.keep(bytes(LOG.signed(size)), LOG.fetch).standing for size in (5, 5, 9, 7, 12)]
    assert standings == ["first", "same", "grown", "older", "grown"]
    seen = keeper.book.seen(LOG.name)
    assert seen is not None and seen.head.size == 12


def test_a_head_that_contradicts_the_kept_one_is_evidence_and_not_kept(keeper: Keeper):
    keeper.keep(bytes(LOG.signed(8)), LOG.fetch)
    found = keeper.keep(bytes(FORK.signed(12)), FORK.grow(12).fetch)
    assert (found.standing, found.before) == ("forked", LOG.head(8))
    seen = keeper.book.seen(LOG.name)
    assert seen is not None and seen.head.size == 8
    assert [each.came for each in keeper.book.contradictions()] == [bytes(FORK.signed(12))]


def test_a_head_that_is_nobody_s_is_refused(keeper: Keeper):
    with pytest.raises(Untrusted):
        keeper.keep(bytes(ToyLog(name="else.example").signed(3)), LOG.fetch)
    with pytest.raises(Malformed):
        keeper.keep(b"rubbish", LOG.fetch)


def test_a_head_is_compared_anew_when_another_was_cosigned_meanwhile(keeper: Keeper, witness: Witness):
    """Between comparing and keeping, the witness cosigned a head of the other story: the kept one must not replace it."""
    keeper.keep(bytes(LOG.signed(5)), LOG.fetch)
    LOG.grow(12)

    def fetch(path: str) -> bytes | None:
        seen = keeper.book.seen(LOG.name)
        if seen and seen.head.size == 5:
            witness.add(FORK.asks(5, 9))
        return LOG.fetch(path)

    assert keeper.keep(bytes(LOG.signed(12)), fetch).standing == "forked"


# --- the folder -----------------------------------------------------------------------------------------------------


def test_a_witness_s_key_is_made_once_and_read_by_its_owner_alone(tmp_path: Path):
    home = Home(tmp_path / "w")
    made = home.make("lotus.example/witness")
    assert home.signer == made
    assert (tmp_path / "w" / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(NoHome, match="already"):
        home.make("another.example/witness")


def test_several_logs_are_known_and_one_may_change_its_key(tmp_path: Path):
    home = Home(tmp_path)
    home.trust(str(LOG.signer.verifier), "https://hub.example/audit/v1")
    home.trust(str(ToyLog(name="else.example").signer.verifier))
    next_key = Signer(LOG.name, 1, bytes(32)).verifier
    home.trust(str(next_key))
    assert {origin: len(known) for origin, known in home.logs.items()} == {LOG.name: 2, "else.example": 1}
    home.trust(str(LOG.signer.verifier), "https://new.example/audit/v1")
    assert [each.url for each in home.parties if each.name == LOG.name] == [None, "https://new.example/audit/v1"]


@pytest.mark.parametrize("file", ["key", "logs"])
def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path, file: str):
    home = Home(tmp_path)
    with pytest.raises(NoHome, match="no witness"):
        _ = home.signer
    home.make("lotus.example/witness")
    (tmp_path / file).write_text("rubbish")
    with pytest.raises(NoHome, match="cannot be read"):
        _ = home.signer if file == "key" else home.logs


def test_a_trusted_log_is_one_line_and_nothing_else_comes_with_it(tmp_path: Path):
    with pytest.raises(Malformed):
        Home(tmp_path).trust(f"{LOG.signer.verifier}\nwitness a {SIGNER.verifier}\nquorum a")
