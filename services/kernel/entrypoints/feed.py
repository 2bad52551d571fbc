"""What a listener needs of a bus: letters as they come, and a way to say that they are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

GATHER_EVENTS = 500
GATHER_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of a publisher's log: the positions that it says to hold, and its body; `tag` is the bus's name for it."""

    publisher: str
    tag: Any
    first: int
    last: int
    body: bytes
    again: bool

    @property
    def count(self) -> int:
        """How many events it says to hold."""
        return max(0, self.last - self.first + 1)


def letter(publisher: str, tag: Any, headers: dict[str, Any], body: bytes | str, again: bool) -> Letter:
    """A letter from a message as it came; one without whole positions says to hold nothing."""
    first, last = headers.get("first"), headers.get("last")
    if not (type(first) is int and type(last) is int and 0 < first <= last):
        first, last = 0, -1
    return Letter(publisher, tag, first, last, body.encode() if isinstance(body, str) else body, again)


class Feed(Protocol):
    """One connection over which the logs of others come. Whatever it raises means that the connection is gone."""

    def subscribe(self, publisher: str) -> bool:
        """Begin to hear a publisher; False when that is not possible yet."""
        ...

    def receive(self, timeout: float) -> list[Letter]:
        """Wait so long for a letter, then take what else is readable now, up to 500 events or for 20 ms."""
        ...

    def done(self, letters: Sequence[Letter]) -> None:
        """These letters, the next in line of one publisher, need not come again."""
        ...

    def refuse(self, letter: Letter) -> None:
        """This letter is no batch of events: put it where somebody may look at it."""
        ...

    def close(self) -> None:
        """Let the connection go; never fails."""
        ...
