"""Who wants to know that a stream has grown is told, by one thread that reads along the own log.

What is said is no promise of anything: after a start, or where another process has written, whoever waits looks for
himself. It is a bell, and the log is the record.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import msgspec

from services.kernel import log
from services.kernel.errors import HubError
from services.kernel.store import Store

PAGE = 1_000
IDLE_SECONDS = 1.0

Grown = Callable[[Mapping[str, int]], None]
"""Told of streams and their newest versions, from the watcher's thread; must not wait."""


class Slim(msgspec.Struct):
    """What is read of an event: its stream, and its place in it."""

    subject: str
    streamversion: int


_peek = msgspec.json.Decoder(Slim).decode


class Watcher:
    """Reads along a log from where it ends now; `run` is the body of its thread."""

    name = "watcher"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = threading.Event()
        self.listeners: list[Grown] = []

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()

    def run(self) -> None:
        """Until stopped: tell the listeners what has grown; while the log cannot be read, wait and try again."""
        at: int | None = None
        rounds = 0
        while not self._stopping.is_set():
            try:
                at = self._store.head() if at is None else at
                moved = self._step(at)
                rounds = self._rest(rounds) if moved == at else rounds
                at = moved
            except HubError as away:
                log.noticed(self._store.name, "watch-failed", level="warning", error=away)
                self._stopping.wait(IDLE_SECONDS)

    def _rest(self, rounds: int) -> int:
        """Until this process writes; now and then look whether another one has."""
        now = self._store.wait_round(rounds, IDLE_SECONDS)
        if now == rounds:
            self._store.refresh()
        return now

    def _step(self, at: int) -> int:
        if self._store.head() <= at:
            return at
        raws = self._store.following(at, PAGE)
        grown = {seen.subject: seen.streamversion for seen in map(_peek, raws)}
        for listener in self.listeners if grown else ():
            listener(grown)
        return at + len(raws)
