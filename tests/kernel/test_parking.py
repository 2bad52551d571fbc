"""What cannot be handled is set aside with its reason; its stream waits behind it in order, all others flow."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.kernel.cursor import ATTEMPTS, Consumer
from services.kernel.errors import NotFound, Refused
from services.kernel.heard import Heard
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Message
from services.kernel.store import Store
from services.kernel.tables import attempt
from tests.kernel.play import HEARER, Teller, notes, rows, whenever

A, B = UUID(int=0xA), UUID(int=0xB)
TALE_A, TALE_B = f"tale/{A}", f"tale/{B}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for the hearer."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/hearer.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """A publisher."""
    made = Teller(f"sqlite:///{tmp_path}/teller.db")
    yield made
    made.store.stop()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """The hearer's store."""
    made = Store(HEARER, url)
    made.start()
    yield made
    made.stop()


class Fault:
    """A policy with a fault that can be repaired."""

    def __init__(self) -> None:
        self.repaired = False
        self.tries = 0

    def __call__(self, message: Message, look: Look) -> list[Do]:
        if message.event is not None and message.event.word == "break":
            self.tries += 1
            if not self.repaired:
                raise ZeroDivisionError("a fault in a policy")
        return whenever(message, look) if message.event.word != "break" else []


@pytest.fixture
def fault() -> Fault:
    """The fault of this test."""
    return Fault()


@pytest.fixture
def hearer(store: Store, teller: Teller, fault: Fault) -> Consumer:
    """A consumer with a faulty policy."""
    return consumer(store, teller, replace(HEARER, whenever=fault))


def consumer(store: Store, teller: Teller, manifest: Manifest = HEARER) -> Consumer:
    """A consumer that does not sleep."""
    return Consumer(manifest, store, teller.pull, pause=lambda seconds: None)


def aside(hearer: Consumer) -> list[tuple[int, str, str]]:
    """What is parked: position, stream, state."""
    return [(held.position, held.stream, held.state) for held in hearer.parking.all()]


def break_and_wait(teller: Teller, hearer: Consumer) -> None:
    """One message of A breaks; two more of A and two of B come after it."""
    teller.tell((A, "once", 1), (A, "break", 2), (B, "once", 1), (A, "once", 3), (B, "once", 2), (A, "once", 4))
    hearer.catch_up("teller")


def test_its_stream_waits_and_all_others_flow(store: Store, teller: Teller, hearer: Consumer, fault: Fault) -> None:
    break_and_wait(teller, hearer)
    assert rows(store) == {TALE_A: (1, 1), TALE_B: (2, 2)}
    assert aside(hearer) == [(2, TALE_A, "poison"), (4, TALE_A, "waiting"), (6, TALE_A, "waiting")]
    assert store.cursor("teller") == 6
    poison = hearer.parking.all()[0]
    assert (poison.reason, poison.attempts) == ("ZeroDivisionError: a fault in a policy", ATTEMPTS)
    assert poison.raw == teller.events(2, 2)[0]
    assert fault.tries == 1 + ATTEMPTS  # once with its batch, then alone
    assert store.look().all(attempt) == []


def test_later_ones_wait_also_after_a_restart(store: Store, teller: Teller, hearer: Consumer) -> None:
    break_and_wait(teller, hearer)
    teller.tell((A, "once", 5), (B, "once", 3))
    consumer(store, teller).catch_up("teller")
    assert aside(hearer)[-1] == (7, TALE_A, "waiting")
    assert rows(store) == {TALE_A: (1, 1), TALE_B: (3, 3)}


def test_replay_puts_it_back_in_order_and_those_behind_follow(
    store: Store, teller: Teller, hearer: Consumer, fault: Fault
) -> None:
    break_and_wait(teller, hearer)
    fault.repaired = True
    hearer.parking.replay("teller", 2)
    hearer.replay("teller")
    assert rows(store)[TALE_A] == (4, 4)
    assert aside(hearer) == []
    teller.tell((A, "once", 5))
    hearer.catch_up("teller")
    assert rows(store)[TALE_A] == (5, 5)


def test_a_replay_that_fails_again_leaves_all_as_it_was(store: Store, teller: Teller, hearer: Consumer) -> None:
    break_and_wait(teller, hearer)
    hearer.parking.replay("teller", 2)
    hearer.replay("teller")
    assert [state for _, _, state in aside(hearer)] == ["poison", "waiting", "waiting"]
    assert hearer.parking.all()[0].attempts == ATTEMPTS + 1
    assert rows(store)[TALE_A] == (1, 1)


