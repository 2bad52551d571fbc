"""What each organization is to receive: its numbers, and the facts in their publishers' own bytes."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts.partner import DeliveryAdded
from services.kernel.message import Message, Recorded
from services.kernel.view import Change, put
from services.partner.policies import concerned

METADATA = sa.MetaData()

delivery = sa.Table(
    "delivery", METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("publisher", sa.String),
    sa.Column("position", sa.BigInteger),
    sa.Column("event_type", sa.String),
    sa.Column("added_at", sa.DateTime(timezone=True)),
    comment="One row a delivery: the organization, its number, and where the fact stands.",
)  # fmt: skip

fact = sa.Table(
    "fact", METADATA,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("raw", sa.LargeBinary),
    comment="The facts that concern some organization, in the bytes that their publisher stored.",
)  # fmt: skip


def project(recorded: Recorded) -> list[Change]:
    """A delivery has its number."""
    match recorded.event:
        case DeliveryAdded() as event:
            row = put(
                delivery, event.organization_id, recorded.version, publisher=event.publisher,
                position=event.publisher_position, event_type=event.event_type, added_at=recorded.recorded_at,
            )  # fmt: skip
            return [row]
        case _:
            return []


def project_heard(message: Message) -> list[Change]:
    """A fact that concerns an organization is kept as it was said."""
    if concerned(message) is None:
        return []
    return [put(fact, message.envelope.publisher, message.position, raw=message.raw)]


def following(organization_id: object, after: int, limit: int) -> sa.Select[tuple[int, bytes]]:
    """The organization's deliveries after a number, with their facts, in order."""
    joined = delivery.join(fact, (delivery.c.publisher == fact.c.publisher) & (delivery.c.position == fact.c.position))
    return (
        sa.select(delivery.c.number, fact.c.raw)
        .select_from(joined)
        .where(delivery.c.organization_id == organization_id, delivery.c.number > after)
        .order_by(delivery.c.number)
        .limit(limit)
    )
