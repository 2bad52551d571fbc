"""The relay: tells the bus, in order, what the log holds, and remembers how far the broker has confirmed it.

One relay serves one output of one service, in a thread of its own. It never waits for a single confirmation: messages go
out as long as there is room in a window, confirmations come back when they come, and the position moves over the
confirmed prefix alone, now and then; what was sent and not yet remembered is sent again after a crash, and consumers
drop it. Whatever goes wrong, it says so and begins again from the prefix. It knows nothing of the broker: see `Wire`.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import random
from time import monotonic
from typing import NamedTuple, Protocol

import msgspec

from services.kernel import log, metrics
from services.kernel.clock import Clock, system_clock
from services.kernel.errors import HubError

BATCH_EVENTS = 200
BATCH_BYTES = 64 * 1024
CHUNK = 1_000
CONFIRM_SECONDS = 5.0
SAVE_EVENTS = 10_000
SAVE_SECONDS = 1.0
STANDBY_SECONDS = 5.0
POLL_SECONDS = 0.005
IDLE_SECONDS = 1.0


class WireLost(HubError):
    """The connection to the broker is gone, or the broker did not do what was asked in time."""

    code = "broker-away"


class Unrouted(HubError):
    """No queue took a message that must not be lost; it stays in the log and is tried again."""

    code = "unrouted"


class StandBy(HubError):
    """Another process relays this output now; this one waits for its turn."""

    code = "stand-by"


class Slim(msgspec.Struct):
    """What the relay wants to know of an event: its kind, for the routing key, and its age."""

    type: str
    time: datetime


peek = msgspec.json.Decoder(Slim).decode


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for the bus: the positions it covers, the routing key, and the bytes as they were stored."""

    first: int
    last: int
    key: str
    content_type: str
    body: bytes
    recorded_at: datetime


class Receipt(NamedTuple):
    """The broker's word on the message sent as number `tag` on this wire, or with `upto` on all up to it.

    `outcome` is `confirmed`, `refused`, or `returned` (no queue for it; a confirmation of the same message follows).
    """

    outcome: str
    tag: int = 0
    upto: bool = False


