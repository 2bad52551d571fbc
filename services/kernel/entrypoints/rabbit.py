"""The bus over RabbitMQ, on plain py-amqp: confirms that are not waited for one by one, acknowledgements of many.

Exchanges: `<service>.events` (topic, as nameko declares it) and `<service>.log` (fanout). A consumer's queues are
`<consumer>.<publisher>.log`, quorum queues with one active consumer; what is refused goes to `<consumer>.dead`.
One connection belongs to one thread. Every wait has an end.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import Any

import amqp
from amqp import spec
from amqp.exceptions import AccessRefused, AMQPError, NotFound, ResourceLocked
from kombu.utils.url import parse_url

from services.kernel.entrypoints.feed import GATHER_EVENTS, GATHER_SECONDS, Letter, letter
from services.kernel.entrypoints.frames import Frames
from services.kernel.entrypoints.gulps import Gulps
from services.kernel.relay import Output, Parcel, Receipt, StandBy

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
WRITE_SECONDS = 5
HEARTBEAT_SECONDS = 20
PREFETCH = 300
DELIVERIES = 100
DEAD_KEPT = 10_000
PERSISTENT = 2
QUIET = (TimeoutError, BlockingIOError)


def connect(url: str, purpose: str) -> amqp.Connection:
    """A connection that never waits for ever: to be opened, to write, to be answered."""
    at = parse_url(url)
    connection = amqp.Connection(
        host=f"{at['hostname'] or '127.0.0.1'}:{at['port'] or 5672}", userid=at["userid"] or "guest",
        password=at["password"] or "guest", virtual_host=at["virtual_host"] or "/", ssl=at["transport"] == "amqps",
        connect_timeout=CONNECT_SECONDS, read_timeout=ANSWER_SECONDS, write_timeout=WRITE_SECONDS,
        heartbeat=HEARTBEAT_SECONDS, client_properties={"product": "wushe", "connection_name": purpose},
    )  # fmt: skip
    connection.connect()
    return connection


def part(connection: amqp.Connection) -> None:
    """Close a connection in good order if it still answers, and in any case."""
    with contextlib.suppress(AMQPError, OSError, AttributeError):
        connection.transport.sock.settimeout(2)
        connection.close()
    with contextlib.suppress(AMQPError, OSError, AttributeError):
        connection.collect()


class Pulse:
    """Keeps a connection alive, at most once a second."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection, self._next = connection, 0.0

    def beat(self) -> None:
        """Send a heartbeat if it is time; raises if the broker has sent none for long."""
        if monotonic() >= self._next:
            self._next = monotonic() + 1.0
            self._connection.heartbeat_tick()


def settled(pulse: Pulse, gulps: Gulps, receipts: list[Receipt], timeout: float) -> list[Receipt]:
    """What the broker has said of what was sent; waits for at most so long for the first word."""
    pulse.beat()
    with contextlib.suppress(*QUIET):
        while gulps.take(timeout):
            timeout = 0
    said = receipts.copy()
    receipts.clear()
    return said


