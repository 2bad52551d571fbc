"""An organization's sequence takes each fact once."""

from __future__ import annotations

from uuid import UUID

from services.contracts.partner import AddDelivery, DeliveryAdded
from services.partner.domain.sequence import DECIDER
from tests.support.spec import Spec

LOTUS, FACT = UUID(int=7), UUID(int=8)
sequence = Spec(DECIDER)


def delivery(position: int, publisher: str = "referral") -> AddDelivery:
    return AddDelivery(
        organization_id=LOTUS,
        publisher=publisher,
        publisher_position=position,
        event_id=FACT,
        event_type="referral.offered",
    )


def added(position: int, publisher: str = "referral") -> DeliveryAdded:
    return DeliveryAdded(
        organization_id=LOTUS,
        publisher=publisher,
        publisher_position=position,
        event_id=FACT,
        event_type="referral.offered",
    )


def test_a_fact_gets_a_number():
    sequence.given().when(delivery(3)).then(added(3))


def test_the_same_fact_has_one_number():
    sequence.given(added(3)).when(delivery(3)).then_nothing()


def test_publishers_are_counted_apart():
    sequence.given(added(3)).when(delivery(2, "intake")).then(added(2, "intake"))


def test_a_fact_that_was_set_aside_comes_late_and_is_not_lost():
    """A poison message is handled again when others of its publisher have long been delivered."""
    sequence.given(added(3), added(5)).when(delivery(4)).then(added(4))
