"""The bus of one service: a thread for each output of its relay, and one that listens to all it hears.

Nothing here is needed for a command to be accepted. With the broker away the relay waits, and what others say is pulled;
when it is back, both go on from where the logs and the cursors say.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from functools import partial
from itertools import takewhile
from random import random
from time import monotonic
from typing import Any

from services.kernel import log
from services.kernel.cursor import BATCH, Consumer, Pull
from services.kernel.effects import AWAY, Books
from services.kernel.entrypoints.feed import Feed, Letter
from services.kernel.entrypoints.inmemory import MemoryFeed, MemoryWire
from services.kernel.entrypoints.pulling import HttpPull
from services.kernel.entrypoints.rabbit import RabbitFeed, RabbitWire
from services.kernel.heard import Heard, read_batch
from services.kernel.manifest import Manifest
from services.kernel.relay import EVENTS, LOG, Output, Relay, Wire
from services.kernel.store import Store

RECEIVE_SECONDS = 0.2
NET_SECONDS = 5.0
NET_SECONDS_WITHOUT_BROKER = 1.0
SUBSCRIBE_SECONDS = 5.0
REPLAY_SECONDS = 2.0
JOIN_SECONDS = 10.0


def wire_for(url: str, service: str, output: Output) -> Wire:
    """The way out that fits the broker's address."""
    return MemoryWire(url, service, output) if url.startswith("memory:") else RabbitWire(url, service, output)


def feed_for(url: str, consumer: str) -> Feed:
    """The way in that fits the broker's address."""
    return MemoryFeed(url, consumer) if url.startswith("memory:") else RabbitFeed(url, consumer)


class Backoff:
    """When to try again: each failure in a row doubles the wait, and chance spreads it."""

    def __init__(self, first: float, most: float) -> None:
        self._first, self._most, self._failures = first, most, 0
        self.until = 0.0

    def failed(self) -> float:
        """One more failure; answers how long to wait."""
        wait: float = min(self._most, self._first * 2 ** min(self._failures, 16)) * (0.5 + random())
        self._failures += 1
        self.until = monotonic() + wait
        return wait

    def went_well(self) -> None:
        """Begin anew."""
        self._failures, self.until = 0, 0.0

    @property
    def over(self) -> bool:
        """Whether the wait is over."""
        return monotonic() >= self.until


