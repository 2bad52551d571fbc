"""Rebuilding views of what others have said: pulled from its publishers as far as it was heard, and no further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from services.kernel.clockwork import Clockwork
from services.kernel.contract import EVENTS
from services.kernel.cursor import Consumer
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Message
from services.kernel.parking import Parking
from services.kernel.projector import Rebuild
from services.kernel.store import Store
from services.kernel.view import Change, put
from tests.kernel.book import (
    BOOK,
    Watching,
    content,
    copied,
    heard_here,
    nobody,
    pull_from,
    spoil,
    tell,
    tell_some,
)
from tests.kernel.play import TaleTold, Teller
from tests.kernel.play import until as until_


def test_what_was_heard_is_pulled_as_far_as_it_was_heard(book: Store, teller: Teller) -> None:
    a, b = UUID(int=1), UUID(int=2)
    teller.tell_many(10, [a, b])
    Consumer(BOOK, book, teller.pull).catch_up("teller")
    tell_some(book)
    before = content(book)
    assert [row["times"] for row in before["heard"]] == [5, 5]
    teller.tell_many(4, [a, b])
    spoil(book, heard_here)
    Rebuild(book, pull_from(teller)).run()
    assert content(book) == before


def test_what_a_service_hears_and_has_no_class_for_is_shown_as_before(
    book_url: str, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def by_envelope(message: Message) -> list[Change]:
        return [put(heard_here, message.stream, last=message.position, word=message.envelope.type)]

    monkeypatch.delitem(EVENTS, "tale.told")
    book = Store(replace(BOOK, project_heard=by_envelope), book_url)
    book.start()
    teller.tell_many(3, [UUID(int=1)])
    Consumer(book.manifest, book, teller.pull).catch_up("teller")
    before = content(book)
    assert before["heard"][0]["last"] == 3
    spoil(book, heard_here)
    Rebuild(book, pull_from(teller)).run()
    assert content(book) == before
    book.stop()


def test_what_is_heard_meanwhile_is_in_the_new_view(book: Store, teller: Teller, few_a_page: None) -> None:
    a = UUID(int=1)
    hearer = Consumer(BOOK, book, teller.pull)
    teller.tell_many(5, [a])
    hearer.catch_up("teller")

    def meanwhile() -> None:
        teller.tell((a, "more", book.cursor("teller") + 1))
        hearer.catch_up("teller")

    Rebuild(book, pull_from(teller), progress=Watching(*[meanwhile] * 2)).run()
    assert content(book, heard_here)["heard"] == [{"stream": f"tale/{a}", "times": 7, "last": 7, "word": "more"}]


def test_what_is_parked_is_left_out_and_comes_in_when_it_is_handled(
    book: Store, teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = UUID(int=1), UUID(int=2)
    broken = [True]

    def policy(message: Message, look: Look) -> list[Do]:
        if broken[0] and isinstance(message.event, TaleTold) and message.event.word == "break":
            raise ZeroDivisionError
        return []

    hearer = Consumer(replace(BOOK, whenever=policy), book, teller.pull, pause=lambda _: None)
    teller.tell((a, "once", 1), (a, "break", 2), (b, "once", 1), (a, "once", 3), (b, "once", 2))
    hearer.catch_up("teller")
    before = content(book, heard_here)
    assert [row["times"] for row in before["heard"]] == [1, 2]
    Rebuild(book, pull_from(teller)).run()
    assert content(book, heard_here) == before

    def handled() -> None:
        broken[0] = False
        Parking(book).replay("teller", 2)
        hearer.replay("teller")

    Rebuild(book, pull_from(teller), progress=Watching(handled)).run()
    assert [(row["times"], row["last"]) for row in content(book, heard_here)["heard"]] == [(3, 3), (2, 2)]


def test_a_discarded_message_stays_out(book: Store, teller: Teller) -> None:
    def policy(message: Message, look: Look) -> list[Do]:
        raise ZeroDivisionError

    teller.tell((UUID(int=1), "break", 1))
    Consumer(replace(BOOK, whenever=policy), book, teller.pull, pause=lambda _: None).catch_up("teller")
    Parking(book).discard("teller", 1, "no-use")
    Rebuild(book, pull_from(teller)).run()
    assert content(book, heard_here) == {"heard": []}


def test_a_service_that_shows_nothing_of_others_pulls_nothing(book: Store, teller: Teller, book_url: str) -> None:
    teller.tell_many(3, [UUID(int=1)])
    Consumer(BOOK, book, teller.pull).catch_up("teller")
    deaf = Store(replace(BOOK, project_heard=Manifest(name="none").project_heard), book_url)

    def unasked(publisher: str, after: int, until: int) -> Iterator[list[bytes]]:
        raise AssertionError

    Rebuild(deaf, unasked).run()
    deaf.stop()


def test_what_a_follower_derives_is_derived_anew(book: Store) -> None:
    tell_some(book)
    clockwork = Clockwork(book)
    clockwork.start()
    until_(lambda: book.cursor("follower:copier") == book.head())
    before = content(book)
    assert before["copied"]
    spoil(book, copied)
    Rebuild(book, nobody, ("copied",)).run()
    assert content(book) == before
    tell(book, (UUID(int=1), "more", 4))
    until_(lambda: book.look().one(copied, f"tale/{UUID(int=1)}") == {"stream": f"tale/{UUID(int=1)}", "last": 12})
    clockwork.stop()
