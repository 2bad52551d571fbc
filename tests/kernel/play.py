"""Two small services for tests of the bus: a teller who tells tales, and a hearer who notes what was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import msgspec
import sqlalchemy as sa

from services.kernel.contract import Code, Count, asked, published
from services.kernel.decider import Decider
from services.kernel.errors import Refused, Unavailable
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Actor, Ask, Message
from services.kernel.store import Store
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, add, put

SOMEBODY = Actor(id="w-01", role="coordinator")


@asked(zh="讲")
class TellTale:
    """Tell the next part of a tale."""

    word: Code
    number: Count


@published("tale.told", zh="已讲")
class TaleTold:
    """One part of a tale has been told."""

    word: Code
    number: Count


@asked(zh="记")
class NoteTale:
    """Note that a tale was heard."""

    word: Code


@published("note.taken", zh="已记")
class NoteTaken:
    """A tale was noted for the first time, or once more."""

    word: Code
    times: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A tale, as far as it was told."""

    parts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """Something that was noted."""

    times: int


def tell(command: Any, state: Any, ask: Ask) -> list[Any]:
    """Everything may be told."""
    return [TaleTold(word=command.word, number=command.number)]


def note(command: Any, state: Any, ask: Ask) -> list[Any]:
    """What is said to be false is not noted; what is said to break, breaks."""
    if command.word == "false":
        raise Refused("not-true", "This is not true.", "不是真的。")
    return [NoteTaken(word=command.word, times=(state.times if state else 0) + 1)]


TALE = Decider(
    name="tale", decide=tell, events=TaleTold, states=Told,
    evolve=lambda state, event: replace(state, parts=state.parts + 1) if state else Told(parts=1),
)  # fmt: skip
NOTE = Decider(
    name="note", decide=note, events=NoteTaken, states=Noted, evolve=lambda state, event: Noted(times=event.times)
)

METADATA = sa.MetaData()
heard = sa.Table("heard", METADATA, sa.Column("stream", sa.String, primary_key=True), sa.Column("times", sa.BigInteger),
                 sa.Column("last", sa.BigInteger), sa.Column("word", sa.String))  # fmt: skip


def project_heard(message: Message) -> list[Change]:
    """How often each tale was heard, and its last part: wrong as soon as anything is done twice or out of order."""
    if not isinstance(message.event, TaleTold):
        return []
    return [
        add(heard, message.stream, times=1),
        put(heard, message.stream, last=message.event.number, word=message.event.word),
    ]


def whenever(message: Message, look: Look) -> list[Do]:
    """Each word `note-…` is noted under its tale."""
    event = message.event
    if isinstance(event, TaleTold) and event.word == "break":
        raise ZeroDivisionError("a fault in a policy")
    if isinstance(event, TaleTold) and event.word.startswith(("note", "false")):
        return [Do(NOTE, message.stream_id, NoteTale(word=event.word))]
    return []


TELLER = Manifest(name="teller", deciders=(TALE,))
HEARER = Manifest(
    name="hearer",
    deciders=(NOTE,),
    metadata=METADATA,
    hears=("teller",),
    whenever=whenever,
    project_heard=project_heard,
)


class Teller:
    """A publisher's store, and a pull that reads it."""

    def __init__(self, url: str, manifest: Manifest = TELLER) -> None:
        self.store = Store(manifest, url)
        self.store.start()
        self.pulls: list[tuple[int, int]] = []
        self.away = False

    def tell(self, *parts: tuple[UUID, str, int]) -> int:
        """Tell parts of tales; answers the log's head."""
        orders = [
            Order(TALE, stream, TellTale(word=word, number=number), ask_of(uuid4()), fresh=True)
            for stream, word, number in parts
        ]
        self.store.submit(Unit(orders)).result(30)
        return self.store.head()

    def tell_many(self, count: int, streams: Sequence[UUID]) -> int:
        """Tell this many parts, in turn of the streams, in groups."""
        head = self.store.head()
        parts = [(streams[n % len(streams)], "once", n // len(streams) + 1) for n in range(count)]
        for start in range(0, count, 500):
            head = self.tell(*parts[start : start + 500])
        return head

    def pull(self, publisher: str, after: int, limit: int) -> Sequence[bytes]:
        """What `GET /events` would give."""
        self.pulls.append((after, limit))
        if self.away:
            raise Unavailable("the publisher is away")
        return self.store.read(after, limit)

    def events(self, first: int = 1, last: int | None = None) -> list[bytes]:
        """The stored bytes from one position to another."""
        return self.store.read(first - 1, (last or self.store.head()) - first + 1)


def ask_of(command_id: UUID) -> Ask:
    """Ordinary circumstances."""
    now = datetime.now(UTC)
    return Ask(id=command_id, now=now, at=now, actor=SOMEBODY)


def rows(store: Store) -> dict[str, tuple[int, int]]:
    """What the hearer's view says: for each tale how often it was heard, and its last part."""
    return {row["stream"]: (row["times"], row["last"]) for row in store.look().all(heard)}


def notes(store: Store) -> list[tuple[str, str, int]]:
    """What the hearer has decided: stream, word, times."""
    read = msgspec.json.decode
    return [(e["subject"], e["data"]["word"], e["data"]["times"]) for e in map(read, store.read(0, 10_000))]


def until(met: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to come to pass."""
    deadline = monotonic() + seconds
    while not met():
        assert monotonic() < deadline, "it did not come to pass"
        sleep(0.01)
