"""What follows from the log for the tables: numbers of deliveries, who is engaged in what, who belongs to which team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.partner import (
    DeliveryAdded,
    EndpointAdded,
    EndpointDisabled,
    EndpointEnabled,
    EndpointRemoved,
    EndpointSecretRotated,
    QueueClosed,
    QueueOpened,
    TokenIssued,
    TokenRevoked,
)
from services.contracts.referral import OrganizationActivated, OrganizationRetired, OrganizationSuspended
from services.contracts.volunteer import (
    VolunteerDataErased,
    VolunteerJoinedTeam,
    VolunteerLeftTeam,
    VolunteerRegistered,
)
from services.kernel.message import Message, Recorded
from services.kernel.view import Change, clear, drop, put
from services.partner import policies
from services.partner import tables as t
from services.partner.concerns import organization_of, parties

LEAVES = {
    "task.declined": "assignee", "task.assignment-cancelled": "assignee", "task.no-show-recorded": "assignee",
    "task.reassigned": "leaving",
}  # fmt: skip
"""Events after which whoever this field names has no more to do with the stream."""


def project(recorded: Recorded) -> list[Change]:
    """A delivery has its number; ways are opened and closed."""
    match recorded.event:
        case DeliveryAdded() as event:
            row = put(
                t.delivery, event.organization_id, recorded.version, publisher=event.publisher,
                position=event.publisher_position, event_id=event.event_id, event_type=event.event_type,
                added_at=recorded.recorded_at,
            )  # fmt: skip
            return [row]
        case QueueOpened() as event:
            return [put(t.queue, event.organization_id, after=event.after, opened_at=recorded.recorded_at)]
        case QueueClosed() as event:
            return [drop(t.queue, event.organization_id)]
        case TokenIssued() as event:
            row = put(
                t.token, event.token_id, access_id=recorded.stream_id, organization_id=event.organization_id,
                holder=event.holder, scopes=list(event.scopes), issued_at=recorded.recorded_at,
                expires_at=event.expires_at, revoked_at=None, reason_code=None,
            )  # fmt: skip
            return [row]
        case TokenRevoked() as event:
            return [put(t.token, event.token_id, revoked_at=recorded.recorded_at, reason_code=event.reason_code)]
        case _:
            return _endpoint(recorded)


def _endpoint(recorded: Recorded) -> list[Change]:
    match recorded.event:
        case EndpointAdded() as event:
            row = put(
                t.endpoint, event.endpoint_id, organization_id=event.organization_id, state="active", reason_code=None,
                after=event.after, generation=1, old_until=None, added_at=recorded.recorded_at,
            )  # fmt: skip
            return [row]
        case EndpointSecretRotated() as event:
            return [put(t.endpoint, event.endpoint_id, generation=event.generation, old_until=event.old_until)]
        case EndpointDisabled() as event:
            return [put(t.endpoint, event.endpoint_id, state="disabled", reason_code=event.reason_code)]
        case EndpointEnabled() as event:
            return [put(t.endpoint, event.endpoint_id, state="active", reason_code=None)]
        case EndpointRemoved() as event:
            return [drop(t.endpoint, event.endpoint_id)]
        case _:
            return []


def project_heard(message: Message) -> list[Change]:
    """Who is engaged in what, who belongs to which team, and which organizations may not act."""
    return [*_engaging(message), *_belonging(message), *_barring(message)]


def _barring(message: Message) -> list[Change]:
    match message.event:
        case OrganizationSuspended() | OrganizationRetired():
            return [put(t.barred, message.stream_id)]
        case OrganizationActivated():
            return [drop(t.barred, message.stream_id)]
        case _:
            return []


def _engaging(message: Message) -> list[Change]:
    tells = policies.told_of(message)
    if tells is None or not tells.names:
        return []
    data = message.said
    leaving = set(parties(data.get(LEAVES.get(message.envelope.type, ""))))
    told = [p for p in policies.named(tells, message, data) if organization_of(p) or p.startswith("volunteer:")]
    kept = [put(t.engaged, message.stream, party) for party in told if party not in leaving]
    return [*kept, *(drop(t.engaged, message.stream, party) for party in sorted(leaving))]


def _belonging(message: Message) -> list[Change]:
    match message.event:
        case VolunteerRegistered() as event:
            return [put(t.member, _volunteer(message), each) for team in event.teams if (each := organization_of(team))]
        case VolunteerJoinedTeam(team=team) if each := organization_of(team):
            return [put(t.member, _volunteer(message), each)]
        case VolunteerLeftTeam(team=team) if each := organization_of(team):
            return [drop(t.member, _volunteer(message), each)]
        case VolunteerDataErased(records=records):
            return [clear(t.member, f"volunteer:{each}") for each in (message.stream_id, *records)]
        case _:
            return []


def _volunteer(message: Message) -> str:
    return f"volunteer:{message.stream_id}"


def _delivered(organization_id: UUID) -> sa.Select[Any]:
    d, f = t.delivery.c, t.fact.c
    same = (d.organization_id == f.organization_id) & (d.publisher == f.publisher) & (d.position == f.position)
    rows = sa.select(d.number, f.body).select_from(t.delivery.join(t.fact, same))
    return rows.where(d.organization_id == organization_id).order_by(d.number)


def following(organization_id: UUID, after: int, limit: int) -> sa.Select[Any]:
    """The organization's deliveries after a number, with what was delivered, in order.

    Numbers have no gaps, so the page ends with a number: with a limit alone the database may join all that follows first.
    """
    number = t.delivery.c.number
    return _delivered(organization_id).where(number > after, number <= after + limit)


NEVER = 2**62
"""No delivery has a number like this."""

TOGETHER = 16
"""So many sequences are read on in one statement."""


def _several() -> sa.Select[Any]:
    """Ranges of several sequences, bound by `spans`: built once, since building costs more than the answer."""
    d, f = t.delivery.c, t.fact.c
    spans = [
        (d.organization_id == sa.bindparam(f"of_{n}", type_=sa.Uuid()))
        & (d.number > sa.bindparam(f"after_{n}", type_=sa.BigInteger()))
        & (d.number <= sa.bindparam(f"last_{n}", type_=sa.BigInteger()))
        for n in range(TOGETHER)
    ]
    same = (d.organization_id == f.organization_id) & (d.publisher == f.publisher) & (d.position == f.position)
    rows = sa.select(d.organization_id, d.number, f.body).select_from(t.delivery.join(t.fact, same))
    return rows.where(sa.or_(*spans)).order_by(d.organization_id, d.number)


SEVERAL = _several()


def spans(begins: Sequence[tuple[UUID, int]], limit: int) -> dict[str, Any]:
    """What SEVERAL asks for: up to `limit` deliveries of each of these, after a number. At most TOGETHER of them."""
    found: dict[str, Any] = {}
    for n in range(TOGETHER):
        organization_id, after = begins[n] if n < len(begins) else (begins[0][0], NEVER)
        found |= {f"of_{n}": organization_id, f"after_{n}": after, f"last_{n}": after + limit}
    return found


def numbers(organization_id: UUID, wanted: list[int]) -> sa.Select[Any]:
    """The organization's deliveries with these numbers, in order."""
    return _delivered(organization_id).where(t.delivery.c.number.in_(wanted))


def head(organization_id: UUID) -> sa.Select[Any]:
    """The number of the organization's last delivery; NULL where there is none."""
    d = t.delivery.c
    return sa.select(sa.func.max(d.number).label("head")).where(d.organization_id == organization_id)


def owed(endpoints: Sequence[UUID], now: datetime, most: int) -> sa.Select[Any]:
    """What is to be tried again now, of each of these endpoints the first `most`: one with much of it leaves room for all."""
    r = t.retry.c
    place = sa.func.row_number().over(partition_by=r.endpoint_id, order_by=r.number).label("place")
    due = sa.select(t.retry, place).where(r.endpoint_id.in_(endpoints), r.due_at <= now).subquery()
    return sa.select(*(due.c[column.name] for column in t.retry.columns)).where(due.c.place <= most)
