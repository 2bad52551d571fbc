"""The bus inside one process, over kombu's in-memory transport: for the embedded hub, where nothing outlives a restart.

Queues and routing tables are shared by all threads of the process. Messages go through `queue.Queue`, which is safe;
declaring is not (an exchange declared by two threads at once loses its bindings), so it is done under one lock. The
transport itself looks for messages now and then; a bell spares us that: it rings whenever a relay has sent. What is
lost when the process ends is pulled.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from queue import Empty
from time import monotonic
from typing import Any

from kombu import Connection

from services.kernel.entrypoints.feed import GATHER_EVENTS, GATHER_SECONDS, Letter, letter
from services.kernel.relay import Output, Parcel, Receipt, WireLost

QUEUE_LETTERS = 1_000

_declaring = threading.Lock()


class Bell:
    """Wakes those who wait for letters; each remembers which ring it has heard."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rings = 0

    def ring(self) -> None:
        """Something was sent."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, timeout: float) -> int:
        """Until it has rung again, or the time is over; answers the number of rings."""
        with self._changed:
            self._changed.wait_for(lambda: self._rings > heard, timeout)
            return self._rings


_bell = Bell()


def connect(url: str) -> Connection:
    """A connection that keeps bodies as they are."""
    return Connection(url, transport_options={"body_encoding": None})


class MemoryWire:
    """One output's way into the process's queues; taken is confirmed."""

    def __init__(self, url: str, service: str, output: Output) -> None:
        self._service, self._exchange, self._batches = service, f"{service}.{output.name}", output.events_a_parcel > 1
        self._connection = connect(url)
        self._sent = 0
        self._receipts: list[Receipt] = []
        with _declaring:
            self._channel = self._connection.channel()
            self._channel.exchange_declare(self._exchange, "fanout" if self._batches else "topic", durable=True)

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Put the messages into the queues that are bound."""
        for parcel in parcels:
            queues = self._channel._lookup(self._exchange, parcel.key)
            if any(self._channel._size(queue) >= QUEUE_LETTERS for queue in queues):
                raise WireLost("a consumer in this process does not keep up")
            self._sent += 1
            if queues:
                self._channel.basic_publish(self._message(parcel), self._exchange, parcel.key)
            else:
                self._receipts.append(Receipt("returned"))
            self._receipts.append(Receipt("confirmed", self._sent))
        if self._batches:
            _bell.ring()

    def _message(self, parcel: Parcel) -> Any:
        return self._channel.prepare_message(
            parcel.body, content_type=parcel.content_type, content_encoding="utf-8",
            headers={"first": parcel.first, "last": parcel.last} if self._batches else {},
            properties={"message_id": f"{self._service}/{parcel.first}", "app_id": self._service, "delivery_mode": 2},
        )  # fmt: skip

    def settle(self, timeout: float) -> list[Receipt]:
        """Everything sent so far."""
        receipts, self._receipts = self._receipts, []
        return receipts

    def close(self) -> None:
        """Leave the queues as they are."""
        with _declaring:
            self._connection.release()


class MemoryFeed:
    """A consumer's way out of the process's queues."""

    def __init__(self, url: str, consumer: str) -> None:
        self._consumer, self._connection = consumer, connect(url)
        self._letters: list[Letter] = []
        self._rings = 0
        with _declaring:
            self._channel = self._connection.channel()

    def subscribe(self, publisher: str) -> bool:
        """Bind a queue to the publisher's log and read from it."""
        queue, exchange = f"{self._consumer}.{publisher}.log", f"{publisher}.log"
        with _declaring:
            self._channel.exchange_declare(exchange, "fanout", durable=True)
            self._channel.queue_declare(queue)
            self._channel.queue_bind(queue, exchange)
            self._channel.basic_consume(queue, False, lambda message: self._take(publisher, message), queue)
        return True

    def _take(self, publisher: str, message: Any) -> None:
        again = bool(message.delivery_info.get("redelivered"))
        self._letters.append(letter(publisher, message.delivery_tag, message.headers, message.body, again))

    def receive(self, timeout: float) -> list[Letter]:
        """What has come."""
        if not self._look():
            self._rings = _bell.wait(self._rings, timeout)
            self._look()
        letters, self._letters = self._letters, []
        return letters

    def _look(self) -> bool:
        """Take what is there; whether there was anything."""
        until, transport = monotonic() + GATHER_SECONDS, self._connection.transport
        with contextlib.suppress(Empty):
            while monotonic() < until and sum(one.count for one in self._letters) < GATHER_EVENTS:
                transport.cycle.get(transport._deliver)
        return bool(self._letters)

    def done(self, letters: Sequence[Letter]) -> None:
        """Forget them, each by its own tag: this transport knows no other way."""
        for done in letters:
            self._channel.basic_ack(done.tag)

    def refuse(self, letter: Letter) -> None:
        """Forget it: in this process only the relay writes to these queues."""
        self._channel.basic_reject(letter.tag, requeue=False)

    def close(self) -> None:
        """Leave the queues as they are."""
        with _declaring:
            self._connection.release()