class Listener:
    """Brings what others say to a consumer; `run` is the body of its thread, and ends only when it is told to stop."""

    def __init__(self, consumer: Consumer, publishers: tuple[str, ...], connect: Callable[[], Feed]) -> None:
        self._consumer, self._publishers, self._connect = consumer, publishers, connect
        self._stopping = threading.Event()
        self._held: dict[str, deque[Letter]] = defaultdict(deque)
        self._passed: dict[str, list[Letter]] = defaultdict(list)
        self._backoff = {publisher: Backoff(0.1, 10.0) for publisher in publishers}
        self._reconnect = Backoff(0.2, 5.0)
        self._pull_at = dict.fromkeys(publishers, 0.0)
        self._subscribe_at = self._replay_at = 0.0
        self._subscribed: set[str] = set()
        self.connected = False

    def stop(self) -> None:
        """Ask the thread to end after what it is doing now."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped: listen; while the broker is away, pull."""
        while not self._stopping.is_set():
            try:
                self._session()
            except Exception as failure:
                log.noticed(self._consumer.name, "broker-gone", level="warning", error=failure)
                self._reconnect.failed()
                self._without_broker()

    def _without_broker(self) -> None:
        while not (self._stopping.is_set() or self._reconnect.over):
            self._look_around(NET_SECONDS_WITHOUT_BROKER)
            self._stopping.wait(RECEIVE_SECONDS)

    def _session(self) -> None:
        """One connection, from its opening to its end."""
        feed = self._connect()
        self._held.clear()
        self._passed.clear()
        self._subscribed.clear()
        self._subscribe_at = 0.0
        try:
            self.connected = True
            while not self._stopping.is_set():
                self._subscribe(feed)
                for letter in feed.receive(RECEIVE_SECONDS):
                    self._held[letter.publisher].append(letter)
                for publisher, letters in self._held.items():
                    self._deal(feed, publisher, letters)
                self._look_around(NET_SECONDS)
                for publisher in tuple(self._passed):
                    self._acknowledge(feed, publisher)
                self._reconnect.went_well()
            self._take_leave(feed)
        finally:
            self.connected = False
            feed.close()

    def _take_leave(self, feed: Feed) -> None:
        """Before the end in peace: what was passed by need not come again."""
        for publisher in self._publishers:
            if self._attempt(publisher, partial(self._consumer.save, publisher, at_once=True)):
                self._acknowledge(feed, publisher)

    def _subscribe(self, feed: Feed) -> None:
        missing = [publisher for publisher in self._publishers if publisher not in self._subscribed]
        if missing and monotonic() >= self._subscribe_at:
            self._subscribe_at = monotonic() + SUBSCRIBE_SECONDS
            self._subscribed |= {publisher for publisher in missing if feed.subscribe(publisher)}

    # --- letters ---

    def _deal(self, feed: Feed, publisher: str, letters: deque[Letter]) -> None:
        """Hand a publisher's letters on, as many as can be; the rest is held, unacknowledged, and tried again later."""
        while letters and self._backoff[publisher].over and not self._stopping.is_set():
            taken, heard = self._open(feed, letters)
            if heard is None:
                continue
            if not self._attempt(publisher, partial(self._consumer.hear, heard)):
                return
            for _ in taken:
                self._passed[publisher].append(letters.popleft())
            self._acknowledge(feed, publisher)
            self._pull_at[publisher] = monotonic() + NET_SECONDS * (0.75 + random() / 2)

    def _acknowledge(self, feed: Feed, publisher: str) -> None:
        """What was handled need not come again once the cursor on disk is past it."""
        if self._consumer.is_due(publisher):
            self._attempt(publisher, partial(self._consumer.save, publisher))
        passed, saved = self._passed[publisher], self._consumer.saved(publisher)
        done = list(takewhile(lambda letter: letter.last <= saved, passed))
        if done:
            feed.done(done)
            del passed[: len(done)]
        # Where another process has moved the cursor, but not as far as this one had read, that is read again.
        while passed and passed[-1].last > self._consumer.position(publisher):
            self._held[publisher].appendleft(passed.pop())

    def _open(self, feed: Feed, letters: deque[Letter]) -> tuple[list[Letter], Heard | None]:
        """The letters at the front that follow upon one another, up to 500 events, as one."""
        taken: list[Letter] = []
        raws: list[bytes] = []
        for letter in letters:
            if taken and (letter.first != taken[-1].last + 1 or len(raws) + letter.count > BATCH):
                break
            opened = self._events(letter)
            if opened is None:
                if not taken:
                    self._refuse(feed, letters.popleft())
                break
            taken.append(letter)
            raws += opened
        if not taken:
            return [], None
        return taken, Heard(taken[0].publisher, taken[0].first, raws, again=any(letter.again for letter in taken))

    def _events(self, letter: Letter) -> list[bytes] | None:
        try:
            raws = read_batch(letter.body)
        except ValueError:
            return None
        return raws if len(raws) == letter.count > 0 else None

    def _refuse(self, feed: Feed, letter: Letter) -> None:
        """What is no batch of events is put aside, and its publisher is asked what it has really said."""
        log.noticed(self._consumer.name, "letter-refused", level="error", publisher=letter.publisher)
        feed.refuse(letter)
        self._pull_at[letter.publisher] = 0.0

    # --- between letters ---

    def _look_around(self, net: float) -> None:
        """Pull from those who have been quiet, and take up what somebody asked to be handled again."""
        replay = monotonic() >= self._replay_at
        if replay:
            self._replay_at = monotonic() + REPLAY_SECONDS
        for publisher in self._publishers:
            if self._stopping.is_set() or not self._backoff[publisher].over:
                continue
            if self._consumer.is_due(publisher):
                self._attempt(publisher, partial(self._consumer.save, publisher))
            if replay:
                self._attempt(publisher, partial(self._consumer.replay, publisher))
            if monotonic() >= self._pull_at[publisher] and not self._held[publisher]:
                self._pull_at[publisher] = monotonic() + net * (0.75 + random() / 2)
                self._attempt(publisher, partial(self._pull, publisher))

    def _pull(self, publisher: str) -> None:
        """Pull, unless another process of this service is at it."""
        known = self._consumer.position(publisher)
        if self._consumer.refresh(publisher) == known:
            self._consumer.catch_up(publisher)

    def _attempt(self, publisher: str, work: Callable[[], object]) -> bool:
        """Do it; if it cannot be done now, leave this publisher in peace for a while."""
        try:
            work()
        except AWAY as away:
            log.noticed(self._consumer.name, "wait", level="warning", publisher=publisher, error=away)
        except Exception as fault:
            log.noticed(self._consumer.name, "fault", level="error", publisher=publisher, error=fault)
        else:
            self._backoff[publisher].went_well()
            return True
        self._backoff[publisher].failed()
        return False


class BusRuntime:
    """Everything of the bus that runs for one service in this process."""

    def __init__(
        self, manifest: Manifest, store: Store, amqp_url: str, pull_base_urls: Mapping[str, str], service_token: str, *,
        single_events: bool = True, pull: Pull | None = None,
    ) -> None:  # fmt: skip
        name = manifest.name
        self._books: Books = store
        self._pull = pull or HttpPull(name, pull_base_urls, service_token)
        self.consumer = Consumer(manifest, store, self._pull, clock=store.clock)
        outputs = (EVENTS, LOG) if single_events else (LOG,)
        self.relays = {
            o.name: Relay(store, o, partial(wire_for, amqp_url, name, o), clock=store.clock) for o in outputs
        }
        self.listener = (
            Listener(self.consumer, manifest.hears, partial(feed_for, amqp_url, name)) if manifest.hears else None
        )
        store.appender.tidings += [relay.wake for relay in self.relays.values()]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads; nothing is waited for."""
        bodies: dict[str, Callable[[], None]] = {f"relay-{name}": relay.run for name, relay in self.relays.items()}
        if self.listener is not None:
            bodies["listener"] = self.listener.run
        name = self.consumer.name
        self._threads = [
            threading.Thread(target=body, name=f"{name}-{what}", daemon=True) for what, body in bodies.items()
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads: what is being handled is finished, what is on its way is waited for a little."""
        for relay in self.relays.values():
            relay.stop()
        if self.listener is not None:
            self.listener.stop()
        if isinstance(self._pull, HttpPull):
            self._pull.abort()
        until = monotonic() + JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.1, until - monotonic()))

    def heard(self, publisher: str) -> int:
        """How far the service has heard a publisher: what this process has passed by is not yet in the cursor on disk."""
        return max(self._books.cursor(publisher), self.consumer.reached(publisher))

    def health(self) -> dict[str, Any]:
        """How each part is doing."""
        health: dict[str, Any] = {name: {"state": r.state, "position": r.position} for name, r in self.relays.items()}
        if self.listener is not None:
            health["listener"] = {"connected": self.listener.connected}
        health["alive"] = all(thread.is_alive() for thread in self._threads)
        return health
