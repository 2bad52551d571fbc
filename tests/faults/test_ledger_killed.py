"""The ledger under fire: whatever fails beneath it, what it acknowledged is there, and what it signed it never denies.

A violation is a signed head that the stored entries do not give, an acknowledged entry that is lost, a head that denies
an earlier one, or a flaw that fsck finds. `make faults ARGS=--all-faults` tries every case; a sample is tried always.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import threading
import time
from copy import deepcopy
from pathlib import Path

import pytest

from tests.conftest import without_server
from tests.faults.ledgering import Word, violations
from tests.support.embedded import DIE_WITH_THE_RUN
from tests.support.servers import Postgres, ServerMissing, database
from tests.support.strace import Fault, faults

pytestmark = pytest.mark.faults

ROUNDS = 6
BEFORE = 2

SYSCALLS = [
    *faults(("fdatasync",), range(1, 12)),
    *faults(("pwrite64",), range(1, 131, 2)),
    *faults(("openat",), range(1, 19)),
    *faults(("unlink",), range(1, 9)),
    *faults(("ftruncate",), range(1, 7)),
    *(Fault(call, "error=ENOSPC", when, ever=True) for call in ("pwrite64", "fdatasync") for when in (3, 5, 8)),
]
"""Each call that SQLite makes on its files in so many rounds; of the writes, which are many, every other one."""

KILLS = 30


def play(url: str, word: Word, before: list[str] | None = None, rounds: int = ROUNDS) -> int:
    """Let a ledger record and sign, and listen to it until it ends."""
    command = [*DIE_WITH_THE_RUN, *(before or []), sys.executable, "-m", "tests.faults.ledgering", url, str(rounds)]
    environ = os.environ | {"HUB_LOG_LEVEL": "off"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            word.take(line)
    return process.returncode


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Word]:
    """A ledger with its tables made and a first round recorded and signed, and what was said of it."""
    folder, word = tmp_path_factory.mktemp("begun"), Word()
    assert play(f"sqlite:///{folder / 'audit.db'}", word, rounds=1) == 0
    return folder, word


@pytest.mark.sampled(4)
@pytest.mark.parametrize("fault", SYSCALLS, ids=str)
def test_whatever_call_fails_beneath_sqlite_nothing_acknowledged_is_lost_and_nothing_signed_denied(
    fault: Fault, begun: tuple[Path, Word], tmp_path: Path
):
    folder, trace = tmp_path / "audit", tmp_path / "trace"
    shutil.copytree(begun[0], folder)
    url, word = f"sqlite:///{folder / 'audit.db'}", deepcopy(begun[1])
    files = [folder, *(folder / f"audit.db{end}" for end in ("", "-wal", "-shm", "-journal"))]
    try:
        play(url, word, fault.before(files, trace))
    except ServerMissing as reason:
        without_server(reason)
    assert fault.met(trace), "the fault was met"
    assert list(violations(url, word)) == []
    heard = word.heard
    assert play(url, word, rounds=BEFORE) == 0
    assert word.heard > heard, "it goes on"
    assert list(violations(url, word)) == []


@pytest.mark.postgres
@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", range(KILLS))
def test_postgresql_may_be_killed_beneath_the_ledger_at_any_moment(number: int, postgres_server: Postgres):
    moment = random.Random(number).uniform(0.0, 0.9)
    with database(postgres_server, f"ledger_{number}") as url:
        word = Word()
        assert play(url, word, rounds=1) == 0
        running = threading.Thread(target=play, args=(url, word), kwargs={"rounds": 40})
        running.start()
        time.sleep(0.8 + moment)
        postgres_server.kill9()
        time.sleep(0.2)
        postgres_server.restart()
        running.join(60)
        assert list(violations(url, word)) == []
        heard = word.heard
        assert play(url, word, rounds=BEFORE) == 0
        assert word.heard > heard, "it goes on"
        assert list(violations(url, word)) == []
