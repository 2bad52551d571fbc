"""Having heads cosigned: pending until enough have, each witness by itself, and no signature against what one has seen."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit import witnesses
from services.audit.asking import Question
from services.audit.witness_tables import cosignature, witness
from tests.service.audit.signed import ORIGIN
from tests.service.audit.witnessed import Starting
from tests.support.toylog import ToyLog
from tests.support.witnessed import Village, away, claims, says


@pytest.fixture
def village(tmp_path: Path) -> Village:
    log = ToyLog()
    return Village(tmp_path, log.name, (log.signer.verifier,), ("w1",), quorum=1)


def question(village: Village, log: ToyLog, size: int) -> Question:
    return Question(log.head(size), log.signed(size), log.tile, village.keys, log.frontier.size, village.send)


def test_a_witness_is_asked_from_where_it_stands_even_when_that_was_forgotten(village: Village):
    log = ToyLog().grow(20)
    for size, seen in ((7, 0), (9, 7), (12, 0), (12, 12), (20, 3)):
        told = question(village, log, size).ask(village.party("w1"), seen)
        assert (told.outcome, told.seen) == ("cosigned", size)
        assert told.line.startswith("— w1.example/witness ")


def test_a_witness_that_has_seen_more_shows_it_and_is_believed(village: Village):
    question(village, ToyLog().grow(20), 20).ask(village.party("w1"), 0)
    told = question(village, ToyLog().grow(9), 9).ask(village.party("w1"), 0)
    assert (told.outcome, told.seen) == ("ahead", 20)


@pytest.mark.parametrize("size", [12, 15])
def test_a_witness_that_has_seen_another_history_shows_it_and_is_believed(village: Village, size: int):
    question(village, ToyLog(story="?", turns_at=5), 12).ask(village.party("w1"), 0)
    told = question(village, ToyLog().grow(20), size).ask(village.party("w1"), 0)
    assert (told.outcome, told.seen) == ("forked", 12)


@pytest.mark.parametrize(
    ("way", "outcome"),
    [
        (away, "silent"),
        (claims(500), "disputes"),
        (claims(9), "disputes"),
        (says(422), "disputes"),
        (says(404), "refuses"),
        (says(403), "refuses"),
        (says(500), "refuses"),
        (says(302), "refuses"),
        (says(200, "— w1.example/witness AAAAAAAA\n".encode()), "refuses"),
        (says(200, b""), "silent"),
        (says(200, b"\xff\xfe"), "silent"),
        (says(409, b"-3\n", "text/x.tlog.size"), "silent"),
        (says(409, b"3\n"), "refuses"),
    ],
)
def test_whatever_a_witness_answers_it_is_one_of_few_things_and_never_an_error(
    village: Village, way: Any, outcome: str
):
    village.ways["w1"] = way
    assert question(village, ToyLog().grow(20), 9).ask(village.party("w1"), 0).outcome == outcome


def test_a_signature_of_another_key_is_no_word_of_this_witness(village: Village):
    log, other = ToyLog().grow(9), Village(village.folder, village.origin, village.keys, ("w2",), quorum=1)
    village.ways["w1"] = lambda method, _, body: other.send(method, "http://w2/add-checkpoint", body)
    assert question(village, log, 9).ask(village.party("w1"), 0).outcome == "refuses"


# --- a quorum ---------------------------------------------------------------------------------------------------------


def test_a_head_is_pending_until_two_of_five_have_cosigned_it(starting: Starting):
    hub = starting()
    hub.turn()
    hub.says(1, 5)
    hub.village.ways |= dict.fromkeys(("w2", "w3", "w4", "w5"), away)
    hub.turn()
    assert (hub.signed(), hub.sizes(), hub.duty.health()["state"]) == (5, [0], "pending")
    assert hub.duty.health()["witnesses"] == {"w1": "cosigned", **dict.fromkeys(("w2", "w3", "w4", "w5"), "silent")}
    newest = witnesses.newest(hub.look, hub.village.policy)
    assert newest is not None and newest.size == 0

    del hub.village.ways["w4"]
    hub.later = timedelta(seconds=6)
    hub.turn()
    assert (hub.sizes(), hub.duty.health()["state"]) == ([0, 5], "witnessed")
    newest = witnesses.newest(hub.look, hub.village.policy)
    assert newest is not None
    signed = witnesses.cosigned(hub.look, newest)
    assert [line.name for line in signed.signatures] == [ORIGIN, "w1.example/witness", "w4.example/witness"]


def test_a_witness_that_does_not_answer_is_left_alone_longer_and_longer_and_holds_up_nobody(starting: Starting):
    hub = starting()
    hub.village.ways["w3"] = away
    hub.turn()
    asked = []
    for n in range(1, 13):
        hub.village.asked.clear()
        hub.says(n, n)
        hub.later += timedelta(seconds=5)
        hub.turn()
        asked.append(hub.village.asked.count("w3"))
        assert hub.sizes()[-1] == n
    assert [5 * n for n, times in enumerate(asked, 1) if times] == [5, 15, 35]
    (row,) = [row for row in hub.look.all(witness) if row["name"] == "w3"]
    assert row["state"] == "silent"


def test_a_witness_that_claims_what_it_cannot_show_stops_nothing_that_goes_on(starting: Starting):
    hub = starting()
    hub.turn()
    hub.says(1, 5)
    hub.village.ways["w3"] = claims(10**9)
    hub.turn()
    hub.says(6, 7)
    hub.turn()
    assert (hub.signed(), hub.sizes(), hub.told()) == (7, [0, 5, 7], [])
    assert hub.duty.health()["witnesses"]["w3"] == "disputes"


def test_a_head_is_cosigned_once_by_each_however_often_it_is_asked(starting: Starting):
    hub = starting()
    for _ in range(3):
        hub.turn()
    hub.stop()
    hub.start()
    hub.turn()
    assert len(hub.look.all(cosignature)) == 5
    assert hub.sizes() == [0]


def test_without_a_quorum_heads_are_good_as_they_are_signed(starting: Starting):
    hub = starting(quorum=0)
    hub.village.ways |= dict.fromkeys(hub.village.names, away)
    hub.turn()
    hub.says(1, 3)
    hub.turn()
    newest = witnesses.newest(hub.look, hub.village.policy)
    assert newest is not None and newest.size == 3
    assert hub.duty.health()["state"] == "no-quorum"


def test_without_witnesses_the_hub_signs_and_says_that_nobody_vouches(starting: Starting):
    hub = starting(names=(), quorum=0)
    hub.says(1, 3)
    hub.turn()
    assert (hub.signed(), hub.duty.health()) == (3, {"state": "no-witness"})
