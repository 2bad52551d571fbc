"""What is handed to the appender, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.decider import Decider
from services.kernel.errors import HubError
from services.kernel.message import Ask
from services.kernel.view import Change, Rows


class Order(msgspec.Struct):
    """One command for one stream.

    `expected` is the version the caller has read (None: whichever); `digest` tells one request from another under the
    same id; `rows` are written with the events (sealed values). `fresh` says that the command id was made just now and
    that nobody can send it again: it is not looked for, and not remembered. `founds` says that the stream is named by
    the command's id: unless the command is known, the stream is empty and need not be read.
    """

    decider: Decider
    stream_id: UUID
    command: Any
    ask: Ask
    expected: int | None = None
    digest: bytes = b""
    rows: tuple[Change, ...] = ()
    fresh: bool = False
    founds: bool = False
    stream: str = ""

    def __post_init__(self) -> None:
        """Its stream, `<aggregate>/<uuid>`: said once, read often."""
        self.stream = f"{self.decider.name}/{self.stream_id}"


class Done(msgspec.Struct, frozen=True):
    """A command's answer: the stream's version after it, the position of its last event (0: none), its events' names.

    `again` is True when the same command was answered before and nothing was done now.
    """

    stream_id: UUID
    version: int
    position: int
    events: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """A consumer's cursor moves from one position of a publisher to another."""

    publisher: str
    before: int
    after: int


Results = list[Done | HubError]
Answer = Callable[[Results | BaseException], None]


@dataclass(slots=True)
class Unit:
    """All of it in one transaction, or nothing of it.

    With `lenient` an order that is refused does not take the others with it: its place in the results holds the error.
    Orders of a unit stand on the states that those before them leave, but the facts that are looked up for them are
    those from before the unit: an order whose facts another one changes belongs into a unit of its own.
    """

    orders: list[Order] = field(default_factory=list)
    rows: list[Change | Rows] = field(default_factory=list)
    moved: Moved | None = None
    lenient: bool = False
    answer: Answer | None = None
