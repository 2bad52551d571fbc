"""What a group will leave is shown as the database will show it once the group is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.ahead import Ahead, NotYet
from services.kernel.gathered import Gathered
from services.kernel.manifest import Wanted
from services.kernel.rehearsal import Foretold, Rehearsed
from services.kernel.store import Views
from services.kernel.view import Change, Rows, add, drop, put
from tests.support.empty import with_tables

METADATA = sa.MetaData()
boxes = sa.Table(
    "boxes", METADATA,
    sa.Column("shelf", sa.String, primary_key=True), sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("owner", sa.String), sa.Column("toys", sa.BigInteger), sa.Column("marks", sa.JSON(none_as_null=True)),
)  # fmt: skip
doors = sa.Table("doors", METADATA, sa.Column("door", sa.String, primary_key=True), sa.Column("open", sa.Boolean))

keys = st.tuples(st.sampled_from("ab"), st.integers(1, 2))
owners = st.sampled_from(["k", "x", None])
changes = st.one_of(
    st.builds(lambda key, owner: put(boxes, *key, owner=owner), keys, owners),
    st.builds(lambda key, toys: put(boxes, *key, toys=toys), keys, st.sampled_from([None, 3])),
    st.builds(lambda key, marks: put(boxes, *key, marks=marks), keys, st.sampled_from([("new",), None])),
    st.builds(lambda key: put(boxes, *key), keys),
    st.builds(lambda key, toys: add(boxes, *key, toys=toys), keys, st.integers(-2, 2)),
    st.builds(lambda key: drop(boxes, *key), keys),
    st.builds(lambda key, owner: Change(boxes, key, {"owner": owner}, drop=True), keys, owners),
    st.builds(lambda key: Change(boxes, key, drop=True, anew=True), keys),
)  # fmt: skip


@contextmanager
def database(*committed: Change) -> Iterator[sa.Engine]:
    """A database that holds what these changes leave."""
    engine = with_tables(sa.create_engine("sqlite://"), METADATA)
    with engine.begin() as connection:
        rehearsed = Rehearsed(connection)
        rehearsed.catch_up(committed)
        rehearsed.all(boxes)
    try:
        yield engine
    finally:
        engine.dispose()


def everything(look: Any) -> list[Any]:
    """What is answered to whoever asks for every row, alone and among others."""
    ones = [look.one(boxes, shelf, place) for shelf in "ab" for place in (1, 2)]
    alls = [
        look.all(boxes),
        look.all(boxes, shelf="a"),
        look.all(boxes, owner="k"),
        look.all(boxes, owner=None, toys=3),
    ]
    return [ones, alls]


@given(st.lists(changes, max_size=6), st.lists(st.lists(changes, max_size=3), max_size=4))
def test_rows_are_seen_as_they_will_be_written(committed: list[Change], units: list[list[Change]]) -> None:
    with database(*committed) as before, database(*committed) as after, after.connect() as connection:
        gathered: list[Wanted] = [(boxes, "shelf", "a"), (boxes, "owner", "k"), (boxes, "owner", "z")]
        told = Foretold(connection, Ahead(Gathered(Views(before), gathered)))
        ahead, written, group = Ahead(Views(before)), Rehearsed(connection), []
        assert everything(ahead) == everything(written) == everything(told)
        for unit in units:
            group += unit
            for look in (ahead, written, told):
                look.catch_up(group)
            assert everything(ahead) == everything(written) == everything(told)


def test_whoever_changes_a_row_that_he_was_shown_changes_no_other_answer() -> None:
    with database() as engine:
        ahead = Ahead(Views(engine))
        ahead.catch_up([put(boxes, "a", 1, owner="k")])
        for row in (ahead.one(boxes, "a", 1), *ahead.all(boxes)):
            assert row is not None
            row["owner"] = "x"
        assert [row["owner"] for row in ahead.all(boxes)] == ["k"]


def test_any_other_select_waits_until_what_it_reads_is_written() -> None:
    with database(put(boxes, "a", 1, owner="k")) as engine:
        ahead = Ahead(Views(engine))
        owned = sa.select(boxes.c.owner).where(boxes.c.owner.in_(sa.select(doors.c.door)))
        assert ahead.run(owned) == []
        ahead.catch_up([put(doors, "k", open=True)])
        with pytest.raises(NotYet):
            ahead.run(owned)
        assert [row["owner"] for row in ahead.run(sa.select(boxes.c.owner))] == ["k"]


def test_a_table_to_which_rows_come_in_bulk_is_told_once_they_are_written() -> None:
    with database() as engine:
        ahead = Ahead(Views(engine))
        ahead.catch_up([Rows(doors, ("door", "open"), [("k", True)])])
        for asked in (lambda: ahead.one(doors, "k"), lambda: ahead.all(doors), lambda: ahead.run(sa.select(doors))):
            with pytest.raises(NotYet):
                asked()


def test_rows_that_were_gathered_are_read_once_and_any_others_when_they_are_asked_for() -> None:
    with database(
        put(boxes, "a", 1, owner="k"), put(boxes, "a", 2, owner="x"), put(boxes, "b", 1, owner="k")
    ) as engine:
        views = Views(engine)
        gathered = Gathered(views, [(boxes, "shelf", "a"), (boxes, "shelf", "c"), (boxes, "owner", "k")])
        asked = views.all(boxes, shelf="a", owner="k"), views.one(boxes, "a", 2), views.all(boxes, owner="k")
        with engine.begin() as connection:
            connection.execute(sa.delete(boxes).where(boxes.c.owner != None))  # noqa: E711 - as SQL says it
        seen = gathered.all(boxes, shelf="a", owner="k"), gathered.one(boxes, "a", 2), gathered.all(boxes, owner="k")
        assert seen == asked and gathered.one(boxes, "c", 1) is None
        assert gathered.one(boxes, "b", 1) is None and gathered.all(boxes, owner="x") == []