def test_a_discarded_message_stays_on_record_and_those_behind_go_on(
    store: Store, teller: Teller, hearer: Consumer
) -> None:
    break_and_wait(teller, hearer)
    hearer.parking.discard("teller", 2, "told-by-mistake")
    teller.tell((A, "once", 5))
    hearer.catch_up("teller")
    hearer.replay("teller")
    assert rows(store)[TALE_A] == (4, 5)
    assert aside(hearer) == [(2, TALE_A, "discarded")]
    assert hearer.parking.all()[0].reason == "told-by-mistake (was: ZeroDivisionError: a fault in a policy)"
    teller.tell((A, "once", 6))
    hearer.catch_up("teller")
    assert rows(store)[TALE_A] == (5, 6)


def test_one_that_waits_cannot_overtake_the_one_before_it(teller: Teller, hearer: Consumer) -> None:
    break_and_wait(teller, hearer)
    with pytest.raises(Refused):
        hearer.parking.replay("teller", 4)
    with pytest.raises(NotFound):
        hearer.parking.discard("teller", 3, "why-not")


def test_what_cannot_be_decoded_is_parked_with_its_bytes(store: Store, teller: Teller, hearer: Consumer) -> None:
    teller.tell((A, "once", 1), (B, "once", 1), (A, "once", 2), (B, "once", 2))
    raws = teller.events()
    raws[0] = raws[0].replace(b'"number":1', b'"number":"one"')
    raws[1] = b'{"no":"event"}'
    hearer.hear(Heard("teller", 1, raws))
    assert aside(hearer) == [(1, TALE_A, "poison"), (2, "", "poison"), (3, TALE_A, "waiting")]
    assert [held.raw for held in hearer.parking.all()] == raws[:3]
    assert rows(store) == {TALE_B: (1, 2)}


def test_an_event_under_a_false_position_is_parked(teller: Teller, hearer: Consumer) -> None:
    teller.tell((A, "once", 1), (B, "once", 1))
    hearer.hear(Heard("teller", 1, list(reversed(teller.events()))))
    assert [held.reason for held in hearer.parking.all()] == [
        "says to be teller 2", "says to be teller 1",
    ]  # fmt: skip


def test_one_failure_in_a_batch_does_not_undo_the_others(store: Store, teller: Teller, hearer: Consumer) -> None:
    hearer._place("teller").careful = 0
    parts = [(B, "note-b", n) for n in range(1, 100)]
    teller.tell(*parts[:50], (A, "break", 1), *parts[50:])
    hearer.catch_up("teller")
    assert rows(store) == {TALE_B: (99, 99)}
    assert len(notes(store)) == 99
    assert aside(hearer) == [(51, TALE_A, "poison")]


def test_a_database_that_is_away_is_nobodys_fault(store: Store, teller: Teller, hearer: Consumer) -> None:
    from services.kernel.errors import Unavailable

    teller.tell((A, "once", 1))
    submit = store.submit
    for _ in range(ATTEMPTS * 2):
        store.submit = lambda unit: (_ for _ in ()).throw(Unavailable("away"))  # type: ignore[assignment]
        with pytest.raises(Unavailable):
            hearer.catch_up("teller")
    store.submit = submit  # type: ignore[method-assign]
    hearer.catch_up("teller")
    assert rows(store) == {TALE_A: (1, 1)}
    assert aside(hearer) == []


DIES = """
import os, sys
from dataclasses import replace
from services.kernel.cursor import Consumer
from services.kernel.store import Store
from tests.kernel.play import HEARER, Teller

def whenever(message, look):
    if message.event.word == "deadly":
        os.kill(os.getpid(), 9)
    return []

store = Store(HEARER, sys.argv[1])
store.start()
teller = Teller(sys.argv[2])
consumer = Consumer(replace(HEARER, whenever=whenever), store, teller.pull, attempts=3, pause=lambda seconds: None)
consumer.catch_up("teller")
print("level", consumer.position("teller"))
os._exit(0)
"""


def test_a_message_that_kills_its_process_is_parked_too(
    store: Store, url: str, teller: Teller, tmp_path: Path, hearer: Consumer
) -> None:
    teller.tell((A, "once", 1), (B, "deadly", 1), (A, "once", 2), (B, "once", 2))
    arguments = [sys.executable, "-c", DIES, url, f"sqlite:///{tmp_path}/teller.db"]
    ends = []
    for _ in range(8):
        ended = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
        ends.append(ended.returncode)
        if ended.returncode == 0:
            break
        assert ended.returncode == -9, ended.stderr
    assert ends == [-9, -9, -9, 0]
    assert rows(store) == {TALE_A: (2, 2)}
    assert aside(hearer) == [(2, TALE_B, "poison"), (4, TALE_B, "waiting")]
    assert hearer.parking.all()[0].reason == "the process ended each time this was handled"


def test_restarts_in_peace_park_nothing(store: Store, teller: Teller) -> None:
    for n in range(1, ATTEMPTS * 3):
        consumer(store, teller).catch_up("teller")
        if n % 3 == 0:
            teller.tell((A, "once", n // 3))
    made = consumer(store, teller)
    made.catch_up("teller")
    assert aside(made) == []
