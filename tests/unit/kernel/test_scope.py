"""A row is seen in the ways in which somebody stands to it, and each column as far as those ways open it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.kernel.entrypoints.guard import Foreseen
from services.kernel.errors import NotAllowed, NotFound
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope
from services.kernel.store import Views

METADATA = sa.MetaData()
boxes = sa.Table(
    "boxes", METADATA,
    sa.Column("box_id", sa.Uuid, primary_key=True),
    sa.Column("owner", sa.String),
    sa.Column("shelf", sa.String),
    sa.Column("secret", sa.String),
)  # fmt: skip

OPENS = {
    ("keeper", "label"): {"own", "shelf"}, ("keeper", "content"): {"own"},
    ("guest", "label"): {"shelf"}, ("guest", "content"): set(),
    ("house", "label"): {"all"}, ("house", "content"): {"all"},
}  # fmt: skip
SCOPE = Scope(
    table=boxes,
    ways={
        "own": lambda actor: boxes.c.owner == actor.id,
        "shelf": lambda actor: boxes.c.shelf == actor.org,
        "all": lambda actor: sa.true(),
    },
    opens=lambda role, kind: frozenset(OPENS.get((role, kind), ())),
    usual="label",
    kinds={"secret": "content"},
)
MINE, BESIDE, ELSEWHERE = UUID(int=1), UUID(int=2), UUID(int=3)
KEEPER = Actor(id="k", role="keeper", org="low")
GUEST, HOUSE, STRANGER = (Actor(id="g", role=role, org="low") for role in ("guest", "house", "stranger"))


@dataclass(frozen=True)
class Open:
    """A command about a box."""

    other_id: UUID | None = None


@pytest.fixture
def look() -> Iterator[Views]:
    engine = sa.create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            boxes.insert(),
            [
                {"box_id": MINE, "owner": "k", "shelf": "high", "secret": "gold"},
                {"box_id": BESIDE, "owner": "x", "shelf": "low", "secret": "tin"},
                {"box_id": ELSEWHERE, "owner": "x", "shelf": "high", "secret": "lead"},
            ],
        )
    yield Views(engine)
    engine.dispose()


def seen(look: Views, actor: Actor) -> dict[UUID, Any]:
    return {row["box_id"]: row["secret"] for row in look.run(SCOPE.select(actor))}


def test_whoever_stands_in_no_way_to_a_row_does_not_find_it(look: Views) -> None:
    assert seen(look, KEEPER).keys() == {MINE, BESIDE}
    assert seen(look, GUEST).keys() == {BESIDE}
    assert seen(look, STRANGER) == {}


def test_a_column_is_empty_in_the_rows_where_its_kind_is_not_opened(look: Views) -> None:
    assert seen(look, KEEPER) == {MINE: "gold", BESIDE: None}
    assert seen(look, GUEST) == {BESIDE: None}
    assert seen(look, HOUSE) == {MINE: "gold", BESIDE: "tin", ELSEWHERE: "lead"}


def test_nobody_asks_by_what_he_does_not_see(look: Views) -> None:
    by_secret = SCOPE.select(KEEPER).where(SCOPE.column("secret", KEEPER) == "tin")
    assert look.run(by_secret) == []
    assert look.run(SCOPE.select(HOUSE).where(SCOPE.column("secret", HOUSE) == "tin"))


def asked(look: Views, reach: Reach, actor: Actor, key: UUID | None, command: Open) -> None:
    for one in reach.looks(actor, command, None if key is None else (key,)):
        one.check(look.run(one.statement), type(command))


def test_what_is_not_seen_cannot_be_commanded_and_looks_as_if_it_were_not_there(look: Views) -> None:
    reach = Reach(scope=SCOPE)
    asked(look, reach, KEEPER, MINE, Open())
    for hidden in (ELSEWHERE, UUID(int=9)):
        with pytest.raises(NotFound):
            asked(look, reach, KEEPER, hidden, Open())


def test_a_refused_command_on_what_one_sees_says_who_may(look: Views) -> None:
    reach = Reach(scope=SCOPE, near=lambda actor, command: SCOPE.ways["own"](actor), who=lambda command: ("keeper",))
    asked(look, reach, KEEPER, MINE, Open())
    with pytest.raises(NotAllowed) as refused:
        asked(look, reach, KEEPER, BESIDE, Open())
    assert refused.value.roles == ("keeper",)


def test_what_a_command_names_must_be_seen_as_well(look: Views) -> None:
    reach = Reach(scope=SCOPE, names={Open: {"other_id": SCOPE}})
    asked(look, reach, KEEPER, None, Open(other_id=MINE))
    asked(look, reach, KEEPER, None, Open())
    with pytest.raises(NotFound):
        asked(look, reach, KEEPER, MINE, Open(other_id=ELSEWHERE))


def test_the_looks_of_many_commands_are_one_question_with_the_same_answers(look: Views) -> None:
    reach = Reach(scope=SCOPE, near=lambda actor, command: SCOPE.ways["own"](actor))
    looks = [one for n in range(1, 10) for one in reach.looks(KEEPER, Open(), (UUID(int=n),))]
    asked_one_by_one = [[(row["seen"], row["near"]) for row in look.run(one.statement)] for one in looks]
    questions: list[Any] = []
    counting = Views(look._engine)
    counting.run = lambda statement: questions.append(statement) or look.run(statement)  # type: ignore[method-assign]
    foreseen = Foreseen(counting, looks)
    assert [[(row["seen"], row["near"]) for row in foreseen.answer(one)] for one in looks] == asked_one_by_one
    assert len(questions) == 1
    assert asked_one_by_one[:4] == [[(True, True)], [(True, False)], [(False, False)], []]


def test_for_whom_everything_is_open_nothing_is_looked_up() -> None:
    assert Reach(scope=SCOPE).looks(HOUSE, Open(), (MINE,)) == []
    assert not Reach(scope=SCOPE).watches(HOUSE, Open(), itself=True)


def test_for_what_is_not_there_yet_and_names_nothing_nothing_is_looked_up() -> None:
    reach = Reach(scope=SCOPE, names={Open: {"other_id": SCOPE}})
    assert reach.watches(KEEPER, Open(), itself=True)
    assert not reach.watches(KEEPER, Open(), itself=False)
    assert reach.watches(KEEPER, Open(other_id=MINE), itself=False)
