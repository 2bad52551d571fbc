"""Signing: only what was read back and agrees, never against what was signed before, and not at all over damage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.audit import archive, checkpoints, fsck, tables, views
from services.audit.checkpointer import Checkpointer, Pen, read_back
from services.contracts.audit import ReportVerification, ResumeSigning
from services.kernel.errors import Refused
from services.kernel.tlog import checkpoint, note
from services.kernel.tlog.merkle import EMPTY_ROOT
from tests.service.audit.signed import ORIGIN, PEN, Signing
from tests.unit.audit.said import said


@pytest.fixture
def signing(tmp_path: Path) -> Iterator[Callable[..., Signing]]:
    started: list[Signing] = []

    def start(pen: Pen = PEN) -> Signing:
        started.append(Signing(tmp_path, pen))
        return started[-1]

    yield start
    for each in started:
        each.store.stop()


def test_a_new_log_signs_that_it_is_empty(signing: Callable[..., Signing]):
    log = signing()
    log.signer.turn()
    (row,) = log.look.all(tables.checkpoint)
    assert (row["size"], bytes(row["root"])) == (0, EMPTY_ROOT)


def test_heads_are_signed_as_the_ledger_grows_and_only_then(signing: Callable[..., Signing]):
    log = signing()
    log.signer.turn()
    log.said_until(5)
    log.signer.turn()
    log.signer.turn()
    log.said_until(300, start=6)
    log.signer.turn()
    assert log.sizes() == [0, 5, 300]
    last = checkpoints.latest(log.look)
    assert last is not None
    head, signed = checkpoint.opened(last.note, [PEN.signers[0].verifier])
    assert (head.origin, head.size, head.root) == (ORIGIN, 300, archive.root_of(log.look, 300))
    assert len(signed.signatures) == 1
    assert log.signer.health() == {"state": "signing", "signed": 300}
    found = checkpoints.covering(log.look, 5)
    assert found is not None and found.size == 300


def test_what_is_signed_follows_upon_what_was_signed_before_a_restart(signing: Callable[..., Signing]):
    first = signing()
    first.said_until(7)
    first.signer.turn()
    first.store.stop()
    second = signing()
    second.said_until(9, start=8)
    second.signer.turn()
    assert second.sizes() == [7, 9]


def test_a_long_backlog_is_signed_piece_by_piece(signing: Callable[..., Signing], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.audit.checkpointer.AT_ONCE", 100)
    log = signing()
    log.said_until(250)
    assert [log.signer.turn(), log.signer.turn(), log.signer.turn(), log.signer.turn()] == [True, True, False, False]
    assert log.sizes() == [100, 200, 250]


@pytest.mark.parametrize(
    ("damage", "code", "entry"),
    [
        ("UPDATE entry SET raw = CAST(replace(raw, 'visit', 'visid') AS BLOB) WHERE idx = 8", "leaf-differs", 8),
        ("UPDATE entry SET type = 'x' WHERE idx = 8", "row-differs", 8),
        ("DELETE FROM entry WHERE idx = 8", "entry-missing", 8),
        ("DELETE FROM entry WHERE idx = 9", "entries-missing", 9),
        ("UPDATE tile SET data = X'00' WHERE level = 0 AND n = 0", "tiles-missing", 5),
        ("UPDATE log_state SET frontier = X'00'", "frontier-differs", 9),
        ("UPDATE log_state SET size = 3", "shorter-than-signed", 3),
        ("UPDATE checkpoint SET root = zeroblob(32)", None, None),
    ],
)
def test_damage_halts_signing_is_said_once_and_intake_goes_on(
    signing: Callable[..., Signing], damage: str, code: str | None, entry: int | None
):
    log = signing()
    log.said_until(5)
    log.signer.turn()
    log.said_until(10, start=6)
    log.spoil(damage)
    for _ in range(3):
        assert not log.signer.turn()
    assert log.sizes() == [5]
    if code is None:  # A head that its own key did not sign: nobody can go on from it, and it is no entry's fault.
        assert log.signer.health() == {"state": "other-key", "signed": 5}
        return
    assert log.told() == ["integrity.broken"]
    (row,) = log.look.all(views.signing)
    assert (row["state"], row["code"], row["entry"]) == ("halted", code, entry)
    assert log.signer.health() == {"state": "halted", "signed": 5, "code": code, "entry": entry}
    if code != "shorter-than-signed" and "log_state" not in damage and "tile" not in damage:
        log.said_until(12, start=11)
        assert archive.size_of(log.look) == 12
        assert not log.signer.turn()


def test_a_tile_that_was_changed_and_is_whole_is_found_before_the_next_signature(signing: Callable[..., Signing]):
    log = signing()
    log.said_until(5)
    log.signer.turn()
    log.said_until(10, start=6)
    (row,) = log.look.all(tables.tile)
    with log.store.engine.begin() as connection:
        connection.execute(tables.tile.update().values(data=bytes(32) + bytes(row["data"])[32:]))
    log.signer.turn()
    assert log.signer.health()["code"] == "signed-root-differs"
    assert log.sizes() == [5]


def test_signing_goes_on_after_mending_and_a_word_and_not_before(signing: Callable[..., Signing]):
    log = signing()
    log.said_until(5)
    log.spoil("UPDATE entry SET vt = vt + 1 WHERE idx = 3")
    log.signer.turn()
    sound = fsck.verify(log.look)
    resume = ResumeSigning(size=5, root=archive.b64(sound.root))
    refused = log.ask(resume)
    assert isinstance(refused, Refused) and refused.code == "still-broken"
    log.spoil("UPDATE entry SET vt = vt - 1 WHERE idx = 3")
    log.signer.turn()
    assert log.sizes() == []
    log.ask(ReportVerification(size=5, root=archive.b64(sound.root)))
    log.ask(resume)
    log.signer.turn()
    assert log.sizes() == [5]
    assert log.told() == ["integrity.broken", "integrity.verified", "signing.resumed"]
    assert [row["state"] for row in log.look.all(views.signing)] == ["signed"]


def test_what_is_only_missing_halts_nothing(signing: Callable[..., Signing]):
    log = signing()
    log.said_until(3)
    log.hear([said("referral", 1, version=4, stream="referral/x")])
    log.signer.turn()
    assert log.sizes() == [4]
    assert [flaw.code for flaw in fsck.verify(log.look).flaws] == ["stream-gap"]


def test_of_two_who_sign_at_once_one_has_signed_nothing(signing: Callable[..., Signing]):
    log = signing()
    log.said_until(5)
    other = Checkpointer(log.store, log.look, PEN)
    last = checkpoints.latest(log.look)
    assert last is None
    log.signer.turn()
    log.said_until(9, start=6)
    assert other._sign(None, 9, read_back(log.look, None, 9).root)  # It had looked before the first one signed.
    assert log.sizes() == [5]
    other.turn()
    assert log.sizes() == [5, 9]


def test_while_a_key_is_replaced_both_sign(signing: Callable[..., Signing]):
    old, new = PEN, Pen.of(ORIGIN, (b"n" * 32, b"k" * 32))
    first = signing(old)
    first.said_until(2)
    first.signer.turn()
    first.store.stop()
    both = signing(new)
    both.said_until(4, start=3)
    both.signer.turn()
    last = checkpoints.latest(both.look)
    assert last is not None
    signed = note.read(last.note)
    assert [len(note.verified(signed, [s.verifier])) for s in new.signers] == [1, 1]
    both.store.stop()
    alone = signing(Pen.of(ORIGIN, (b"n" * 32,)))
    alone.said_until(5, start=5)
    alone.signer.turn()
    assert alone.sizes() == [2, 4, 5]


def test_a_ledger_of_another_origin_is_not_signed_on(signing: Callable[..., Signing]):
    first = signing()
    first.said_until(2)
    first.signer.turn()
    first.store.stop()
    other = signing(Pen.of("other.example/audit/v1", (b"k" * 32,)))
    other.said_until(3, start=3)
    assert not other.signer.turn()
    assert other.signer.health() == {"state": "other-key", "signed": 2}
    assert other.told() == []


def test_stored_heads_are_never_changed(signing: Callable[..., Signing]):
    log = signing()
    log.signer.turn()
    with log.store.engine.begin() as connection, pytest.raises(sa.exc.DatabaseError, match="never changed"):
        connection.exec_driver_sql("UPDATE checkpoint SET size = 1")
