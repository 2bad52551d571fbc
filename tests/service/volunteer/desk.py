"""The whole volunteer service without its edges: a log on disk, decisions, facts, views and policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.kernel.contract import canonical, name_of
from services.kernel.decider import Decider
from services.kernel.manifest import Do, Manifest
from services.kernel.message import Actor, Ask, Envelope, Recorded
from services.kernel.store import Store
from services.kernel.unit import Done, Order, Unit
from services.volunteer import reading, views
from services.volunteer.domain import hours, pairing, pairing_round, plan, task, volunteer
from services.volunteer.facts import FACTS
from services.volunteer.facts_hours import HOURS_FACTS
from services.volunteer.facts_waves import WAVE_FACTS
from services.volunteer.policies import TIMERS, whenever
from services.volunteer.views_heard import project_heard
from services.volunteer.views_plans import KEPT
from tests.support.spec import COORDINATOR, NOON


class Desk:
    """Somebody at the service's desk: asks, looks, and hears what other services say."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        manifest = Manifest(
            name="volunteer",
            deciders=(
                volunteer.DECIDER,
                task.DECIDER,
                hours.DECIDER,
                pairing.DECIDER,
                pairing_round.DECIDER,
                plan.DECIDER,
            ),
            kept=KEPT,
            metadata=views.METADATA,
            project=views.project,
            facts=FACTS | HOURS_FACTS | WAVE_FACTS | reading.FACTS,
            timers=TIMERS,
        )
        self.store = Store(manifest, f"sqlite:///{folder}/volunteer.db", clock=lambda: self.now.astimezone(UTC))
        self.store.start()
        self._numbers = count(100)

    def asks(
        self, command: Any, of: Decider, on: UUID | None = None, by: Actor = COORDINATOR, at: datetime | None = None
    ) -> UUID:
        """Ask, and answer the id of what was asked; a refusal is raised."""
        command_id = UUID(int=next(self._numbers))
        ask = Ask(id=command_id, now=self.now, at=at or self.now, actor=by)
        stream_id = on or uuid5(command_id, "stream")
        (done,) = self.store.submit(Unit([Order(of, stream_id, command, ask)])).result(10)
        if not isinstance(done, Done):
            raise done
        return stream_id

    def does(self, do: Do) -> None:
        """What a chore answers, with its rows."""
        ask = Ask(id=UUID(int=next(self._numbers)), now=self.now, at=self.now, actor=Actor(id="hub", role="service"))
        (done,) = self.store.submit(Unit([Order(do.decider, do.stream_id, do.command, ask, rows=do.rows)])).result(10)
        if not isinstance(done, Done):
            raise done

    def hears(self, publisher: str, event: Any, stream_id: UUID) -> list[Do]:
        """Hear what another service said, do what follows, and answer what that was."""
        envelope = Envelope(
            id=UUID(int=next(self._numbers)), source=f"/{publisher}", type=name_of(event), subject=f"any/{stream_id}",
            time=self.now, position=1, streamversion=1,
        )  # fmt: skip
        message = Recorded(envelope=envelope, raw=canonical(event), event=event)
        todo = whenever(message, self.store.views)
        self.store.submit(Unit(rows=list(project_heard(message)))).result(10)
        for do in todo:
            self.asks(do.command, do.decider, do.stream_id, by=Actor(id="policy:volunteer", role="service"))
        return todo

    def passes(self, time: timedelta) -> int:
        """Let time pass, and the clocks ring; how often they rang."""
        self.now += time
        rings = 0
        for timer in TIMERS:
            due = sa.select(timer.table).where(timer.table.c[timer.due] <= self.now)
            for row in self.store.views.run(due):
                do = timer.command(row)
                self.asks(do.command, do.decider, do.stream_id, by=Actor(id="clock:volunteer", role="service"))
                rings += 1
        return rings

    def sees(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """The rows of a view, without columns that hold nothing."""
        rows = self.store.views.all(table, **equals)
        return [{name: value for name, value in row.items() if value is not None} for row in rows]

    def state(self, table: sa.Table, key: UUID) -> str:
        """The state that a view shows under this key."""
        row = self.store.views.one(table, key)
        assert row is not None
        return str(row["state"])
