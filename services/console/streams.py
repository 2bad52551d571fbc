"""Pages that stay open and change by themselves: how many there may be, and who wakes them.

Whatever a page shows is folded from what the console hears, so it can only have changed when a cursor has moved. One
thread looks at the cursors while anybody waits, whichever process of the console has moved them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from services.kernel.entrypoints import Hand
from services.kernel.errors import HubError

HEARD = "heard"
"""The stream whose growth means that the console has heard something."""

LOOK_SECONDS = 0.5
IN_ALL, OF_ONE = 200, 6
"""So many open pages are kept up to date in one process, and so many of one person."""


class Cursors(Protocol):
    """How far the console has heard a publisher."""

    def cursor(self, publisher: str) -> int:
        """The position of the last event that has taken effect."""
        ...


class Place:
    """An open page, for as long as it is kept up to date."""

    def __init__(self, given: bool) -> None:
        self.given = given
        """Whether it still is."""


class Places:
    """The open pages of a process. A person's newest pages are kept up to date: one more, and the oldest is let go.

    That a window has been closed is learnt late; such a place must not stand in the way of the page that came after it.
    """

    def __init__(self, in_all: int = IN_ALL, of_one: int = OF_ONE) -> None:
        self._in_all, self._of_one = in_all, of_one
        self._taken: dict[str, list[Place]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(map(len, self._taken.copy().values()))

    @contextmanager
    def one(self, whose: str) -> Iterator[Place]:
        """A place for as long as this lasts; not given where there is none left."""
        place = self._take(whose)
        try:
            yield place
        finally:
            self._leave(whose, place)

    def _take(self, whose: str) -> Place:
        with self._lock:
            own = self._taken.setdefault(whose, [])
            while len(own) >= self._of_one:
                own.pop(0).given = False
            place = Place(len(self) < self._in_all)
            if place.given:
                own.append(place)
            return place

    def _leave(self, whose: str, place: Place) -> None:
        with self._lock:
            left = [each for each in self._taken.get(whose, ()) if each is not place]
            self._taken[whose] = left
            if not left:
                del self._taken[whose]


PLACES = Places()


class Listening:
    """The companion that wakes open pages when the console has heard something."""

    name = "listening"

    def __init__(self, hand: Hand, publishers: Sequence[str], places: Places = PLACES) -> None:
        self._hand, self._publishers, self._places = hand, tuple(publishers), places
        self._stopping = threading.Event()
        self._seen: tuple[int, ...] = ()

    def run(self) -> None:
        """Until stopped; while the database is away nothing is said."""
        while not self._stopping.wait(LOOK_SECONDS):
            if len(self._places):
                with suppress(HubError):
                    self.look(self._hand.store)

    def look(self, cursors: Cursors) -> None:
        """Wake the pages if a cursor has moved since they were woken last."""
        now = tuple(cursors.cursor(publisher) for publisher in self._publishers)
        if now != self._seen:
            self._seen = now
            self._hand.waiting.grown({HEARD: sum(now)})

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()


def event(name: str, data: str) -> bytes:
    """A server-sent event."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n".encode()
