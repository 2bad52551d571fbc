"""What a decision about a record finds: what is on record now, under what, on which day, and whether that is closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts import intake as public

AnySaid = public.RequestSaid | public.ServiceSaid | public.VisitSaid | public.AttendanceSaid


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordFact:
    """A record as it stands; `said` is None where it is a note and nothing else."""

    record_id: UUID
    kind: public.RecordKind
    about_id: UUID
    said: AnySaid | None = None
    matter_id: UUID | None = None
    person_id: UUID | None = None
    case_id: UUID | None = None
    on: date | None = None
    closed: bool = False
    late: bool = False
    last_on: date | None = None
    sealed: tuple[str, ...] = ()
