"""A service that shows something in every way, as tests of rebuilding know it: tales and words, its own and others'."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.kernel.manifest import Do, Look, Manifest
from services.kernel.message import Message, Recorded
from services.kernel.projector import Pull
from services.kernel.store import Store
from services.kernel.tables import event
from services.kernel.unit import Order, Unit
from services.kernel.view import Change, add, drop, put
from tests.kernel.play import NOTE, TALE, NoteTaken, NoteTale, Teller, TellTale, ask_of, heard, project_heard

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


class Watching:
    """Called after each page that is folded."""

    def __init__(self, *acts: Callable[[], None]) -> None:
        self.acts = list(acts)

    def __call__(self, source: str, done: int, of: int) -> None:
        if self.acts:
            self.acts.pop(0)()
