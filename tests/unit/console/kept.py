"""The console's own log in memory, as far as pages use it: decisions, views and what is kept beside them."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import msgspec
import sqlalchemy as sa

from services.console import views
from services.console.gate import tables as gate
from services.console.service import MANIFEST
from services.kernel.clock import system_clock
from services.kernel.config import Settings
from services.kernel.errors import ConcurrentChange, HubError
from services.kernel.store import Views
from services.kernel.unit import Done, Order, Unit
from services.kernel.view import Change, Rows
from tests.support.empty import with_tables


class Store:
    """Decides one order after the other, and writes rows at once."""

    def __init__(self, engine: sa.Engine, look: Views) -> None:
        self.engine, self.look, self.clock = engine, look, system_clock
        self.said: dict[str, list[Any]] = defaultdict(list)

    def submit(self, unit: Unit) -> Future[list[Any]]:
        future: Future[list[Any]] = Future()
        try:
            future.set_result([self._decided(order) for order in unit.orders])
            self._write(unit.rows)
        except ConcurrentChange as taken:
            future = Future()
            future.set_exception(taken)
        return future

    def _decided(self, order: Order) -> Done | HubError:
        facts = MANIFEST.facts.get(type(order.command))
        found = facts(order.command, order.stream_id, self.look) if facts else None
        ask, past = msgspec.structs.replace(order.ask, facts=found, now=self.clock()), self.said[order.stream]
        try:
            events = order.decider.decide(order.command, order.decider.fold(None, past), ask)
        except HubError as no:
            return no
        for event in events:
            recorded: Any = SimpleNamespace(event=event, stream_id=order.stream_id, recorded_at=self.clock())
            self._write(list(MANIFEST.project(recorded)))
        past += events
        if events:
            self._write(list(order.rows))
        return Done(order.stream_id, len(past), len(past), ())

    def _write(self, rows: list[Change | Rows]) -> None:
        with self.engine.begin() as connection:
            for row in rows:
                _insert(connection, row) if isinstance(row, Rows) else _apply(connection, row)


def _insert(connection: sa.Connection, rows: Rows) -> None:
    try:
        for values in rows.values:
            connection.execute(sa.insert(rows.table).values(dict(zip(rows.columns, values, strict=True))))
    except sa.exc.IntegrityError as taken:
        raise ConcurrentChange("taken", 0, 0) from taken


def _apply(connection: sa.Connection, change: Change) -> None:
    key = dict(zip((c.name for c in change.table.primary_key), change.key, strict=True))
    here = [change.table.c[name] == value for name, value in key.items()]
    if change.drop:
        connection.execute(sa.delete(change.table).where(*here))
        return
    sets = change.sets | {name: change.table.c[name] + amount for name, amount in change.adds.items()}
    there = connection.execute(sa.select(change.table).where(*here)).first() is not None
    if there and sets:
        connection.execute(sa.update(change.table).where(*here).values(**sets))
    elif not there:
        connection.execute(sa.insert(change.table).values(**key, **change.sets))


class Log:
    """Settings, and a database in memory."""

    def __init__(self, settings: Settings) -> None:
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
        with_tables(engine, views.METADATA, gate.KEPT)
        self.settings, self.look, self.engine = settings, Views(engine), engine
        self.store = Store(engine, self.look)
