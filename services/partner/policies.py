"""Whenever a publisher says something that concerns an organization, it goes into that organization's sequence. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.partner import AddDelivery, CloseCalendar, IssueToken, RevokeToken
from services.contracts.referral import OrganizationRetired, OrganizationSuspended
from services.contracts.volunteer import VolunteerDataErased
from services.kernel.contract import about
from services.kernel.manifest import Do, Look
from services.kernel.message import Message
from services.kernel.view import put
from services.partner import tables as t
from services.partner.appointments import calendar
from services.partner.concerns import TELLS, Tells, organization_of, parties
from services.partner.domain import access, sequence
from services.partner.domain import calendar as calendars
from services.partner.thin import Reader, thin


def told_of(message: Message) -> Tells | None:
    """Whom this type of event concerns; None where it is told to nobody, is restricted, or is not known here (INV-11)."""
    if message.event is None or about(message.event).get("restricted"):
        return None
    return TELLS.get(message.envelope.type)


def named(tells: Tells, message: Message, data: dict[str, Any]) -> list[str]:
    """The parties that a fact itself names, in the order of its fields."""
    found: list[str] = []
    for field in tells.names:
        if field == ".":
            found.append(f"organization:{message.stream_id}")
        elif field == "organization_id":
            found += [f"organization:{each}" for each in parties(data.get(field))]
        else:
            outer, _, inner = field.partition(".")
            told = (data.get(outer) or {}).get(inner) if inner else data.get(outer)
            found += parties(told)
    return list(dict.fromkeys(found))


def whenever(message: Message, look: Look) -> list[Do]:
    """One delivery for each organization that the fact concerns; whose access ends with it, its tokens end."""
    if isinstance(message.event, VolunteerDataErased):
        return list(_closed(message, look))
    tells = told_of(message)
    if tells is None:
        return []
    readers = concerned(tells, message, message.said, look)
    told = [_deliver(message, message.said, readers[organization_id]) for organization_id in sorted(readers)]
    return told + _revoked(message, look)


def _closed(message: Message, look: Look) -> Iterable[Do]:
    """Of a volunteer who is forgotten nobody reads the visits any more, whoever has the address (INV-35)."""
    for record in (message.stream_id, *message.event.records):
        for row in look.all(calendar, party=f"volunteer:{record}", closed_at=None):
            yield Do(calendars.DECIDER, row["calendar_id"], CloseCalendar(reason_code="data-erased"))


def _revoked(message: Message, look: Look) -> list[Do]:
    """An organization that is suspended or has left asks no more by any token (INV-43)."""
    if not isinstance(message.event, OrganizationSuspended | OrganizationRetired):
        return []
    live = look.all(t.token, organization_id=message.stream_id, revoked_at=None)
    reason = message.envelope.type.replace(".", "-")
    return [
        Do(access.DECIDER, row["access_id"], RevokeToken(token_id=row["token_id"], reason_code=reason)) for row in live
    ]


def is_barred(command: IssueToken, stream_id: UUID, look: Look) -> bool:
    """Whether the organization for which a token is asked is suspended or has left (INV-43)."""
    return look.one(t.barred, command.organization_id) is not None


def concerned(tells: Tells, message: Message, data: dict[str, Any], look: Look) -> dict[UUID, Reader]:
    """The organizations that a fact concerns, each with those people in it through whom it does."""
    found: dict[UUID, Reader] = {}
    everyone = [*named(tells, message, data), *_engaged(tells, message, data, look), *_corrected(message, data, look)]
    for party in everyone:
        organization_id = organization_of(party)
        if organization_id is not None:
            found.setdefault(organization_id, Reader(organization_id))
    for volunteer, organization_id in _teams(tells, everyone, look):
        found.setdefault(organization_id, Reader(organization_id)).people.add(volunteer)
    return found


def _engaged(tells: Tells, message: Message, data: dict[str, Any], look: Look) -> Iterable[str]:
    """Whoever was engaged in the stream before; what is withdrawn from one alone concerns that one alone."""
    if not tells.follows or data.get("scope") == "receiver":
        return ()
    return [row["party"] for row in look.all(t.engaged, stream=message.stream)]


def _corrected(message: Message, data: dict[str, Any], look: Look) -> Iterable[str]:
    """Whoever was told what is corrected now."""
    corrects = data.get("corrects") or message.envelope.corrects
    if corrects is None:
        return ()
    query = sa.select(t.delivery.c.organization_id).where(t.delivery.c.event_id == UUID(str(corrects)))
    return [f"organization:{row['organization_id']}" for row in look.run(query)]


def _teams(tells: Tells, everyone: Iterable[str], look: Look) -> list[tuple[str, UUID]]:
    """The volunteers among these with the organizations that they belong to."""
    volunteers = sorted({party for party in everyone if party.startswith("volunteer:")}) if tells.people else []
    if not volunteers:
        return []
    query = sa.select(t.member).where(t.member.c.volunteer.in_(volunteers)).order_by(*t.member.primary_key)
    return [(row["volunteer"], row["organization_id"]) for row in look.run(query)]


def _deliver(message: Message, data: dict[str, Any], reader: Reader) -> Do:
    envelope = message.envelope
    delivery = AddDelivery(
        organization_id=reader.organization_id, publisher=envelope.publisher, publisher_position=envelope.position,
        event_id=envelope.id, event_type=envelope.type,
    )  # fmt: skip
    body = thin(message, data, reader)
    row = put(t.fact, reader.organization_id, envelope.publisher, envelope.position, body=body)
    return Do(sequence.DECIDER, reader.organization_id, delivery, (row,))
