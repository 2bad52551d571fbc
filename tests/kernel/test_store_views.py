"""Rows that are written with events: changes and what merging leaves of them, bulk rows, cursors, waiting for the log."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.clock import system_clock
from services.kernel.database import Writer, writer_for
from services.kernel.errors import ConcurrentChange, Unavailable
from services.kernel.manifest import Manifest
from services.kernel.parking import Parked, Parking, set_aside
from services.kernel.store import Store
from services.kernel.unit import Moved
from services.kernel.view import Change, Rows, add, clear, drop, merged, put
from tests.kernel.conftest import Opening
from tests.kernel.till import count, done, error, together
from tests.kernel.toy import BreakToy, BuildToy, order, shelves, toys, unit

CAR = BuildToy(kind="car")
METADATA = sa.MetaData()
box = sa.Table(
    "box", METADATA,
    sa.Column("a", sa.String, primary_key=True), sa.Column("b", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.BigInteger), sa.Column("m", sa.BigInteger), sa.Column("text", sa.String),
)  # fmt: skip
kinds = sa.Table(
    "kinds", METADATA,
    sa.Column("id", sa.Uuid, primary_key=True), sa.Column("at", sa.DateTime(timezone=True)), sa.Column("day", sa.Date),
    sa.Column("yes", sa.Boolean), sa.Column("small", sa.Integer), sa.Column("big", sa.BigInteger),
    sa.Column("text", sa.String), sa.Column("raw", sa.LargeBinary), sa.Column("data", sa.JSON),
)  # fmt: skip
full = sa.Table(
    "full", METADATA,
    sa.Column("id", sa.String, primary_key=True), sa.Column("must", sa.String, nullable=False),
    sa.Column("n", sa.BigInteger, nullable=False), sa.Column("may", sa.Date),
)  # fmt: skip
BOX = Manifest(name="box", metadata=METADATA)


@pytest.fixture
def boxes(opened: Opening) -> Store:
    """A store with plain tables."""
    return opened(BOX)


@pytest.fixture
def writer(boxes: Store) -> Iterator[Writer]:
    """Its writing connection."""
    made = writer_for(boxes.engine)
    yield made
    made.close()


KEYS = st.tuples(st.sampled_from("xy"), st.integers(0, 1))
AMOUNTS = st.dictionaries(st.sampled_from(["n", "m"]), st.integers(-5, 5))
SETS = AMOUNTS | st.fixed_dictionaries({"text": st.sampled_from(["", "p", "q"])}) | st.just({"n": None})
CHANGES = st.one_of(
    st.builds(lambda key, sets: put(box, *key, **sets), KEYS, SETS),
    st.builds(lambda key, adds: add(box, *key, **adds), KEYS, AMOUNTS),
    st.builds(lambda key: drop(box, *key), KEYS),
    st.builds(lambda a: clear(box, a), st.sampled_from("xy")),
)
Model = dict[tuple[Any, ...], dict[str, Any]]


def expected(changes: list[Change]) -> Model:
    """What changes mean, one after the other."""
    rows: Model = {}
    for change in changes:
        if change.drop:
            rows = {key: row for key, row in rows.items() if key[: len(change.key)] != change.key}
            continue
        row = rows.setdefault(change.key, dict.fromkeys(("n", "m", "text")))
        row.update(change.sets)
        for name, amount in change.adds.items():
            row[name] = (row[name] or 0) + amount
    return rows


def held(store: Store) -> Model:
    """What the table holds."""
    return {(row.pop("a"), row.pop("b")): row for row in store.look().all(box)}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, max_size=12), st.integers(0, 12))
def test_merged_changes_do_what_they_do_one_by_one(
    boxes: Store, writer: Writer, changes: list[Change], cut: int
) -> None:
    everything = [drop(box, a, b) for a in "xy" for b in (0, 1)]
    writer.apply(everything)
    writer.apply(changes[:cut])
    writer.apply(changes[cut:])
    assert held(boxes) == expected(changes)
    writer.apply(everything)
    for change in changes:
        writer.apply([change])
    assert held(boxes) == expected(changes)
    left = [change.key for change in merged(changes)]
    assert len(left) == len(set(left)), "a statement may touch a row but once"


SHANGHAI = timezone(timedelta(hours=8))
VALUES: list[dict[str, Any]] = [
    {}, {"at": None, "day": None, "yes": None, "small": None, "big": None, "text": None, "raw": None},
    {"at": datetime(2026, 3, 2, 12, 0, 0, 123456, SHANGHAI), "day": date(2026, 3, 2), "yes": True, "small": -(2**31),
     "big": 2**63 - 1, "text": "小伟 'quoted' \\ {x} %s", "raw": bytes(range(256)), "data": {"a": [1, None, "二"]}},
    {"at": datetime.min.replace(tzinfo=UTC), "day": date.min, "yes": False, "small": 2**31 - 1, "big": -(2**63),
     "text": "", "raw": b"", "data": []},
    {"at": datetime.max.replace(tzinfo=UTC), "day": date.max, "text": "x" * 3_000_000, "raw": b"\x00" * 3_000_000},
]  # fmt: skip


def test_every_kind_of_value_comes_back_as_it_went_in(boxes: Store, writer: Writer) -> None:
    rows = {UUID(int=n): values for n, values in enumerate(VALUES)}
    writer.apply([put(kinds, key, **values) for key, values in rows.items()])
    many = {UUID(int=100 + n): VALUES[2] | {"small": n} for n in range(5)}
    writer.apply([put(kinds, key, **values) for key, values in many.items()])
    empty = dict.fromkeys(column.name for column in kinds.columns)
    for key, values in (rows | many).items():
        assert boxes.look().one(kinds, key) == empty | {"id": key} | values
    assert boxes.look().one(kinds, UUID(int=2))["at"].utcoffset() == timedelta(0)  # type: ignore[index]


def test_of_a_row_that_is_there_some_columns_are_set_though_a_new_one_would_need_more(
    boxes: Store, writer: Writer
) -> None:
    writer.apply([put(full, key, must="x", n=1) for key in "ab"])
    writer.apply([put(full, "a", may=date(2026, 3, 2)), add(full, "b", n=2)])
    writer.apply([put(full, key, may=date(2026, 3, 3)) for key in "ab"])
    shown = {"must": "x", "may": date(2026, 3, 3)}
    assert boxes.look().all(full) == [{"id": "a", "n": 1} | shown, {"id": "b", "n": 3} | shown]
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.NotNullViolation)):
        writer.apply([put(full, "a", may=None), put(full, "c", may=None)])
    assert boxes.look().one(full, "a") == {"id": "a", "n": 1} | shown, "all of it or nothing"


def test_a_statement_that_is_wrong_is_not_called_a_database_that_is_away(boxes: Store) -> None:
    """A fault of our own that is answered as an outage has everybody wait for what never comes."""
    for column in ("nowhere", "n"):
        wrong = sa.select(sa.literal_column(column)).select_from(kinds)
        with pytest.raises((sa.exc.OperationalError, sa.exc.ProgrammingError)):
            boxes.look().run(wrong)


def test_rows_go_in_in_bulk_and_never_twice(boxes: Store) -> None:
    rows = Rows(box, ("a", "b", "n"), [("x", n, n * n) for n in range(1_500)])
    done(boxes, rows=[rows, put(box, "x", 3, text="three"), add(box, "x", 3, n=1)])
    assert count(boxes, box) == 1_500
    assert boxes.look().one(box, "x", 3) == {"a": "x", "b": 3, "n": 10, "m": None, "text": "three"}
    with pytest.raises(ConcurrentChange):
        boxes.submit(unit(rows=[put(box, "y", 0, n=1), Rows(box, ("a", "b"), [("x", 1_499)])])).result(30)
    assert boxes.look().one(box, "y", 0) is None


def test_no_rows_at_all_are_no_error(boxes: Store) -> None:
    done(boxes, rows=[Rows(box, ("a", "b"), [])])
    assert boxes.submit(unit()).result(30) == []


# --- cursors ---------------------------------------------------------------------------------------------------------


def test_a_cursor_moves_from_where_it_stands(shop: Store) -> None:
    done(shop, moved=Moved("other", 0, 5))
    done(shop, moved=Moved("other", 5, 9), rows=[put(shelves, "top", toys=1)])
    assert (shop.cursor("other"), shop.cursor("nobody")) == (9, 0)
    for before in (0, 5, 10):
        with pytest.raises(ConcurrentChange):
            shop.submit(unit(rows=[put(shelves, "low", toys=1)], moved=Moved("other", before, 12))).result(30)
    assert (shop.cursor("other"), shop.look().one(shelves, "low")) == (9, None)


def test_a_cursor_that_is_not_there_moves_from_nothing_alone(shop: Store) -> None:
    with pytest.raises(ConcurrentChange):
        shop.submit(unit(moved=Moved("other", 3, 5))).result(30)
    assert shop.cursor("other") == 0


def test_a_cursor_that_has_moved_takes_nobody_elses_unit_with_it(shop: Store) -> None:
    streams = [uuid4(), uuid4(), uuid4()]
    first, second, third = together(
        shop,
        unit(order(streams[0], CAR), moved=Moved("other", 0, 3)),
        unit(order(streams[1], CAR), moved=Moved("other", 0, 4)),
        unit(order(streams[2], CAR), moved=Moved("other", 3, 5)),
    )
    assert (first[0].version, third[0].version) == (1, 1)
    assert isinstance(second, ConcurrentChange)
    assert (shop.cursor("other"), count(shop, toys)) == (5, 2)


def test_a_refused_unit_does_not_move_its_cursor(shop: Store) -> None:
    error(shop, order(uuid4(), BreakToy()), moved=Moved("other", 0, 3))
    assert shop.cursor("other") == 0
    shop.submit(unit(order(uuid4(), BreakToy()), moved=Moved("other", 0, 3), lenient=True)).result(30)
    assert shop.cursor("other") == 3


def test_of_two_processes_one_moves_the_cursor(opened: Opening) -> None:
    stores, results = [opened(), opened()], []
    for before in range(0, 40, 2):
        futures = [s.submit(unit(order(uuid4(), CAR), moved=Moved("other", before, before + 2))) for s in stores]
        results += [future.exception(30) for future in futures]
    assert [type(r) for r in results].count(ConcurrentChange) == 20
    assert (stores[0].cursor("other"), stores[1].refresh()) == (40, 20)


def test_the_position_of_a_relay_is_kept(opened: Opening) -> None:
    store = opened()
    store.move_relay("log", 3)
    store.move_relay("log", 7)
    store.move_relay("events", 2)
    assert [opened(start=False).relayed(output) for output in ("log", "events", "none")] == [7, 2, 0]


def test_a_message_is_parked_whatever_stands_in_it(shop: Store) -> None:
    bad = Parked("other", 1, "s/\x00", "poison", "half a letter \ud800, and \x00", 1, system_clock(), b"\x00\xff")
    done(shop, rows=[set_aside(bad)])
    (held,) = Parking(shop).all()
    assert held == replace(bad, stream="s/\ufffd", reason="half a letter ?, and \ufffd")
    assert Parking(shop).blocked("other") == {"s/\ufffd"}


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_waiting_ends_with_the_next_commit_here_or_elsewhere(opened: Opening) -> None:
    here, there = opened(), opened()
    assert here.wait(0, 0.05) is False
    for store in (here, there):
        head = here.refresh()
        teller = threading.Timer(0.1, lambda s=store: done(s, order(uuid4(), CAR)))
        teller.start()
        began = time.monotonic()
        assert here.wait(head, 10) is True
        assert time.monotonic() - began < 5
        teller.join()
    assert here.wait(0, 0) is True
    assert here.head() == 2


def test_a_page_of_the_log_has_its_limit(shop: Store) -> None:
    done(shop, *(order(uuid4(), CAR) for _ in range(5)))
    assert shop.read(0, 2) + shop.read(2, 2) + shop.read(4, 2) == shop.read(0, 100)
    assert shop.read(5, 10) == shop.read(0, 0) == []


def test_a_database_that_is_away_is_said_so(tmp_path: Path) -> None:
    store = Store(BOX, f"sqlite:///{tmp_path}/box.db")
    store.engine.dispose()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "box.db").mkdir()
    for ask in (store.refresh, lambda: store.read(0, 1), lambda: store.look().all(box)):
        with pytest.raises(Unavailable):
            ask()
    store.engine.dispose()
