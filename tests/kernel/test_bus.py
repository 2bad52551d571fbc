"""The bus as it runs: over a real RabbitMQ and within one process, with what goes wrong there."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import amqp
import pytest

from services.kernel import cursor
from services.kernel.entrypoints import bus
from services.kernel.entrypoints.bus import BusRuntime
from services.kernel.entrypoints.feed import Feed, Letter
from services.kernel.entrypoints.rabbit import RabbitWire, connect, part
from services.kernel.manifest import Manifest
from services.kernel.relay import EVENTS, LOG, StandBy, singles
from services.kernel.store import Store
from tests.kernel.play import HEARER, TELLER, Teller, rows, until
from tests.support.servers import Rabbit

A, B = UUID(int=0xA), UUID(int=0xB)
TALE_A = f"tale/{A}"


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """A publisher."""
    made = Teller(f"sqlite:///{tmp_path}/teller.db")
    yield made
    made.store.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The hearer's store."""
    made = Store(HEARER, f"sqlite:///{tmp_path}/hearer.db")
    made.start()
    yield made
    made.stop()


@pytest.fixture(params=["memory", pytest.param("rabbit", marks=pytest.mark.broker)])
def url(request: pytest.FixtureRequest) -> str:
    """A broker of this test's own."""
    if request.param == "memory":
        from kombu.transport.memory import Channel, Transport

        Transport.global_state.clear()
        Channel.queues.clear()
        return "memory://"
    found: str = request.getfixturevalue("rabbit_url")
    return found


@contextmanager
def running(*runtimes: BusRuntime) -> Iterator[None]:
    """These, from start to stop."""
    for runtime in runtimes:
        runtime.start()
    try:
        yield
    finally:
        for runtime in runtimes:
            runtime.stop()
        assert not any(thread.is_alive() for runtime in runtimes for thread in runtime._threads)


def speaking(teller: Teller, url: str, **options: Any) -> BusRuntime:
    """The teller's side of the bus."""
    return BusRuntime(TELLER, teller.store, url, {}, "", **options)


def listening(store: Store, url: str, teller: Teller, manifest: Manifest = HEARER) -> BusRuntime:
    """The hearer's side of the bus."""
    return BusRuntime(manifest, store, url, {}, "", pull=teller.pull)


