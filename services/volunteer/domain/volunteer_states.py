"""The life of a volunteer: registered, verified, active, suspended or withdrawn, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never
from uuid import UUID

from services.contracts.volunteer import (
    RecordStatementIssued,
    RelativeDeclared,
    StarLevelReached,
    StarLevelRevised,
    VolunteerClearanceLapsed,
    VolunteerCleared,
    VolunteerDataErased,
    VolunteerErasureDecided,
    VolunteerIdentityRead,
    VolunteerIdentityReadRefused,
    VolunteerInsured,
    VolunteerJoinedTeam,
    VolunteerLeftTeam,
    VolunteerRegistered,
    VolunteerReinstated,
    VolunteersMerged,
    VolunteersUnmerged,
    VolunteerSuspended,
    VolunteerTrained,
    VolunteerVerified,
    VolunteerWithdrew,
    VolunteerWorkerLinked,
)
from services.contracts.volunteer.words import VolunteerState
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.volunteer.domain.refusing import (
    not_now,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What is known of a volunteer beside the state; of checks, trainings and insurances only the latest is kept."""

    minor: bool | None
    guardian_consent: bool
    teams: tuple[Party, ...] = ()
    cleared: tuple[VolunteerCleared, ...] = ()
    trained: tuple[VolunteerTrained, ...] = ()
    insured: VolunteerInsured | None = None
    last_statement: RecordStatementIssued | None = None
    stars: tuple[StarLevelReached, ...] = ()
    worker: Party | None = None
    relative_of: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Registered:
    """Offers time; nobody has seen who it is."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """An organization has seen who it is; the first training comes next (先培训再上岗)."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class Active:
    """May be sent."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspended:
    """Is sent nowhere until reinstated; `before` says what to."""

    profile: Profile
    before: Literal["registered", "verified", "active"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn:
    """Is not asked any more."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """Another record speaks for this one; `before` says how it stood."""

    profile: Profile
    into: UUID
    before: VolunteerState


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """It is decided that the data go; the keys end next."""

    profile: Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """Nobody any more; what was given stays as numbers."""

    profile: Profile


Gone = Merged | Leaving | Erased
"""A record of which nothing is asked any more."""
State = Registered | Verified | Active | Suspended | Withdrawn | Gone
Event = (
    VolunteerRegistered | VolunteerVerified | VolunteerCleared | VolunteerTrained | VolunteerInsured
    | VolunteerWorkerLinked | RelativeDeclared | VolunteerJoinedTeam | VolunteerLeftTeam
    | VolunteerSuspended | VolunteerReinstated | VolunteerWithdrew | VolunteerClearanceLapsed
    | RecordStatementIssued | StarLevelReached | StarLevelRevised
    | VolunteersMerged | VolunteersUnmerged | VolunteerErasureDecided | VolunteerDataErased
    | VolunteerIdentityRead | VolunteerIdentityReadRefused
)  # fmt: skip

ALWAYS = (
    "clear-volunteer", "train-volunteer", "insure-volunteer", "join-team", "leave-team", "link-worker", "declare-relative",
    "withdraw-volunteer", "erase-volunteer", "issue-record-statement",
)  # fmt: skip
ALLOWED: dict[type, tuple[str, ...]] = {
    Registered: ("verify-volunteer", "suspend-volunteer", "merge-volunteers", *ALWAYS),
    Verified: ("verify-volunteer", "suspend-volunteer", "merge-volunteers", *ALWAYS),
    Active: ("verify-volunteer", "suspend-volunteer", "merge-volunteers", *ALWAYS),
    Suspended: ("reinstate-volunteer", *ALWAYS),
    Withdrawn: ("merge-volunteers", "erase-volunteer", "issue-record-statement"),
    Merged: ("unmerge-volunteers",),
    Leaving: (),
    Erased: (),
}


def cannot(state: State | None) -> Refused:
    """What was asked does not fit the state of this volunteer."""
    return not_now("volunteer", "志愿者", state, ALLOWED)


def evolve(state: State | None, event: Event) -> State | None:
    """What is the case after this event."""
    if isinstance(event, VolunteerRegistered):
        return Registered(profile=Profile(
            minor=event.minor, guardian_consent=event.guardian_consent_ref is not None, teams=event.teams,
            worker=event.worker,
        ))  # fmt: skip
    return None if state is None else _go_on(state, event)


def _go_on(state: State, event: Event) -> State:
    profile = _profile(state.profile, event)
    match event:
        case VolunteerVerified() | VolunteerReinstated() | VolunteerTrained():
            return _standing(event.state, profile, state)
        case VolunteerSuspended():
            return Suspended(profile=profile, before=_before(state))
        case VolunteerWithdrew():
            return Withdrawn(profile=profile)
        case VolunteersMerged():
            return Merged(profile=profile, into=event.survivor_id, before=named(state))
        case VolunteersUnmerged():
            return _standing(event.state, profile, state)
        case VolunteerErasureDecided():
            return Leaving(profile=profile)
        case VolunteerDataErased():
            return Erased(profile=Profile(minor=None, guardian_consent=False))
        case _:
            return replace(state, profile=profile)


def _standing(name: VolunteerState, profile: Profile, state: State) -> State:
    match name:
        case "registered":
            return Registered(profile=profile)
        case "verified":
            return Verified(profile=profile)
        case "active":
            return Active(profile=profile)
        case "suspended":
            return Suspended(profile=profile, before=_before(state))
        case "withdrawn":
            return Withdrawn(profile=profile)
        case _ as never:
            assert_never(never)


def _before(state: State) -> Literal["registered", "verified", "active"]:
    match state:
        case Suspended():
            return state.before
        case Active():
            return "active"
        case Verified():
            return "verified"
        case _:
            return "registered"


def named(state: State) -> VolunteerState:
    """The state by its word."""
    if isinstance(state, Merged):
        return state.before
    return (
        "suspended" if isinstance(state, Suspended) else "withdrawn" if isinstance(state, Withdrawn) else _before(state)
    )


def _profile(profile: Profile, event: Event) -> Profile:  # noqa: C901 - one line an event
    match event:
        case VolunteerVerified():
            consent = profile.guardian_consent or event.guardian_consent_ref is not None
            return replace(profile, minor=event.minor, guardian_consent=consent)
        case VolunteerCleared() | VolunteerClearanceLapsed():
            return replace(profile, cleared=_checked(profile.cleared, event))
        case VolunteerWorkerLinked():
            return replace(profile, worker=event.worker)
        case RelativeDeclared():
            return replace(profile, relative_of=(*profile.relative_of, event.person_id))
        case VolunteerTrained():
            trained = (t for t in profile.trained if t.training_code != event.training_code)
            return replace(profile, trained=(*trained, event))
        case VolunteerInsured():
            return replace(profile, insured=event)
        case VolunteerJoinedTeam():
            return replace(profile, teams=(*(t for t in profile.teams if t != event.team), event.team))
        case VolunteerLeftTeam():
            return replace(profile, teams=tuple(t for t in profile.teams if t != event.team))
        case RecordStatementIssued():
            return replace(profile, last_statement=event)
        case StarLevelReached() | StarLevelRevised():
            return replace(profile, stars=_starred(profile.stars, event))
        case VolunteerRegistered() | VolunteerSuspended() | VolunteerReinstated() | VolunteerWithdrew():
            return profile
        case VolunteersMerged() | VolunteersUnmerged() | VolunteerErasureDecided() | VolunteerDataErased():
            return profile
        case VolunteerIdentityRead() | VolunteerIdentityReadRefused():
            return profile
        case _ as never:
            assert_never(never)


def _checked(
    before: tuple[VolunteerCleared, ...], event: VolunteerCleared | VolunteerClearanceLapsed
) -> tuple[VolunteerCleared, ...]:
    """The checks that count: the last of each kind, and none that has run out."""
    if isinstance(event, VolunteerClearanceLapsed):
        return tuple(c for c in before if c.check_kind != event.check_kind)
    return (*(c for c in before if (c.check_kind, c.skill) != (event.check_kind, event.skill)), event)


def _starred(
    stars: tuple[StarLevelReached, ...], event: StarLevelReached | StarLevelRevised
) -> tuple[StarLevelReached, ...]:
    now = StarLevelReached(scheme_id=event.scheme_id, level=event.level, minutes=event.minutes)
    return (*(star for star in stars if star.scheme_id != event.scheme_id), now)
