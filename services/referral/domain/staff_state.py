"""The states of a worker, and what events make of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import referral as public
from services.contracts.words import Party
from services.kernel.decider import changed

Command = (
    public.RegisterStaff
    | public.TakePost
    | public.LeavePost
    | public.RecordCertificate
    | public.AssignSupervisor
    | public.GiveNotice
    | public.LeaveStaff
    | public.ReadStaffIdentity
)
Event = (
    public.StaffRegistered
    | public.PostTaken
    | public.PostLeft
    | public.StaffCertified
    | public.SupervisorAssigned
    | public.NoticeGiven
    | public.StaffLeft
    | public.StaffIdentityRead
    | public.StaffIdentityReadRefused
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A post that is held: its role, and the station if it is at one."""

    post_id: UUID
    role: str
    station_id: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """A certificate and the days between which it is valid."""

    level: str
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Working:
    """Works here."""

    staff_id: UUID
    worker: Party
    posts: tuple[Post, ...] = ()
    posts_left: tuple[UUID, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    supervisor: Party | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """Works here until the last day."""

    staff_id: UUID
    worker: Party
    last_day: date
    posts: tuple[Post, ...] = ()
    posts_left: tuple[UUID, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    supervisor: Party | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """Works here no longer."""

    staff_id: UUID
    worker: Party


State = Working | Leaving | Left | None


def years_after(day: date, years: int) -> date:
    """The last day of so many years from a day on: the eve of the same day."""
    try:
        same = day.replace(year=day.year + years)
    except ValueError:
        same = date(day.year + years, 3, 1)
    return date.fromordinal(same.toordinal() - 1)


def evolve(state: State, event: Event) -> State:
    """What an event makes of a worker."""
    if isinstance(event, public.StaffRegistered):
        return Working(staff_id=event.staff_id, worker=event.worker)
    if state is None or isinstance(state, Left):
        return state
    match event:
        case public.PostTaken():
            post = Post(post_id=event.post_id, role=event.role, station_id=event.station_id)
            return changed(state, posts=(*state.posts, post))
        case public.PostLeft():
            kept = tuple(post for post in state.posts if post.post_id != event.post_id)
            return changed(state, posts=kept, posts_left=(*state.posts_left, event.post_id))
        case public.StaffCertified():
            one = Certificate(level=event.level, valid_from=event.valid_from, valid_until=event.valid_until)
            return changed(state, certificates=(*state.certificates, one))
        case public.SupervisorAssigned():
            return changed(state, supervisor=event.supervisor)
        case public.NoticeGiven():
            return _leaving(state, event.last_day)
        case public.StaffLeft():
            return Left(staff_id=state.staff_id, worker=state.worker)
        case public.StaffIdentityRead() | public.StaffIdentityReadRefused():
            return state
        case _:
            assert_never(event)


def _leaving(state: Working | Leaving, last_day: date) -> Leaving:
    return Leaving(
        staff_id=state.staff_id, worker=state.worker, last_day=last_day, posts=state.posts, posts_left=state.posts_left,
        certificates=state.certificates, supervisor=state.supervisor,
    )  # fmt: skip
