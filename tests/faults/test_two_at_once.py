"""Two processes over one ledger: both may record, one signs, the other takes over, and no two heads exclude each other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from services.kernel.errors import ConcurrentChange
from services.kernel.tables import parked
from tests.faults.ledgering import BATCH, Ledgering, Word, violations
from tests.support.embedded import DIE_WITH_THE_RUN
from tests.support.waiting import until

pytestmark = pytest.mark.faults

OTHER = "referral"
ENOUGH = 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for the ledger."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/audit.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


class Signer:
    """A process that signs when it has the right to, and what it has said."""

    def __init__(self, url: str) -> None:
        self.word = Word()
        command = [*DIE_WITH_THE_RUN, sys.executable, "-m", "tests.faults.ledgering", url]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.word.take(line)

    def kill9(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listening.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


class Going:
    """Work that is done over and over in threads, each with connections of its own, as other processes do it."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self.threads: list[threading.Thread] = []
        self.failed: list[BaseException] = []

    def go(self, work: Callable[[], object], pause: float) -> None:
        thread = threading.Thread(target=self._work, args=(work, pause))
        self.threads.append(thread)
        thread.start()

    def _work(self, work: Callable[[], object], pause: float) -> None:
        while not self.ending.wait(pause):
            try:
                with suppress(ConcurrentChange):
                    work()
            except BaseException as failure:  # the test tells of it
                self.failed.append(failure)
                return

    def end(self) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()
        assert not self.failed


@pytest.fixture
def going() -> Iterator[Going]:
    made = Going()
    yield made
    made.end()


def test_what_two_processes_record_at_once_is_in_the_ledger_once_and_nothing_is_parked(url: str, going: Going):
    """INV-32"""
    # Were being overtaken held against an event, it would be parked at the first time.
    here, there = Ledgering(url, attempts=1), Ledgering(url, OTHER, attempts=1)
    each = 20 * BATCH
    going.go(lambda: here.store.cursor(here.publisher) < each and here.hear(), 0)
    going.go(lambda: there.store.cursor(there.publisher) < each and there.hear(), 0)
    both = (here, there)
    until(lambda: all(one.store.cursor(one.publisher) == each for one in both) or bool(going.failed), "not recorded")
    going.end()
    assert {row["reason"] for row in here.store.look().all(parked)} == set()
    assert list(violations(url, Word(heard=each))) == []
    for one in both:
        one.store.stop()


def test_of_two_who_may_sign_one_does_until_it_is_killed_and_then_the_other(url: str, going: Going):
    """INV-32"""
    recorder = Ledgering(url)
    recorder.hear()
    going.go(recorder.hear, 0.05)
    signers = (Signer(url), Signer(url))
    try:
        until(lambda: any(len(signer.word.signed) >= ENOUGH for signer in signers), "nobody signs")
        (first,), (second,) = ([s for s in signers if s.word.holds is so] for so in (True, False))
        assert not second.word.signed
        first.kill9()
        until(lambda: len(second.word.signed) >= ENOUGH, "nobody took over")
        assert max(second.word.signed) > max(first.word.signed)
        # One that signs without asking whether it may gets in the way, and nothing more.
        unruly, before = Ledgering(url), len(second.word.signed)
        going.go(unruly.signer.turn, 0)
        until(lambda: len(second.word.signed) >= before + ENOUGH, "it does not go on")
    finally:
        for signer in signers:
            signer.kill9()
    going.end()
    for signer in signers:
        assert list(violations(url, signer.word)) == []
    recorder.store.stop()
    unruly.store.stop()
