"""What a help request remembers: a type per state, and what each event makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never
from uuid import UUID

from services.contracts import intake as public
from services.contracts.clocks import STILL, Clock, clock_of
from services.contracts.intake.terms import Urgency
from services.contracts.words import Party
from services.kernel.errors import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Core:
    """What stays the same while the state changes: who answers for it, and whose need it is."""

    matter_id: UUID
    unit: Party
    area: str = ""
    person_id: UUID | None = None
    dispatcher: Party | None = None
    urgency: Urgency = "normal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Carrier:
    """A strand that carries the need: a task or a referral."""

    kind: public.Strand
    strand_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """Heard; nobody has decided yet what it becomes."""

    core: Core
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class Triaged:
    """Urgency and disposition are set."""

    core: Core
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingClient:
    """Something is missing, or a step was promised: it stays open until somebody asks again."""

    core: Core
    missing: tuple[str, ...] = ()
    follow_up_by: date | None = None
    clock: Clock = STILL


@dataclass(frozen=True, kw_only=True, slots=True)
class InService:
    """A task carries the need."""

    core: Core
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Referred:
    """A referral carries the need."""

    core: Core
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Converted:
    """A case carries the matter."""

    core: Core
    case_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class Closed:
    """Ended with an outcome."""

    core: Core
    outcome: public.CloseOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class Declined:
    """Not taken up."""

    core: Core


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate:
    """The same need as another request, which goes on alone."""

    core: Core
    other_request_id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class EnteredInError:
    """Should never have existed."""

    core: Core


Carried = InService | Referred
Waiting = Received | Triaged | WaitingClient
"""The states in which the next step is the station's, and a clock may run."""

Open = Received | Triaged | WaitingClient | InService | Referred
State = Open | Converted | Closed | Declined | Duplicate | EnteredInError

Event = (
    public.HelpRequestReceived
    | public.HelpRequestPersonLinked
    | public.HelpRequestTriaged
    | public.GuidanceGiven
    | public.HelpRequestFollowedUp
    | public.HelpRequestStrandOpened
    | public.HelpRequestStrandEnded
    | public.HelpRequestConverted
    | public.HelpRequestDeclined
    | public.HelpRequestClosed
    | public.HelpRequestReopened
    | public.DuplicateRequestLinked
    | public.HelpRequestEnteredInError
    | public.HelpRequestReminded
    | public.HelpRequestOverdue
    | public.HelpRequestNotesRead
    | public.LateRequestDeclared
)

OPEN_STATES = frozenset({"received", "triaged", "waiting_client", "in_service", "referred"})
"""The open states, as the views name them."""


def evolve(state: State | None, event: Event) -> State | None:  # noqa: C901 - one line an event
    """The request after this event."""
    if isinstance(event, public.HelpRequestReceived):
        return _received(event)
    if state is None:
        return None
    core = state.core
    match event:
        case public.HelpRequestPersonLinked():
            return replace(state, core=replace(core, person_id=event.person_id))
        case public.HelpRequestTriaged():
            dispatcher = event.handoff.takers[0] if event.handoff and event.handoff.takers else None
            core = replace(core, dispatcher=dispatcher, urgency=event.urgency)
            return Triaged(core=core, clock=clock_of(event.wait))
        case public.GuidanceGiven():
            missing = tuple(m.code for m in event.materials_missing)
            return WaitingClient(
                core=core, missing=missing, follow_up_by=event.follow_up_by, clock=clock_of(event.wait)
            )  # fmt: skip
        case public.HelpRequestFollowedUp():
            return _followed_up(state, event)
        case public.HelpRequestStrandOpened():
            return _carried(core, (*_carriers(state), Carrier(kind=event.kind, strand_id=event.strand_id)))
        case public.HelpRequestStrandEnded():
            left = tuple(c for c in _carriers(state) if c.strand_id != event.strand_id)
            return _carried(core, left, clock_of(event.wait))
        case public.HelpRequestConverted():
            return Converted(core=core, case_id=event.case_id)
        case public.HelpRequestDeclined():
            return Declined(core=core)
        case public.HelpRequestClosed():
            return Closed(core=core, outcome=event.outcome)
        case public.HelpRequestReopened():
            return Triaged(core=replace(core, dispatcher=None), clock=clock_of(event.wait))
        case public.DuplicateRequestLinked():
            return Duplicate(core=core, other_request_id=event.other_request_id)
        case public.HelpRequestEnteredInError():
            return EnteredInError(core=core)
        case public.HelpRequestReminded():
            return replace(state, clock=state.clock.reminded()) if isinstance(state, Waiting) else state
        case public.HelpRequestOverdue():
            return replace(state, clock=STILL) if isinstance(state, Waiting) else state
        case public.HelpRequestNotesRead() | public.LateRequestDeclared():
            return state
        case _:
            assert_never(event)


