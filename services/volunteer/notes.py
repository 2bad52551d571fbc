"""What was noted about a person goes when the person's data go: the one act of this service on keys (INV-35).

A note at a task is told of the person to whom one goes; it lies under the task's own key, and what was noted with the
hours of a task lies under the record's. Intake says whose data are gone; the chore is repeated until that is so here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import intake
from services.contracts import volunteer as public
from services.kernel.manifest import Chore, Do, Look
from services.kernel.message import Recorded
from services.kernel.vault import Vault
from services.kernel.view import Change, drop, put
from services.volunteer.domain import notes
from services.volunteer.same import records_of
from services.volunteer.view_tables import METADATA, hours, tasks

NOTED = "narrative"
"""The kind of what was noted."""

owed = sa.Table(
    "notes_owed",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("act", sa.String(16), primary_key=True),
    sa.Column("request_id", sa.Uuid),
    sa.Column("records", sa.JSON),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)
"""Whose notes are still to go or to rest."""


def on_erasure(event: object) -> list[Do]:
    """What intake's word on a person's data means here."""
    match event:
        case intake.PersonalDataErased() if NOTED in event.kinds:
            return [_owe(event.person_id, event.request_id, "destroy", event.records)]
        case intake.ProcessingRestricted() if NOTED in event.kinds:
            return [_owe(event.person_id, event.request_id, "restrict", ())]
        case _:
            return []


def _owe(person_id: UUID, request_id: UUID, act: public.NotesEnd, records: tuple[UUID, ...]) -> Do:
    return Do(notes.DECIDER, person_id, public.OweNotesEnd(request_id=request_id, act=act, records=records[:64]))


def about_notes(recorded: Recorded) -> list[Change]:
    """What is owed, until it is done."""
    match recorded.event:
        case public.NotesEndOwed() as event:
            further = [str(one) for one in event.records]
            return [
                put(
                    owed,
                    event.person_id,
                    event.act,
                    request_id=event.request_id,
                    records=further,
                    due=recorded.recorded_at,
                )
            ]
        case public.NotesEnded() as event:
            return [drop(owed, event.person_id, event.act)]
        case _:
            return []


def subjects_of(look: Look, persons: Iterable[UUID]) -> list[str]:
    """Under whose keys lies what was noted about these: their tasks', and the records' of hours given at those."""
    found = [row["task_id"] for one in persons for row in look.all(tasks, person_id=one)]
    given = [row["record_id"] for task_id in found for row in look.all(hours, task_id=task_id)]
    return sorted({str(one) for one in (*found, *given)})


def end_keys(row: dict[str, Any], look: Look, vault: Vault, now: datetime) -> Do:
    """Destroy or restrict every such key, and say of how many; done again, it changes nothing."""
    persons = {*records_of(row["person_id"], look), *(UUID(one) for one in row["records"] or ())}
    subjects = subjects_of(look, sorted(persons))
    end = vault.destroy if row["act"] == "destroy" else vault.restrict
    for subject in subjects:
        end(subject, now)
    done = public.EndNotes(request_id=row["request_id"], act=row["act"], keys=len(subjects))
    return Do(notes.DECIDER, row["person_id"], done)


def of_person(command: public.OweNotesEnd, stream_id: UUID, look: Look) -> UUID:
    """The person."""
    return stream_id


FACTS: dict[Any, Any] = {public.OweNotesEnd: of_person}
CHORES = (Chore(name="notes", table=owed, due="due", act=end_keys),)