class Wire(Protocol):
    """A connection to the broker for one output. Every call raises WireLost when the connection is gone."""

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Hand parcels over, in order, numbered from 1 on; do not wait for the broker to confirm them."""
        ...

    def settle(self, timeout: float) -> Iterable[Receipt]:
        """What the broker has said since, in its order; wait for at most so long if it has said nothing."""
        ...

    def close(self) -> None:
        """Let the connection go; never fails."""
        ...


@dataclass(frozen=True)
class Output:
    """One way of telling: how events become messages, how many may be on their way, whether somebody must take them."""

    name: str
    pack: Callable[[int, Sequence[bytes]], Iterator[Parcel]]
    events_a_parcel: int
    window: int
    insist: bool


def singles(first: int, raws: Sequence[bytes]) -> Iterator[Parcel]:
    """Each event a message of its own, routed by its type, in the form that a stock nameko handler reads."""
    for position, raw in enumerate(raws, first):
        seen = peek(raw)
        yield Parcel(position, position, seen.type, "application/json", raw, seen.time)


def batches(first: int, raws: Sequence[bytes]) -> Iterator[Parcel]:
    """Up to 200 events or 64 KiB to a message: a JSON array of their stored bytes, verbatim."""
    start, size = 0, 0
    for index, raw in enumerate(raws):
        if index > start and (index - start == BATCH_EVENTS or size + len(raw) > BATCH_BYTES):
            yield _batch(first + start, raws[start:index])
            start, size = index, 0
        size += len(raw) + 1
    if raws:
        yield _batch(first + start, raws[start:])


def _batch(first: int, raws: Sequence[bytes]) -> Parcel:
    body = b"[" + b",".join(raws) + b"]"
    return Parcel(first, first + len(raws) - 1, "", "application/cloudevents-batch+json", body, peek(raws[0]).time)


EVENTS = Output("events", singles, events_a_parcel=1, window=2_000, insist=False)
LOG = Output("log", batches, events_a_parcel=BATCH_EVENTS, window=100, insist=True)


class Window:
    """What was sent on one wire and is not yet confirmed; knows how far everything is."""

    def __init__(self, position: int) -> None:
        self.sent = self.confirmed = position
        self._tag = 0
        self._open: deque[tuple[int, Parcel, float]] = deque()
        self._early: set[int] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, parcel: Parcel, now: float) -> None:
        """A parcel is about to be sent."""
        self._tag += 1
        self._open.append((self._tag, parcel, now))
        self.sent = parcel.last

    def confirm(self, tag: int, upto: bool) -> None:
        """The broker has taken this one, or all up to this one."""
        waiting = self._open
        if not upto:
            self._early.add(tag)
        while waiting and ((upto and waiting[0][0] <= tag) or waiting[0][0] in self._early):
            done, parcel, _ = waiting.popleft()
            self._early.discard(done)
            self.confirmed = parcel.last

    @property
    def since(self) -> float | None:
        """When the oldest unconfirmed parcel was sent; None when there is none."""
        return self._open[0][2] if self._open else None

    @property
    def oldest(self) -> datetime | None:
        """When the oldest unconfirmed event was recorded."""
        return self._open[0][1].recorded_at if self._open else None


class Log(Protocol):
    """The part of a store that a relay needs (see `store.Store`)."""

    name: str

    def head(self) -> int: ...
    def following(self, after: int, limit: int) -> list[bytes]: ...
    def refresh(self) -> int: ...
    def relayed(self, output: str) -> int: ...
    def move_relay(self, output: str, position: int) -> None: ...


class Relay:
    """One output of one service; `run` is the body of its thread, and ends only when it is told to stop."""

    def __init__(
        self,
        store: Log,
        output: Output,
        connect: Callable[[], Wire],
        *,
        clock: Clock = system_clock,
        pause: float = 0.1,
    ) -> None:
        self._store, self._output, self._connect, self._clock, self._pause = store, output, connect, clock, pause
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._saved, self._saved_at = 0, 0.0
        self._failures = 0
        self.position = 0
        self.state = "new"

    def stop(self) -> None:
        """Ask the thread to end: it waits a little for what is on its way, and remembers its position."""
        self._stopping.set()
        self._awake.set()

    def wake(self) -> None:
        """The log has grown: called after each commit, from the committing thread."""
        self._awake.set()

    def run(self) -> None:
        """Until stopped: connect, tell, and after every failure wait a little longer and begin again."""
        while not self._stopping.is_set():
            try:
                self._once()
            except StandBy:
                self.state = "standby"
                self._stopping.wait(STANDBY_SECONDS * (0.5 + random()))
            except Exception as failure:  # noqa: BLE001 - a relay that ended silently would be worse than any error
                self._failed(failure)
        self.state = "stopped"

    def _failed(self, failure: Exception) -> None:
        self.state = "failing"
        metrics.relay_failed(self._store.name, self._output.name, type(failure).__name__)
        log.noticed(self._store.name, "relay-failed", level="warning", code=self._output.name, error=failure)
        self._failures += 1
        self._stopping.wait(min(5.0, self._pause * 2 ** min(self._failures, 10)) * (0.5 + random()))

    def _once(self) -> None:
        """One connection, from its opening to its end."""
        wire = self._connect()
        try:
            self.position = self._saved = self._store.relayed(self._output.name)
            self._saved_at = monotonic()
            self._tell(wire, Window(self.position))
        finally:
            wire.close()

    def _tell(self, wire: Wire, window: Window) -> None:
        self.state = "relaying"
        try:
            while not self._stopping.is_set():
                self._send(wire, window)
                self._settle(wire, window, POLL_SECONDS)
                self._save(window)
                self._report(window)
                if not window and self._store.head() <= window.sent:
                    self._rest()
            self._drain(wire, window)
        finally:
            self._save(window, at_once=True)

    def _rest(self) -> None:
        """Until the log grows; now and then look whether another process has made it grow."""
        if not self._awake.wait(IDLE_SECONDS):
            self._store.refresh()
        self._awake.clear()

    def _send(self, wire: Wire, window: Window) -> None:
        """Fill the window from the log, once there is room worth a reading."""
        output = self._output
        while (room := output.window - len(window)) * 4 > output.window and self._store.head() > window.sent:
            raws = self._store.following(window.sent, min(CHUNK, room * output.events_a_parcel))
            if not raws:
                return
            parcels = list(output.pack(window.sent + 1, raws))
            now = monotonic()
            for parcel in parcels:
                window.add(parcel, now)
            wire.send(parcels)
            self._settle(wire, window, 0)

    def _settle(self, wire: Wire, window: Window, timeout: float) -> None:
        """Take in what the broker has confirmed, and see that it keeps doing so."""
        before = window.confirmed
        for receipt in wire.settle(timeout if window else 0):
            self._take(receipt, window)
        if window.confirmed > before:
            self._failures = 0
            self.position = window.confirmed
            metrics.relayed(self._store.name, self._output.name, window.confirmed - before)
        if window.since is not None and monotonic() - window.since > CONFIRM_SECONDS:
            raise WireLost(f"no confirmation within {CONFIRM_SECONDS:.0f} s")

    def _take(self, receipt: Receipt, window: Window) -> None:
        match receipt.outcome:
            case "confirmed":
                window.confirm(receipt.tag, receipt.upto)
            case "returned" if self._output.insist:
                raise Unrouted(f"no queue is bound for {self._store.name}.{self._output.name}")
            case "returned":
                metrics.unrouted(self._store.name, self._output.name)
            case _:
                raise WireLost("the broker refused a message")

    def _save(self, window: Window, at_once: bool = False) -> None:
        """Remember the confirmed prefix, seldom: a commit for every batch would cost more than sending some again."""
        moved = window.confirmed - self._saved
        if moved and (at_once or moved >= SAVE_EVENTS or monotonic() - self._saved_at >= SAVE_SECONDS):
            self._store.move_relay(self._output.name, window.confirmed)
            self._saved = window.confirmed
            self._saved_at = monotonic()

    def _report(self, window: Window) -> None:
        behind, oldest = self._store.head() - window.confirmed, window.oldest
        age = 0.0 if oldest is None else max(0.0, (self._clock() - oldest).total_seconds())
        metrics.relay_lag(self._store.name, self._output.name, behind, age)

    def _drain(self, wire: Wire, window: Window) -> None:
        """Before the end: what is on its way may still arrive."""
        until = monotonic() + 2.0
        while window and monotonic() < until:
            self._settle(wire, window, 0.05)
