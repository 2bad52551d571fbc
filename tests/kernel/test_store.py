"""The store's promises (docs/guarantees.md), the same over SQLite in memory, SQLite on disk and PostgreSQL."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.kernel import appender
from services.kernel.errors import ConcurrentChange, KeyReused, OutcomeUnknown
from services.kernel.store import Store
from services.kernel.tables import command, cursor, event
from services.kernel.unit import Done, Moved
from services.kernel.view import put
from tests.kernel.conftest import Opening
from tests.kernel.till import breaks, count, database_refuses, done, envelopes, error, run, together
from tests.kernel.toy import SHOP, BuildToy, PaintToy, order, shelves, toys, unit

CAR, RED = BuildToy(kind="car"), PaintToy(colour="red")


@pytest.mark.parametrize("table", ["toys", "command", "cursor", "event"])
def test_events_and_views_are_written_together_or_not_at_all(shop: Store, table: str) -> None:
    stream, key = uuid4(), uuid4()
    asked = unit(order(stream, CAR, key), rows=[put(shelves, "top", toys=1)], moved=Moved("other", 0, 3))
    with database_refuses(shop, table), pytest.raises(Exception, match=r"never changed|cursor/other"):
        shop.submit(asked).result(30)
    assert shop.refresh() == 0
    assert [count(shop, t) for t in (event, command, cursor, toys, shelves)] == [0, 0, 0, 0, 0]
    assert shop.submit(asked).result(30) == [Done(stream, 1, 1, ("toy.built",))]
    assert [count(shop, t) for t in (event, command, cursor, toys, shelves)] == [1, 1, 1, 1, 1]


def test_the_same_command_again_gets_its_first_answer(opened: Opening) -> None:
    store, stream, key = opened(), uuid4(), uuid4()
    (first,) = done(store, order(stream, CAR, key))
    assert first == Done(stream, 1, 1, ("toy.built",))
    done(store, order(stream, PaintToy(colour="red", coats=3)))
    again = Done(stream, 1, 1, ("toy.built",), again=True)
    assert done(store, order(stream, CAR, key)) == [again]
    store.stop()
    assert done(opened(), order(stream, CAR, key)) == [again]
    assert envelopes(opened(start=False))[-1].position == 4


def test_a_key_used_for_another_request_is_refused(opened: Opening) -> None:
    store, stream, key = opened(), uuid4(), uuid4()
    done(store, order(stream, CAR, key, b"one"))
    for place in (store, opened()):
        assert isinstance(error(place, order(stream, CAR, key, b"two")), KeyReused)
        assert done(place, order(stream, CAR, key, b"one"))[0].again
    assert store.refresh() == 1


def test_a_stale_version_is_refused_alone(shop: Store) -> None:
    stream, other = uuid4(), uuid4()
    done(shop, order(stream, CAR))
    first, second, third, fourth = together(
        shop,
        unit(order(stream, RED, expected=1)),
        unit(order(stream, RED, expected=1)),
        unit(order(other, CAR, expected=0)),
        unit(order(stream, RED, expected=2)),
    )
    assert (first[0].version, third[0].version, fourth[0].version) == (2, 1, 3)
    assert isinstance(second[0], ConcurrentChange)
    assert (second[0].expected, second[0].actual) == (1, 2)
    assert [e.type for e in envelopes(shop)] == ["toy.built", "toy.painted", "toy.built", "toy.painted"]


@pytest.mark.parametrize("others_write", [False, True])
@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_lost_connection_during_a_commit_is_looked_up(opened: Opening, fault: str, others_write: bool) -> None:
    store, other, stream, key = opened(start=False), opened(), uuid4(), uuid4()
    strange = uuid4()
    breaks(store, "", fault, meanwhile=lambda: done(other, order(strange, CAR)) if others_write else None)
    store.start()
    done(store, order(stream, CAR))
    answer = Done(stream, 2, 3 if others_write and fault == "before" else 2, ("toy.painted",))
    assert done(store, order(stream, RED, key)) == [answer]
    assert done(store, order(stream, RED, key))[0].again
    assert [e.position for e in envelopes(store)] == list(range(1, 4 if others_write else 3))


def test_an_outcome_that_nobody_can_tell_is_called_unknown(opened: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appender, "RECONNECT_SECONDS", 0.3)
    store, stream, key = opened(start=False), uuid4(), uuid4()
    connect, away = store.appender._connect, []
    breaks(store, "after", meanwhile=lambda: away.append(True))
    fails = store.appender._connect

    def reconnect() -> appender.Writer:
        if away:
            raise appender.DatabaseGone("away") from ConnectionError()
        return fails()

    store.appender._connect = reconnect
    store.start()
    with pytest.raises(OutcomeUnknown):
        store.submit(unit(order(stream, CAR, key))).result(30)
    store.appender._connect = connect
    assert done(store, order(stream, CAR, key)) == [Done(stream, 1, 1, ("toy.built",), again=True)]


def many(stores: list[Store], streams: list[UUID], commands: int) -> list[Done]:
    """Many callers at once, each in a thread of its own."""

    def call(n: int) -> Done:
        paint = PaintToy(colour="red", coats=1 + n % 3)
        return done(stores[n % len(stores)], order(streams[n % len(streams)], paint))[0]

    for stream in streams:
        done(stores[0], order(stream, CAR))
    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(call, range(commands)))


@pytest.mark.parametrize("processes", [1, 2])
def test_positions_are_gapless_under_concurrent_callers(opened: Opening, processes: int) -> None:
    stores = [opened() for _ in range(processes)]
    answers = many(stores, [uuid4() for _ in range(5)], 150)
    log = envelopes(stores[0])
    assert [e.position for e in log] == list(range(1, 5 + sum(1 + n % 3 for n in range(150)) + 1))
    assert len({e.id for e in log}) == len(log)
    assert len({a.position for a in answers}) == 150
    assert [store.refresh() for store in stores] == [len(log)] * processes


def test_no_reader_passes_a_late_commit(opened: Opening) -> None:
    stores = [opened(start=False), opened(start=False)]
    slow_inserts(stores)
    for store in stores:
        store.start()
    reader, seen = opened(start=False), [0]
    ended = threading.Event()

    def read() -> None:
        while not ended.is_set():
            found = [e.position for e in envelopes(reader)]
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= seen[-1]
            seen.append(len(found))

    with ThreadPoolExecutor(5) as pool:
        reading = pool.submit(read)
        late = [pool.submit(done, stores[n], order(uuid4(), BuildToy(kind="slow"))) for n in (0, 1)]
        quick = [pool.submit(lambda: [done(stores[1], order(uuid4(), CAR)) for _ in range(10)]) for _ in range(2)]
        for asked in (*late, *quick):
            asked.result(30)
        ended.set()
        reading.result(30)
    assert reader.refresh() == 22


def slow_inserts(stores: list[Store]) -> None:
    """Whatever speaks of something slow stays invisible for a while after it was written."""
    on = "CREATE TRIGGER late AFTER INSERT ON event FOR EACH ROW "
    if stores[0].engine.dialect.name == "postgresql":
        body = "BEGIN IF position('slow'::bytea IN NEW.raw) > 0 THEN PERFORM pg_sleep(0.4); END IF; RETURN NEW; END"
        run(stores[0], f"CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            on + "EXECUTE FUNCTION late()")  # fmt: skip
        return
    for store in stores:
        sa.event.listen(store.engine, "connect", lambda raw, _: raw.create_function("late", 0, lambda: time.sleep(0.4)))
        store.engine.dispose()
    run(stores[0], on + "WHEN instr(NEW.raw, CAST('slow' AS BLOB)) BEGIN SELECT late(); END")


def test_versions_of_a_stream_are_contiguous(opened: Opening) -> None:
    stores, streams = [opened(), opened()], [uuid4() for _ in range(3)]
    many(stores, streams, 120)
    log = envelopes(stores[0])
    for stream in streams:
        versions = [e.streamversion for e in log if e.stream_id == stream]
        assert versions == list(range(1, len(versions) + 1))
        row = stores[1].look().one(toys, stream)
        assert row is not None
        assert (row["version"], row["coats"]) == (len(versions), len(versions) - 1)


def test_recorded_time_never_goes_back(opened: Opening) -> None:
    hours = iter([0, 5, -7, -7, 1, 5, 5, -100, 6])
    noon = datetime(2026, 3, 2, 4, tzinfo=UTC)
    now = [noon]
    for _ in range(3):
        store, stream = opened(SHOP, clock=lambda: now[0]), uuid4()
        for _ in range(3):
            now[0] = noon + timedelta(hours=next(hours))
            done(store, order(stream, BuildToy(kind="car")), order(stream, PaintToy(colour="red", coats=4)))
            done(store, rows=[put(shelves, "top", toys=1)])
        store.stop()
    times = [e.time for e in envelopes(opened(start=False))]
    assert len(times) == 9 * 4 + 3
    assert all(earlier < later for earlier, later in pairwise(times))


def test_a_view_shows_a_command_as_soon_as_it_is_answered(opened: Opening) -> None:
    here, there, streams = opened(), opened(), [uuid4() for _ in range(20)]

    def call(stream: UUID) -> None:
        done(here, order(stream, CAR))
        for coats in range(1, 6):
            done(here, order(stream, RED))
            for store in (here, there):
                assert store.look().all(toys, id=stream)[0]["coats"] == coats

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(call, streams))


CHANGES = {
    "sqlite": (
        "UPDATE event SET raw = raw",
        "DELETE FROM event",
        "REPLACE INTO event SELECT position, stream, version, 'x', recorded_at, raw FROM event",
        "REPLACE INTO event SELECT 7, stream, version, 'x', recorded_at, raw FROM event",
    ),
    "postgresql": (
        "UPDATE event SET raw = raw",
        "DELETE FROM event",
        "TRUNCATE event",
        "INSERT INTO event SELECT * FROM event ON CONFLICT (position) DO UPDATE SET type = 'x'",
    ),
}


def test_events_cannot_be_changed_or_deleted(shop: Store) -> None:
    done(shop, order(uuid4(), CAR))
    before = shop.read(0, 10)
    for change in CHANGES[shop.engine.dialect.name]:
        with pytest.raises(sa.exc.DBAPIError, match="never changed"):
            run(shop, change)
    assert shop.read(0, 10) == before
