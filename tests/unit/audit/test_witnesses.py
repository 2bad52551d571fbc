"""Having heads cosigned: pending until enough have, each witness by itself, and no signature against what one has seen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit import archive, checkpoints, views, visiting, witnesses
from services.audit.asking import Question
from services.audit.checkpointer import Checkpointer, object_to
from services.audit.service import MANIFEST
from services.audit.visiting import Visit
from services.audit.witness_tables import cosignature, witness, witnessed
from services.audit.witnesses import Witnesses
from services.audit.witnessing import Guard, Witnessing
from services.kernel.clock import system_clock
from services.kernel.cursor import Consumer
from services.kernel.errors import Refused
from services.kernel.heard import Heard
from services.kernel.message import read_envelope
from services.kernel.store import Store
from services.kernel.tlog import note
from services.kernel.tlog.keys import COSIGNATURE, Signer
from services.kernel.tlog.lines import HASH
from services.kernel.tlog.places import place
from tests.support.toylog import ToyLog
from tests.support.witnessed import Village, away, claims, says
from tests.unit.audit.said import said
from tests.unit.audit.test_checkpointer import ORIGIN, PEN
from wushe.witness.keeping import come_by

KEYS = tuple(signer.verifier for signer in PEN.signers)


class Hub:
    """A ledger that is signed and witnessed turn by turn; it can be stopped, copied, and put back."""

    def __init__(self, folder: Path, village: Village) -> None:
        self.folder, self.village, self.later = folder, village, timedelta()
        self.start()

    def start(self) -> None:
        self.store = Store(MANIFEST, f"sqlite:///{self.folder / 'audit.db'}", clock=lambda: system_clock() + self.later)
        self.consumer = Consumer(MANIFEST, self.store, lambda *_: [])
        self.store.start()
        self.look = self.store.look()
        self.them = them = Witnesses(self.store, self.look, KEYS, self.village.policy, self.village.send)
        self.guard = Guard(them, again=0)
        self.signer = Checkpointer(self.store, self.look, PEN, guard=self.guard)
        self.duty = Witnessing(them, lambda flaw: object_to(self.store, self.look, flaw))

    def stop(self) -> None:
        self.store.stop()

    def says(self, first: int, last: int, publisher: str = "intake") -> None:
        messages = [said(publisher, position=n, version=n) for n in range(first, last + 1)]
        self.consumer.hear(Heard(publisher, first, [each.raw for each in messages]))

    def turn(self) -> None:
        """The signer's turn, as often as it wants one, and then the witnesses'."""
        while self.signer.turn():
            pass
        self.duty.turn()

    def fetch(self, path: str) -> bytes | None:
        """A tile, as the public log shows it."""
        found = place(path.removeprefix("tile/"))
        return archive.Tiles(self.look)(found.level or 0, found.n)[: found.width * HASH] if found else None

    def visited(self, *names: str) -> list[str]:
        """Each of these compares the head that is offered, and leaves its word; what the hub makes of it."""

        def leave(note: bytes) -> str:
            stored, told = Visit.read(note, self.them).told(self.them)
            self.them.record(stored, [told])
            return told.outcome

        offered = visiting.offered(self.them)
        assert offered is not None
        return [come_by(self.village.there[name], offered.note, self.fetch, leave)[1] for name in names]

    def back_up(self, to: Path) -> None:
        self.stop()
        shutil.copytree(self.folder, to)
        self.start()

    def restore(self, backup: Path) -> None:
        self.stop()
        shutil.rmtree(self.folder)
        shutil.copytree(backup, self.folder)
        self.start()

    def sizes(self, table: Any = witnessed) -> list[int]:
        return [row["size"] for row in self.look.all(table)]

    def signed(self) -> int:
        last = checkpoints.latest(self.look)
        return -1 if last is None else last.size

    def told(self) -> list[str]:
        return [read_envelope(raw).type for raw in self.store.read(0, 100)]


Starting = Callable[..., Hub]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    started: list[Hub] = []

    def start(**village: Any) -> Hub:
        for folder in ("hub", "village"):
            (tmp_path / folder).mkdir()
        started.append(Hub(tmp_path / "hub", Village(tmp_path / "village", ORIGIN, KEYS, **village)))
        return started[-1]

    yield start
    for each in started:
        each.stop()


# --- asking one witness -----------------------------------------------------------------------------------------------


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


# --- after a restore --------------------------------------------------------------------------------------------------


def grown_beyond_a_backup(starting: Starting, tmp_path: Path, **village: Any) -> Hub:
    """A hub whose witnesses have seen seven entries, and which is put back to when there were four."""
    hub = starting(**village)
    hub.says(1, 4)
    hub.turn()
    hub.back_up(tmp_path / "backup")
    hub.turn()
    hub.says(5, 7)
    hub.turn()
    assert hub.sizes()[-1] == 7
    hub.restore(tmp_path / "backup")
    return hub


def test_a_restored_older_backup_is_not_signed_on_and_says_why(starting: Starting, tmp_path: Path):
    """The one way in which an honest operator forks the ledger."""
    hub = grown_beyond_a_backup(starting, tmp_path)
    hub.says(5, 12)  # The publishers' logs are pulled again: the same events, recorded at other times.
    hub.turn()
    hub.says(13, 20)
    hub.turn()
    assert (hub.signed(), hub.told()) == (4, ["integrity.broken"])
    (row,) = hub.look.all(views.signing)
    assert (row["state"], row["code"]) == ("halted", "forked-from-witness")


def test_a_restored_backup_that_has_not_caught_up_is_behind_its_witnesses(starting: Starting, tmp_path: Path):
    hub = grown_beyond_a_backup(starting, tmp_path)
    hub.turn()
    hub.says(5, 6)
    hub.turn()
    assert (hub.signed(), hub.told()) == (4, ["integrity.broken"])
    assert hub.look.all(views.signing)[0]["code"] == "behind-witness"


def test_while_witnesses_are_silent_a_restored_backup_waits_for_as_many_as_the_policy_asks_for(
    starting: Starting, tmp_path: Path
):
    hub = grown_beyond_a_backup(starting, tmp_path)
    hub.village.ways |= dict.fromkeys(hub.village.names, away)
    hub.says(5, 12)
    hub.turn()
    assert hub.signer.health() == {"state": "waits-for-witnesses", "signed": 4}
    assert (hub.signed(), hub.told()) == (4, [])
    del hub.village.ways["w2"]
    hub.turn()
    assert (hub.signed(), hub.told()) == (4, ["integrity.broken"])


def test_a_policy_without_a_quorum_lets_a_restored_backup_fork_while_its_witnesses_are_silent(
    starting: Starting, tmp_path: Path
):
    """The policy decides: who asks for nobody's word is not held up by silence, and forks where all are away."""
    hub = grown_beyond_a_backup(starting, tmp_path, quorum=1)
    hub.village.quorum = 0
    hub.village.ways |= dict.fromkeys(hub.village.names, away)
    hub.stop()
    hub.start()
    hub.says(5, 12)
    hub.turn()
    assert hub.signed() == 12
    hub.village.ways.clear()
    hub.later = timedelta(hours=1)
    hub.turn()
    assert (hub.told(), hub.look.all(views.signing)[0]["code"]) == (["integrity.broken"], "forked-from-witness")


