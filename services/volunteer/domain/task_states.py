"""The life of a task: its states. What each event makes of them stands in `task_evolve`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never, get_args
from uuid import UUID

from services.contracts import volunteer as public
from services.contracts.clocks import STILL, Clock
from services.contracts.codes_volunteer import dispatch_minutes
from services.contracts.volunteer.words import TaskResult, Urgency
from services.contracts.words import Handoff, Party
from services.volunteer.domain.eligibility import Needs

LEVELS = get_args(public.Level)
"""To whom a search is escalated, one after the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What a task is about, whatever its state: the matter, who answers for that, what is needed."""

    id: UUID
    matter_id: UUID
    holder: Party
    dispatcher: Party
    headcount: int
    needs: Needs
    urgency: Urgency
    case_id: UUID | None = None
    person_id: UUID | None = None
    owing_hours: tuple[Party, ...] = ()
    called: tuple[str, ...] = ()
    area: str | None = None

    @property
    def slot_start(self) -> datetime | None:
        """When it is to begin; None when that was never said."""
        return self.needs.slot_start


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """The search for people: who was asked, who said no, who said yes, and who kept silent until a wave was over.

    `wave` counts the waves, `members` and `expires_at` are those of the wave that is open; `empty` counts the waves in a
    row that brought no yes; `level` is how high the search has been escalated.
    """

    asked: tuple[Party, ...] = ()
    declined: tuple[Party, ...] = ()
    accepted: tuple[Party, ...] = ()
    silent: tuple[Party, ...] = ()
    wave: int = 0
    members: tuple[Party, ...] = ()
    expires_at: datetime | None = None
    opens_at: datetime | None = None
    empty: int = 0
    level: int = 0

    @property
    def all(self) -> tuple[Party, ...]:
        """Everybody who was asked, whatever came of it."""
        return (*self.asked, *self.declined, *self.accepted, *self.silent)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """People are needed, nobody is being asked just now; the dispatcher answers."""

    job: Job
    call: Call = field(default_factory=Call)


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """Some are asked; the dispatcher answers."""

    job: Job
    call: Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfilled:
    """Nobody was found in time; the holder of the matter answers, and may still send somebody."""

    job: Job
    call: Call


@dataclass(frozen=True, kw_only=True, slots=True)
class Assigned:
    """These go, and answer for it; `late` were asked too and need not answer any more, `thanked` said yes all the same.

    Whoever kept silent until a wave was over is `late` as well: a yes is thanked however late it comes.
    """

    job: Job
    assignees: tuple[Party, ...]
    late: tuple[Party, ...] = ()
    thanked: tuple[Party, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OnSite:
    """Some of those who go are there, or all."""

    job: Job
    assignees: tuple[Party, ...]
    arrived: tuple[Party, ...] = ()
    late: tuple[Party, ...] = ()
    thanked: tuple[Party, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """It was done or tried, and waits for somebody else's word."""

    job: Job
    assignees: tuple[Party, ...]
    result: TaskResult
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Verified:
    """It is so."""

    job: Job
    assignees: tuple[Party, ...]
    result: TaskResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancelled:
    """It was not wanted any more."""

    job: Job


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredInError:
    """It should never have existed."""

    job: Job


State = Opened | Offered | Unfilled | Assigned | OnSite | Completed | Verified | Cancelled | EnteredInError
Searching = (
    public.TaskOffered
    | public.TaskAccepted
    | public.TaskDeclined
    | public.AssignmentCancelled
    | public.NoShowRecorded
    | public.TaskUnfilled
)
Waving = public.WaveOpened | public.WaveScheduled | public.WaveExpired | public.TaskEscalated
Going = public.TaskAssigned | public.TaskReassigned | public.ArrivalRecorded
Told = public.OffersSuperseded | public.AcceptedInVain | public.SuggestionOverridden
Noted = public.TaskOpened | public.ClientContacted | public.EmergencyServiceCalled | public.HoursMissed
Over = public.TaskCompleted | public.TaskVerified | public.TaskCancelled | public.TaskEnteredInError
Late = public.VerificationReminded | public.VerificationOverdue
Event = Searching | Waving | Going | Told | Noted | Over | Late


def without(parties: tuple[Party, ...], *gone: Party) -> tuple[Party, ...]:
    """The others, in their order."""
    return tuple(party for party in parties if party not in gone)


def assignees_of(state: State) -> tuple[Party, ...]:
    """Those who go or went; nobody before a task is assigned."""
    return state.assignees if isinstance(state, Assigned | OnSite | Completed | Verified) else ()


def owner_of(state: State) -> Party:
    """Who answers for the need: the one named first answers for those who go together."""
    match state:
        case Opened() | Offered():
            return state.job.dispatcher
        case Assigned() | OnSite() | Completed():
            return state.assignees[0] if state.assignees else state.job.dispatcher
        case Unfilled() | Verified() | Cancelled() | EnteredInError():
            return state.job.holder
        case _ as never:
            assert_never(never)


def search_ends(slot_start: datetime | None, now: datetime, urgency: Urgency) -> datetime | None:
    """When the holder takes over if nobody is found: some time before the slot, but not before anybody could answer.

    An emergency waits for no slot and no queue (INV-42).
    """
    if urgency == "emergency":
        return now + dispatch_minutes("emergency")
    if slot_start is None:
        return None
    return max(slot_start - dispatch_minutes("unfilled"), now + dispatch_minutes("answer"))


def search_ends_again(job: Job, now: datetime) -> datetime | None:
    """When the holder takes over after somebody could not come: at its time before the slot, or at once if that is past.

    The client does not wait while others think it over (H5).
    """
    if job.slot_start is None or job.urgency == "emergency":
        return search_ends(job.slot_start, now, job.urgency)
    return max(job.slot_start - dispatch_minutes("unfilled"), now)


def taken(state: State, by: tuple[Party, ...]) -> Handoff:
    """These take the need from whoever answered for it."""
    job = state.job
    return Handoff(act="taken", matter_id=job.matter_id, need_id=job.id, giver=owner_of(state), takers=by)


def returned(state: State, to: Party, giver: Party | None = None) -> Handoff:
    """The need goes back."""
    job = state.job
    return Handoff(
        act="returned", matter_id=job.matter_id, need_id=job.id, giver=giver or owner_of(state), takers=(to,)
    )
