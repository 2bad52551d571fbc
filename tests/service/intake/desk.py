"""Intake on a desk: its deciders, facts, views and policies together, on a database in memory, without any transport."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from services.intake import tables as t
from services.intake.domain.known import Known
from services.intake.facts import FACTS
from services.intake.likeness_tables import KEPT
from services.intake.policies import project_heard, whenever
from services.intake.views import project
from services.kernel.contract import canonical, name_of
from services.kernel.database import engine_for
from services.kernel.database_sqlite import SqliteWriter
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.manifest import Do
from services.kernel.message import Ask, Envelope, Recorded
from services.kernel.store import Views
from tests.support.empty import with_tables
from tests.support.spec import NOON, ask

NAMES = UUID(int=2**100)


NUMBERS = count(1)


def _engine() -> sa.Engine:
    """A database in memory, shared by all connections of one desk; the writer's own keeps it alive."""
    return engine_for(f"sqlite:///file:desk-{next(NUMBERS)}?mode=memory&cache=shared&uri=true", poolclass=NullPool)


@dataclass
class Desk:
    """Asks, records, shows and reacts, one thing after the other."""

    engine: sa.Engine = field(default_factory=_engine)
    log: list[Recorded] = field(default_factory=list)
    states: dict[str, Any] = field(default_factory=dict)
    reacts: bool = True

    def __post_init__(self) -> None:
        self.look, self.writer = Views(self.engine), SqliteWriter(self.engine)
        with_tables(self.engine, t.METADATA, KEPT)

    # --- what is asked of intake ---

    def asks(self, decider: Decider, stream_id: UUID, command: Any, **circumstances: Any) -> list[Any]:
        """Decide on the state and the facts, record what follows, react to it."""
        found = FACTS.get(type(command))
        facts = found(command, stream_id, self.look) if found else Known(itself=stream_id)
        given = {"id": uuid5(NAMES, f"{len(self.log)}/{type(command).__name__}")} | circumstances
        asked = ask(facts=facts, **given)
        stream = f"{decider.name}/{stream_id}"
        events = decider.decide(command, self.states.get(stream), asked)
        self.states[stream] = decider.fold(self.states.get(stream), events)
        for event in events:
            self._record(event, stream, asked)
        return events

    def _record(self, event: Any, stream: str, asked: Ask) -> None:
        version = sum(1 for known in self.log if known.stream == stream) + 1
        recorded = said(event, stream, len(self.log) + 1, version, at=asked.at, actor=asked.actor)
        self.log.append(recorded)
        self.writer.apply(project(recorded))
        if self.reacts:
            self.does(whenever(recorded, self.look))

    def does(self, dos: list[Do]) -> None:
        """What a policy asks; what the rules refuse stays undone."""
        for do in dos:
            try:
                self.asks(do.decider, do.stream_id, do.command)
            except Refused:
                continue

    # --- what intake hears ---

    def hears(self, publisher: str, aggregate: str, stream_id: UUID, event: Any) -> list[Do]:
        """Another service has said something: show it, and do what the policy says."""
        message = said(event, f"{aggregate}/{stream_id}", 1, 1, publisher=publisher)
        dos = whenever(message, self.look)
        self.does(dos)
        self.writer.apply(project_heard(message))
        return dos

    # --- what there is to see ---

    def row(self, table: sa.Table, *key: Any) -> dict[str, Any]:
        """The row under a key; it is there."""
        found = self.look.one(table, *key)
        assert found is not None, f"{table.name} {key}"
        return found

    def events(self, kind: type) -> list[Any]:
        """All events of one kind, in their order."""
        return [recorded.event for recorded in self.log if isinstance(recorded.event, kind)]

    def folded_anew(self) -> Desk:
        """A desk whose views come from the log alone."""
        again = Desk(log=self.log)
        again.writer.apply([change for recorded in self.log for change in project(recorded)])
        return again


def said(
    event: Any,
    stream: str,
    position: int,
    version: int,
    *,
    publisher: str = "intake",
    at: datetime | None = NOON,
    actor: Any = None,
) -> Recorded:
    """An event as its service has recorded it."""
    envelope = Envelope(
        id=uuid5(NAMES, f"{publisher}/{stream}/{position}/{name_of(event)}"),
        source=f"/{publisher}",
        type=name_of(event),
        subject=stream,
        time=NOON,
        position=position,
        streamversion=version,
        effectiveat=at,
        actorid=actor.id if actor else "",
        actorrole=actor.role if actor else "",
        data=msgspec.Raw(canonical(event)),
    )
    return Recorded(envelope=envelope, raw=b"", event=event)