def no_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the start, rely on the bus alone."""
    monkeypatch.setattr(bus, "NET_SECONDS", 3600.0)


def test_what_one_tells_the_other_hears(
    url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    with running(speaking(teller, url), listening(store, url, teller)):
        until(lambda: bool(teller.pulls))
        head = teller.tell_many(2_000, [A, B])
        until(lambda: store.cursor("teller") == head)
    assert rows(store) == {TALE_A: (1_000, 1_000), f"tale/{B}": (1_000, 1_000)}


def test_what_was_told_before_anybody_listened_is_pulled(url: str, teller: Teller, store: Store) -> None:
    head = teller.tell_many(1_500, [A])
    with running(listening(store, url, teller)):
        until(lambda: store.cursor("teller") == head)
    assert rows(store) == {TALE_A: (1_500, 1_500)}


def test_what_has_no_effect_is_heard_at_once_and_acknowledged_once_the_cursor_has_followed(
    url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    monkeypatch.setattr(cursor, "PASSED_SECONDS", 3600.0)
    done: list[int] = []
    deaf = replace(HEARER, project_heard=lambda message: ())
    hearer = listening(store, url, teller, deaf)
    connect = hearer.listener._connect  # type: ignore[union-attr]
    hearer.listener._connect = lambda: noting(connect(), done)  # type: ignore[union-attr]
    hearer.consumer._place("teller").careful = 0
    with running(speaking(teller, url), hearer):
        until(lambda: bool(teller.pulls))
        head = teller.tell_many(20, [A])
        until(lambda: hearer.heard("teller") == head)
        assert (store.cursor("teller"), done) == (0, [])
    assert (store.cursor("teller"), max(done)) == (head, head)


def noting(feed: Feed, done: list[int]) -> Feed:
    """The feed; how far it was told that letters were done is noted."""
    tell = feed.done

    def told(letters: Sequence[Letter]) -> None:
        done.append(letters[-1].last)
        tell(letters)

    feed.done = told  # type: ignore[method-assign]
    return feed


def test_both_go_on_after_a_restart(url: str, teller: Teller, store: Store) -> None:
    for n in range(3):
        with running(speaking(teller, url), listening(store, url, teller)):
            head = teller.tell_many(100, [A])
            until(lambda head=head: store.cursor("teller") == head)
        assert store.cursor("teller") == (n + 1) * 100
    until(lambda: teller.store.relayed("log") == 300)
    assert rows(store)[TALE_A][0] == 300


def test_quick_from_told_to_heard(url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    no_net(monkeypatch)
    with running(speaking(teller, url, single_events=False), listening(store, url, teller)):
        until(lambda: bool(teller.pulls))
        teller.tell((A, "once", 0))
        until(lambda: store.cursor("teller") == 1)
        waits = []
        for n in range(1, 31):
            begun = monotonic()
            head = teller.tell((A, "once", n))
            while store.cursor("teller") < head:
                assert monotonic() < begun + 5
                sleep(0.0005)
            waits.append(monotonic() - begun)
            sleep(0.01)
    assert sorted(waits)[15] < 0.1, waits


def test_health_says_how_each_part_is_doing(url: str, teller: Teller, store: Store) -> None:
    speaker, listener = speaking(teller, url), listening(store, url, teller)
    with running(speaker, listener):
        teller.tell((A, "once", 1))
        until(lambda: speaker.health()["log"]["position"] == 1)
        until(lambda: listener.health()["listener"]["connected"])
        assert speaker.health()["log"]["state"] == "relaying"
        assert speaker.health()["alive"] and listener.health()["alive"]
    assert speaker.health()["log"]["state"] == "stopped"


# --- RabbitMQ ---


@pytest.mark.broker
def test_only_one_process_relays_an_output(rabbit_url: str) -> None:
    first = RabbitWire(rabbit_url, "teller", LOG)
    with pytest.raises(StandBy):
        RabbitWire(rabbit_url, "teller", LOG)
    other = RabbitWire(rabbit_url, "teller", EVENTS)
    first.close()
    RabbitWire(rabbit_url, "teller", LOG).close()
    other.close()


@pytest.mark.broker
def test_single_events_are_confirmed_returned_and_delivered(rabbit_url: str, teller: Teller) -> None:
    teller.tell((A, "once", 1), (A, "upon", 2))
    parcels = list(singles(1, teller.events()))
    wire = RabbitWire(rabbit_url, "teller", EVENTS)
    wire.send(parcels)
    assert sorted(receipts(wire, 3)) == ["confirmed", "confirmed", "returned"], "one tells whether anybody listens"
    with raw_channel(rabbit_url) as channel:
        channel.queue_declare("mine", durable=True, auto_delete=False)
        channel.queue_bind("mine", "teller.events", "tale.*")
        wire.send(parcels)
        assert set(receipts(wire, 1)) == {"confirmed"}
        until(lambda: channel.queue_declare("mine", passive=True).message_count == 2)
        message = channel.basic_get("mine", no_ack=True)
    assert (
        message.body.encode() == parcels[0].body if isinstance(message.body, str) else message.body == parcels[0].body
    )
    assert message.properties["content_type"] == "application/json"
    assert message.properties["delivery_mode"] == 2
    assert message.delivery_info["routing_key"] == "tale.told"
    wire.close()


def receipts(wire: RabbitWire, least: int) -> list[str]:
    """What the broker says, until it has said so much."""
    said: list[str] = []
    deadline = monotonic() + 5
    while len(said) < least:
        assert monotonic() < deadline, said
        said += [receipt.outcome for receipt in wire.settle(0.1)]
    return said


@contextmanager
def raw_channel(url: str) -> Iterator[amqp.Channel]:
    """A channel of an outsider."""
    connection = connect(url, "test")
    try:
        yield connection.channel()
    finally:
        part(connection)


STOCK = """
import eventlet
eventlet.monkey_patch()
import json, sys
from nameko.containers import ServiceContainer
from nameko.events import event_handler

class Listener:
    name = "somebody_else"

    @event_handler("teller", "tale.told")
    def on_told(self, payload):
        print(json.dumps(payload), flush=True)

