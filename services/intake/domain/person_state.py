"""What is remembered of a person: alive or not, groups, guardians; readings change nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.contracts import intake as public


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """Alive as far as anybody knows."""

    person_id: UUID
    station: str
    age_band: public.AgeBand
    groups: tuple[str, ...] = ()
    guardians: tuple[UUID, ...] = ()
    residence_area: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Deceased:
    """Reported dead; nothing new is asked of or for the person."""

    before: Active


State = Active | Deceased

Event = (
    public.PersonRegistered
    | public.PersonDetailsAmended
    | public.ClientGroupAssigned
    | public.ClientGroupRemoved
    | public.GuardianLinked
    | public.GuardianUnlinked
    | public.PersonMoved
    | public.PersonDied
    | public.DeathCorrected
    | public.LegalBasisInvoked
    | public.IdentityRead
    | public.IdentityReadRefused
)


def evolve(state: State | None, event: Event) -> State | None:
    """The person's record after this event."""
    if isinstance(event, public.PersonRegistered):
        return Active(
            person_id=event.person_id,
            station=event.station,
            age_band=event.age_band,
            residence_area=event.residence_area,
        )
    match state, event:
        case Deceased(), public.DeathCorrected():
            return state.before
        case Active(), public.PersonDied():
            return Deceased(before=state)
        case Active(), _:
            return _changed(state, event)
        case _:
            return state


def _changed(state: Active, event: Event) -> Active:
    """What the event changes about a living person; readings and the like change nothing."""
    match event:
        case public.PersonDetailsAmended():
            return replace(state, age_band=event.age_band or state.age_band)
        case public.ClientGroupAssigned():
            return replace(state, groups=(*state.groups, event.group_code))
        case public.ClientGroupRemoved():
            return replace(state, groups=tuple(g for g in state.groups if g != event.group_code))
        case public.GuardianLinked():
            return replace(state, guardians=(*state.guardians, event.guardian_id))
        case public.GuardianUnlinked():
            return replace(state, guardians=tuple(g for g in state.guardians if g != event.guardian_id))
        case public.PersonMoved():
            return replace(state, residence_area=event.to_area)
        case _:
            return state
