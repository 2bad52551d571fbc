"""A service's store: its log, its views, its cursors, in one database; written by its appender, read by everyone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import monotonic
from typing import Any, TypeVar

import sqlalchemy as sa

from services.kernel.appender import Appender
from services.kernel.clock import Clock, system_clock
from services.kernel.database import answering, engine_for, reader_for, writer_for
from services.kernel.manifest import Manifest
from services.kernel.pressure import Pressure
from services.kernel.schema import prepare
from services.kernel.tables import cursor, declared, event, head, outdated, relay
from services.kernel.tail import Tail
from services.kernel.unit import Results, Unit

T = TypeVar("T")

POLL_SECONDS = 1.0


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def reading(engine: sa.Engine, read: Callable[[sa.Connection], T]) -> T:
    """What one select finds. A kept connection may have broken since it was last used: that is found out by using it."""
    with answering():
        try:
            with engine.connect() as connection:
                return read(connection)
        except sa.exc.DBAPIError as broken:
            if not broken.connection_invalidated:
                raise
            with engine.connect() as connection:
                return read(connection)


def _named(found: sa.CursorResult[Any]) -> list[dict[str, Any]]:
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


class Views:
    """Reading a service's own tables, from any thread (see `manifest.Look`)."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._beside: dict[Any, Any] = {}
        self._making = threading.Lock()

    def beside(self, make: Callable[[], T]) -> T:
        """What a service keeps in memory beside its views, made once."""
        with self._making:
            if make not in self._beside:
                self._beside[make] = make()
            found: T = self._beside[make]
            return found

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of any select."""
        return reading(self._engine, lambda connection: _named(connection.execute(statement)))

    def with_values(self, statement: sa.Select[Any], values: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a select that is made once, with these values in its places; whoever changes `run` changes this."""
        return reading(self._engine, lambda connection: _named(connection.execute(statement, values)))

    def one(self, table: sa.Table, *key: Any) -> dict[str, Any] | None:
        """The row under this primary key, or None."""
        names = tuple(column.name for column in table.primary_key)
        found = self.with_values(_equal(table, names, False), dict(zip(names, key, strict=True)))
        return found[0] if found else None

    def all(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        """All rows whose columns equal these values, in the order of the primary key."""
        if None in equals.values():
            return self.run(_ordered(table).where(*(table.c[name] == value for name, value in equals.items())))
        return self.with_values(_equal(table, tuple(equals), True), equals)


def _ordered(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).order_by(*table.primary_key)


@lru_cache(2_000)
def _equal(table: sa.Table, names: tuple[str, ...], ordered: bool) -> sa.Select[Any]:
    """The rows in which these columns have values that are given later: making the select takes longer than the look."""
    where = [table.c[name] == sa.bindparam(name, type_=table.c[name].type) for name in names]
    return (_ordered(table) if ordered else sa.select(table)).where(*where)


class Store:
    """One service's log, views and cursors.

    `submit` and `post` hand commands to the appender; everything else reads, or moves a relay's position.
    """

    def __init__(
        self, manifest: Manifest, url: str, *, owner_url: str | None = None, clock: Clock = system_clock
    ) -> None:
        self.name, self.manifest, self.clock = manifest.name, manifest, clock
        prepare(manifest, owner_url or url, url)
        self.engine = engine_for(url)
        self.reader = reader_for(self.engine)
        self.views = Views(self.reader)
        self.pressure = Pressure()
        self._grown = threading.Condition()
        self._tail = Tail()
        self._head = self._read_head()
        self._rounds = 0
        self.appender = Appender(manifest, lambda: writer_for(self.engine), self.views, clock, self._tail.add)
        self.appender.tidings.append(self._announce)

    def start(self) -> None:
        """Begin to take commands."""
        self.appender.start()

    def stop(self) -> None:
        """Finish what was handed over and let the database go."""
        self.appender.stop()
        with self._grown:
            self._grown.notify_all()
        self.engine.dispose()

    # --- writing ---

    def post(self, *units: Unit) -> None:
        """Hand units to the appender; each one's `answer` is called from the appender's thread."""
        self.appender.post(*units)

    def submit(self, unit: Unit) -> Future[Results]:
        """Hand a unit over; the future holds one result an order, or raises what befell the unit as a whole."""
        future: Future[Results] = Future()
        unit.answer = lambda outcome: (
            future.set_exception(outcome) if isinstance(outcome, BaseException) else future.set_result(outcome)
        )
        self.post(unit)
        return future

    # --- reading the log ---

    def _announce(self) -> None:
        with self._grown:
            self._rounds += 1
            self._head = max(self._head, self.appender.head.position)
            self._grown.notify_all()

    def wait_round(self, seen: int, timeout: float) -> int:
        """Until the appender has written since its round `seen`, or `timeout` seconds; the number of its last round."""
        with self._grown:
            if self._rounds <= seen:
                self._grown.wait(timeout)
            return self._rounds

    def _read_head(self) -> int:
        return int(self._scalar(sa.select(head.c.position)) or 0)

    def head(self) -> int:
        """The position of the last event; 0 when there is none."""
        return self._head

    def refresh(self) -> int:
        """The head as the database has it: another process may have written."""
        self._head = max(self._head, self._read_head())
        return self._head

    def wait(self, after: int, timeout: float) -> bool:
        """Until the log is longer than `after`, or `timeout` seconds have passed; True when it is longer."""
        until = monotonic() + timeout
        with self._grown:
            while self._head <= after and (left := until - monotonic()) > 0:
                if not self._grown.wait(min(left, POLL_SECONDS)):
                    self.refresh()
            return self._head > after

    def read(self, after: int, limit: int, *, but: Collection[str] = ()) -> list[bytes]:
        """Stored events in order of position, gapless save for types that are left out, at most `limit`."""
        query = sa.select(event.c.raw).where(event.c.position > after).order_by(event.c.position).limit(limit)
        return self._raws(query.where(event.c.type.not_in(but)) if but else query)

    def following(self, after: int, limit: int) -> list[bytes]:
        """The next events: those that this process has just written from memory, others as `read` finds them.

        At most `limit`; fewer do not mean that there are no more.
        """
        return self._tail.after(after, limit) or self.read(after, limit)

    def stream(self, stream: str) -> list[bytes]:
        """All stored events of one stream, in order."""
        return self._raws(sa.select(event.c.raw).where(event.c.stream == stream).order_by(event.c.version))

    def streams(self, streams: Collection[str]) -> list[bytes]:
        """All stored events of several streams, in one look: each stream's in order, one stream after the other."""
        of = event.c.stream.in_(sorted(streams))
        return self._raws(sa.select(event.c.raw).where(of).order_by(event.c.stream, event.c.version))

    def _raws(self, query: sa.Select[Any]) -> list[bytes]:
        with answering(), self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                return _in_binary(connection, query)
            return list(connection.scalars(query).all())

    # --- cursors ---

    def relayed(self, output: str) -> int:
        """How far an output of the relay has been confirmed."""
        return int(self._scalar(sa.select(relay.c.position).where(relay.c.output == output)) or 0)

    def move_relay(self, output: str, position: int) -> None:
        """An output of the relay has been confirmed up to here."""
        moved = relay.update().where(relay.c.output == output).values(position=position)
        self._execute((moved, relay.insert().values(output=output, position=position)))

    def declare(self, position: int, note: bytes, at: datetime) -> None:
        """The log's head was signed up to here (see `declaring`)."""
        row = {"position": position, "note": note, "signed_at": (at - EPOCH) // MICROSECOND}
        self._execute(
            (declared.update().where(declared.c.id == 1).values(**row), declared.insert().values(id=1, **row))
        )

    def _execute(self, update_or_insert: Sequence[sa.Executable]) -> None:
        update, insert = update_or_insert
        with answering(), self.engine.begin() as connection:
            if connection.execute(update).rowcount == 0:
                connection.execute(insert)

    def cursor(self, publisher: str) -> int:
        """How far this service has heard a publisher."""
        return int(self._scalar(sa.select(cursor.c.position).where(cursor.c.publisher == publisher)) or 0)

    def _scalar(self, query: sa.Select[Any]) -> Any:
        return reading(self.reader, lambda connection: connection.execute(query).scalar())

    def look(self) -> Views:
        """Reads of the committed views, from any thread."""
        return self.views

    def outdated(self) -> list[str]:
        """The views that lack what today's release would show of older events: they are to be rebuilt."""
        return [row["view"] for row in self.views.all(outdated)]


def _in_binary(connection: sa.Connection, query: sa.Select[Any]) -> list[bytes]:
    """The bytes that a query finds, as PostgreSQL holds them: as text they come twice as long, to be read letter by letter."""
    compiled = query.compile(connection, compile_kwargs={"render_postcompile": True})
    cursor: Any = connection.connection.cursor(binary=True)
    with cursor:
        return [row[0] for row in cursor.execute(str(compiled), compiled.params).fetchall()]
