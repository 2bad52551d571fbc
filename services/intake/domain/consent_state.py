"""What a consent remembers: a type per state, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public
from services.contracts.words import Party

Purposes = tuple[str, ...]
Categories = tuple[public.PersonalCategory, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Requested:
    """Asked for; nobody has answered."""

    consent_id: UUID
    person_id: UUID
    purposes: Purposes
    categories: Categories
    receivers: tuple[Party, ...]
    notice_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Granted:
    """In force for what is left of it."""

    consent_id: UUID
    person_id: UUID
    categories: Categories
    receivers: tuple[Party, ...]
    valid_until: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Denied:
    """The answer was no."""

    consent_id: UUID
    person_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Over:
    """Withdrawn, expired or superseded: it comes back never."""

    consent_id: UUID
    person_id: UUID
    how: str


State = Requested | Granted | Denied | Over

Event = (
    public.ConsentRequested
    | public.ConsentGranted
    | public.ConsentRefused
    | public.ConsentWithdrawn
    | public.ConsentExpired
    | public.ConsentSuperseded
)


def evolve(state: State | None, event: Event) -> State | None:
    """The consent after this event."""
    match event:
        case public.ConsentRequested():
            return Requested(
                consent_id=event.consent_id,
                person_id=event.person_id,
                purposes=event.purposes,
                categories=event.categories,
                receivers=event.receivers,
                notice_version=event.notice_version,
            )
        case public.ConsentGranted():
            return Granted(
                consent_id=event.consent_id,
                person_id=event.person_id,
                categories=event.categories,
                receivers=event.receivers,
                valid_until=event.valid_until,
            )
        case public.ConsentRefused():
            return Denied(consent_id=event.consent_id, person_id=event.person_id)
        case public.ConsentWithdrawn():
            return _after_withdrawal(state, event)
        case public.ConsentExpired():
            return Over(consent_id=event.consent_id, person_id=event.person_id, how="expired")
        case public.ConsentSuperseded():
            return Over(consent_id=event.consent_id, person_id=event.person_id, how="superseded")
        case _:
            assert_never(event)


def _after_withdrawal(state: State | None, event: public.ConsentWithdrawn) -> State | None:
    """A consent that allows no category any more is over; one without receivers may still allow work inside."""
    if not isinstance(state, Granted) or event.scope == "all" or not event.categories_left:
        return Over(consent_id=event.consent_id, person_id=event.person_id, how="withdrawn")
    return replace(state, receivers=event.receivers_left, categories=event.categories_left)
