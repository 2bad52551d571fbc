"""A witness may be killed at any moment, and its disk may fail: it never forgets what it answered, nor cosigns a fork."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from services.kernel.tlog import note
from services.kernel.tlog.checkpoint import Checkpoint, read
from tests.conftest import without_server
from tests.faults.forking import Playing, Template
from tests.support.servers import ServerMissing
from tests.support.strace import KILL, Fault, faults
from tests.support.toylog import ToyLog
from wushe.witness.book import Book
from wushe.witness.home import Home

pytestmark = pytest.mark.faults

LOG, FORK = ToyLog(), ToyLog(story="?", turns_at=5)
SIZES = (5, 6, 9, 14, 22, 30)

EVERY = [
    *faults(("openat",), range(1, 31)),
    *faults(("pwrite64",), range(1, 61)),
    *faults(("fdatasync",), range(1, 31)),
    *faults(("unlink",), range(1, 12)),
]
"""A request that is cosigned opens, writes, syncs and unlinks ten, twenty, ten and two times: these are three of them."""


@dataclass
class Run:
    """The real program with a fault in it, asked in turn for heads of two stories of one log."""

    home: Path
    fault: Fault | None = None
    answered: list[Checkpoint] = field(default_factory=list)

    def play(self, template: Template) -> None:
        """Until all was asked, or nobody answers any more."""
        files = [self.home, self.home / "book.db", self.home / "book.db-journal"]
        playing = template.begin((str(self.home),), self.fault, files, self.home / "trace")
        try:
            port = listening(playing)
            if port is not None:
                self.ask(f"http://127.0.0.1:{port}/add-checkpoint")
            if self.fault and self.fault.error == KILL:
                playing.has_ended(2)  # strace tells of it last
        finally:
            playing.kill()

    def ask(self, url: str) -> None:
        with requests.Session() as session, contextlib.suppress(requests.RequestException):
            for size in SIZES:
                for log in (FORK, LOG):
                    self.send(session, url, log, size)

    def send(self, session: requests.Session, url: str, log: ToyLog, size: int) -> None:
        """As a log does: with the size that the witness says it has seen."""
        old = 0
        for _ in range(2):
            answer = session.post(url, data=log.asks(old, size), timeout=10)
            if answer.status_code == 200:
                head = log.head(size)
                (made,) = note.signatures(answer.text)
                assert Home(self.home).signer.verifier.check(head.text, made)
                self.answered.append(head)
            if answer.status_code != 409 or not answer.text[:-1].isdigit() or int(answer.text) > size:
                return
            old = int(answer.text)


def listening(playing: Playing) -> str | None:
    """Where it listens, once it does; None where it has ended before."""
    while True:
        ended = playing.has_ended(0.005)
        found = re.search(r"listening on .*:(\d+)\n", "".join(playing.lines()))
        if found or ended:
            return found[1] if found else None


def one_history(heads: Sequence[Checkpoint]) -> bool:
    """Whether one of the two stories has all of these heads."""
    return any(all(story.head(head.size) == head for head in heads) for story in (LOG, FORK))


def violations(home: Path, answered: list[Checkpoint]) -> Iterator[str]:
    """What a witness must never do, looked for in what it answered and in what it remembers."""
    if not one_history(answered):
        yield "it cosigned two heads that exclude each other"
    seen = Book(home / "book.db").seen(LOG.name)
    largest = max((head.size for head in answered), default=0)
    if largest and (seen is None or seen.head.size < largest):
        yield f"it answered for {largest} and remembers {seen.head.size if seen else None}"
    if seen and not one_history([*answered, read(seen.note.text)]):
        yield "it remembers another history than it answered for"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """What the witnesses of this module are forked from."""
    with Template("tests.faults.witnessing", tmp_path_factory.mktemp("template")) as template:
        yield template


@pytest.mark.sampled(12)
@pytest.mark.parametrize("fault", EVERY, ids=str)
def test_a_witness_keeps_its_word_whatever_fails_in_it(fault: Fault, template: Template, tmp_path: Path):
    made = home_of(tmp_path)
    broken = Run(made.path, fault)
    try:
        broken.play(template)
    except ServerMissing as reason:
        without_server(reason)
    assert fault.met(made.path / "trace"), "the fault was met"
    again = Run(made.path)
    again.play(template)
    assert list(violations(made.path, broken.answered + again.answered)) == []
    assert again.answered[-1].size == SIZES[-1], "it goes on where it stood"


def home_of(folder: Path) -> Home:
    """A witness that knows the log, and has cosigned its first five entries."""
    home = Home(folder / "w")
    home.make("lotus.example/witness")
    home.trust(str(LOG.signer.verifier))
    book = Book(home.book)
    book.make()
    return home
