"""After a restore: an older backup is not signed on below what witnesses have seen, and whoever comes by finds it out."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.audit import views, visiting
from services.audit.visiting import Visit
from services.kernel.errors import Refused
from services.kernel.tlog import note
from services.kernel.tlog.keys import COSIGNATURE, Signer
from tests.service.audit.witnessed import Hub, Starting
from tests.support.toylog import ToyLog
from tests.support.witnessed import away, claims


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
