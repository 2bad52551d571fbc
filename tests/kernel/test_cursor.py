"""Hearing over real stores: in order, once, whatever comes twice, too early, or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.kernel import cursor
from services.kernel.cursor import ATTEMPTS, Consumer
from services.kernel.effects import TRIES, Effects
from services.kernel.errors import ConcurrentChange, OutcomeUnknown, Unavailable
from services.kernel.heard import Heard
from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Message
from services.kernel.store import Store
from services.kernel.unit import Unit
from services.kernel.view import Change, Rows
from tests.kernel.play import HEARER, NOTE, NoteTale, Teller, heard, notes, project_heard, rows, until

A, B, C = UUID(int=0xA), UUID(int=0xB), UUID(int=0xC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database for the hearer."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/hearer.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def teller(tmp_path: Path) -> Iterator[Teller]:
    """A publisher."""
    made = Teller(f"sqlite:///{tmp_path}/teller.db")
    yield made
    made.store.stop()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """The hearer's store."""
    made = Store(HEARER, url)
    made.start()
    yield made
    made.stop()


def consumer(store: Store, teller: Teller, manifest: Manifest = HEARER, careful: bool = False) -> Consumer:
    """The hearer; past its careful beginning unless that is what is looked at."""
    made = Consumer(manifest, store, teller.pull, pause=lambda seconds: None)
    if not careful:
        made._place("teller").careful = 0
    return made


def say(teller: Teller, first: int = 1, last: int | None = None, again: bool = False) -> Heard:
    """A batch as the bus would bring it."""
    return Heard("teller", first, teller.events(first, last), again)


def test_a_batch_takes_effect_with_its_cursor(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1), (B, "once", 1), (A, "upon", 2))
    consumer(store, teller).hear(say(teller))
    assert rows(store) == {f"tale/{A}": (2, 2), f"tale/{B}": (1, 1)}
    assert store.cursor("teller") == 3
    assert teller.pulls == []


def test_what_comes_twice_is_done_once(store: Store, teller: Teller) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 11)])
    hearer = consumer(store, teller)
    for first, last in ((1, 4), (1, 4), (3, 8), (2, 10), (10, 10)):
        hearer.hear(say(teller, first, last))
    assert rows(store) == {f"tale/{A}": (10, 10)}


def test_a_gap_is_pulled_before_going_on(store: Store, teller: Teller) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 11)])
    hearer = consumer(store, teller)
    hearer.hear(say(teller, 1, 3))
    hearer.hear(say(teller, 7, 8))
    assert rows(store) == {f"tale/{A}": (10, 10)}
    assert teller.pulls == [(3, 1000)]
    assert hearer.position("teller") == 10


def test_while_a_gap_cannot_be_pulled_nothing_after_it_is_done(store: Store, teller: Teller) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 11)])
    hearer = consumer(store, teller)
    hearer.hear(say(teller, 1, 3))
    teller.away = True
    with pytest.raises(Unavailable):
        hearer.hear(say(teller, 7, 8))
    assert rows(store) == {f"tale/{A}": (3, 3)}
    teller.away = False
    hearer.hear(say(teller, 7, 8))
    assert rows(store) == {f"tale/{A}": (10, 10)}


def test_a_gap_and_its_filling_can_be_written_down(store: Store, teller: Teller) -> None:
    def on(word: str) -> Any:
        return lambda publisher, expected, seen: [Do(NOTE, C, NoteTale(word=f"{word}-{publisher}-{expected}-{seen}"))]

    teller.tell(*[(A, "once", n) for n in range(1, 6)])
    hearer = consumer(store, teller, replace(HEARER, on_gap=on("gap"), on_filled=on("filled")))
    hearer.hear(say(teller, 4, 5))
    hearer.refresh("teller")
    assert [word for _, word, _ in notes(store)] == ["gap-teller-1-4", "filled-teller-1-4"]


def test_a_new_consumer_catches_up_page_by_page(store: Store, teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cursor, "PAGE", 100)
    head = teller.tell_many(250, [A, B])
    assert consumer(store, teller).catch_up("teller") == head
    assert rows(store) == {f"tale/{A}": (125, 125), f"tale/{B}": (125, 125)}
    assert [after for after, _ in teller.pulls] == [0, 100, 200]


def test_a_policy_asks_its_own_service_once_however_often_it_is_told(store: Store, teller: Teller) -> None:
    teller.tell((A, "note-1", 1), (A, "note-2", 2), (B, "note-3", 1))
    hearer = consumer(store, teller)
    hearer.hear(say(teller))
    assert notes(store) == [(f"note/{A}", "note-1", 1), (f"note/{A}", "note-2", 2), (f"note/{B}", "note-3", 1)]
    with store.engine.begin() as connection:  # As after a restored backup: the cursor is behind its effects.
        connection.exec_driver_sql("UPDATE cursor SET position = 0")
    again = consumer(store, teller)
    again.hear(say(teller))
    assert len(notes(store)) == 3


