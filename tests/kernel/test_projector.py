"""Rebuilding views: what comes out is what was there, the old view serves until then, and nothing written is missed."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from psycopg.sql import SQL

from services.kernel import metrics
from services.kernel.projector import Rebuild
from services.kernel.schema import prepare
from services.kernel.store import Store
from services.kernel.unit import Order, Unit
from tests.kernel.book import (
    BOOK,
    VIEWS,
    Watching,
    content,
    nobody,
    shape,
    spoil,
    tales,
    tell,
    tell_some,
    words,
)
from tests.kernel.play import NOTE, NoteTale, ask_of
from tests.support.servers import Postgres


def test_a_rebuilt_view_is_the_same(book: Store, few_a_page: None) -> None:
    tell_some(book)
    before = content(book)
    assert all(before[name] for name in ("tales", "words", "ended"))
    spoil(book, tales, words)
    assert Rebuild(book, nobody).run() == 11
    assert content(book) == before


def test_an_empty_log_makes_empty_views(book: Store) -> None:
    assert Rebuild(book, nobody).run() == 0
    assert not any(content(book).values())


def test_a_rebuilt_view_goes_on(book: Store) -> None:
    tell_some(book)
    Rebuild(book, nobody).run()
    tell(book, (UUID(int=1), "once", 4), (UUID(int=9), "new", 1))
    assert book.look().one(tales, f"tale/{UUID(int=1)}")["told"] == 4  # type: ignore[index]
    assert book.look().one(words, "once")["times"] == 5  # type: ignore[index]
    assert book.look().one(tales, f"tale/{UUID(int=9)}")["word"] == "new"  # type: ignore[index]


def test_the_old_view_serves_while_the_new_one_is_folded(book: Store, few_a_page: None) -> None:
    tell_some(book)
    before = content(book)
    seen: list[object] = []
    Rebuild(book, nobody, progress=lambda *_: seen.append(content(book))).run()
    assert len(seen) >= 4
    assert all(each == before for each in seen)


def test_what_is_said_meanwhile_is_in_the_old_view_and_in_the_new(book: Store, few_a_page: None) -> None:
    tell_some(book)
    a, later = UUID(int=1), UUID(int=7)
    told: list[object] = []

    def meanwhile() -> None:
        tell(book, (a, "more", 4 + len(told)), (later, "new", 1 + len(told)))
        told.append(book.look().one(tales, f"tale/{later}")["last"])  # type: ignore[index]

    Rebuild(book, nobody, progress=Watching(*[meanwhile] * 3)).run()
    assert told == [1, 2, 3]
    after = content(book)
    assert book.look().one(words, "more") == {"word": "more", "times": 3}
    spoil(book, *VIEWS)
    Rebuild(book, nobody).run()
    assert content(book) == after


def test_what_is_said_at_the_last_moment_is_folded_in_the_swap(book: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_some(book)
    swap = Rebuild._exchange

    def late(self: Rebuild, connection: sa.Connection) -> None:
        monkeypatch.undo()
        tell(book, (UUID(int=1), "end", 4), (UUID(int=3), "back", 1), (UUID(int=2), "a", 3), (UUID(int=2), "b", 4))
        book.submit(Unit([Order(NOTE, UUID(int=1), NoteTale(word="a"), ask_of(uuid4()), fresh=True)])).result(30)
        swap(self, connection)

    monkeypatch.setattr(Rebuild, "_exchange", late)
    Rebuild(book, nobody).run()
    after = content(book)
    assert [row["stream"] for row in after["tales"]] == [f"tale/{UUID(int=n)}" for n in (2, 3, 4)]
    Rebuild(book, nobody).run()
    assert content(book) == after


def test_one_table_alone(book: Store) -> None:
    tell_some(book)
    before = content(book)
    spoil(book, tales, words)
    Rebuild(book, nobody, ("words",)).run()
    assert content(book, words)["words"] == before["words"]
    assert content(book, tales) == {"tales": []}


def test_indexes_and_keys_are_as_they_were(book: Store) -> None:
    tell_some(book)
    before = shape(book)
    assert [name for name, _ in before["tales"][1]] == ["ix_tales_word", "tales_place"]
    for _ in range(2):
        Rebuild(book, nobody).run()
        assert shape(book) == before
    with pytest.raises(sa.exc.IntegrityError), book.engine.begin() as connection:
        connection.execute(words.insert().values([{"word": "x"}, {"word": "x"}]))


def test_a_rebuild_that_was_killed_half_way_can_be_run_again(book: Store, few_a_page: None) -> None:
    tell_some(book)
    before, tables = content(book), shape(book)

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Rebuild(book, nobody, progress=Watching(lambda: None, die)).run()
    assert shape(book) != tables
    assert content(book) == before
    spoil(book, tales)
    Rebuild(book, nobody).run()
    assert content(book) == before
    assert shape(book) == tables


def test_of_two_rebuilds_at_once_one_gives_up_and_harms_nothing(book: Store, few_a_page: None) -> None:
    tell_some(book)
    before = content(book)

    def another() -> None:
        Rebuild(book, nobody).run()

    with pytest.raises(Exception, match="__"):
        Rebuild(book, nobody, progress=Watching(lambda: None, another)).run()
    assert content(book) == before
    assert not [name for name in shape(book) if "__" in name]


def test_how_much_is_left_is_shown(book: Store, few_a_page: None) -> None:
    tell_some(book)
    seen: list[tuple[str, int, int]] = []
    lags: list[float | None] = []

    def progress(source: str, done: int, of: int) -> None:
        seen.append((source, done, of))
        lags.append(metrics.REGISTRY.get_sample_value("hub_view_lag_events", {"service": "book", "view": "book"}))

    Rebuild(book, nobody, progress=progress).run()
    assert seen == [("book", done, 11) for done in (3, 6, 9, 11)]
    assert lags == [8, 5, 2, 0]


@pytest.mark.postgres
def test_a_reader_who_takes_his_time_holds_up_the_swap_and_no_writer(postgres_url: str) -> None:
    book = Store(BOOK, postgres_url)
    book.start()
    tell_some(book)
    before = content(book)
    reader = book.engine.connect()
    reader.execute(sa.select(tales))

    tries: list[float] = []
    exchange = Rebuild._exchange

    class Patient(Rebuild):
        def _exchange(self, connection: sa.Connection) -> None:
            if tries:
                reader.close()
            tries.append(1)
            exchange(self, connection)

    Patient(book, nobody).run()
    assert len(tries) == 2
    assert content(book) == before
    book.stop()


@pytest.mark.postgres
def test_the_owner_makes_the_tables_and_the_service_may_use_them(postgres_server: Postgres, postgres_url: str) -> None:
    postgres_server.execute(SQL("CREATE ROLE teller_role LOGIN"))
    try:
        narrow = sa.make_url(postgres_url).set(username="teller_role").render_as_string(hide_password=False)
        prepare(BOOK, postgres_url, narrow)
        book = Store(BOOK, narrow, owner_url=postgres_url)
        book.start()
        tell_some(book)
        before = content(book)
        Rebuild(book, nobody, owner_url=postgres_url).run()
        assert content(book) == before
        tell(book, (UUID(int=1), "more", 4))
        assert book.look().one(words, "more") == {"word": "more", "times": 1}
        book.stop()
    finally:
        owner = sa.create_engine(postgres_url)
        with owner.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY teller_role")
        owner.dispose()
        postgres_server.execute(SQL("DROP ROLE teller_role"))
