"""A release that shows more than the one before: the hub starts, takes commands, says what to rebuild, and loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.kernel.projector import Rebuild
from services.kernel.store import Store
from tests.kernel.book import BOOK, content, copied, ended, nobody, shape, tales, tell, tell_some, words

OLDER = (
    "DROP INDEX tales_place",
    "ALTER TABLE tales DROP COLUMN last",
    "DROP TABLE words",
    "ALTER TABLE ended RENAME TO ended_before",
    "DROP TABLE ended_before",
    "CREATE TABLE ended (id {uuid} PRIMARY KEY, why VARCHAR NOT NULL)",
)
"""As an older release would have left the views: a column and a table fewer, and a table that asks for another column."""


@pytest.fixture
def store(book_url: str) -> Iterator[Store]:
    """A store whose events were shown by an older release."""
    before = Store(BOOK, book_url)
    before.start()
    tell_some(before)
    with before.engine.begin() as connection:
        for statement in OLDER:
            connection.exec_driver_sql(statement.format(uuid=sa.Uuid().compile(connection.dialect)))
    before.stop()
    made = Store(BOOK, book_url)
    made.start()
    yield made
    made.stop()


def opened_once_more(book_url: str) -> list[str]:
    """What is outdated for a process that starts now."""
    made = Store(BOOK, book_url)
    found = made.outdated()
    made.stop()
    return found


def test_what_an_older_release_left_is_noted_until_it_is_rebuilt(store: Store) -> None:
    assert store.outdated() == ["ended", "tales", "words"]
    assert Rebuild(store, nobody, ("tales", "words")).run() == 11
    assert store.outdated() == ["ended"]


def test_commands_are_taken_before_the_rebuild_and_nothing_is_missing_after_it(store: Store, book_url: str) -> None:
    tell(store, (UUID(int=1), "once", 4), (UUID(int=9), "end", 1))
    Rebuild(store, nobody).run()
    found = content(store, tales, words, ended, copied)
    assert {row["stream"]: row["told"] for row in found["tales"]}[f"tale/{UUID(int=1)}"] == 4
    assert len(found["ended"]) == 3
    assert store.outdated() == []
    again = shape(store)
    opened_once_more(book_url)
    assert shape(store) == again


def test_a_new_database_has_nothing_to_rebuild(book_url: str) -> None:
    assert opened_once_more(book_url) == opened_once_more(book_url) == []