def test_a_command_of_a_policy_says_what_led_to_it(store: Store, teller: Teller) -> None:
    teller.tell((A, "note-1", 1))
    consumer(store, teller).hear(say(teller))
    import msgspec

    told, noted = msgspec.json.decode(teller.events()[0]), msgspec.json.decode(store.read(0, 1)[0])
    assert noted["causationid"] == noted["correlationid"] == told["id"]
    assert (noted["actorid"], noted["actorrole"], noted["channel"]) == ("policy:hearer", "service", "policy")
    assert noted["effectiveat"] == told["effectiveat"]


def test_a_refused_command_stops_nothing(store: Store, teller: Teller) -> None:
    teller.tell((A, "false", 1), (A, "note-2", 2))
    consumer(store, teller).hear(say(teller))
    assert [word for _, word, _ in notes(store)] == ["note-2"]
    assert store.cursor("teller") == 2


def test_a_policy_reads_the_views_as_those_before_it_left_them(store: Store, teller: Teller) -> None:
    def on_third(message: Message, look: Look) -> list[Do]:
        row = look.one(heard, message.stream)
        return [Do(NOTE, message.stream_id, NoteTale(word=f"after-{row['times'] if row else 0}"))]

    teller.tell(*[(A, "once", n) for n in range(1, 6)])
    consumer(store, teller, replace(HEARER, whenever=on_third)).hear(say(teller))
    assert [word for _, word, _ in notes(store)] == [f"after-{n}" for n in range(5)]


def test_messages_nobody_reads_about_share_one_transaction(store: Store, teller: Teller) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 101)])
    units: list[Unit] = []
    submit = store.submit
    store.submit = lambda unit: (units.append(unit), submit(unit))[1]  # type: ignore[method-assign]
    consumer(store, teller).hear(say(teller))
    assert len(units) == 1


def test_an_unknown_type_is_passed_over(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1), (A, "once", 2))
    raws = teller.events()
    raws[0] = raws[0].replace(b'"tale.told"', b'"tale.sung"')
    consumer(store, teller).hear(Heard("teller", 1, raws))
    assert rows(store) == {f"tale/{A}": (1, 2)}


def test_two_processes_of_a_service_do_not_do_the_same_twice(store: Store, url: str, teller: Teller) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 21)])
    other_store = Store(HEARER, url)
    other_store.start()
    one, other = consumer(store, teller), consumer(other_store, teller)
    random = Random(7)
    for n in range(1, 21):
        chosen = random.choice((one, other))
        try:
            chosen.hear(say(teller, max(1, n - 2), n))
        except cursor.AWAY:
            chosen.hear(say(teller, max(1, n - 2), n))
    other_store.stop()
    assert rows(store) == {f"tale/{A}": (20, 20)}


def test_an_unknown_outcome_is_looked_up_in_the_cursor(store: Store, teller: Teller) -> None:
    teller.tell((A, "note-1", 1), (A, "note-2", 2))
    submit, failing = store.submit, [True]

    class Lost:
        def __init__(self, pending: Any) -> None:
            pending.result(10)

        def result(self, timeout: float | None = None) -> Any:
            raise OutcomeUnknown("the connection broke")

    def once(unit: Unit) -> Any:
        return Lost(submit(unit)) if failing and failing.pop() else submit(unit)

    store.submit = once  # type: ignore[method-assign]
    hearer = consumer(store, teller)
    with pytest.raises(OutcomeUnknown):
        hearer.hear(say(teller))
    hearer.hear(say(teller))
    assert rows(store) == {f"tale/{A}": (2, 2)}
    assert len(notes(store)) == 2


def test_what_circumstances_forbid_is_not_held_against_a_message(store: Store, teller: Teller) -> None:
    """Also while messages are counted: else a database that is away again and again would park what is sound."""
    teller.tell((A, "once", 1))
    hearer = consumer(store, teller, careful=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Effects, "_write", away)
        for _ in range(2 * ATTEMPTS):
            with pytest.raises(Unavailable):
                hearer.hear(say(teller))
    hearer.hear(say(teller))
    assert (rows(store), hearer.parking.all()) == ({f"tale/{A}": (1, 1)}, [])


def third(message: Message) -> list[Change]:
    """Of every tale each third part alone is shown."""
    return project_heard(message) if message.event and message.event.number % 3 == 0 else []


SELDOM = replace(HEARER, project_heard=third)


