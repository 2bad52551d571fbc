"""The whole hub on a table: the real deciders, facts, views and policies of its services, and nothing between them.

No transport, no disk, no thread: a command is decided, shown, and heard by everybody before the next one is asked. What
is said travels as the kernel has it travel (see `kernel/effects.py`), so that rules which span services can be tried
thousands of times.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from services.kernel.contract import canonical, name_of
from services.kernel.database import engine_for
from services.kernel.database_sqlite import SqliteWriter
from services.kernel.decider import Decider
from services.kernel.errors import HubError
from services.kernel.manifest import Manifest, Timer
from services.kernel.message import Actor, Ask, Envelope, Recorded
from services.kernel.store import Views
from tests.support.spec import COORDINATOR, NOON

NAMES = UUID(int=2**101)
NUMBERS = count(1)
A_WHILE = timedelta(minutes=7)


class Side:
    """One service: its manifest, its tables in memory, the states of its streams."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.engine = engine_for(
            f"sqlite:///file:table-{next(NUMBERS)}?mode=memory&cache=shared&uri=true", poolclass=QueuePool, pool_size=1
        )
        self.look, self.writer = Views(self.engine), SqliteWriter(self.engine)
        manifest.metadata.create_all(self.engine)
        self.states: dict[str, tuple[int, Any]] = {}
        self.position = 0


@dataclass(frozen=True)
class Kept:
    """How a table stood."""

    log: list[Recorded]
    now: datetime
    asked: int
    books: dict[str, tuple[sqlite3.Connection, dict[str, tuple[int, Any]], int]]


@dataclass
class Table:
    """Services around one table; `log` is all that was said, in the order in which it was said."""

    sides: dict[str, Side]
    log: list[Recorded] = field(default_factory=list)
    now: datetime = NOON
    asked: int = 0
    _unheard: deque[tuple[str, Recorded]] = field(default_factory=deque)

    @classmethod
    def of(cls, *manifests: Manifest) -> Table:
        """A table for these services."""
        return cls({manifest.name: Side(manifest) for manifest in manifests})

    def asks(
        self, service: str, decider: Decider, command: Any, on: UUID | None = None, by: Actor = COORDINATOR,
        *, ago: timedelta = timedelta(), second: Actor | None = None,
    ) -> UUID:  # fmt: skip
        """Ask, and let everybody hear what follows; the stream's id. Raises what the rules say.

        What is asked about may have happened some time `ago`, and a `second` person may have approved it.
        """
        self.asked += 1
        self.now += A_WHILE
        command_id = uuid5(NAMES, f"{self.asked}")
        stream_id = on or uuid5(command_id, "stream")
        ask = Ask(id=command_id, now=self.now.astimezone(UTC), at=self.now - ago, actor=by, approver=second)
        self._decide(self.sides[service], decider, stream_id, command, ask)
        self._let_hear()
        return stream_id

    def due(self, until: datetime) -> None:
        """Time passes until then: what the services' timers find to be due is asked, in the order of its time."""
        self.now = until
        for side in self.sides.values():
            for timer in (timer for timer in side.manifest.timers if isinstance(timer, Timer)):
                due = timer.table.c[timer.due]
                for row in side.look.run(sa.select(timer.table).where(due <= self.now).order_by(due)):
                    do = timer.command(row)
                    self._policy(side, do.decider, do.stream_id, do.command, uuid5(NAMES, f"{timer.name}/{row}"))
                    self._let_hear()

    # --- again from here ---

    def keep(self) -> Kept:
        """Everything as it is, to go back to."""
        books = {}
        for name, side in self.sides.items():
            books[name] = (sqlite3.connect(":memory:"), dict(side.states), side.position)
            side.writer._raw.backup(books[name][0])
        return Kept(list(self.log), self.now, self.asked, books)

    def restore(self, kept: Kept) -> None:
        """As it was."""
        self.log, self.now, self.asked = list(kept.log), kept.now, kept.asked
        for name, (book, states, position) in kept.books.items():
            side = self.sides[name]
            book.backup(side.writer._raw)
            side.states, side.position = dict(states), position

    # --- deciding ---

    def _decide(self, side: Side, decider: Decider, stream_id: UUID, command: Any, ask: Ask) -> None:
        stream = f"{decider.name}/{stream_id}"
        version, state = side.states.get(stream, (0, None))
        found = side.manifest.facts.get(type(command))
        asked = msgspec.structs.replace(ask, facts=found(command, stream_id, side.look) if found else None)
        events = decider.decide(command, state, asked)
        side.states[stream] = (version + len(events), decider.fold(state, events))
        for number, event in enumerate(events, version + 1):
            self._record(side, stream, number, event, asked)

    def _record(self, side: Side, stream: str, version: int, event: Any, ask: Ask) -> None:
        side.position += 1
        envelope = Envelope(
            id=uuid5(ask.id, f"{version}"), source=f"/{side.manifest.name}", type=name_of(event), subject=stream,
            time=self.now.astimezone(UTC), position=side.position, streamversion=version, effectiveat=ask.at,
            effectiveprecision=ask.precision if ask.at else "unknown", actorid=ask.actor.id, actorrole=ask.actor.role,
            actororg=ask.actor.org, commandid=ask.id, correlationid=ask.correlation, corrects=ask.corrects,
            data=msgspec.Raw(canonical(event)),
        )  # fmt: skip
        recorded = Recorded(envelope=envelope, raw=b"", event=event)
        self.log.append(recorded)
        side.writer.apply(list(side.manifest.project(recorded)))
        self._unheard.extend((name, recorded) for name in self.sides)

    # --- hearing ---

    def _let_hear(self) -> None:
        while self._unheard:
            name, message = self._unheard.popleft()
            side = self.sides[name]
            if message.envelope.publisher in side.manifest.hears:
                self._hear(side, message)

    def _hear(self, side: Side, message: Recorded) -> None:
        todo = list(side.manifest.whenever(message, side.look))
        for number, do in enumerate(todo):
            command_id = uuid5(message.envelope.id, f"{side.manifest.name}:{number}")
            self._policy(side, do.decider, do.stream_id, do.command, command_id, message)
        side.writer.apply(list(side.manifest.project_heard(message)))

    def _policy(
        self, side: Side, decider: Decider, on: UUID, command: Any, command_id: UUID, message: Recorded | None = None
    ) -> None:
        """What a policy or a timer asks; what the rules refuse stays undone."""
        actor = Actor(id=f"policy:{side.manifest.name}", role="service")
        at = message.effective_at if message else self.now
        precision = message.envelope.effectiveprecision if message else "instant"
        ask = Ask(
            id=command_id, now=self.now.astimezone(UTC), actor=actor, at=at, precision=precision, channel="policy"
        )
        try:
            self._decide(side, decider, on, command, ask)
        except HubError:
            return

    # --- looking ---

    def said(self, *kinds: type) -> Iterable[Recorded]:
        """What was said of these kinds, in order."""
        return (recorded for recorded in self.log if isinstance(recorded.event, kinds))
