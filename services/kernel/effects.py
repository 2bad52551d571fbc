"""What follows from a message, and its commit: commands of policies, rows of views, entries of a recorder, one cursor.

Messages share a transaction as long as none of them must see what one before it has done: a policy that reads, or a
command with facts, closes the run before it. So a batch has the same effects as its messages one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.kernel import log
from services.kernel.clock import Clock
from services.kernel.errors import ConcurrentChange, HubError, OutcomeUnknown, Refused, Unavailable
from services.kernel.ids import named
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Actor, Ask, Message
from services.kernel.pressure import Pressure
from services.kernel.unit import Done, Moved, Order, Results, Unit
from services.kernel.view import Change, Rows

T = TypeVar("T")

COMMIT_SECONDS = 30.0
TRIES = 10
"""How often what several processes record one behind the other is recorded anew before it has to wait."""

AWAY = (Unavailable, OutcomeUnknown, ConcurrentChange, TimeoutError)
"""Nobody's fault but the circumstances': the same message is handled again, uncounted, when they are better."""


class Pending(Protocol):
    """The part of a future that is waited on."""

    def result(self, timeout: float | None = None) -> Results:
        """One result an order, or the error that befell the unit."""
        ...


class Books(Protocol):
    """The part of a store that consuming needs (see `store.Store`)."""

    @property
    def name(self) -> str:
        """Whose store it is."""
        ...

    def cursor(self, publisher: str) -> int:
        """How far this service has heard a publisher."""
        ...

    @property
    def pressure(self) -> Pressure:
        """Who is told how late it is that something is heard."""
        ...

    def look(self) -> Look:
        """Reads of the committed views."""
        ...

    def submit(self, unit: Unit) -> Pending:
        """Hand a unit over to be committed."""
        ...


class Broken(Exception):
    """A handler, or the commit of what it led to, failed, and not for want of a database."""

    def __init__(self, fault: BaseException) -> None:
        super().__init__(f"{type(fault).__name__}: {fault}")


class TooEarly(Exception):
    """A policy wants to read what messages before it are about to write: they must be committed first."""


@dataclass
class Run:
    """Messages that take effect in one transaction: how far they bring the cursor, and what they lead to.

    `aside` are rows of the kernel's own (parking, attempts); `moves` is False where the cursor is past them already.
    """

    publisher: str
    before: int
    after: int
    moves: bool = True
    messages: list[Message] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    aside: list[Change] = field(default_factory=list)
    tables: set[sa.Table] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, publisher: str, position: int) -> Run:
        """An empty run that goes on from here."""
        return cls(publisher, position, position)

    def include(self, message: Message, orders: Sequence[Order], changes: Iterable[Change]) -> None:
        """One more message and what follows from it."""
        self.after = message.position
        self.messages.append(message)
        self.orders += orders
        for change in changes:
            self.changes.append(change)
            self.tables.add(change.table)


class Settled:
    """Reading the views as they are once every message before this one has taken effect."""

    def __init__(self, look: Look, run: Run) -> None:
        self._look, self._run = look, run

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        self._need(table in self._run.tables)
        return self._look.one(table, *key)

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values, in the order of the primary key."""
        self._need(table in self._run.tables)
        return self._look.all(table, **equals)

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select over the service's own tables."""
        self._need(bool(self._run.tables))
        return self._look.run(statement)

    def beside(self, make: Callable[[], T]) -> T:
        """What is kept beside the committed views."""
        return self._look.beside(make)

    def _need(self, touched: bool) -> None:
        if self._run.orders or touched:
            raise TooEarly