container = ServiceContainer(Listener, config={"AMQP_URI": sys.argv[1]})
container.start()
print("ready", flush=True)
container.wait()
"""


@pytest.mark.broker
def test_a_stock_nameko_service_hears_our_events(rabbit_url: str, teller: Teller) -> None:
    listener = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", STOCK, rabbit_url], stdout=subprocess.PIPE, text=True
    )
    try:
        assert listener.stdout is not None
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.extend(iter(listener.stdout.readline, "")), daemon=True)  # type: ignore[union-attr]
        reader.start()
        until(lambda: "ready\n" in lines, 20)
        with running(speaking(teller, rabbit_url)):
            teller.tell((A, "once", 7))
            until(lambda: len(lines) == 2, 10)
    finally:
        listener.terminate()
        listener.wait(10)
        listener.stdout.close()  # type: ignore[union-attr]
    payload = json.loads(lines[1])
    assert payload == json.loads(teller.events()[0])
    assert (payload["type"], payload["subject"], payload["data"]) == (
        "tale.told",
        TALE_A,
        {"number": 7, "word": "once"},
    )


@pytest.mark.broker
def test_a_log_nobody_takes_waits_until_somebody_does(
    rabbit_url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    teller.away = True
    speaker = speaking(teller, rabbit_url, single_events=False)
    with running(speaker):
        teller.tell((A, "once", 1))
        until(lambda: speaker.relays["log"].state == "failing")
        assert teller.store.relayed("log") == 0
        with running(listening(store, rabbit_url, teller)):
            until(lambda: store.cursor("teller") == 1, 20)
    assert rows(store) == {TALE_A: (1, 1)}


@pytest.mark.broker
def test_rubbish_in_the_queue_is_kept_apart_and_stops_nothing(
    rabbit_url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    listener = listening(store, rabbit_url, teller)
    with running(speaking(teller, rabbit_url), listener), raw_channel(rabbit_url) as channel:
        head = teller.tell_many(10, [A])
        until(lambda: store.cursor("teller") == head)
        rubbish = [
            amqp.Message(b"\x00 no json"),
            amqp.Message(b"[]", application_headers={"first": 11, "last": 12}),
            amqp.Message(b'[{"a":1}]', application_headers={"first": "x", "last": None}),
        ]
        for message in rubbish:
            channel.basic_publish(message, "teller.log")
        head = teller.tell_many(10, [B])
        until(lambda: store.cursor("teller") == head)
        until(lambda: channel.queue_declare("hearer.dead", passive=True).message_count == 3)
        assert listener.health()["alive"]


@pytest.mark.broker
def test_two_processes_share_the_work_and_one_takes_over(
    rabbit_url: str, teller: Teller, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    other_store = Store(HEARER, f"sqlite:///{tmp_path}/hearer.db")
    other_store.start()
    first, second = listening(store, rabbit_url, teller), listening(other_store, rabbit_url, teller)
    with running(speaking(teller, rabbit_url)), running(second):
        with running(first):
            head = teller.tell_many(700, [A])
            until(lambda: store.cursor("teller") == head)
        head = teller.tell_many(700, [A])
        until(lambda: store.cursor("teller") == head)
    other_store.stop()
    assert rows(store)[TALE_A][0] == 1_400


@pytest.mark.broker
@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_when_the_broker_is_killed(
    rabbit: Rabbit, rabbit_url: str, teller: Teller, store: Store
) -> None:
    streams = [uuid4() for _ in range(10)]
    ended = threading.Event()

    def talk() -> None:
        while not ended.is_set():
            teller.tell_many(20, streams)
            sleep(0.05)

    talker = threading.Thread(target=talk)
    with running(speaking(teller, rabbit_url), listening(store, rabbit_url, teller)):
        talker.start()
        # A quorum queue younger than some seconds may stay without a leader when its single node is killed (3.10).
        sleep(7)
        for _ in range(2):
            sleep(1)
            rabbit.kill9()
            sleep(1)
            rabbit.restart()
        sleep(1)
        rabbit.close_connections()
        sleep(1)
        ended.set()
        talker.join()
        head = teller.store.head()
        until(lambda: store.cursor("teller") == head, 60)
        until(lambda: teller.store.relayed("log") == head, 60)
    assert sum(times for times, _ in rows(store).values()) == head


@pytest.mark.broker
@pytest.mark.faults
def test_a_purged_queue_is_made_up_for_by_pulling(
    rabbit: Rabbit, rabbit_url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_net(monkeypatch)
    with running(listening(store, rabbit_url, teller)):
        until(lambda: bool(teller.pulls))
    with running(speaking(teller, rabbit_url, single_events=False)):
        head = teller.tell_many(500, [A])
        until(lambda: teller.store.relayed("log") == head)
    with raw_channel(rabbit_url) as channel:
        channel.queue_purge("hearer.teller.log")
    with running(speaking(teller, rabbit_url, single_events=False), listening(store, rabbit_url, teller)):
        head = teller.tell_many(5, [A])
        until(lambda: store.cursor("teller") == head)
    assert rows(store)[TALE_A][0] == 505


@pytest.mark.broker
@pytest.mark.faults
def test_a_broker_that_blocks_publishers_holds_up_nobody_else(
    rabbit: Rabbit, rabbit_url: str, teller: Teller, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "NET_SECONDS", 0.5)
    speaker = speaking(teller, rabbit_url)
    with running(speaker, listening(store, rabbit_url, teller)):
        head = teller.tell_many(10, [A])
        until(lambda: teller.store.relayed("log") == head)
        rabbit.ctl("set_vm_memory_high_watermark", "0")
        try:
            begun = monotonic()
            head = teller.tell_many(10, [A])
            assert monotonic() - begun < 2
            until(lambda: store.cursor("teller") == head)
            until(lambda: speaker.relays["log"].state == "failing", 20)
        finally:
            rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1GB")
        until(lambda: teller.store.relayed("log") == head, 30)
