"""Between the threads of the store and the green threads of HTTP: a green thread waits, a real thread answers.

Answers of one commit wake the hub once, by one byte through a socket pair.
"""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from typing import Any

import eventlet
from eventlet import hubs
from eventlet.event import Event


class Bridge:
    """Lets real threads answer green ones. Make it on the main thread, before the first wait."""

    def __init__(self) -> None:
        self._answers: deque[tuple[Event, Any]] = deque()
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._loop = eventlet.spawn(self._deliver)

    def answer(self, event: Event, outcome: Any) -> None:
        """From a real thread: remember an answer; it is delivered at the next `wake`."""
        self._answers.append((event, outcome))

    def wake(self) -> None:
        """From a real thread: deliver what has been remembered."""
        with contextlib.suppress(BlockingIOError):  # then the pipe is full of wake-ups already
            self._far.send(b"!")

    def _deliver(self) -> None:
        while True:
            hubs.trampoline(self._near, read=True)
            self._near.recv(4096)
            while self._answers:
                event, outcome = self._answers.popleft()
                event.send(outcome)

    def close(self) -> None:
        """No more answers are expected."""
        self._loop.kill()
        self._near.close()
        self._far.close()
