"""Rebuilding views: what comes out is what was there, the old view serves until then, and nothing written is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from psycopg.sql import SQL

from services.kernel import metrics, projector
from services.kernel.clockwork import Clockwork
from services.kernel.contract import EVENTS
from services.kernel.cursor import Consumer
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Message, Recorded
from services.kernel.parking import Parking
from services.kernel.projector import Pull, Rebuild
from services.kernel.schema import prepare
from services.kernel.store import Store
from services.kernel.tables import event
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, add, drop, put
from tests.kernel.play import NOTE, TALE, NoteTaken, NoteTale, TaleTold, Teller, TellTale, ask_of, heard, project_heard
from tests.kernel.play import until as until_
from tests.support.servers import Postgres

METADATA = sa.MetaData()
tales = sa.Table(
    "tales", METADATA,
    sa.Column("stream", sa.String, primary_key=True), sa.Column("last", sa.BigInteger), sa.Column("told", sa.BigInteger),
    sa.Column("at", sa.DateTime(timezone=True)), sa.Column("word", sa.String, index=True),
    sa.Index("tales_place", "last", "word"),
)  # fmt: skip
words = sa.Table("words", METADATA, sa.Column("word", sa.String, primary_key=True), sa.Column("times", sa.BigInteger))
ended = sa.Table("ended", METADATA, sa.Column("id", sa.Uuid, primary_key=True), sa.Column("parts", sa.JSON))
heard_here = heard.to_metadata(METADATA)
copied = sa.Table(
    "copied", METADATA, sa.Column("stream", sa.String, primary_key=True), sa.Column("last", sa.BigInteger)
)
VIEWS = (tales, words, ended, heard_here, copied)


def project(recorded: Recorded) -> list[Change]:
    """Tales, counted and as they stand; a tale that ends leaves no row but the one that says so."""
    told = recorded.event
    if isinstance(told, NoteTaken):
        return [add(words, told.word, times=1)]
    if told.word == "end":
        return [drop(tales, recorded.stream), put(ended, recorded.stream_id, parts=[told.number])]
    return [
        put(tales, recorded.stream, last=told.number, word=told.word, at=recorded.recorded_at),
        add(tales, recorded.stream, told=1),
        add(words, told.word, times=1),
    ]


def project_others(message: Message) -> list[Change]:
    """What another has told, as the hearer of these tests shows it."""
    return [Change(heard_here, c.key, c.sets, c.adds, c.drop) for c in project_heard(message)]


class Copier:
    """A follower: it copies what stands in the log into a view of its own, two events at a step."""

    name = "copier"
    tables: tuple[sa.Table, ...] = (copied,)

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """Only what differs from the view is written."""
        rows = look.run(sa.select(event.c.position, event.c.stream).where(event.c.position > after)
                        .order_by(event.c.position).limit(2))  # fmt: skip
        there = {row["stream"]: row["last"] for row in look.all(copied)}
        new = {row["stream"]: row["position"] for row in rows}
        changes = [put(copied, stream, last=last) for stream, last in new.items() if there.get(stream) != last]
        return changes, [], rows[-1]["position"] if rows else after


BOOK = Manifest(
    name="book", deciders=(TALE, NOTE), metadata=METADATA, project=project, project_heard=project_others,
    hears=("teller",), followers=(Copier(),),
)  # fmt: skip


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/book.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A store with views of every kind."""
    made = Store(BOOK, url)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """Another publisher."""
    made = Teller(f"sqlite:///{tmp_path}/teller.db")
    yield made
    made.store.stop()


