"""What a service is made of, said once: deciders, views, what it hears and does about it, its clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.kernel.decider import Decider
from services.kernel.message import Message, Recorded
from services.kernel.scope import Reach, Scope
from services.kernel.vault import Vault
from services.kernel.view import Change, Project, Rows

T = TypeVar("T")


class Look(Protocol):
    """Reading a service's own views; rows are plain dicts by column name."""

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        ...

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values, in the order of the primary key."""
        ...

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select over the service's own tables."""
        ...

    def beside(self, make: Callable[[], T]) -> T:
        """What a service keeps in memory beside these views, made at first sight and the same ever after.

        It must find out by itself, from the views, what has changed since it looked last.
        """
        ...


@dataclass(frozen=True)
class Do:
    """A command for one aggregate of the own service, issued by a policy, a timer or a chore.

    `rows` are written with its events: what a chore has sealed anew, what a policy keeps of a message.
    """

    decider: Decider
    stream_id: UUID
    command: Any
    rows: tuple[Change, ...] = ()


Whenever = Callable[[Message, Look], list[Do]]
Foresee = Callable[[Sequence[Message], Look], None]
Facts = Callable[[Any, UUID, Look], Any]
Wanted = tuple[sa.Table, str, Any]
"""The rows of a table of which a column, by its name, has this value."""
Gathers = Callable[[Any, UUID], Iterable[Wanted]]


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A clock over a view: rows whose `due` column has passed become commands.

    The command's id is derived from the row's key and due time, so that a row is acted upon once however often it is
    read; the events that follow are expected to remove the row or to move its due time.
    """

    name: str
    table: sa.Table
    due: str
    command: Callable[[dict[str, Any]], Do]


@dataclass(frozen=True, kw_only=True)
class Chore:
    """An act outside the log that a row of a view asks for once its `due` column has passed, such as the end of a key.

    `act(row, look, vault, now)` does it and answers with the command that says that it is done. The process may die
    between the two, so it is repeated until the row is gone or not due any more, and must be harmless when done again.
    """

    name: str
    table: sa.Table
    due: str
    act: Callable[[dict[str, Any], Look, Vault, datetime], Do]


class Recorder(Protocol):
    """One who keeps what is heard, message by message, in an order of its own (the ledger).

    The kernel calls `take` for one batch at a time, whichever publisher it comes from, and commits what it answers
    together with the cursor. A recorder may remember where it stands; when a commit fails or its outcome is unknown the
    kernel calls `forget`, and the next `take` reads from the tables again.
    """

    def take(self, batch: Sequence[Message], now: datetime, look: Look) -> list[Change | Rows]:
        """The rows that record this batch, in its order."""
        ...

    def forget(self) -> None:
        """What was taken last may not be written: remember nothing."""
        ...


class Follower(Protocol):
    """A view that is derived from what a recorder keeps, at its own pace, in a loop that the kernel runs.

    `step` reads on from where it stood and answers the changes, the commands that follow from them, and where it stands
    now; the kernel commits the three together, so that a step that is repeated, or made by another process meanwhile,
    has one effect. A command that is refused holds nothing up. The same position again means: nothing to do.
    `tables` are emptied, and the position set to 0, when the view is rebuilt.
    """

    name: str
    tables: tuple[sa.Table, ...]

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """What follows from the next entries after this one."""
        ...


class Companion(Protocol):
    """Work of a service's own that goes on beside its log, in a thread of its own: such as telling outsiders.

    It begins with the service and is told to stop before the log closes. Whatever it must not forget it keeps in tables.
    """

    name: str

    def run(self) -> None:
        """The body of the thread; ends only when it is told to stop, whatever goes wrong."""
        ...

    def stop(self) -> None:
        """Ask it to end, from another thread."""
        ...


class Duty(Protocol):
    """What one process of a service does over and over beside the log, and no other at the same time (see `Exclusive`).

    A turn is short; what it writes is fenced, for the right to do it may have been lost unseen. A turn that fails is
    told and tried again.
    """

    name: str
    every: float

    def turn(self) -> bool:
        """Do what there is to do now; True where there is more to do at once, else it rests for `every` seconds."""
        ...

    def health(self) -> Mapping[str, Any]:
        """How it stands, for whoever asks whether the service is ready: codes and numbers."""
        ...


OnGap = Callable[[str, int, int], list[Do]]


def no_gap(publisher: str, expected: int, seen: int) -> list[Do]:
    """A service that does not write down the gaps it meets."""
    return []


def no_companions(hand: Any) -> Sequence[Companion]:
    """A service that does nothing beside its log."""
    return ()


def shows_nothing(recorded: Recorded) -> Sequence[Change]:
    """The projection of a service whose views show nothing of it."""
    return ()


def hears_nothing(message: Message, look: Look) -> list[Do]:
    """The policy of a service that acts on nobody's events."""
    return []