def test_one_witness_that_was_there_is_enough_to_find_it(starting: Starting, tmp_path: Path):
    hub = grown_beyond_a_backup(starting, tmp_path)
    hub.village.ways |= dict.fromkeys(("w1", "w2", "w3", "w4"), away)
    hub.says(5, 12)
    hub.turn()
    assert (hub.signed(), hub.told()) == (4, ["integrity.broken"])


def test_a_ledger_that_was_lost_whole_is_not_begun_anew_under_its_name(starting: Starting, tmp_path: Path):
    hub = starting()
    hub.says(1, 7)
    hub.turn()
    hub.stop()
    shutil.rmtree(hub.folder)
    hub.folder.mkdir()
    hub.start()
    hub.says(1, 9)
    hub.turn()
    assert hub.sizes() == []
    assert (hub.signed(), hub.look.all(views.signing)[0]["code"]) == (0, "forked-from-witness")


def test_after_a_start_a_claim_that_nobody_can_show_makes_signing_wait_and_halts_nothing(
    starting: Starting, tmp_path: Path
):
    hub = starting()
    hub.says(1, 4)
    hub.turn()
    hub.village.ways["w5"] = claims(10**9)
    hub.stop()
    hub.start()
    hub.says(5, 6)
    hub.turn()
    assert hub.signer.health() == {"state": "witness-disputes", "signed": 4}
    assert hub.told() == []
    hub.village.names = ("w1", "w2", "w3", "w4")  # The operator takes it from the policy.
    del hub.village.there["w5"]
    hub.stop()
    hub.start()
    hub.turn()
    assert hub.signed() == 6


