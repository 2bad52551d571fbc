"""The relay over a made-up wire: order, the confirmed prefix, what happens when the broker does not play along."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from time import monotonic, sleep

import msgspec
import pytest

from services.kernel import relay
from services.kernel.relay import (
    EVENTS,
    LOG,
    Output,
    Parcel,
    Receipt,
    Relay,
    StandBy,
    Window,
    WireLost,
    batches,
    singles,
)

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def raw(position: int, padding: int = 0) -> bytes:
    """A small envelope, or a large one."""
    return msgspec.json.encode(
        {"data": {"x": "x" * padding}, "position": position, "time": NOON, "type": f"thing.kind-{position % 3}"}
    )


class Book:
    """A log in memory."""

    name = "teller"

    def __init__(self, length: int = 0) -> None:
        self.raws = [raw(n) for n in range(1, length + 1)]
        self.moved: list[int] = []
        self.wakes: list[Callable[[], None]] = []
        self.away = False

    def head(self) -> int:
        return len(self.raws)

    def following(self, after: int, limit: int) -> list[bytes]:
        if self.away:
            raise ConnectionError("no database")
        return self.raws[after : after + limit]

    def refresh(self) -> int:
        return self.head()

    def relayed(self, output: str) -> int:
        return self.moved[-1] if self.moved else 0

    def move_relay(self, output: str, position: int) -> None:
        self.moved.append(position)

    def grow(self, count: int) -> None:
        self.raws += [raw(n) for n in range(len(self.raws) + 1, len(self.raws) + count + 1)]
        for wake in self.wakes:
            wake()


Say = Callable[[list[Parcel], int], Iterable[Receipt]]


def confirm_all(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
    """A broker that takes everything at once."""
    if len(parcels) > settled:
        yield Receipt("confirmed", len(parcels), True)


class FakeWire:
    """A wire that keeps what it was given and says what `say` says."""

    def __init__(self, say: Say = confirm_all) -> None:
        self.parcels: list[Parcel] = []
        self.say, self.settled, self.closed = say, 0, False

    def send(self, parcels: Sequence[Parcel]) -> None:
        self.parcels += parcels

    def settle(self, timeout: float) -> list[Receipt]:
        receipts = list(self.say(self.parcels, self.settled))
        self.settled = len(self.parcels)
        if not receipts:
            sleep(min(timeout, 0.001))
        return receipts

    def close(self) -> None:
        self.closed = True


class Running:
    """A relay in its thread, over the wires it is given one after the other."""

    def __init__(self, book: Book, output: Output, *wires: FakeWire | Exception) -> None:
        self.left = list(wires)
        self.relay = Relay(book, output, self.connect, pause=0.001)
        self.thread = threading.Thread(target=self.relay.run, daemon=True)
        book.wakes.append(self.relay.wake)

    def connect(self) -> FakeWire:
        wire = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(wire, Exception):
            raise wire
        return wire

    def __enter__(self) -> "Running":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.relay.stop()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def until(self, met: Callable[[], bool], seconds: float = 5) -> None:
        deadline = monotonic() + seconds
        while not met():
            assert monotonic() < deadline, "it did not come to pass"
            sleep(0.002)


def test_every_event_goes_out_once_in_order_and_is_remembered() -> None:
    book, wire = Book(3_500), FakeWire()
    with Running(book, EVENTS, wire) as running:
        running.until(lambda: running.relay.position == 3_500)
        book.grow(20)
        running.until(lambda: running.relay.position == 3_520)
    assert [p.first for p in wire.parcels] == list(range(1, 3_521))
    assert [p.body for p in wire.parcels] == book.raws
    assert book.moved[-1] == 3_520
    assert wire.closed


def test_it_does_not_rest_while_the_log_holds_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def a_window_at_a_time(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
        if len(parcels) == settled:
            yield Receipt("confirmed", len(parcels), True)

    monkeypatch.setattr(relay, "IDLE_SECONDS", 60)
    book, wire = Book(2 * EVENTS.window), FakeWire(a_window_at_a_time)
    with Running(book, EVENTS, wire) as running:
        running.until(lambda: running.relay.position == 2 * EVENTS.window)


def test_the_position_is_not_written_for_every_batch() -> None:
    book, wire = Book(0), FakeWire()
    with Running(book, LOG, wire) as running:
        for n in range(1, 51):
            book.grow(1)
            running.until(lambda n=n: running.relay.position == n)
    assert len(book.moved) <= 3


def test_the_prefix_stops_before_the_first_unconfirmed() -> None:
    window = Window(10)
    for parcel in singles(11, [raw(n) for n in range(11, 16)]):
        window.add(parcel, 0.0)
    window.confirm(2, False)
    assert window.confirmed == 10
    window.confirm(1, False)
    assert window.confirmed == 12
    window.confirm(4, True)
    assert (window.confirmed, len(window)) == (14, 1)
    window.confirm(5, False)
    assert (window.confirmed, len(window), window.since) == (15, 0, None)


def test_a_batch_holds_the_stored_bytes_and_no_more_than_200_or_64_kib() -> None:
    small = [raw(n) for n in range(1, 451)]
    parcels = list(batches(1, small))
    assert [(p.first, p.last) for p in parcels] == [(1, 200), (201, 400), (401, 450)]
    assert parcels[0].body == b"[" + b",".join(small[:200]) + b"]"
    large = [raw(n, 30_000) for n in range(1, 5)]
    assert [(p.first, p.last) for p in batches(1, large)] == [(1, 2), (3, 4)]
    huge = [raw(n, 70_000) for n in range(1, 3)]
    assert [(p.first, p.last) for p in batches(1, huge)] == [(1, 1), (2, 2)]


def test_single_events_are_routed_by_their_type() -> None:
    assert [p.key for p in singles(1, [raw(1), raw(2)])] == ["thing.kind-1", "thing.kind-2"]


@pytest.mark.parametrize("trouble", [WireLost("cut"), RuntimeError("a fault of ours")])
def test_after_a_lost_wire_it_goes_on_from_the_confirmed_prefix(trouble: Exception) -> None:
    def half(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
        if settled:
            raise trouble
        yield Receipt("confirmed", 300, True)

    book, second = Book(1_000), FakeWire()
    with Running(book, EVENTS, FakeWire(half), second) as running:
        running.until(lambda: running.relay.position == 1_000)
    assert [p.first for p in second.parcels] == list(range(301, 1_001))


def test_refused_messages_are_sent_again() -> None:
    second = FakeWire()
    with Running(Book(5), EVENTS, FakeWire(lambda p, s: [Receipt("refused", 1, False)]), second) as running:
        running.until(lambda: running.relay.position == 5)
    assert len(second.parcels) == 5


def test_a_single_event_nobody_listens_for_is_passed_over() -> None:
    def returned(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
        for n in range(settled + 1, len(parcels) + 1):
            yield Receipt("returned")
            yield Receipt("confirmed", n, False)

    with Running(Book(5), EVENTS, FakeWire(returned)) as running:
        running.until(lambda: running.relay.position == 5)


def test_a_batch_nobody_takes_stays_until_somebody_does() -> None:
    def returned(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
        return [Receipt("returned"), Receipt("confirmed", len(parcels), True)]

    book, last = Book(5), FakeWire()
    with Running(book, LOG, FakeWire(returned), FakeWire(returned), last) as running:
        running.until(lambda: running.relay.position == 5)
    assert [(p.first, p.last) for p in last.parcels] == [(1, 5)]


def test_a_broker_that_confirms_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "CONFIRM_SECONDS", 0.05)
    silent, second = FakeWire(lambda p, s: []), FakeWire()
    with Running(Book(5), LOG, silent, second) as running:
        running.until(lambda: running.relay.position == 5)
    assert silent.closed


def test_one_who_stands_by_takes_over_from_where_the_other_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "STANDBY_SECONDS", 0.02)
    book, wire = Book(10), FakeWire()
    book.moved.append(4)
    with Running(book, EVENTS, StandBy("another relays"), StandBy("still"), wire) as running:
        running.until(lambda: running.relay.position == 10)
    assert [p.first for p in wire.parcels] == [5, 6, 7, 8, 9, 10]


def test_it_outlives_a_database_that_goes_away() -> None:
    book, wire = Book(5), FakeWire()
    book.away = True
    with Running(book, EVENTS, wire) as running:
        running.until(lambda: running.relay.state == "failing")
        book.away = False
        running.until(lambda: running.relay.position == 5)


def test_when_stopped_it_waits_for_what_is_on_its_way() -> None:
    gate = threading.Event()

    def late(parcels: list[Parcel], settled: int) -> Iterable[Receipt]:
        if gate.is_set() and parcels:
            yield Receipt("confirmed", len(parcels), True)

    book, wire = Book(7), FakeWire(late)
    running = Running(book, LOG, wire)
    with running:
        running.until(lambda: bool(wire.parcels))
        threading.Timer(0.1, gate.set).start()
    assert book.moved == [7]
    assert running.relay.state == "stopped"