@pytest.fixture
def few_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages so small that a few events are many."""
    monkeypatch.setattr(projector, "PAGE", 3)


def pull_from(teller: Teller) -> Pull:
    """What `GET /events` of the publisher would give, page by page."""

    def pages(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
        while after < until and (page := teller.store.read(after, min(4, until - after))):
            yield page
            after += len(page)

    return pages


def nobody(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
    """Pulling from a publisher that has said nothing."""
    return iter(())


def tell(store: Store, *parts: tuple[UUID, str, int]) -> None:
    """Tell parts of tales."""
    orders = [
        Order(TALE, stream, TellTale(word=word, number=n), ask_of(uuid4()), fresh=True) for stream, word, n in parts
    ]
    store.submit(Unit(orders)).result(30)


def tell_some(store: Store) -> None:
    """Two tales go on, one ends, one ends and begins again; something is noted."""
    a, b, c, d = (UUID(int=n) for n in range(1, 5))
    tell(store, (a, "once", 1), (b, "once", 1), (c, "upon", 1), (a, "upon", 2))
    tell(store, (c, "end", 2), (d, "once", 1), (d, "end", 2), (d, "again", 3), (b, "a", 2), (a, "time", 3))
    store.submit(Unit([Order(NOTE, a, NoteTale(word="once"), ask_of(uuid4()), fresh=True)])).result(30)


def content(store: Store, *tables: sa.Table) -> dict[str, list[dict[str, Any]]]:
    """Every row of these views."""
    return {str(table.name): store.look().all(table) for table in tables or VIEWS}


def spoil(store: Store, *tables: sa.Table) -> None:
    """Empty views by hand, so that only a rebuild can fill them."""
    with store.engine.begin() as connection:
        for table in tables:
            connection.execute(table.delete())


def shape(store: Store) -> dict[str, Any]:
    """Tables, primary keys and indexes as the database has them."""
    look = sa.inspect(store.engine)
    indexes = {
        t: sorted((i["name"] or "", i["column_names"]) for i in look.get_indexes(t)) for t in look.get_table_names()
    }
    return {t: (look.get_pk_constraint(t), indexes[t]) for t in indexes}


def test_a_rebuilt_view_is_the_same(store: Store, few_a_page: None) -> None:
    tell_some(store)
    before = content(store)
    assert all(before[name] for name in ("tales", "words", "ended"))
    spoil(store, tales, words)
    assert Rebuild(store, nobody).run() == 11
    assert content(store) == before


def test_an_empty_log_makes_empty_views(store: Store) -> None:
    assert Rebuild(store, nobody).run() == 0
    assert not any(content(store).values())


def test_a_rebuilt_view_goes_on(store: Store) -> None:
    tell_some(store)
    Rebuild(store, nobody).run()
    tell(store, (UUID(int=1), "once", 4), (UUID(int=9), "new", 1))
    assert store.look().one(tales, f"tale/{UUID(int=1)}")["told"] == 4  # type: ignore[index]
    assert store.look().one(words, "once")["times"] == 5  # type: ignore[index]
    assert store.look().one(tales, f"tale/{UUID(int=9)}")["word"] == "new"  # type: ignore[index]


class Watching:
    """Called after each page that is folded."""

    def __init__(self, *acts: Callable[[], None]) -> None:
        self.acts = list(acts)

    def __call__(self, source: str, done: int, of: int) -> None:
        if self.acts:
            self.acts.pop(0)()


def test_the_old_view_serves_while_the_new_one_is_folded(store: Store, few_a_page: None) -> None:
    tell_some(store)
    before = content(store)
    seen: list[object] = []
    Rebuild(store, nobody, progress=lambda *_: seen.append(content(store))).run()
    assert len(seen) >= 4
    assert all(each == before for each in seen)


def test_what_is_said_meanwhile_is_in_the_old_view_and_in_the_new(store: Store, few_a_page: None) -> None:
    tell_some(store)
    a, later = UUID(int=1), UUID(int=7)
    told: list[object] = []

    def meanwhile() -> None:
        tell(store, (a, "more", 4 + len(told)), (later, "new", 1 + len(told)))
        told.append(store.look().one(tales, f"tale/{later}")["last"])  # type: ignore[index]

    Rebuild(store, nobody, progress=Watching(*[meanwhile] * 3)).run()
    assert told == [1, 2, 3]
    after = content(store)
    assert store.look().one(words, "more") == {"word": "more", "times": 3}
    spoil(store, *VIEWS)
    Rebuild(store, nobody).run()
    assert content(store) == after


def test_what_is_said_at_the_last_moment_is_folded_in_the_swap(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_some(store)
    swap = Rebuild._exchange

    def late(self: Rebuild, connection: sa.Connection) -> None:
        monkeypatch.undo()
        tell(store, (UUID(int=1), "end", 4), (UUID(int=3), "back", 1), (UUID(int=2), "a", 3), (UUID(int=2), "b", 4))
        store.submit(Unit([Order(NOTE, UUID(int=1), NoteTale(word="a"), ask_of(uuid4()), fresh=True)])).result(30)
        swap(self, connection)

    monkeypatch.setattr(Rebuild, "_exchange", late)
    Rebuild(store, nobody).run()
    after = content(store)
    assert [row["stream"] for row in after["tales"]] == [f"tale/{UUID(int=n)}" for n in (2, 3, 4)]
    Rebuild(store, nobody).run()
    assert content(store) == after


def test_one_table_alone(store: Store) -> None:
    tell_some(store)
    before = content(store)
    spoil(store, tales, words)
    Rebuild(store, nobody, ("words",)).run()
    assert content(store, words)["words"] == before["words"]
    assert content(store, tales) == {"tales": []}


def test_what_was_heard_is_pulled_as_far_as_it_was_heard(store: Store, teller: Teller) -> None:
    a, b = UUID(int=1), UUID(int=2)
    teller.tell_many(10, [a, b])
    Consumer(BOOK, store, teller.pull).catch_up("teller")
    tell_some(store)
    before = content(store)
    assert [row["times"] for row in before["heard"]] == [5, 5]
    teller.tell_many(4, [a, b])
    spoil(store, heard_here)
    Rebuild(store, pull_from(teller)).run()
    assert content(store) == before


def test_what_a_service_hears_and_has_no_class_for_is_shown_as_before(
    url: str, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_envelope(message: Message) -> list[Change]:
        return [put(heard_here, message.stream, last=message.position, word=message.envelope.type)]

    monkeypatch.delitem(EVENTS, "tale.told")
    store = Store(replace(BOOK, project_heard=by_envelope), url)
    store.start()
    teller.tell_many(3, [UUID(int=1)])
    Consumer(store.manifest, store, teller.pull).catch_up("teller")
    before = content(store)
    assert before["heard"][0]["last"] == 3
    spoil(store, heard_here)
    Rebuild(store, pull_from(teller)).run()
    assert content(store) == before
    store.stop()


def test_what_is_heard_meanwhile_is_in_the_new_view(store: Store, teller: Teller, few_a_page: None) -> None:
    a = UUID(int=1)
    hearer = Consumer(BOOK, store, teller.pull)
    teller.tell_many(5, [a])
    hearer.catch_up("teller")

    def meanwhile() -> None:
        teller.tell((a, "more", store.cursor("teller") + 1))
        hearer.catch_up("teller")

    Rebuild(store, pull_from(teller), progress=Watching(*[meanwhile] * 2)).run()
    assert content(store, heard_here)["heard"] == [{"stream": f"tale/{a}", "times": 7, "last": 7, "word": "more"}]


def test_what_is_parked_is_left_out_and_comes_in_when_it_is_handled(
    store: Store, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = UUID(int=1), UUID(int=2)
    broken = [True]

    def policy(message: Message, look: Look) -> list[Do]:
        if broken[0] and isinstance(message.event, TaleTold) and message.event.word == "break":
            raise ZeroDivisionError
        return []

    hearer = Consumer(replace(BOOK, whenever=policy), store, teller.pull, pause=lambda _: None)
    teller.tell((a, "once", 1), (a, "break", 2), (b, "once", 1), (a, "once", 3), (b, "once", 2))
    hearer.catch_up("teller")
    before = content(store, heard_here)
    assert [row["times"] for row in before["heard"]] == [1, 2]
    Rebuild(store, pull_from(teller)).run()
    assert content(store, heard_here) == before

    def handled() -> None:
        broken[0] = False
        Parking(store).replay("teller", 2)
        hearer.replay("teller")

    Rebuild(store, pull_from(teller), progress=Watching(handled)).run()
    assert [(row["times"], row["last"]) for row in content(store, heard_here)["heard"]] == [(3, 3), (2, 2)]


def test_a_discarded_message_stays_out(store: Store, teller: Teller) -> None:
    def policy(message: Message, look: Look) -> list[Do]:
        raise ZeroDivisionError

    teller.tell((UUID(int=1), "break", 1))
    Consumer(replace(BOOK, whenever=policy), store, teller.pull, pause=lambda _: None).catch_up("teller")
    Parking(store).discard("teller", 1, "no-use")
    Rebuild(store, pull_from(teller)).run()
    assert content(store, heard_here) == {"heard": []}


def test_a_service_that_shows_nothing_of_others_pulls_nothing(store: Store, teller: Teller, url: str) -> None:
    teller.tell_many(3, [UUID(int=1)])
    Consumer(BOOK, store, teller.pull).catch_up("teller")
    deaf = Store(replace(BOOK, project_heard=Manifest(name="none").project_heard), url)

    def unasked(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
        raise AssertionError

    Rebuild(deaf, unasked).run()
    deaf.stop()


def test_what_a_follower_derives_is_derived_anew(store: Store) -> None:
    tell_some(store)
    clockwork = Clockwork(store)
    clockwork.start()
    until_(lambda: store.cursor("follower:copier") == store.head())
    before = content(store)
    assert before["copied"]
    spoil(store, copied)
    Rebuild(store, nobody, ("copied",)).run()
    assert content(store) == before
    tell(store, (UUID(int=1), "more", 4))
    until_(lambda: store.look().one(copied, f"tale/{UUID(int=1)}") == {"stream": f"tale/{UUID(int=1)}", "last": 12})
    clockwork.stop()


def test_indexes_and_keys_are_as_they_were(store: Store) -> None:
    tell_some(store)
    before = shape(store)
    assert [name for name, _ in before["tales"][1]] == ["ix_tales_word", "tales_place"]
    for _ in range(2):
        Rebuild(store, nobody).run()
        assert shape(store) == before
    with pytest.raises(sa.exc.IntegrityError), store.engine.begin() as connection:
        connection.execute(words.insert().values([{"word": "x"}, {"word": "x"}]))


def test_a_rebuild_that_was_killed_half_way_can_be_run_again(store: Store, few_a_page: None) -> None:
    tell_some(store)
    before, tables = content(store), shape(store)

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rebuild(store, nobody, progress=Watching(lambda: None, die)).run()
    assert shape(store) != tables
    assert content(store) == before
    spoil(store, tales)
    Rebuild(store, nobody).run()
    assert content(store) == before
    assert shape(store) == tables


def test_of_two_rebuilds_at_once_one_gives_up_and_harms_nothing(store: Store, few_a_page: None) -> None:
    tell_some(store)
    before = content(store)

    def another() -> None:
        Rebuild(store, nobody).run()

    with pytest.raises(Exception, match="__"):
        Rebuild(store, nobody, progress=Watching(lambda: None, another)).run()
    assert content(store) == before
    assert not [name for name in shape(store) if "__" in name]


def test_how_much_is_left_is_shown(store: Store, few_a_page: None) -> None:
    tell_some(store)
    seen: list[tuple[str, int, int]] = []
    lags: list[float | None] = []

    def progress(source: str, done: int, of: int) -> None:
        seen.append((source, done, of))
        lags.append(metrics.REGISTRY.get_sample_value("hub_view_lag_events", {"service": "book", "view": "book"}))

    Rebuild(store, nobody, progress=progress).run()
    assert seen == [("book", done, 11) for done in (3, 6, 9, 11)]
    assert lags == [8, 5, 2, 0]


@pytest.mark.postgres
def test_a_reader_who_takes_his_time_holds_up_the_swap_and_no_writer(postgres_url: str) -> None:
    store = Store(BOOK, postgres_url)
    store.start()
    tell_some(store)
    before = content(store)
    reader = store.engine.connect()
    reader.execute(sa.select(tales))

    tries: list[float] = []
    exchange = Rebuild._exchange

    class Patient(Rebuild):
        def _exchange(self, connection: sa.Connection) -> None:
            if tries:
                reader.close()
            tries.append(1)
            exchange(self, connection)

    Patient(store, nobody).run()
    assert len(tries) == 2
    assert content(store) == before
    store.stop()


@pytest.mark.postgres
def test_the_owner_makes_the_tables_and_the_service_may_use_them(postgres_server: Postgres, postgres_url: str) -> None:
    postgres_server.execute(SQL("CREATE ROLE teller_role LOGIN"))
    try:
        narrow = sa.make_url(postgres_url).set(username="teller_role").render_as_string(hide_password=False)
        prepare(BOOK, postgres_url, narrow)
        store = Store(BOOK, narrow, owner_url=postgres_url)
        store.start()
        tell_some(store)
        before = content(store)
        Rebuild(store, nobody, owner_url=postgres_url).run()
        assert content(store) == before
        tell(store, (UUID(int=1), "more", 4))
        assert store.look().one(words, "more") == {"word": "more", "times": 1}
        store.stop()
    finally:
        owner = sa.create_engine(postgres_url)
        with owner.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY teller_role")
        owner.dispose()
        postgres_server.execute(SQL("DROP ROLE teller_role"))
