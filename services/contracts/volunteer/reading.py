"""What a volunteer is called and how to reach one: sealed, opened to few for a purpose, and on record each time (INV-33)."""

from __future__ import annotations

from uuid import UUID

from services.contracts.volunteer.words import Codes
from services.kernel.contract import Code, Ref, asked, published


@asked(zh="查阅志愿者身份")
class ReadVolunteerIdentity:
    """Read what a volunteer is called and how to reach them, for a stated purpose; allowed or not, the attempt is on record."""

    why: Code


@published("volunteer.identity-read", zh="查阅志愿者身份", reading=True)
class VolunteerIdentityRead:
    """Somebody read these of a volunteer's details, for this purpose; because of the task, where one is named."""

    volunteer_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    fields: Codes
    reader_org: Ref | None = None
    task_id: UUID | None = None


@published("volunteer.identity-read-refused", zh="查阅志愿者身份被拒", reading=True)
class VolunteerIdentityReadRefused:
    """Somebody tried to read who this volunteer is, and may not; the answer told nothing."""

    volunteer_id: UUID
    reader: Ref
    reader_role: Code
    why: Code
    reader_org: Ref | None = None
