"""A station's own editions are on record: by digest in an event, with their words beside it (INV-40, INV-6)."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.contracts import editions, tables
from services.contracts import referral as public
from services.contracts.tables import Edition, Term
from services.kernel.clock import system_clock
from services.referral.domain import code_table
from services.referral.editions import Recording, digest_of, id_of
from tests.support.spec import Spec

code_tables = Spec(code_table.DECIDER)
TABLE = UUID(int=81)
ADOPT = public.AdoptEdition(table="need_code", edition="own-1", since=date(2026, 3, 1), digest="A" * 43)
ADOPTED = public.EditionAdopted(
    table_id=TABLE, table="need_code", edition="own-1", since=date(2026, 3, 1), digest="A" * 43
)


def test_an_edition_is_put_on_record_once_and_never_under_another_content():
    code_tables.given().when(ADOPT, facts=TABLE).then(ADOPTED)
    code_tables.given(ADOPTED).when(ADOPT, facts=TABLE).then_nothing()
    other = public.AdoptEdition(table="need_code", edition="own-1", since=date(2026, 3, 1), digest="B" * 43)
    code_tables.given(ADOPTED).when(other, facts=TABLE).then_refused("edition-changed")


@dataclass
class Store:
    """A store that takes whatever is handed to it."""

    orders: list[Any] = field(default_factory=list)
    clock: Any = system_clock

    def submit(self, unit: Any) -> Future[list[Any]]:
        """Done at once."""
        self.orders += unit.orders
        done: Future[list[Any]] = Future()
        done.set_result([None for _ in unit.orders])
        return done


@dataclass
class Hand:
    """What a duty works with."""

    store: Store = field(default_factory=Store)


@pytest.fixture
def own() -> Any:
    """An edition of a station's own in force."""
    term = Term(code="goods", zh="衣物", en="clothes")
    edition = Edition(version="own-1", since=date(2026, 3, 1), terms={"goods": term})
    tables.adopt({"need_code": (edition,)})
    yield edition
    editions.adopt(None)


def test_whatever_holds_is_recorded_with_its_words_beside_the_event(own: Edition):
    hand = Hand()
    duty = Recording(hand)  # type: ignore[arg-type]
    assert (duty.turn(), duty.turn()) == (False, False)
    (order,) = hand.store.orders
    assert (order.stream_id, order.command.edition) == (id_of("need_code"), "own-1")
    (row,) = order.rows
    assert row.key == (order.command.digest,) == (digest_of(own),)
    assert row.sets["terms"] == [{"code": "goods", "zh": "衣物", "en": "clothes", "numbers": {}}]
    assert duty.health() == {"editions": 1, "faults": 0}
