"""The single writer of a service's log in a process: it gathers what waits, decides it, and writes it as one group.

The commit in flight is the window in which the next group gathers, so the busier it is, the larger the groups. Decisions
are made here, on the newest state, inside the group: there are no conflicts to retry within a process. Between processes
the head's position is compared and set with the write; who comes second reads what is new and decides again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from queue import SimpleQueue
from time import monotonic, perf_counter, sleep
from typing import Any
from uuid import UUID

from services.kernel import log, metrics
from services.kernel.ahead import Ahead
from services.kernel.clock import Clock
from services.kernel.database import DatabaseGone, Group, Head, HeadMoved, Writer
from services.kernel.decider import Decider
from services.kernel.draft import Draft, micros
from services.kernel.errors import OutcomeUnknown, Unavailable
from services.kernel.gathered import Gathered, wanted_by
from services.kernel.manifest import Look, Manifest
from services.kernel.memory import Known, Memory, Stream
from services.kernel.stored import read_stored
from services.kernel.unit import Done, Order, Unit

GROUP_ORDERS = 1_000
RECONNECT_SECONDS = 3.0
EMPTY = Head(0, b"", 0)

Written = Callable[[int, list[bytes]], None]
"""Told of each commit: the position of its first event, and the bytes of all."""


def unheeded(first: int, raws: list[bytes]) -> None:
    """Nobody wants to know."""


class Appender(threading.Thread):
    """Takes units from any thread; answers each, from its own thread, when it is durable or known to be refused."""

    def __init__(
        self, manifest: Manifest, connect: Callable[[], Writer], look: Look, clock: Clock, written: Written = unheeded
    ) -> None:
        super().__init__(name=f"{manifest.name}-appender", daemon=True)
        self._manifest, self._connect, self._look, self._clock = manifest, connect, look, clock
        self._written = written
        # What waits, as it was posted; None says that nothing will come any more.
        self._waiting: SimpleQueue[tuple[Unit, ...] | None] = SimpleQueue()
        self._ending = False
        self._writer: Writer | None = None
        self._memory = Memory()
        self._overtaken = False
        self.head = EMPTY
        self.rounds: list[Callable[[], None]] = []
        # What is told of the commits behind us while the database is busy with the next, or once nothing waits.
        self.tidings: list[Callable[[], None]] = []
        self._untold: list[Callable[[], None]] = []

    # --- from any thread ---

    def post(self, *units: Unit) -> None:
        """Hand units over; their `answer` is called from the appender's thread."""
        self._waiting.put(units)
        if self._ending and not self.is_alive():
            self._turn_away()

    def stop(self) -> None:
        """Finish what was handed over, then end."""
        self._ending = True
        self._waiting.put(None)
        if self.is_alive():
            self.join(timeout=10)

    def _turn_away(self) -> None:
        """Answer what came too late."""
        while not self._waiting.empty():
            for unit in self._waiting.get() or ():
                _answer(unit, Unavailable("the service is stopping"))

    # --- the appender's own thread ---

    def run(self) -> None:
        """Until stopped: gather, decide, write, answer."""
        ended = False
        while not ended:
            units, ended = self._gather()
            if units:
                self._round(units)
            for notify in self.rounds:
                notify()
            self._untold += self.tidings
        self._tell()
        self._turn_away()
        if self._writer is not None:
            self._writer.close()

    def _gather(self) -> tuple[list[Unit], bool]:
        """What waits, at least one unit; True when it is the last."""
        units: list[Unit] = []
        orders = 0
        if self._waiting.empty():
            self._tell()
        while orders < GROUP_ORDERS and not (units and self._waiting.empty()):
            posted = self._waiting.get()
            if posted is None:
                return units, True
            units += posted
            orders += sum(len(unit.orders) or 1 for unit in posted)
        return units, False

    def _round(self, units: list[Unit]) -> None:
        """Write these units, in as few groups as their need for facts allows."""
        tries = 0
        while units:
            try:
                units = self._group(units)
            except HeadMoved:
                self._overtaken = True
            except DatabaseGone as gone:
                # Nothing was written. The connection may just have been an old one: that is worth one more try.
                self._forget()
                tries += 1
                if tries > 1:
                    units = self._lose(units, Unavailable(f"the database is away: {type(gone.__cause__).__name__}"))
            except (OutcomeUnknown, Unavailable) as lost:
                units = self._lose(units, lost)
            except Exception as fault:  # a fault in one unit's rules or rows must not take the others with it
                units = self._isolate(units, fault)

    def _group(self, units: list[Unit]) -> list[Unit]:
        """Write as many of the units as go together, and answer them; the rest is returned."""
        writer = self._connected()
        if self._overtaken:
            self._catch_up(writer)
        orders = [order for unit in units for order in unit.orders]
        look = Ahead(Gathered(self._look, wanted_by(self._manifest, orders)))
        draft = Draft(self._manifest, self._load(writer, orders), look, self.head, micros(self._clock()))
        for unit in units:
            if not draft.take(unit):
                break
        self._write(writer, draft)
        self._memory.keep(draft.overlay, draft.answered)
        self.head = draft.group.after
        for unit, results in draft.results:
            _answer(unit, results)
        return units[len(draft.results) :]

    def _write(self, writer: Writer, draft: Draft) -> None:
        group = draft.group
        if not group.holds_anything:
            # Refusals and repetitions stand on the newest state as well.
            self._tell()
            if writer.head().position != group.before.position:
                raise HeadMoved
            return
        if not group.events:
            group.after = Head(group.before.position, group.before.hash, draft.now)
        began = perf_counter()
        try:
            writer.write(group, self._tell)
        except DatabaseGone as gone:
            metrics.store_failed(self._manifest.name, type(gone.__cause__).__name__)
            if not self._was_written(group):
                raise
        self._untold.append(partial(self._committed, group, len(draft.results), perf_counter() - began))

    def _committed(self, group: Group, units: int, seconds: float) -> None:
        events = group.events
        if events:
            self._written(events[0][0], [row[5] for row in events])
        metrics.committed(self._manifest.name, group.after.position, len(events), units, seconds)

    def _tell(self) -> None:
        """Tell what has not been told yet. It is on disk and answered: whoever cannot bear the news changes nothing."""
        while self._untold:
            news, self._untold = self._untold, []
            for tell in news:
                try:
                    tell()
                except Exception as fault:
                    log.noticed("store", "news-lost", level="error", error=fault)

    def _was_written(self, group: Group) -> bool:
        """After a lost connection: whether the group is in the log. Raises OutcomeUnknown while nobody can tell."""
        self._forget()
        until = monotonic() + RECONNECT_SECONDS
        while monotonic() < until:
            try:
                return self._holds(self._connected(), group)
            except DatabaseGone:
                self._forget()
                sleep(0.1)
        raise OutcomeUnknown("the database went away during the commit")

    def _holds(self, writer: Writer, group: Group) -> bool:
        if self.head in (group.before, group.after):
            return self.head == group.after
        if not group.events:
            raise OutcomeUnknown("the database went away during the commit, and another process has written since")
        raw = writer.event(group.after.position)
        return raw is not None and sha256(raw).digest() == group.after.hash

    def _connected(self) -> Writer:
        if self._writer is None:
            self._writer = self._connect()
            self.head = self._writer.head()
        return self._writer

    def _forget(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        self._memory.clear()

    def _lose(self, units: list[Unit], error: Exception) -> list[Unit]:
        self._forget()
        for unit in units:
            _answer(unit, error)
        return []

    def _isolate(self, units: list[Unit], fault: Exception) -> list[Unit]:
        """One unit alone with a fault gets it as its answer; several are tried one by one."""
        self._forget()
        if len(units) == 1:
            _answer(units[0], fault)
            return []
        for unit in units:
            self._round([unit])
        return []

    def _catch_up(self, writer: Writer) -> None:
        """Another process has written: forget the streams it has changed."""
        newest = writer.head()
        for stream in writer.streams_since(self.head.position):
            self._memory.streams.drop(stream)
        self.head, self._overtaken = newest, False

    # --- what the decisions stand on ---

    def _load(self, writer: Writer, orders: list[Order]) -> Known:
        known = Known()
        self._load_answers(writer, orders, known)
        cold: dict[str, Decider] = {}
        for order in orders:
            stream = self._memory.streams.get(order.stream)
            if stream is not None:
                known.streams[order.stream] = stream
            elif order.founds:
                known.streams[order.stream] = Stream(0, None)
            else:
                cold[order.stream] = order.decider
        if cold:
            loaded = load_streams(writer, cold)
            known.streams |= loaded
            self._memory.keep(loaded, {})
        return known

    def _load_answers(self, writer: Writer, orders: list[Order], known: Known) -> None:
        asked: list[UUID] = []
        for order in orders:
            if order.fresh:
                continue
            answered = self._memory.answers.get(order.ask.id)
            if answered is None:
                asked.append(order.ask.id)
            else:
                known.answers[order.ask.id] = answered
        if asked:
            known.answers |= {row[0]: (bytes(row[1]), _done(row)) for row in writer.answers(asked)}


def load_streams(writer: Writer, cold: dict[str, Decider]) -> dict[str, Stream]:
    """These streams as the database has them: from a snapshot and what came after it."""
    tails = writer.tails(list(cold), [decider.fingerprint for decider in cold.values()])
    return {name: _stream(decider, *tail) for (name, decider), tail in zip(cold.items(), tails, strict=True)}


def _stream(decider: Decider, snapshot: tuple[int, bytes] | None, events: list[tuple[str, bytes]]) -> Stream:
    version, state = (snapshot[0], decider.unpack(snapshot[1])) if snapshot else (0, None)
    return Stream(version + len(events), fold_rows(decider, state, events))


def fold_rows(decider: Decider, state: Any, rows: list[tuple[str, bytes]]) -> Any:
    """The state after the events with these names and stored bytes, read in today's shape."""
    return decider.fold(state, read_stored(decider.event_types, rows, decider.reads))


def _done(row: Any) -> Done:
    names = tuple(row[5].split(",")) if row[5] else ()
    return Done(UUID(row[2].rpartition("/")[2]), row[3], row[4], names)


def _answer(unit: Unit, outcome: Any) -> None:
    if unit.answer is None:
        return
    try:
        unit.answer(outcome)
    except Exception as fault:  # it is written: whoever cannot take the answer must not have it written again
        log.noticed("store", "answer-lost", level="error", error=fault)