def test_a_database_put_back_under_a_running_service_is_noticed_by_what_it_remembers(
    starting: Starting, tmp_path: Path
):
    hub = starting(names=(), quorum=0)
    hub.says(1, 4)
    hub.turn()
    hub.back_up(tmp_path / "backup")
    hub.says(5, 7)
    hub.turn()
    kept = hub.guard
    hub.restore(tmp_path / "backup")
    hub.signer.guard = kept
    hub.says(5, 9)
    hub.turn()
    assert (hub.signed(), hub.look.all(views.signing)[0]["code"]) == (4, "rolled-back")


def test_after_an_ordinary_restart_signing_goes_on_at_once(starting: Starting):
    hub = starting()
    hub.says(1, 4)
    hub.turn()
    hub.stop()
    hub.start()
    hub.says(5, 6)
    hub.turn()
    assert (hub.signed(), hub.sizes(), hub.told()) == (6, [0, 4, 6], [])


# --- witnesses who come by --------------------------------------------------------------------------------------------


@pytest.fixture
def visited(starting: Starting) -> Hub:
    """A hub none of whose witnesses can be reached; two have come by since it started."""
    hub = starting(addresses=False)
    hub.turn()
    assert hub.signer.health() == {"state": "waits-for-witnesses", "signed": 0}
    assert hub.visited("w1", "w4") == ["cosigned", "cosigned"]
    return hub


def test_witnesses_who_come_by_at_different_times_vouch_for_the_same_head(visited: Hub):
    visited.says(1, 4)
    visited.turn()
    assert (visited.signed(), visited.village.asked) == (4, [])
    visited.later = timedelta(minutes=11)
    visited.visited("w1")
    visited.says(5, 9)
    visited.turn()
    visited.later += timedelta(seconds=5)
    visited.visited("w4")
    assert (visited.signed(), visited.sizes()) == (9, [0, 4])
    visited.later += timedelta(minutes=11)
    visited.visited("w1", "w4")
    assert visited.sizes() == [0, 4, 9]


def test_a_restored_backup_is_found_out_by_whoever_comes_by(visited: Hub, tmp_path: Path):
    visited.says(1, 4)
    visited.turn()
    visited.back_up(tmp_path / "backup")
    visited.visited("w1", "w4")
    visited.says(5, 7)
    visited.turn()
    visited.later = timedelta(minutes=11)
    visited.visited("w1")
    visited.restore(tmp_path / "backup")
    visited.turn()
    assert visited.visited("w1") == ["ahead"]
    visited.says(5, 9)
    visited.turn()
    assert (visited.signed(), visited.visited("w1")) == (4, ["forked"])


@pytest.mark.parametrize("stranger", ["another-log", "another-witness", "rubbish", "nobody"])
def test_whoever_is_no_witness_of_this_ledger_leaves_nothing(visited: Hub, stranger: str):
    head = visiting.offered(visited.them)
    assert head is not None
    other = Signer("w1.example/witness", COSIGNATURE, bytes(32))
    left = {
        "another-log": bytes(ToyLog().signed(0)),
        "another-witness": bytes(note.read(head.note).signed(other.sign(note.read(head.note).text, 1))),
        "rubbish": b"rubbish",
        "nobody": head.note,
    }[stranger]
    with pytest.raises(Refused):
        Visit.read(left, visited.them)
