"""Putting messages into queues of others over RabbitMQ: each is confirmed, refused or returned, and it is said which.

One connection belongs to one thread. It is also a claim: whoever holds it is the only one of its name who posts. Every
message bears the login that it was sent with (`user_id`), for which the broker vouches to whoever reads it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import amqp
from amqp.exceptions import AMQPError, ResourceLocked
from kombu.utils.url import parse_url

from services.kernel.entrypoints.rabbit import PERSISTENT, QUIET, Pulse, connect, part
from services.kernel.relay import Receipt, StandBy, WireLost

LOST = (AMQPError, OSError)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for one queue."""

    queue: str
    ident: str
    kind: str
    body: bytes
    headers: Mapping[str, Any]


class Post:
    """A connection that posts. Every call raises WireLost when the connection is gone; opening it raises StandBy too."""

    def __init__(self, url: str, name: str, exchange: str, content_type: str) -> None:
        self._login = str(parse_url(url)["userid"] or "guest")
        self._exchange, self._content_type = exchange, content_type
        try:
            self._connection = connect(url, name)
        except LOST as gone:
            raise WireLost(f"no connection: {type(gone).__name__}") from gone
        try:
            self._open(name)
        except ResourceLocked as taken:
            part(self._connection)
            raise StandBy(f"another process is {name}") from taken
        except LOST as gone:
            part(self._connection)
            raise WireLost(f"not opened: {type(gone).__name__}") from gone

    def _open(self, name: str) -> None:
        self._channel = channel = self._connection.channel()
        channel.queue_declare(name, exclusive=True, durable=False, auto_delete=False)
        channel.exchange_declare(self._exchange, "direct", durable=True, auto_delete=False)
        self._receipts: list[Receipt] = []
        self._tag, self._pulse = 0, Pulse(self._connection)
        self._tags: dict[str, int] = {}
        channel.events["basic_ack"].add(lambda tag, upto: self._receipts.append(Receipt("confirmed", tag, upto)))
        channel.events["basic_nack"].add(lambda tag, upto: self._receipts.append(Receipt("refused", tag, upto)))
        channel.events["basic_return"].add(self._on_return)
        channel.confirm_select()

    def _on_return(self, _error: object, _exchange: str, queue: str, message: amqp.Message) -> None:
        """No queue took it; a confirmation of the same message follows, and says nothing more."""
        tag = self._tags.get(f"{queue} {message.properties.get('message_id')}")
        if tag is not None:
            self._receipts.append(Receipt("returned", tag))

    def queue(self, name: str, arguments: Mapping[str, Any]) -> None:
        """See that the queue is there and is reached under its own name."""
        try:
            with self._connection.channel() as making:
                making.queue_declare(name, durable=True, auto_delete=False, arguments=dict(arguments))
                making.queue_bind(name, self._exchange, routing_key=name)
        except LOST as gone:
            raise WireLost(f"no queue: {type(gone).__name__}") from gone

    def drop(self, name: str) -> None:
        """Take a queue away with all that is in it."""
        try:
            with self._connection.channel() as making:
                making.queue_delete(name)
        except LOST as gone:
            raise WireLost(f"queue not deleted: {type(gone).__name__}") from gone

    def send(self, letters: Sequence[Letter]) -> list[int]:
        """Hand letters over, in order; each one's number on this connection, under which its receipt comes."""
        try:
            return [self._send(letter) for letter in letters]
        except LOST as gone:
            raise WireLost(f"not sent: {type(gone).__name__}") from gone

    def _send(self, letter: Letter) -> int:
        self._tag += 1
        self._tags[f"{letter.queue} {letter.ident}"] = self._tag
        properties = {
            "content_type": self._content_type, "content_encoding": "utf-8", "delivery_mode": PERSISTENT,
            "message_id": letter.ident, "type": letter.kind, "user_id": self._login, "app_id": "wushe",
            "application_headers": dict(letter.headers),
        }  # fmt: skip
        message = amqp.Message(letter.body, **properties)
        self._channel.basic_publish(message, self._exchange, routing_key=letter.queue, mandatory=True)
        return self._tag

    def settle(self, timeout: float) -> list[Receipt]:
        """What the broker has said; wait for at most so long for its first word."""
        try:
            self._pulse.beat()
            with contextlib.suppress(*QUIET):
                self._connection.drain_events(timeout=timeout)
                while True:
                    self._connection.drain_events(timeout=0)
        except LOST as gone:
            raise WireLost(f"connection gone: {type(gone).__name__}") from gone
        receipts, self._receipts = self._receipts, []
        return receipts

    def forget(self) -> None:
        """Nothing is on its way any more: what was returned need not be found again."""
        self._tags.clear()

    def close(self) -> None:
        """Let the connection and the claim go; never fails."""
        part(self._connection)
