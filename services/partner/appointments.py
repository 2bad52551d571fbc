"""When who goes where, as far as it was said: tasks with a time, and rounds of visits; no person who is visited is in it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.contracts import intake, volunteer
from services.contracts.partner import CalendarClosed, CalendarOpened
from services.kernel.message import Message, Recorded
from services.kernel.view import Change, put
from services.partner.domain.calendar import area_shown
from services.partner.tables import KEPT, METADATA

calendar = sa.Table(
    "calendar", METADATA,
    sa.Column("calendar_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String, index=True),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    sa.Column("opened_by", sa.String),
    sa.Column("within", sa.String),
    sa.Column("closed_at", sa.DateTime(timezone=True)),
    sa.Column("reason_code", sa.String),
    comment="Calendars that can be read at a secret address, of a station's own area alone (`within`) where one who gives visits "
    "out opened it; the hash of each is in a table that no rebuild empties.",
)  # fmt: skip

calendar_hash = sa.Table(
    "calendar_hash", KEPT,
    sa.Column("calendar_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""SHA-256 of each calendar's address: of 256 random bits nobody finds them by trying."""

appointment = sa.Table(
    "appointment", METADATA,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("kind", sa.String),
    sa.Column("area", sa.String),
    sa.Column("begins_at", sa.DateTime(timezone=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.Column("cadence", sa.String),
    sa.Column("last_on", sa.Date),
    sa.Column("is_off", sa.Boolean),
    sa.Column("sequence", sa.BigInteger),
    sa.Column("changed_at", sa.DateTime(timezone=True)),
    comment="A task with its time, or a round of visits with its cadence and the last visit; how often it was changed.",
)  # fmt: skip

attending = sa.Table(
    "attending", METADATA,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("party", sa.String, primary_key=True),
    sa.Column("goes", sa.Boolean),
    comment="Who goes, and who was to go and does not any more.",
)  # fmt: skip


def project(recorded: Recorded) -> list[Change]:
    """Calendars are opened and closed."""
    match recorded.event:
        case CalendarOpened() as event:
            within = area_shown(recorded.actor, event.party)
            opened = {"party": event.party, "opened_at": recorded.recorded_at, "opened_by": recorded.actor.id}
            return [put(calendar, event.calendar_id, closed_at=None, reason_code=None, within=within, **opened)]
        case CalendarClosed() as event:
            return [put(calendar, event.calendar_id, closed_at=recorded.recorded_at, reason_code=event.reason_code)]
        case _:
            return []


def project_heard(message: Message) -> list[Change]:
    """When who goes where, as the volunteer service and intake say it."""
    return [*_task(message), *_round(message)]


def _task(message: Message) -> list[Change]:
    match message.event:
        case volunteer.TaskOpened() as event:
            return [_row(message, kind=event.kind, area=event.area, begins_at=event.slot_start, ends_at=event.slot_end)]
        case volunteer.TaskAssigned() as event:
            return [_row(message), *_go(message, event.assignees)]
        case volunteer.TaskReassigned() as event:
            return [_row(message), *_go(message, event.leaving, False), *_go(message, event.joining)]
        case volunteer.AssignmentCancelled() as event:
            return [_row(message), *_go(message, (event.assignee,), False)]
        case volunteer.NoShowRecorded() as event:
            return [_row(message), *_go(message, (event.assignee,), False)]
        case volunteer.TaskCancelled() | volunteer.TaskEnteredInError():
            return [_row(message, is_off=True)]
        case _:
            return []


def _round(message: Message) -> list[Change]:
    match message.event:
        case intake.VisitPlanSet() as event:
            last = message.happened_at.date()
            return [_row(message, kind="visit", area=event.area, cadence=event.cadence, last_on=last, is_off=False),
                    *_go(message, (event.visitor,))]  # fmt: skip
        case intake.VisitPlanChanged() as event:
            return [_row(message, cadence=event.cadence)]
        case intake.VisitorChanged() as event:
            return [_row(message), *_go(message, (event.handoff.giver,), False), *_go(message, (event.visitor,))]
        case intake.VisitPlanEnded():
            return [_row(message, is_off=True)]
        case intake.VisitMade() | intake.VisitMissed() as event:
            return [_row(message, last_on=event.on)]
        case _:
            return []


def _row(message: Message, **columns: Any) -> Change:
    return put(appointment, message.stream, sequence=message.version, changed_at=message.recorded_at, **columns)


def _go(message: Message, parties: tuple[str, ...], goes: bool = True) -> list[Change]:
    return [put(attending, message.stream, party, goes=goes) for party in parties]
