"""The relay's single events: confirmed by the broker, beside nameko's EventDispatcher, into a queue each."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from functools import partial
from time import perf_counter

import requests

from services.kernel.entrypoints.rabbit import RabbitWire, connect
from services.kernel.relay import EVENTS, Relay
from services.kernel.store import Store
from tests.bench.stage import Peer, Row, Stage, until
from tests.bench.subject import NOTES, fill, note


def run(stage: Stage) -> Iterable[Row]:
    """One row."""
    count, few = stage.size(40_000), stage.size(4_000)
    store = Store(NOTES, stage.database("postgresql"))
    store.start()
    fill(store, [note() for _ in range(count)])
    bind(stage.rabbit.url, f"{NOTES.name}.events", "peer.events")
    with Peer("web", stage.folder, stage.rabbit.url, stage.database("postgresql")) as peer:
        dispatched(peer, 100)
        ours, theirs = stage.medians(
            lambda: relayed(store, stage.rabbit.url, count), lambda: few / dispatched(peer, few)
        )
    store.stop()
    yield Row(what="relay, single events, confirmed", goal="≥ 6 ×", ours=ours, unit="/s", peer=theirs,
              reached=ours >= 6 * theirs, note="nameko EventDispatcher, confirmed; a queue bound to each")  # fmt: skip


def bind(url: str, *exchanges: str) -> None:
    """A durable queue for all that is said on each exchange."""
    connection = connect(url, "measurement")
    channel = connection.channel()
    for exchange in exchanges:
        channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        channel.queue_declare(f"all.{exchange}", durable=True, auto_delete=False, arguments={"x-max-length": 50_000})
        channel.queue_bind(f"all.{exchange}", exchange, "#")
    connection.close()


def relayed(store: Store, url: str, count: int) -> float:
    """Events a second, from the first to the last confirmation, of a relay that begins anew."""
    store.move_relay(EVENTS.name, 0)
    relay = Relay(store, EVENTS, partial(RabbitWire, url, store.name, EVENTS))
    thread = threading.Thread(target=relay.run, name=f"relay-{uuid.uuid4()}", daemon=True)
    thread.start()
    until(lambda: relay.position > 0, 30, every=0.001)
    began, first = perf_counter(), relay.position
    until(lambda: relay.position >= count, 120, every=0.002)
    seconds = perf_counter() - began
    relay.stop()
    thread.join(10)
    return (count - first) / seconds


def dispatched(peer: Peer, count: int) -> float:
    """Seconds that nameko takes to dispatch so many."""
    answer = requests.get(peer.url(f"/dispatch/{count}"), timeout=300)
    return float(answer.json()["seconds"])