def test_what_has_no_effect_is_passed_by_and_the_cursor_follows_a_moment_later(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1), (A, "once", 2))
    hearer = consumer(store, teller, SELDOM)
    hearer.hear(say(teller))
    assert (hearer.position("teller"), store.cursor("teller")) == (2, 0)
    until(lambda: hearer.is_due("teller"))
    hearer.save("teller")
    assert (hearer.saved("teller"), store.cursor("teller")) == (2, 2)


def test_the_next_effect_takes_the_cursor_along_over_what_was_passed_by(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1), (A, "once", 2), (A, "once", 3))
    hearer = consumer(store, teller, SELDOM)
    for position in (1, 2, 3):
        hearer.hear(say(teller, position, position))
    assert (rows(store), store.cursor("teller"), hearer.is_due("teller")) == ({f"tale/{A}": (1, 3)}, 3, False)


def test_who_dies_before_the_cursor_has_followed_reads_again_and_does_nothing_twice(
    store: Store, teller: Teller
) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 9)])
    consumer(store, teller, SELDOM).hear(say(teller, 1, 8))
    with store.engine.begin() as connection:  # As long as it passed by 7 and 8 it had written 6.
        connection.exec_driver_sql("UPDATE cursor SET position = 6")
    consumer(store, teller, SELDOM).hear(say(teller, 1, 8, again=True))
    assert rows(store) == {f"tale/{A}": (2, 6)}


def test_who_was_overtaken_while_passing_by_goes_on_from_where_the_other_stands(
    store: Store, url: str, teller: Teller
) -> None:
    teller.tell(*[(A, "once", n) for n in range(1, 8)])
    other_store = Store(HEARER, url)
    other_store.start()
    one, other = consumer(store, teller, SELDOM), consumer(other_store, teller, SELDOM)
    one.hear(say(teller, 1, 2))
    other.hear(say(teller, 1, 6))
    with pytest.raises(ConcurrentChange):
        one.hear(say(teller, 3, 3))
    assert one.position("teller") == store.cursor("teller") == 6
    one.hear(say(teller, 6, 7))
    other_store.stop()
    assert rows(store) == {f"tale/{A}": (2, 6)}


def away(*_: object) -> None:
    raise Unavailable("the database is away")


class Scribe:
    """A recorder that counts, and can be told to fail."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.forgot = 0

    def take(self, batch: Any, now: Any, look: Look) -> list[Change | Rows]:
        self.taken += [message.position for message in batch]
        return [Rows(heard, ("stream", "times"), [(f"entry/{m.position}", m.position) for m in batch])]

    def forget(self) -> None:
        self.forgot += 1


def test_a_recorder_keeps_even_what_cannot_be_understood(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1), (A, "once", 2))
    raws = teller.events()
    raws[0] = raws[0].replace(b'"number":1', b'"number":"x"')
    scribe = Scribe()
    manifest = replace(HEARER, record=lambda: scribe, project_heard=lambda message: ())
    consumer(store, teller, manifest).hear(Heard("teller", 1, raws))
    assert scribe.taken == [1, 2]
    assert rows(store) == {"entry/1": (1, None), "entry/2": (2, None)}


def test_a_recorder_whose_place_is_taken_forgets_and_waits_and_parks_nothing(store: Store, teller: Teller) -> None:
    teller.tell((A, "once", 1))
    scribe = Scribe()
    with store.engine.begin() as connection:
        connection.execute(heard.insert().values(stream="entry/1", times=0))
    manifest = replace(HEARER, record=lambda: scribe, project_heard=lambda message: ())
    hearer = consumer(store, teller, manifest)
    with pytest.raises(ConcurrentChange):
        hearer.hear(say(teller))
    assert scribe.forgot == len(scribe.taken) == TRIES
    assert (hearer.parking.all(), store.cursor("teller")) == ([], 0)
    with store.engine.begin() as connection:
        connection.execute(heard.delete())
    hearer.hear(say(teller))
    assert rows(store) == {"entry/1": (1, None)}


@pytest.mark.parametrize("seed", range(6))
def test_any_delivery_ends_the_same(store: Store, teller: Teller, seed: int) -> None:
    """Whatever is lost, repeated, reordered or cut by a restart: each event once, in order of its stream."""
    random, manifest = Random(seed), SELDOM if seed % 2 else HEARER
    streams = [uuid4() for _ in range(5)]
    head = teller.tell_many(300, streams)
    hearer = consumer(store, teller, manifest)
    for _ in range(40):
        first = random.randint(1, head)
        teller.away = random.random() < 0.3
        with suppress(Unavailable):
            hearer.hear(say(teller, first, min(head, first + random.randint(0, 40)), again=random.random() < 0.1))
        if random.random() < 0.1:
            hearer = consumer(store, teller, manifest, careful=random.random() < 0.3)
    teller.away = False
    hearer.catch_up("teller")
    assert rows(store) == {f"tale/{stream}": (20 if seed % 2 else 60, 60) for stream in streams}
