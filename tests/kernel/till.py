"""The till of the toy shop: short ways to ask a store something and to look at what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from queue import SimpleQueue
from typing import Any

import sqlalchemy as sa

from services.kernel.database import DatabaseGone, Group, Writer
from services.kernel.errors import HubError
from services.kernel.message import Envelope, read_envelope
from services.kernel.store import Store
from services.kernel.tables import head
from services.kernel.unit import Done, Order, Unit
from tests.kernel.toy import unit


def done(store: Store, *orders: Order, **more: Any) -> list[Done]:
    """What a unit that is expected to succeed was answered."""
    results = store.submit(unit(*orders, **more)).result(30)
    answers = [result for result in results if isinstance(result, Done)]
    assert len(answers) == len(orders), results
    return answers


def error(store: Store, *orders: Order, **more: Any) -> HubError:
    """The error of the first order of a unit that is expected to fail."""
    first = store.submit(unit(*orders, **more)).result(30)[0]
    assert isinstance(first, HubError), first
    return first


def together(store: Store, *units: Unit) -> list[Any]:
    """Hand units over at once, so that they share a group as far as they may; their outcomes in order."""
    answers: SimpleQueue[tuple[int, Any]] = SimpleQueue()
    for place, each in enumerate(units):
        each.answer = lambda outcome, place=place: answers.put((place, outcome))
    store.post(*units)
    found = dict(answers.get(timeout=30) for _ in units)
    return [found[place] for place in range(len(units))]


def count(store: Store, table: sa.Table) -> int:
    """How many rows there are."""
    (row,) = store.look().run(sa.select(sa.func.count().label("n")).select_from(table))
    return int(row["n"])


def envelopes(store: Store) -> list[Envelope]:
    """The whole log."""
    return [read_envelope(raw) for raw in store.read(0, 100_000)]


def run(store: Store, *statements: str) -> None:
    """Statements as the owner of the database."""
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def database_refuses(store: Store, table: str) -> Iterator[None]:
    """While this lasts, the database itself takes no new row of a table."""
    on = f"CREATE TRIGGER refuses BEFORE INSERT ON {table} "
    if store.engine.dialect.name == "sqlite":
        run(store, on + "BEGIN SELECT RAISE(ABORT, 'it is never changed'); END")
        yield
        run(store, "DROP TRIGGER refuses")
    else:
        run(store, on + "FOR EACH ROW EXECUTE FUNCTION never_changed()")
        yield
        run(store, f"DROP TRIGGER refuses ON {table}")


def plant(store: Store, *events: tuple[str, int, str, bytes]) -> None:
    """Write stored bytes into the log past the store: (stream, version, type, raw) each."""
    with store.engine.begin() as connection:
        position = connection.execute(sa.select(head.c.position)).scalar_one()
        insert = sa.text("INSERT INTO event (position, stream, version, type, recorded_at, raw) "
                         "VALUES (:position, :stream, :version, :type, 1, :raw)")  # fmt: skip
        for stream, version, kind, raw in events:
            position += 1
            row = {"position": position, "stream": stream, "version": version, "type": kind, "raw": raw}
            connection.execute(insert, row)
            connection.execute(head.update().values(position=position, hash=sha256(raw).digest(), recorded_at=1))


class Failing:
    """A writing connection that breaks at chosen writes, before or after the database has taken them."""

    def __init__(self, writer: Writer, faults: list[str], meanwhile: Callable[[], None] = lambda: None) -> None:
        self._writer, self._faults, self._meanwhile = writer, faults, meanwhile

    def write(self, group: Group, meanwhile: Callable[[], None]) -> None:
        """Write, and lose the connection as planned."""
        fault = self._faults.pop(0) if self._faults else ""
        if fault != "before":
            self._writer.write(group, meanwhile)
        if fault:
            self._meanwhile()
            raise DatabaseGone("the connection is lost") from ConnectionError()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)


def breaks(store: Store, *faults: str, meanwhile: Callable[[], None] = lambda: None) -> list[str]:
    """Let a store that has not started lose its connection at its next writes: "before" or "after" each; "" is none."""
    connect, planned = store.appender._connect, list(faults)
    store.appender._connect = lambda: Failing(connect(), planned, meanwhile)  # type: ignore[assignment,return-value]
    return planned
