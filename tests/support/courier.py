"""A courier stands between a publisher's exchange and a consumer's queue, and carries late, twice, out of order, or never.

The services are the real ones and know nothing of it: their queue is taken off the exchange, and what was for it goes
through the courier's hands. Its chance is drawn from a seed, so that a run can be repeated.

    with Courier(reference.rabbit, "intake", "referral", seed=7):
        …
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator
from functools import cache
from random import Random
from types import TracebackType
from typing import Any, Self

import amqp

from tests.support.servers import Rabbit

VHOST, NAME = "hub", "courier"
GATHER_SECONDS = 0.08
REMEMBERED = 60


class Courier:
    """Carries one publisher's batches to one consumer; `loses` carries none at all. Over, the exchange does it again."""

    def __init__(self, rabbit: Rabbit, consumer: str, publisher: str, *, seed: int = 1, loses: bool = False) -> None:
        self._exchange, self._queue = f"{publisher}.log", f"{consumer}.{publisher}.log"
        self._own = f"{NAME}.{consumer}.{publisher}"
        self._rabbit, self._chance, self._loses = rabbit, Random(seed), loses
        self._in_hand: list[amqp.Message] = []
        self._seen: deque[amqp.Message] = deque(maxlen=REMEMBERED)
        self._ending, self._ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=self._own, daemon=True)
        self.carried: list[int] = []
        self.failure: BaseException | None = None

    def __enter__(self) -> Self:
        let_in(self._rabbit)
        self._thread.start()
        assert self._ready.wait(20), "the courier did not come"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ends()
        self._thread.join(timeout=20)
        if error is None and self.failure is not None:
            raise self.failure

    @contextlib.contextmanager
    def losing(self) -> Iterator[None]:
        """For a while nothing arrives on this way."""
        self._loses = True
        try:
            yield
        finally:
            self._loses = False

    def ends(self) -> None:
        """Say that it is over; what is in hand is still carried."""
        self._ending.set()

    @property
    def out_of_order(self) -> int:
        """How often something was carried after what was said later."""
        return sum(later < earlier for earlier, later in zip(self.carried, self.carried[1:], strict=False))

    @property
    def repeated(self) -> int:
        """How often something was carried again."""
        return len(self.carried) - len(set(self.carried))

    # --- its own thread ---

    def _run(self) -> None:
        try:
            with amqp.Connection(
                host=f"127.0.0.1:{self._rabbit.port}", userid=NAME, password=NAME, virtual_host=VHOST
            ) as connection:
                self._work(connection)
        except BaseException as failure:
            self.failure = failure
        finally:
            self._ready.set()

    def _work(self, connection: amqp.Connection) -> None:
        channel = connection.channel()
        channel.queue_declare(self._own, exclusive=True, auto_delete=True)
        channel.queue_bind(self._own, self._exchange)
        channel.queue_unbind(self._queue, self._exchange)
        channel.basic_consume(self._own, callback=self._in_hand.append, no_ack=True)
        self._ready.set()
        try:
            while not self._ending.is_set():
                self._gather(connection)
                self._carry(channel)
        finally:
            channel.queue_bind(self._queue, self._exchange)
            self._gather(connection)
            self._carry(channel)

    def _gather(self, connection: amqp.Connection) -> None:
        until = time.monotonic() + GATHER_SECONDS
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError, BlockingIOError):
                connection.drain_events(timeout=left)

    def _carry(self, channel: amqp.Channel) -> None:
        fresh, self._in_hand[:] = list(self._in_hand), []
        self._seen.extend(fresh)
        if self._loses or not fresh:
            return
        again = [self._chance.choice(self._seen) for _ in fresh]
        bag = [*fresh, *fresh, *again]
        self._chance.shuffle(bag)
        for message in bag:
            self.carried.append(int(message.headers["first"]))
            channel.basic_publish(copy_of(message), exchange="", routing_key=self._queue)


def copy_of(message: amqp.Message) -> amqp.Message:
    """The same message, to be sent once more."""
    kept = ("content_type", "content_encoding", "delivery_mode", "message_id", "app_id", "application_headers")
    properties: dict[str, Any] = {name: message.properties[name] for name in kept if name in message.properties}
    return amqp.Message(message.body, **properties)


@cache
def let_in(rabbit: Rabbit) -> None:
    """The broker knows the courier, and lets it do everything."""
    if NAME not in rabbit.ctl("list_users", "--no-table-headers").split():
        rabbit.ctl("add_user", NAME, NAME)
        rabbit.ctl("set_permissions", "-p", VHOST, NAME, ".*", ".*", ".*")


@contextlib.contextmanager
def couriers(rabbit: Rabbit, *ways: tuple[str, str], seed: int = 1) -> Any:
    """A courier on each of these ways, (consumer, publisher)."""
    with contextlib.ExitStack() as stack:
        carrying = [
            stack.enter_context(Courier(rabbit, consumer, publisher, seed=seed + number))
            for number, (consumer, publisher) in enumerate(ways)
        ]
        yield carrying
        for courier in carrying:
            courier.ends()
