"""Asking in waves: as few as are likely to bring a yes, for a time that the clock keeps; and choosing others than suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.codes_matching import Reason
from services.contracts.volunteer.words import SomeParties
from services.contracts.words import Party
from services.kernel.contract import Code, Count, Instant, asked, published

Level = Literal["coordinator", "street_duty", "district"]
EscalationCause = Literal["no_candidate", "waves_exhausted", "near_slot", "emergency", "still_nobody"]
Part = Literal["usual", "load", "place", "thanked"]
"""What a cost is made of, in the minutes of travel that each is weighed against."""


@asked(zh="分批邀约")
class OpenWave:
    """Ask the next few who are likely to bring a yes; asked by a dispatcher, and by the clock for the waves after it."""


@asked(zh="邀约到期")
class ExpireWave:
    """The time to answer a wave is over; asked by the clock."""

    wave: Count


@asked(zh="督办派单")
class EscalateTask:
    """Nobody has been found: somebody above looks after it too; asked by the clock, or by whoever looks."""


@asked(zh="改选人选")
class OverrideSuggestion:
    """These go, although others were suggested; the reason is a code. Hard rules are never waived."""

    assignees: SomeParties
    reason_code: Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """One who is asked, with what speaks for asking just this one."""

    party: Party
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptOut:
    """How many a rule kept out."""

    code: Code
    number: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class CostPart:
    """By how much the chosen ones cost more (or, below zero, less) than the suggested ones, in one respect."""

    part: Part
    minutes: Annotated[int, Meta(ge=-(2**31), le=2**31)]


@published("task.wave-opened", zh="分批邀约")
class WaveOpened:
    """These are asked at once, until `expires_at`: the fewest of whom somebody says yes with `theta` in a hundred.

    `model` and `weights` are the versions by which they were chosen, `kept_out` says how many each rule kept out.
    At `escalate_at` somebody above looks after it too, unless people are found before.
    """

    matter_id: UUID
    wave: Count
    theta: Count
    invited: tuple[Invited, ...]
    kept_out: tuple[KeptOut, ...] = ()
    expires_at: Instant
    escalate_at: Instant | None = None
    model: Code
    weights: Code
    unfilled: bool = False


@published("task.wave-scheduled", zh="邀约延后")
class WaveScheduled:
    """Nobody is asked during quiet hours; the next wave opens at that time."""

    matter_id: UUID
    at: Instant
    cause: Literal["quiet_hours"]


@published("task.wave-expired", zh="邀约到期")
class WaveExpired:
    """The time to answer is over; these kept silent, which is neither a yes nor a fault, and are asked no more for this."""

    matter_id: UUID
    wave: Count
    silent: tuple[Party, ...] = ()
    still_asked: Count
    unfilled: bool = False


@published("task.offers-superseded", zh="他人已接")
class OffersSuperseded:
    """Others have taken the task; these were asked and need not answer any more."""

    matter_id: UUID
    assignees: tuple[Party, ...]


@published("task.accepted-in-vain", zh="接单未及, 致谢")
class AcceptedInVain:
    """This one said yes after others had taken the task: thanked, and among the first to be asked next time."""

    matter_id: UUID
    assignee: Party
    answered_via: Code


@published("task.escalated", zh="督办派单")
class TaskEscalated:
    """Nobody was found so far, or cannot wait: `to` looks after it too; whoever answered for the need answers as before.

    If nobody is found by `again_at`, it goes one level up.
    """

    matter_id: UUID
    level: Level
    to: Party
    cause: EscalationCause
    again_at: Instant | None = None


@published("task.suggestion-overridden", zh="改选人选")
class SuggestionOverridden:
    """Somebody chose `chosen` where the hub had suggested `suggested`, for this reason; they are assigned next.

    `waived` are the soft rules that spoke for the suggested ones, `parts` the differences of cost.
    """

    matter_id: UUID
    suggested: tuple[Party, ...]
    chosen: tuple[Party, ...]
    reason_code: Code
    waived: tuple[Code, ...] = ()
    parts: tuple[CostPart, ...] = ()
    model: Code
    weights: Code