class Effects:
    """Finds out what follows from messages for one service, and commits it."""

    def __init__(self, manifest: Manifest, store: Books, clock: Clock) -> None:
        self._manifest, self._store, self._clock = manifest, store, clock
        self._actor = Actor(id=f"policy:{manifest.name}", role="service")
        self._recorder = manifest.record() if manifest.record else None

    @property
    def records(self) -> bool:
        """Whether the service keeps all that it hears."""
        return self._recorder is not None

    def foresee(self, messages: Sequence[Message]) -> None:
        """Let the service look up for many messages what it would look up for each. Raises Broken if that fails."""
        try:
            self._manifest.foresee(messages, self._store.look())
        except AWAY:
            raise
        except Exception as fault:  # noqa: BLE001 - as in `add`
            raise Broken(fault) from fault

    def add(self, run: Run, message: Message) -> None:
        """Make a message part of a run. Raises TooEarly if the run must be committed first, Broken if a handler fails."""
        manifest = self._manifest
        try:
            todo = manifest.whenever(message, Settled(self._store.look(), run))
            changes = list(manifest.project_heard(message))
        except (TooEarly, *AWAY):
            raise
        except Exception as fault:  # noqa: BLE001 - a failing handler must not stop the others: its message is parked
            raise Broken(fault) from fault
        if run.orders and any(type(do.command) in manifest.facts for do in todo):
            raise TooEarly
        run.include(message, [self._order(do, n, message) for n, do in enumerate(todo)], changes)

    def _order(self, do: Do, n: int, message: Message) -> Order:
        """The n-th command that follows from a message has the same id each time, so that it is done once."""
        envelope = message.envelope
        ask = Ask(
            id=named(envelope.id, f"{self._manifest.name}:{n}"), now=self._clock(), actor=self._actor, channel="policy",
            at=message.effective_at, precision=envelope.effectiveprecision,
            causation=envelope.id, correlation=envelope.correlationid or envelope.id,
        )  # fmt: skip
        return Order(do.decider, do.stream_id, do.command, ask, rows=do.rows)

    def ask(self, todo: Sequence[Do], about: UUID) -> None:
        """Commands that follow from no message but from an occasion with this id."""
        if todo:
            now = self._clock()
            ids = [named(about, f"{self._manifest.name}:{n}") for n in range(len(todo))]
            asks = [Ask(id=i, now=now, actor=self._actor, channel="policy", at=now) for i in ids]
            orders = [Order(do.decider, do.stream_id, do.command, ask) for do, ask in zip(todo, asks, strict=True)]
            self._submit(Unit(orders=orders, lenient=True))

    def are_in(self, run: Run) -> bool:
        """Whether anything but the cursor would be written."""
        return bool(run.orders or run.changes or run.aside or (self.records and run.messages))

    def pass_by(self, publisher: str, before: int, after: int) -> None:
        """Move the cursor alone. Raises one of AWAY; whether it has moved is to be read then."""
        self._submit(Unit(moved=Moved(publisher, before, after)))

    def commit(self, run: Run) -> None:
        """All of a run in one transaction, with the cursor. Raises Broken, or one of AWAY."""
        if not (run.aside or run.messages):
            return
        for again in range(TRIES):
            try:
                self._write(run)
                return
            except AWAY as away:
                self._forget()
                if again + 1 == TRIES or not (isinstance(away, ConcurrentChange) and self._is_next(run)):
                    raise
            except Exception as fault:  # noqa: BLE001 - as in `add`; the store hands on whatever the database said
                self._forget()
                raise Broken(fault) from fault

    def _write(self, run: Run) -> None:
        moved = Moved(run.publisher, run.before, run.after) if run.moves else None
        rows = [*self._recorded(run), *run.changes, *run.aside]
        self._submit(Unit(orders=run.orders, rows=rows, moved=moved, lenient=True))

    def _is_next(self, run: Run) -> bool:
        """Whether only the recorder was overtaken, by another process that hears another publisher: it records again."""
        return self.records and run.moves and self._store.cursor(run.publisher) == run.before

    def _recorded(self, run: Run) -> list[Change | Rows]:
        if self._recorder is None or not run.messages:
            return []
        return self._recorder.take(run.messages, self._clock(), self._store.look())

    def _forget(self) -> None:
        if self._recorder is not None:
            self._recorder.forget()

    def _submit(self, unit: Unit) -> None:
        results = self._store.submit(unit).result(COMMIT_SECONDS)
        for order, result in zip(unit.orders, results, strict=True):
            self._say(order, result)

    def _say(self, order: Order, result: Done | HubError) -> None:
        command = type(order.command).__name__
        if isinstance(result, Done):
            log.handled(
                self._manifest.name, command, "again" if result.again else "done",
                stream=order.stream, version=result.version, correlation=order.ask.correlation,
            )  # fmt: skip
            return
        outcome: log.Outcome = "refused" if isinstance(result, Refused) else "failed"
        log.handled(
            self._manifest.name,
            command,
            outcome,
            stream=order.stream,
            code=result.code,
            correlation=order.ask.correlation,
        )
