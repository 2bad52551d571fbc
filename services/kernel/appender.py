"""The single writer of a service's log in a process: it gathers what waits, decides it, and writes it as one group.

The commit in flight is the window in which the next group gathers, so the busier it is, the larger the groups. Decisions
are made here, on the newest state, inside the group: there are no conflicts to retry within a process. Between processes
the head's position is compared and set with the write; who comes second reads what is new and decides again.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import msgspec

from services.kernel.clock import Clock
from services.kernel.contract import read_data
from services.kernel.database import DatabaseGone, Head, HeadMoved, Writer
from services.kernel.decider import Decider
from services.kernel.draft import Draft, micros
from services.kernel.errors import OutcomeUnknown, Unavailable
from services.kernel.manifest import Look, Manifest
from services.kernel.memory import Memory, Stream
from services.kernel.unit import Done, Unit
from services.kernel.upcast import current

GROUP_ORDERS = 1_000
RECONNECT_SECONDS = 3.0
EMPTY = Head(0, b"", 0)


class Slim(msgspec.Struct):
    """The part of an envelope that a state is folded from."""

    type: str
    data: msgspec.Raw
    schemaversion: int = 1


read_many = msgspec.json.Decoder(list[Slim]).decode


class Appender(threading.Thread):
    """Takes units from any thread; answers each, from its own thread, when it is durable or known to be refused."""

    def __init__(self, manifest: Manifest, connect: Callable[[], Writer], look: Look, clock: Clock) -> None:
        super().__init__(name=f"{manifest.name}-appender", daemon=True)
        self._manifest, self._connect, self._look, self._clock = manifest, connect, look, clock
        self._deciders = {decider.name: decider for decider in manifest.deciders}
        self._waiting: deque[Unit] = deque()
        self._signal = threading.Semaphore(0)
        self._stopping = False
        self._writer: Writer | None = None
        self._memory = Memory()
        self.head = EMPTY
        self.rounds: list[Callable[[], None]] = []

    # --- from any thread ---

    def post(self, *units: Unit) -> None:
        """Hand units over; their `answer` is called from the appender's thread."""
        if self._stopping:
            for unit in units:
                _answer(unit, Unavailable("the service is stopping"))
            return
        self._waiting.extend(units)
        self._signal.release()

    def stop(self) -> None:
        """Finish what was handed over, then end."""
        self._stopping = True
        self._signal.release()
        self.join(timeout=10)

    # --- the appender's own thread ---

    def run(self) -> None:
        """Until stopped: gather, decide, write, answer."""
        while True:
            self._signal.acquire()
            while self._waiting:
                self._round(self._gather())
                for notify in self.rounds:
                    notify()
            if self._stopping and not self._waiting:
                break
        if self._writer is not None:
            self._writer.close()

    def _gather(self) -> list[Unit]:
        units: list[Unit] = []
        orders = 0
        while self._waiting and orders < GROUP_ORDERS:
            units.append(self._waiting.popleft())
            orders += len(units[-1].orders) or 1
        return units

    def _round(self, units: list[Unit]) -> None:
        """Write these units, in as few groups as their need for facts allows."""
        while units:
            try:
                units = self._group(units)
            except HeadMoved:
                self._catch_up()
            except DatabaseGone as gone:
                self._lose(units, Unavailable(f"the database is away: {type(gone.__cause__).__name__}"))
                return
            except (OutcomeUnknown, Unavailable) as lost:
                self._lose(units, lost)
                return
            except Exception as fault:  # a fault in one unit's rules or rows must not take the others with it
                units = self._isolate(units, fault)

    def _group(self, units: list[Unit]) -> list[Unit]:
        """Write as many of the units as go together; the rest is returned."""
        writer = self._connected()
        self._load(writer, units)
        draft = Draft(self._manifest, self._memory, self._look, self.head, micros(self._clock()))
        taken = 0
        for unit in units:
            if not draft.fits(unit):
                break
            draft.take(unit)
            taken += 1
        self._write(writer, draft)
        draft.keep()
        self.head = draft.group.after
        for unit, results in draft.results:
            _answer(unit, results)
        return units[taken:]

    def _write(self, writer: Writer, draft: Draft) -> None:
        group = draft.group
        if not (group.events or group.changes or group.moves):
            return
        try:
            writer.write(group)
        except DatabaseGone:
            if not self._was_written(group.after):
                raise

    def _was_written(self, after: Head) -> bool:
        """After a lost connection: whether the group is in the log. Raises OutcomeUnknown while nobody can tell."""
        self._forget()
        until = monotonic() + RECONNECT_SECONDS
        while monotonic() < until:
            try:
                return self._connected().head() == after
            except DatabaseGone:
                self._forget()
                sleep(0.1)
        raise OutcomeUnknown("the database went away during the commit")

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

    def _lose(self, units: list[Unit], error: Exception) -> None:
        self._forget()
        for unit in units:
            _answer(unit, error)

    def _isolate(self, units: list[Unit], fault: Exception) -> list[Unit]:
        """One unit alone with a fault gets it as its answer; several are tried one by one."""
        self._forget()
        if len(units) == 1:
            _answer(units[0], fault)
            return []
        for unit in units:
            self._round([unit])
        return []

    def _catch_up(self) -> None:
        """Another process has written: forget the streams it has changed."""
        writer = self._connected()
        newest = writer.head()
        for stream in writer.streams_since(self.head.position):
            self._memory.streams.drop(stream)
        self.head = newest

    # --- what the decisions stand on ---

    def _load(self, writer: Writer, units: list[Unit]) -> None:
        orders = [order for unit in units for order in unit.orders]
        asked = [o.ask.id for o in orders if not o.fresh and self._memory.answers.get(o.ask.id) is None]
        if asked:
            for row in writer.answers(asked):
                self._memory.answers.put(row[0], (bytes(row[1]), _done(row)))
        cold = {o.stream: o.decider for o in orders if self._memory.streams.get(o.stream) is None}
        if cold:
            self._load_streams(writer, cold)

    def _load_streams(self, writer: Writer, cold: dict[str, Decider]) -> None:
        known = {name: Stream(0, None) for name in cold}
        snapshots, events = writer.tails(list(cold), [d.fingerprint for d in cold.values()])
        for name, version, _, packed in snapshots:
            known[name] = Stream(version, cold[name].unpack(bytes(packed)))
        tails: dict[str, list[bytes]] = {}
        for name, _, raw in events:
            tails.setdefault(name, []).append(raw)
        for name, raws in tails.items():
            known[name] = Stream(known[name].version + len(raws), fold_raw(cold[name], known[name].state, raws))
        for name, stream in known.items():
            self._memory.streams.put(name, stream)


def fold_raw(decider: Decider, state: Any, raws: list[bytes]) -> Any:
    """The state after the events with these stored bytes, read in today's shape."""
    types = decider.event_types
    for slim in read_many(b"[" + b",".join(raws) + b"]"):
        cls = types[slim.type]
        state = decider.evolve(state, read_data(cls, current(cls, slim.schemaversion, bytes(slim.data))))
    return state


def _done(row: Any) -> Done:
    names = tuple(row[5].split(",")) if row[5] else ()
    return Done(UUID(row[2].rpartition("/")[2]), row[3], row[4], names)


def _answer(unit: Unit, outcome: Any) -> None:
    if unit.answer is not None:
        unit.answer(outcome)
