"""Putting messages into queues of others over RabbitMQ: each is confirmed, refused or returned, and it is said which.

One connection belongs to one thread. It is also a claim: whoever holds it is the only one of its name who posts. Every
message bears the login that it was sent with (`user_id`), for which the broker vouches to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import amqp
from amqp.exceptions import AMQPError, ResourceLocked
from kombu.utils.url import parse_url

from services.kernel.entrypoints.frames import Frames
from services.kernel.entrypoints.gulps import Gulps
from services.kernel.entrypoints.rabbit import Pulse, connect, part, settled
from services.kernel.relay import Receipt, StandBy, WireLost

LOST = (AMQPError, OSError)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message for one queue."""

    queue: str
    ident: str
    kind: str
    body: bytes
    headers: Mapping[str, int | str]


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
        self._gulps = Gulps(self._connection, self._receipts, channel.channel_id)
        self._tag, self._pulse = 0, Pulse(self._connection)
        self._frames = Frames(channel.channel_id, self._connection.frame_max, self._exchange, "wushe", self._login)
        self._tags: dict[str, int] = {}
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
        framed = [
            self._frames.letter(one.queue, self._content_type, one.ident, one.kind, one.headers, one.body)
            for one in letters
        ]
        try:
            self._connection.transport.write(b"".join(framed))
        except LOST as gone:
            raise WireLost(f"not sent: {type(gone).__name__}") from gone
        tags = list(range(self._tag + 1, self._tag + 1 + len(letters)))
        self._tags |= {f"{one.queue} {one.ident}": tag for one, tag in zip(letters, tags, strict=True)}
        self._tag += len(letters)
        return tags

    def settle(self, timeout: float) -> list[Receipt]:
        """What the broker has said; wait for at most so long for its first word."""
        try:
            return settled(self._pulse, self._gulps, self._receipts, timeout)
        except LOST as gone:
            raise WireLost(f"connection gone: {type(gone).__name__}") from gone

    def forget(self) -> None:
        """Nothing is on its way any more: what was returned need not be found again."""
        self._tags.clear()

    def close(self) -> None:
        """Let the connection and the claim go; never fails."""
        part(self._connection)
