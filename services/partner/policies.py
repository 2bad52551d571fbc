"""Whenever a publisher says something that names an organization, it goes into that organization's sequence. Pure."""

from __future__ import annotations

from uuid import UUID

import msgspec

from services.contracts.partner import AddDelivery
from services.kernel.contract import about
from services.kernel.manifest import Do, Look
from services.kernel.message import Message
from services.partner.domain import sequence

ORGANIZATIONS = ("organization", "team", "charity", "university", "authority", "community")
"""Kinds of parties that hear what concerns them; people hear it from their own organization."""


class Concerned(msgspec.Struct):
    """The fields of a fact that say whom it concerns: an organization, or whoever may read about somebody, or may not."""

    organization_id: UUID | None = None
    receiver: str = ""


def concerned(message: Message) -> UUID | None:
    """The organization that a fact concerns; None where it concerns none, or is restricted, or is not known here."""
    if message.event is None or about(message.event).get("restricted"):
        return None
    said = msgspec.json.decode(bytes(message.envelope.data), type=Concerned)
    return said.organization_id or _organization(said.receiver)


def _organization(party: str) -> UUID | None:
    kind, _, name = party.partition(":")
    try:
        return UUID(name) if kind in ORGANIZATIONS else None
    except ValueError:
        return None


def whenever(message: Message, look: Look) -> list[Do]:
    """One delivery for the organization that the fact names."""
    organization_id = concerned(message)
    if organization_id is None:
        return []
    envelope = message.envelope
    delivery = AddDelivery(
        organization_id=organization_id, publisher=envelope.publisher, publisher_position=envelope.position,
        event_id=envelope.id, event_type=envelope.type,
    )  # fmt: skip
    return [Do(sequence.DECIDER, organization_id, delivery)]
