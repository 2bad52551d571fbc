"""Answers that wait: a green thread of HTTP sleeps until a stream has grown, and costs nothing meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from eventlet import tpool
from eventlet.event import Event
from eventlet.timeout import Timeout

from services.kernel.entrypoints.bridge import Bridge

P = ParamSpec("P")
T = TypeVar("T")


class Bell:
    """Rung once at most, when the stream has grown since it was hung up."""

    def __init__(self) -> None:
        self._event = Event()

    def wait(self, seconds: float) -> bool:
        """Until it is rung, or so long; whether it was. For green threads."""
        with Timeout(max(0.0, seconds), False):
            self._event.wait()
        return bool(self._event.ready())

    def ring(self, bridge: Bridge) -> None:
        """From a real thread."""
        bridge.answer(self._event, None)


class Waiting:
    """The bells of a service, by the stream that they wait for."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._lock = threading.Lock()
        self._bells: dict[str, set[Bell]] = {}

    @contextmanager
    def on(self, stream: str) -> Iterator[Bell]:
        """A bell for this stream. Hang it up first and look then: what comes in between has rung it."""
        bell = Bell()
        with self._lock:
            self._bells.setdefault(stream, set()).add(bell)
        try:
            yield bell
        finally:
            self._take_down(stream, bell)

    def _take_down(self, stream: str, bell: Bell) -> None:
        with self._lock:
            bells = self._bells.get(stream, set())
            bells.discard(bell)
            if not bells:
                self._bells.pop(stream, None)

    def grown(self, streams: Mapping[str, int]) -> None:
        """From a real thread: these have grown."""
        with self._lock:
            rung = [bell for stream in streams if stream in self._bells for bell in self._bells.pop(stream)]
        for bell in rung:
            bell.ring(self._bridge)
        if rung:
            self._bridge.wake()


def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what waits for a database in a real thread, while this green one waits for it."""
    found: T = tpool.execute(work, *args, **kwargs)
    return found