def _received(event: public.HelpRequestReceived) -> Received:
    core = Core(
        matter_id=event.matter_id, unit=event.unit, area=event.area, person_id=event.person_id,
        urgency=event.urgency or "normal",
    )  # fmt: skip
    return Received(core=core, clock=clock_of(event.wait))


def _followed_up(state: State, event: public.HelpRequestFollowedUp) -> State:
    if event.leaves == "triaged":
        return Triaged(core=state.core, clock=clock_of(event.wait))
    missing = state.missing if isinstance(state, WaitingClient) else ()
    left = tuple(code for code in missing if code not in event.materials_supplied)
    return WaitingClient(
        core=state.core, missing=left, follow_up_by=event.follow_up_by, clock=clock_of(event.wait)
    )  # fmt: skip


def _carriers(state: State) -> tuple[Carrier, ...]:
    return state.carriers if isinstance(state, Carried) else ()


def left_with(carriers: tuple[Carrier, ...]) -> public.StrandLeaves:
    """The state that these carriers leave the request in: the last one names it, none means it is decided anew."""
    if not carriers:
        return "triaged"
    return "in_service" if carriers[-1].kind == "task" else "referred"


def _carried(core: Core, carriers: tuple[Carrier, ...], clock: Clock = STILL) -> State:
    """The last carrier names the state; with none left the request is to be decided anew."""
    if not carriers:
        return Triaged(core=core, clock=clock)
    kind = InService if carriers[-1].kind == "task" else Referred
    return kind(core=core, carriers=carriers)


def step_of(state: Waiting) -> public.RequestStep:
    """What the station is to do next."""
    match state:
        case Received():
            return "first-action"
        case Triaged():
            return "next-step"
        case WaitingClient():
            return "follow-up"
        case _:
            assert_never(state)


ANYTIME = (
    "link-person-to-help-request", "close-help-request", "link-duplicate-request", "mark-help-request-entered-in-error",
)  # fmt: skip
ALLOWED: dict[type, tuple[str, ...]] = {
    Received: ("triage-help-request", "give-guidance", "decline-help-request", *ANYTIME),
    Triaged: ("give-guidance", "decline-help-request", "open-case", *ANYTIME),
    WaitingClient: ("follow-up-help-request", *ANYTIME),
    InService: ANYTIME,
    Referred: ANYTIME,
    Converted: ("reopen-help-request", "mark-help-request-entered-in-error"),
    Closed: ("reopen-help-request", "mark-help-request-entered-in-error"),
    Declined: ("mark-help-request-entered-in-error",),
    Duplicate: ("mark-help-request-entered-in-error",),
    EnteredInError: (),
}
"""What may be asked in each state."""


def not_now(state: State) -> Refused:
    """The refusal of what the request's state does not allow."""
    return Refused(
        "not-in-this-state",
        "The help request is not in a state that allows this.",
        "求助当前状态不允许此操作。",
        allowed=ALLOWED[type(state)],
    )
