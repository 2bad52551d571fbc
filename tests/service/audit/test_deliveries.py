"""What partners received about a person is among what was seen of them, whichever of the two was recorded first."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from services.audit.access.reading import line, seen
from services.audit.ledger import Ledger
from services.audit.moments.follower import ReplayFollower
from services.contracts.partner import DeliveryAdded
from tests.service.audit.conftest import Tables
from tests.unit.audit.said import MATTER, NOON, Teller, said

PERSON, STRANGER, LOTUS = UUID(int=7), UUID(int=8), UUID(int=9)


@pytest.fixture
def followed(db: Tables) -> Tables:
    """A referral of somebody's matter and a consent of theirs, delivered to an organization; one delivery is heard first."""
    teller = Teller()

    def delivery(position: int, of: str) -> object:
        event = DeliveryAdded(
            organization_id=LOTUS, publisher="intake", publisher_position=position, event_id=uuid4(), event_type=of
        )
        return teller.tell("partner", f"delivery/{LOTUS}", event)

    about = {"matter_id": str(MATTER), "person_id": str(PERSON)}
    own = {"person_id": str(PERSON)}
    ledger = Ledger()
    messages = [
        said(position=1, data=about), delivery(2, "visit.made"), said(position=2, version=2, data=about),
        said(position=3, type="consent.granted", stream=f"consent/{uuid4()}", data=own),
        delivery(3, "consent.granted"), said(position=4, version=3, data={"matter_id": str(uuid4())}), delivery(4, "visit.made"),
    ]  # fmt: skip
    db.write(ledger.take(messages, NOON, db))
    follower, at = ReplayFollower(), 0
    while True:
        changes, _, now = follower.step(db, at)
        db.write(changes)
        if now == at:
            return db
        at = now


def test_what_a_partner_received_about_a_person_is_told_with_its_number(followed: Tables):
    """INV-33"""
    found = [line(row) for row in seen(followed, [PERSON], 7, 0, 100, unsealed=False)]
    assert [(each["act"], each["who"]["id"], each["received"]) for each in found] == [
        ("delivered", str(LOTUS), {"type": "visit.made", "entry": 2, "number": 1}),
        ("delivered", str(LOTUS), {"type": "consent.granted", "entry": 3, "number": 2}),
    ]
    assert seen(followed, [STRANGER], 7, 0, 100, unsealed=False) == []


def test_it_is_told_page_by_page_and_as_the_ledger_was(followed: Tables):
    assert [row["entry"] for row in seen(followed, [PERSON], 7, 0, 1, unsealed=False)] == [1]
    assert [row["entry"] for row in seen(followed, [PERSON], 7, 2, 100, unsealed=False)] == [4]
    assert seen(followed, [PERSON], 2, 0, 100, unsealed=False) == [], "the event was not in the ledger yet"
