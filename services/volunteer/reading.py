"""Reading who a volunteer is: what is looked up for it, who has read, and where the sealed values lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.visibility import opens, unit_of
from services.contracts.volunteer import (
    ReadVolunteerIdentity,
    VolunteerIdentityRead,
    VolunteerIdentityReadRefused,
    VolunteerRegistered,
)
from services.kernel.manifest import Look
from services.kernel.message import Recorded
from services.kernel.scope import Scope, through
from services.kernel.view import Change, put
from services.volunteer.aliases import records_of
from services.volunteer.domain.reading import Findable, Sent
from services.volunteer.served import serving
from services.volunteer.standing import everything
from services.volunteer.view_tables import assignments, tasks, volunteer_reads, volunteer_sealed, volunteers

BINDING = ("asked", "accepted", "assigned")
"""How somebody stands to a task for which he is to be reached."""
OVER = ("verified", "cancelled", "entered_in_error")


def about_reading(recorded: Recorded, volunteer_id: UUID) -> Iterable[Change]:
    """The rows that a registration or a reading makes."""
    match recorded.event:
        case VolunteerRegistered() as event:
            yield from (put(volunteer_sealed, volunteer_id, digest) for digest in event.sealed)
        case VolunteerIdentityRead() as event:
            yield _read(recorded, event, allowed=True, fields=",".join(event.fields), task_id=event.task_id)
        case VolunteerIdentityReadRefused() as event:
            yield _read(recorded, event, allowed=False, fields="", task_id=None)
        case _:
            return


def _read(recorded: Recorded, event: VolunteerIdentityRead | VolunteerIdentityReadRefused, **more: Any) -> Change:
    return put(
        volunteer_reads, recorded.position, volunteer_id=event.volunteer_id, reader=event.reader,
        reader_role=event.reader_role, reader_org=event.reader_org, why=event.why, at=recorded.recorded_at, **more,
    )  # fmt: skip


def of_volunteer(command: ReadVolunteerIdentity, volunteer_id: UUID, look: Look) -> Findable:
    """Where the volunteer is kept, and the tasks that bind any of his records now."""
    row = look.one(volunteers, volunteer_id) or {}
    kept = unit_of(row.get("kept_by") or "")
    parties = [f"volunteer:{record}" for record in records_of(volunteer_id, look)] if row else []
    t, a = tasks.c, assignments.c
    bound = (
        sa.select(t.task_id, t.dispatcher, t.area, t.holder)
        .join(assignments, a.task_id == t.task_id)
        .where(a.assignee.in_(parties), a.state.in_(BINDING), t.state.not_in(OVER))
        .order_by(t.task_id)
    )
    sent = tuple(
        Sent(
            task_id=each["task_id"], dispatcher=each["dispatcher"] or "unknown",
            places=(each["area"] or "", unit_of(each["holder"] or ""), *serving(look, each["area"])),
        )
        for each in look.run(bound)
    )  # fmt: skip
    area = row.get("area")
    return Findable(volunteer_id=volunteer_id, places=(area or "", kept, *serving(look, area)), sent=sent)


FACTS: dict[Any, Any] = {ReadVolunteerIdentity: of_volunteer}


def reads_scope(roster: Scope) -> Scope:
    """Who read who a volunteer is: for those who see the volunteer, which is also himself, and for auditors (INV-33)."""
    ways = through(roster, "volunteer_id", volunteer_reads.c.volunteer_id)
    return Scope(table=volunteer_reads, opens=opens, usual="roster", ways=ways | {"all": everything})