def foresees_nothing(messages: Sequence[Message], look: Look) -> None:
    """A service whose policies look up what they need when they need it."""


def withholds_nothing(event: type) -> bool:
    """A service whose raw events may be read by whoever may read any."""
    return False


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """A service, declared.

    `hears` names the publishers it reads; `whenever(message, look)` turns each message into commands of its own.
    `foresee(messages, look)` is called before those of a batch are handled one after the other: what it finds for all of
    them it keeps `beside` the views, and what has changed since it must not matter to whoever asks for it there.
    `project` folds its own events into its views (tables of `metadata`); `project_heard` folds messages of others into
    views of the same metadata. `facts` gives, for a class of commands, what `decide` finds in `ask.facts`: it is read
    from the service's own views inside the commit, so it cannot be overtaken by another command of this service.
    `gathers` tells of such commands which rows that will be, so that those of many are read at once: what it leaves out is
    read when it is asked for.

    `record` makes the recorder of a service that keeps what it hears, `kept` are the tables it keeps it in: created
    with the views, never emptied by a rebuild. `followers` derive views from them. `duties` are made of the hand that the
    service's methods work with as well. `on_gap(publisher, expected, seen)`
    is called when the next message of a publisher is `seen` instead of `expected`, `on_filled` with the same numbers
    when the missing ones have been pulled.

    `companions` makes them from what the service's methods work with (see `entrypoints.log.Hand`); `watches` says that
    somebody waits for the service's streams to grow.

    `issues` makes the one who knows the opaque tokens that this service has issued (`entrypoints.callers.Issuer`).

    `scopes` says of each table that is shown who sees which rows and what in them, `reaches` of each kind of aggregate
    who may command it; a service that gives them gives them for everything it shows and takes. Events for which
    `withholds` is true leave the service by its bus and for other services alone: whoever else reads its raw events
    reads on as if they were not there, unless somebody of the roles in `unseals` has approved that he does. In the roles
    in `bound` somebody acts for an organization: whoever's token names none is let in where that is said to be no matter.
    """

    name: str
    deciders: Sequence[Decider] = ()
    metadata: sa.MetaData = field(default_factory=sa.MetaData)
    project: Project = shows_nothing
    project_heard: Project = shows_nothing
    hears: tuple[str, ...] = ()
    whenever: Whenever = hears_nothing
    foresee: Foresee = foresees_nothing
    facts: Mapping[type, Facts] = field(default_factory=dict)
    gathers: Mapping[type, Gathers] = field(default_factory=dict)
    timers: tuple[Timer | Chore, ...] = ()
    record: Callable[[], Recorder] | None = None
    kept: sa.MetaData = field(default_factory=sa.MetaData)
    followers: tuple[Follower, ...] = ()
    companions: Callable[[Any], Sequence[Companion]] = no_companions
    watches: bool = False
    duties: tuple[Callable[[Any], Duty], ...] = ()
    on_gap: OnGap = no_gap
    on_filled: OnGap = no_gap
    scopes: Mapping[sa.Table, Scope] | None = None
    reaches: Mapping[str, Reach] | None = None
    withholds: Callable[[type], bool] = withholds_nothing
    unseals: tuple[str, ...] = ()
    issues: Callable[[Any], Any] | None = None
    bound: frozenset[str] = frozenset()

    def scope_of(self, table: sa.Table) -> Scope | None:
        """Who sees what of a table; None where the service keeps nothing from anybody."""
        if self.scopes is None:
            return None
        if table not in self.scopes:
            raise TypeError(f"{self.name}: nothing says who sees what of the table {table.name}")
        return self.scopes[table]

    def reach_of(self, decider: Decider) -> Reach | None:
        """Who may command an aggregate of this kind; None where the service refuses nobody."""
        if self.reaches is None:
            return None
        if decider.name not in self.reaches:
            raise TypeError(f"{self.name}: nothing says who may command a {decider.name}")
        return self.reaches[decider.name]

    def withheld(self) -> frozenset[str]:
        """The names of the events that are withheld."""
        return frozenset(
            name for decider in self.deciders for name, event in decider.event_types.items() if self.withholds(event)
        )
