"""The ledger under fire: whatever fails beneath it, what it acknowledged is there, and what it signed it never denies.

A violation is a signed head that the stored entries do not give, an acknowledged entry that is lost, a head that denies
an earlier one, or a flaw that fsck finds. More than three hundred faults are always tried, in rows: the next one meets a
ledger that has met those before. `make faults ARGS=--all-faults` tries every fault on a ledger of its own too, 360 here and
393 of witnesses, of which a sample is tried always.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import without_server
from tests.faults.forking import Template
from tests.faults.ledgering import Word, violations
from tests.support.servers import Postgres, ServerMissing, database
from tests.support.strace import KILL, Fault, faults

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

ROWS = {"fdatasync": 5, "pwrite64": 37, "openat": 13, "unlink": 4, "ftruncate": 3}
"""Of each call one in so many fails: more often, and nothing would ever be done."""
IN_A_ROW, DIED, LEAST = 12, 12, 61
"""Rounds that a ledger plays while calls fail; how often it is killed besides; how many faults a row has at least."""

KILLS = 30


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """What the ledgers of this module are forked from."""
    with Template("tests.faults.ledgering", tmp_path_factory.mktemp("template")) as template:
        yield template


def play(template: Template, url: str, word: Word, rounds: int = ROUNDS, **fault: Any) -> int:
    """Let a ledger record and sign until it ends, and hear what it says."""
    playing = template.begin((url, rounds), **fault)
    code = playing.wait()
    for line in playing.lines():
        word.take(line)
    return code


@pytest.fixture(scope="module")
def begun(template: Template, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Word]:
    """A ledger with its tables made and a first round recorded and signed, and what was said of it."""
    folder, word = tmp_path_factory.mktemp("begun"), Word()
    assert play(template, f"sqlite:///{folder / 'audit.db'}", word, rounds=1) == 0
    return folder, word


@pytest.mark.parametrize("call", ROWS)
def test_a_ledger_that_meets_sixty_faults_in_a_row_keeps_its_word(
    call: str, begun: tuple[Path, Word], template: Template, tmp_path: Path
):
    folder, trace = tmp_path / "audit", tmp_path / "trace"
    shutil.copytree(begun[0], folder)
    url, word, met = f"sqlite:///{folder / 'audit.db'}", deepcopy(begun[1]), 0
    files = [folder, *(folder / f"audit.db{end}" for end in ("", "-wal", "-shm", "-journal"))]
    for fault in in_a_row(call):
        if met >= LEAST:
            break
        trace.unlink(missing_ok=True)
        try:
            play(template, url, word, rounds=IN_A_ROW, fault=fault, files=files, trace=trace)
        except ServerMissing as reason:
            without_server(reason)
        met += fault.times(trace)
    assert met >= LEAST
    assert list(violations(url, word)) == []
    heard = word.heard
    assert play(template, url, word, rounds=BEFORE) == 0
    assert word.heard > heard, "it goes on"
    assert list(violations(url, word)) == []


def in_a_row(call: str) -> Iterator[Fault]:
    """It is killed in the call, each time a little later; then the call fails now and then, until that is enough."""
    step = ROWS[call]
    yield from (Fault(call, KILL, when) for when in range(1, DIED + 1))
    for turn in range(40):
        yield Fault(call, ("error=EIO", "error=ENOSPC")[turn % 2], 1 + turn % step, step=step)


@pytest.mark.sampled(6)
@pytest.mark.parametrize("fault", SYSCALLS, ids=str)
def test_whatever_call_fails_beneath_sqlite_nothing_acknowledged_is_lost_and_nothing_signed_denied(
    fault: Fault, begun: tuple[Path, Word], template: Template, tmp_path: Path
):
    folder, trace = tmp_path / "audit", tmp_path / "trace"
    shutil.copytree(begun[0], folder)
    url, word = f"sqlite:///{folder / 'audit.db'}", deepcopy(begun[1])
    files = [folder, *(folder / f"audit.db{end}" for end in ("", "-wal", "-shm", "-journal"))]
    try:
        play(template, url, word, fault=fault, files=files, trace=trace)
    except ServerMissing as reason:
        without_server(reason)
    assert fault.met(trace), "the fault was met"
    assert list(violations(url, word)) == []
    heard = word.heard
    assert play(template, url, word, rounds=BEFORE) == 0
    assert word.heard > heard, "it goes on"
    assert list(violations(url, word)) == []


@pytest.mark.postgres
@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", range(KILLS))
def test_postgresql_may_be_killed_beneath_the_ledger_at_any_moment(
    number: int, postgres_server: Postgres, template: Template
):
    moment = random.Random(number).uniform(0.0, 0.9)
    with database(postgres_server, f"ledger_{number}") as url:
        word = Word()
        assert play(template, url, word, rounds=1) == 0
        running = threading.Thread(target=play, args=(template, url, word), kwargs={"rounds": 40})
        running.start()
        time.sleep(0.8 + moment)
        postgres_server.kill9()
        time.sleep(0.2)
        postgres_server.restart()
        running.join(60)
        assert list(violations(url, word)) == []
        heard = word.heard
        assert play(template, url, word, rounds=BEFORE) == 0
        assert word.heard > heard, "it goes on"
        assert list(violations(url, word)) == []
