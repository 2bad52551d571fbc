"""What the partner service says: which facts were put into an organization's sequence."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contract import Code, Count, asked, published


@published("delivery.added", zh="投递登记")
class DeliveryAdded:
    """A fact that concerns the organization has its number in the organization's sequence: the stream's version."""

    organization_id: UUID
    publisher: Code
    publisher_position: Count
    event_id: UUID
    event_type: Code


@asked(zh="登记投递")
class AddDelivery:
    """Put a fact into an organization's sequence; the same fact has one number."""

    organization_id: UUID
    publisher: Code
    publisher_position: Count
    event_id: UUID
    event_type: Code
