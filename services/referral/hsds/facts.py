"""What the directory holds, as data: organizations with where they are found, and what they offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """A place where an organization is found: its own, or that of a station that leans on it."""

    location_id: UUID
    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """An organization as the directory has it."""

    organization_id: UUID
    state: str
    kind: str
    code: str
    names: tuple[str, ...] = ()
    uscc: str | None = None
    parent_id: UUID | None = None
    seats: tuple[Seat, ...] = ()
    changed_at: datetime | None = None

    @property
    def name(self) -> str:
        """What it is called; the code in the directory where no name was given."""
        return self.names[0] if self.names else self.code


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """An offering of an organization."""

    offering_id: UUID
    by: Listed
    state: str
    service_codes: tuple[str, ...]
    areas: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    capacity: int | None = None
    ties: tuple[str, ...] = ()
    group_codes: tuple[str, ...] = ()
    age_bands: tuple[str, ...] = ()
    agreement_needed: bool = False
    changed_at: datetime | None = None
