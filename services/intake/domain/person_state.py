"""What is remembered of a person: alive or not, merged or not, groups, guardians, what was asked to go.

Readings change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Somebody has asked that these kinds go; nobody has decided yet."""

    request_id: UUID
    kinds: tuple[public.ErasureKind, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """The person is to be told by this day what was done on this basis without asking."""

    basis_code: str
    by: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """Alive as far as anybody knows."""

    person_id: UUID
    station: str
    age_band: public.AgeBand
    groups: tuple[str, ...] = ()
    guardians: tuple[UUID, ...] = ()
    residence_area: str | None = None
    asked: Asked | None = None
    residence_edition: str | None = None
    suspected: tuple[UUID, ...] = ()
    ruled_out: tuple[UUID, ...] = ()
    owed: tuple[Owed, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Deceased:
    """Reported dead; nothing new is asked of or for the person."""

    before: Active


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """It is decided what goes and what rests, and not yet done: nobody reads, nothing is added."""

    before: Active
    request_id: UUID
    decisions: tuple[public.KindDecided, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Restricted:
    """Everything is kept and nothing is done with it, until it is decided anew on that day (`asked`)."""

    before: Active
    kinds: tuple[public.ErasureKind, ...]
    until: date
    asked: Asked | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What named the person is gone for good; facts may rest until a day, and are then decided about (`asked`)."""

    person_id: UUID
    station: str
    until: date | None = None
    asked: Asked | None = None
    again: tuple[public.KindDecided, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """Of the same human being as another record, which speaks for both; what happened here stays here (INV-39)."""

    before: Active
    into: UUID


Standing = Active | Deceased | Leaving | Restricted | Erased
"""A record that speaks for itself."""

State = Standing | Merged

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
    | public.PersonNotifiedLater
    | public.DuplicateSuspected
    | public.DuplicateRuledOut
    | public.PersonsMerged
    | public.PersonsUnmerged
    | public.IdentityRead
    | public.IdentityReadRefused
    | public.ErasureRequested
    | public.ErasureDecided
    | public.PersonalDataErased
    | public.ProcessingRestricted
    | public.RetentionEnded
)


def evolve(state: State | None, event: Event) -> State | None:
    """The person's record after this event."""
    if isinstance(event, public.PersonRegistered):
        return Active(
            person_id=event.person_id,
            station=event.station,
            age_band=event.age_band,
            residence_area=event.residence_area,
            residence_edition=event.residence_edition,
        )
    if state is None:
        return None
    match event:
        case public.ErasureRequested() | public.RetentionEnded():
            return asked_of(state, Asked(request_id=event.request_id, kinds=event.kinds))
        case public.ErasureDecided():
            return _decided(state, event)
        case public.PersonalDataErased():
            return _erased(state)
        case public.ProcessingRestricted():
            return _restricted(state, event)
        case _:
            return _lived(state, event)


def asked_of(state: State, asked: Asked | None) -> State:
    """The same, with this waiting for a decision."""
    match state:
        case Deceased() | Merged():
            return replace(state, before=replace(state.before, asked=asked))
        case Leaving():
            return state
        case Active() | Restricted() | Erased():
            return replace(state, asked=asked)
        case _:
            assert_never(state)


def _decided(state: State, event: public.ErasureDecided) -> State:
    """What is wholly refused leaves everything as it was; anything else is carried out next."""
    after = asked_of(state, None)
    if all(decision.fate == "refused" for decision in event.decisions):
        return after
    match after:
        case Erased():
            return replace(after, again=event.decisions)
        case Leaving():
            return after
        case Restricted():
            return Leaving(before=after.before, request_id=event.request_id, decisions=event.decisions)
        case Active() | Deceased() | Merged():
            return Leaving(before=person_before(after), request_id=event.request_id, decisions=event.decisions)
        case _:
            assert_never(after)


def _erased(state: State) -> State:
    if isinstance(state, Erased):
        return replace(state, until=None, again=())
    lived = person_before(state)
    return Erased(person_id=lived.person_id, station=lived.station)


def _restricted(state: State, event: public.ProcessingRestricted) -> State:
    if isinstance(state, Erased):
        return replace(state, until=event.until, again=())
    return Restricted(before=person_before(state), kinds=event.kinds, until=event.until)


def person_before(state: Active | Deceased | Leaving | Restricted | Merged) -> Active:
    """The person as last known alive, whatever became of the record."""
    match state:
        case Active():
            return state
        case Deceased() | Leaving() | Restricted() | Merged():
            return state.before
        case _:
            assert_never(state)


def _lived(state: State, event: Event) -> State:
    match state, event:
        case Deceased(), public.DeathCorrected():
            return state.before
        case Active(), public.PersonsMerged():
            return Merged(before=state, into=event.survivor_id)
        case Merged(), public.PersonsUnmerged():
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
            return replace(state, residence_area=event.to_area, residence_edition=event.to_edition)
        case public.DuplicateSuspected():
            return replace(state, suspected=(*state.suspected, event.candidate_id))
        case public.DuplicateRuledOut():
            return replace(state, ruled_out=(*state.ruled_out, event.candidate_id))
        case public.LegalBasisInvoked() | public.PersonNotifiedLater():
            owed, told = after(state.owed, state.told, event)
            return replace(state, owed=owed, told=told)
        case _:
            return state


def after(
    owed: tuple[Owed, ...], told: tuple[str, ...], event: public.LegalBasisInvoked | public.PersonNotifiedLater
) -> tuple[tuple[Owed, ...], tuple[str, ...]]:
    """What the person is to be told, and has been told, after this event; the last invocation of a basis counts."""
    others = tuple(each for each in owed if each.basis_code != event.basis_code)
    before = tuple(code for code in told if code != event.basis_code)
    if isinstance(event, public.PersonNotifiedLater):
        return others, (*before, event.basis_code)
    if event.notify_later_by is None:
        return owed, told
    return (*others, Owed(basis_code=event.basis_code, by=event.notify_later_by)), before
