"""Which letters are owed is found out from what has changed, and looked through as a whole once, after a start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.referral.mail.owed import changed, kinds, newest
from services.referral.mail.tables import links
from services.referral.views import tables as t
from services.referral.views.asked import asked
from services.referral.views.mailings import mailings
from tests.support.spec import NOON

LEI, LOTUS, UNTOLD = UUID(int=1), UUID(int=2), UUID(int=3)


class Rows:
    """The views, as far as they are looked at here."""

    def __init__(self) -> None:
        self.engine = sa.create_engine("sqlite://")
        for table in (t.offers, t.referrals, mailings, asked, links):
            table.create(self.engine)

    def run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def put(self, table: sa.Table, **columns: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(table.insert().prefix_with("OR REPLACE").values(**columns))

    def offer(self, number: int, of: UUID, minutes: int, **columns: Any) -> None:
        ident, at = UUID(int=100 + number), NOON + timedelta(minutes=minutes)
        self.put(t.referrals, referral_id=ident, state="offered", offer_id=None)
        self.put(
            t.offers, **{"offer_id": ident, "referral_id": ident, "organization_id": of, "state": "live"} | columns
        )
        self.put(asked, offer_id=ident, referral_id=ident, changed_at=at)

    def told_by_mail(self, of: UUID, minutes: int, generation: int = 1) -> None:
        at = NOON + timedelta(minutes=minutes)
        self.put(mailings, organization_id=of, state="active", generation=generation, since=at)


@pytest.fixture
def rows() -> Iterator[Rows]:
    made = Rows()
    made.told_by_mail(LEI, 0)
    for number in range(5):
        made.offer(number, LEI, number)
    made.offer(9, UNTOLD, 6)
    yield made
    made.engine.dispose()


def seen(found: list[dict[str, Any]]) -> set[int]:
    return {offer["offer_id"].int - 100 for offer in found}


def test_after_a_start_all_open_offers_are_looked_through_and_then_those_that_changed(rows: Rows):
    assert seen(changed(rows, None)) == {0, 1, 2, 3, 4}
    until = newest(rows)
    assert seen(changed(rows, until)) == set()
    rows.offer(2, LEI, 7, state="live", answer_codes=["schedule"], question_codes=["schedule"], respond_by=NOON)
    (again,) = changed(rows, until)
    assert seen([again]) == {2} and [kind for kind, _ in kinds(again)] == ["offer", "supplied"]


def test_an_organization_that_chooses_its_address_is_told_of_everything_that_waits_for_it(rows: Rows):
    until = newest(rows)
    rows.told_by_mail(LEI, 8, generation=2)
    assert seen(changed(rows, until)) == {0, 1, 2, 3, 4}
    until = newest(rows)
    rows.told_by_mail(UNTOLD, 9)
    assert seen(changed(rows, until)) >= {9} and newest(rows) > until
