"""What was noted about a person at tasks and hours: sealed, and ended when the person's data are to go or to rest.

Intake decides about the person; what lies sealed here goes with it, under the keys of the tasks and hours themselves.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.kernel.contract import Count, asked, published

NotesEnd = Literal["destroy", "restrict"]
Records = Annotated[tuple[UUID, ...], Meta(max_length=64)]


@asked(zh="附注待销钥")
class OweNotesEnd:
    """What was noted about the person is to go or to rest (issued by the service itself, on intake's word)."""

    request_id: UUID
    act: NotesEnd
    records: Records = ()


@asked(zh="附注已销钥")
class EndNotes:
    """Say that the keys have been ended (issued by the service itself, when they have)."""

    request_id: UUID
    act: NotesEnd
    keys: Count


@published("notes.end-owed", zh="附注待销钥")
class NotesEndOwed:
    """Intake has erased or restricted this person's data: what was noted at tasks and hours is to follow.

    `records` are further records of the same person, which go with it.
    """

    person_id: UUID
    request_id: UUID
    act: NotesEnd
    records: Records = ()


@published("notes.ended", zh="附注已销钥")
class NotesEnded:
    """So many keys of tasks and hours are destroyed, or rest: what was noted under them is read no more (INV-35)."""

    person_id: UUID
    request_id: UUID
    act: NotesEnd
    keys: Count