class RabbitWire:
    """One output's connection; also its claim to be the only relay of that output.

    The claim is an exclusive queue that nobody reads. It lives as long as this very connection, so whoever has lost the
    claim cannot publish either.
    """

    def __init__(self, url: str, service: str, output: Output) -> None:
        self._connection = connect(url, f"{service} relay {output.name}")
        try:
            self._open(service, output)
        except ResourceLocked as taken:
            part(self._connection)
            raise StandBy(f"another process relays {service}.{output.name}") from taken
        except BaseException:
            part(self._connection)
            raise

    def _open(self, service: str, output: Output) -> None:
        self._channel = channel = self._connection.channel()
        channel.queue_declare(f"{service}.relay.{output.name}", exclusive=True, durable=False, auto_delete=False)
        self._service, self._exchange, self._insists = service, f"{service}.{output.name}", output.insist
        self._batches = output.events_a_parcel > 1
        self._frames = Frames(channel.channel_id, self._connection.frame_max, self._exchange, service)
        kind = "fanout" if self._batches else "topic"
        channel.exchange_declare(self._exchange, kind, durable=True, auto_delete=False)
        self._receipts: list[Receipt] = []
        self._pulse = Pulse(self._connection)
        self._gulps = Gulps(self._connection, self._receipts, channel.channel_id)
        channel.events["basic_return"].add(lambda *_: self._receipts.append(Receipt("returned")))
        channel.confirm_select()

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Write the messages to the socket; what the broker says meanwhile is read by `settle`."""
        if self._batches:
            for parcel in parcels:
                arguments = (0, self._exchange, parcel.key, self._insists, False)
                self._channel.send_method(spec.Basic.Publish, "Bssbb", arguments, self._batch(parcel))
            return
        # The first tells whether anybody listens: what nobody hears comes back whole, at a higher price than telling it.
        frames = [
            self._frames.of(
                p.key, p.content_type, f"{self._service}/{p.first}", p.body, self._insists or p is parcels[0]
            )
            for p in parcels
        ]
        self._connection.transport.write(b"".join(frames))

    def _batch(self, parcel: Parcel) -> amqp.Message:
        properties: dict[str, Any] = {
            "content_type": parcel.content_type, "content_encoding": "utf-8", "delivery_mode": PERSISTENT,
            "message_id": f"{self._service}/{parcel.first}", "app_id": self._service,
            "application_headers": {"first": parcel.first, "last": parcel.last},
        }  # fmt: skip
        return amqp.Message(parcel.body, **properties)

    def settle(self, timeout: float) -> list[Receipt]:
        """Read what the broker has said; wait for at most so long for the first word."""
        return settled(self._pulse, self._gulps, self._receipts, timeout)

    def close(self) -> None:
        """Let the connection and the claim go."""
        part(self._connection)


class RabbitFeed:
    """A consumer's one connection, with a channel for each publisher, so that each is acknowledged apart."""

    def __init__(self, url: str, consumer: str) -> None:
        self._consumer, self._connection = consumer, connect(url, f"{consumer} listener")
        self._pulse, self._gulps = Pulse(self._connection), Gulps(self._connection, [])
        self._channels: dict[str, amqp.Channel] = {}
        self._letters: list[Letter] = []

    def subscribe(self, publisher: str) -> bool:
        """Declare the queue, bind it, read from it. False while the publisher has not made its exchange."""
        try:
            channel = self._connection.channel()
            self._exchange(publisher)
            self._declare(channel, publisher)
        except (NotFound, AccessRefused):
            return False
        self._channels[publisher] = channel
        return True

    def _exchange(self, publisher: str) -> None:
        """See that the publisher's exchange is there; make it where we may."""
        exchange = f"{publisher}.log"
        try:
            with self._connection.channel() as looking:
                looking.exchange_declare(exchange, "fanout", passive=True)
        except NotFound:
            with self._connection.channel() as making:
                making.exchange_declare(exchange, "fanout", durable=True, auto_delete=False)

    def _declare(self, channel: amqp.Channel, publisher: str) -> None:
        dead, queue = f"{self._consumer}.dead", f"{self._consumer}.{publisher}.log"
        channel.exchange_declare(dead, "fanout", durable=True, auto_delete=False)
        kept = {"x-queue-type": "quorum", "x-max-length": DEAD_KEPT}
        channel.queue_declare(dead, durable=True, auto_delete=False, arguments=kept)
        channel.queue_bind(dead, dead)
        arguments = {
            "x-queue-type": "quorum", "x-single-active-consumer": True,
            "x-delivery-limit": DELIVERIES, "x-dead-letter-exchange": dead,
        }  # fmt: skip
        channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(queue, f"{publisher}.log")
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(queue, callback=partial(self._on_message, publisher))

    def _on_message(self, publisher: str, message: amqp.Message) -> None:
        info = message.delivery_info
        self._letters.append(
            letter(publisher, info["delivery_tag"], message.headers, message.body, info["redelivered"])
        )

    def receive(self, timeout: float) -> list[Letter]:
        """What has come."""
        self._pulse.beat()
        with contextlib.suppress(*QUIET):
            self._gulps.take(timeout)
            until = monotonic() + GATHER_SECONDS
            while monotonic() < until and sum(one.count for one in self._letters) < GATHER_EVENTS:
                self._gulps.take(0)
        letters, self._letters = self._letters, []
        return letters

    def done(self, letters: Sequence[Letter]) -> None:
        """Acknowledge them all with one word."""
        self._channels[letters[-1].publisher].basic_ack(letters[-1].tag, multiple=True)

    def refuse(self, letter: Letter) -> None:
        """Have the broker move it to `<consumer>.dead`."""
        self._channels[letter.publisher].basic_reject(letter.tag, requeue=False)

    def close(self) -> None:
        """Let the connection go; what was not acknowledged comes again."""
        part(self._connection)
