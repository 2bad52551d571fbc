"""What the appender remembers between commits: states of hot streams, answers to recent commands."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.kernel.unit import Done

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The `size` entries last touched."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The entry, now the newest; or None."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> None:
        """Remember, forgetting the oldest beyond the size."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget one entry."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


@dataclass(slots=True)
class Stream:
    """A stream as far as it is known: its version (0: empty) and its state."""

    version: int
    state: Any


Answered = tuple[bytes, Done]
"""The digest of what was asked, and what was answered."""


@dataclass
class Known:
    """What the decisions of one group stand on: each of its streams, and the first answers to its repeated commands."""

    streams: dict[str, Stream] = field(default_factory=dict)
    answers: dict[UUID, Answered] = field(default_factory=dict)


@dataclass
class Memory:
    """Hot streams by name, and the answers to recent commands."""

    streams: Recent[str, Stream] = field(default_factory=lambda: Recent(5_000))
    answers: Recent[UUID, Answered] = field(default_factory=lambda: Recent(10_000))

    def keep(self, streams: dict[str, Stream], answers: dict[UUID, Answered]) -> None:
        """Remember what has become known, or what a group that is now written has made of it."""
        for name, stream in streams.items():
            self.streams.put(name, stream)
        for command_id, answer in answers.items():
            self.answers.put(command_id, answer)

    def clear(self) -> None:
        """Trust nothing that was known before."""
        self.streams.clear()
        self.answers.clear()
