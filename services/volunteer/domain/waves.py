"""Asking in waves: open one, close it when its time is over, open the next, and escalate when that does not help.

Whom to ask comes as a fact, in order, from the roster; how many, how long and whom not to disturb is decided here
(`attention`). The first yes on the task's own stream takes it. The clock is a row of a view: nothing here asks it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from services.contracts.codes_volunteer import DISPATCH, dispatch_minutes
from services.contracts.volunteer import (
    EscalationCause,
    ExpireWave,
    Invited,
    TaskEscalated,
    TaskOffered,
    WaveExpired,
    WaveOpened,
    WaveScheduled,
)
from services.contracts.words import Party
from services.kernel.errors import Refused
from services.kernel.message import Ask
from services.volunteer.domain.attention import (
    answer_within,
    chance,
    in_order,
    may_be_disturbed,
    quiet_until,
    theta,
    wave,
)
from services.volunteer.domain.calling import cannot
from services.volunteer.domain.eligibility import faults
from services.volunteer.domain.known import Suggestion, Willing, known
from services.volunteer.domain.rules import overlapping
from services.volunteer.domain.task_evolve import evolve
from services.volunteer.domain.task_states import LEVELS, Event, Offered, Opened, State, Unfilled

Searching = Opened | Offered | Unfilled
CLOCK = "service"
HOUR = timedelta(hours=1)


def open_wave(state: State | None, ask: Ask) -> list[Event]:
    """Ask the next few; while a wave is open, nobody else is asked in waves."""
    if not isinstance(state, Searching):
        if ask.actor.role == CLOCK and state is not None:
            return []
        raise cannot(state)
    if state.call.expires_at is not None:
        if ask.actor.role == CLOCK:
            return []
        raise Refused("wave-open", "A wave is open; the next one follows when its time is over.",
                      "本批邀约尚未到期, 到期后自动进行下一批。", allowed=("assign-task", "escalate-task", "offer-task"))  # fmt: skip
    return _next_wave(state, ask)


def expire_wave(command: ExpireWave, state: State | None, ask: Ask) -> list[Event]:
    """The silent are asked no longer and the next ones are; after two empty waves in a row somebody above looks too."""
    if not isinstance(state, Searching) or state.call.wave != command.wave or state.call.expires_at is None:
        return []
    if ask.now < state.call.expires_at:
        return []
    silent = tuple(who for who in state.call.members if who in state.call.asked)
    over = WaveExpired(
        matter_id=state.job.matter_id, wave=command.wave, silent=silent, still_asked=len(state.call.asked) - len(silent),
        unfilled=isinstance(state, Unfilled),
    )  # fmt: skip
    after = evolve(state, over)
    if not isinstance(after, Searching):
        return [over]
    enough = after.call.level == 0 and after.call.empty >= DISPATCH.number("empty-waves", "count")
    above = _up(after, "waves_exhausted", ask) if enough else []
    return [over, *above, *_next_wave(evolve_all(after, above), ask)]


def escalate(state: State | None, ask: Ask) -> list[Event]:
    """One level up, as long as there is one and nobody has been found."""
    if not isinstance(state, Searching):
        if ask.actor.role == CLOCK and state is not None:
            return []
        raise cannot(state)
    near = _is_near(state, ask.now)
    return _up(state, "still_nobody" if state.call.level or not near else "near_slot", ask)


def _next_wave(state: Searching, ask: Ask) -> list[Event]:
    job = state.job
    quiet = quiet_until(ask.now, job.urgency)
    if quiet is not None and (job.slot_start is None or quiet < job.slot_start):
        if state.call.opens_at == quiet:
            return []
        return [WaveScheduled(matter_id=job.matter_id, at=quiet, cause="quiet_hours")]
    suggestion = known(ask).suggestion or Suggestion()
    members = _members(state, suggestion, ask)
    if not members:
        return _up(state, "no_candidate", ask) if state.call.level == 0 else []
    return [_opened(state, suggestion, members, ask), *_offers(state, members), *_beside(state, ask)]


def _members(state: Searching, suggestion: Suggestion, ask: Ask) -> tuple[Willing, ...]:
    """The fewest who are likely to bring as many yeses as are missing, of those who may be sent and may be disturbed."""
    able = [(one, chance(one.said_yes, one.asked)) for one in suggestion.willing if _may_be_asked(one, state, ask)]
    missing = max(1, state.job.headcount - len(state.call.accepted))
    return wave(in_order(able), theta(state.job.urgency) / 100, DISPATCH.number("wave", "count"), missing)


def _may_be_asked(one: Willing, state: Searching, ask: Ask) -> bool:
    """INV-15, as any decision sees it; not asked for this before, no other offer for the time, not too many this week."""
    job = state.job
    person = known(ask).person(one.party)
    if one.party in state.call.all or person.relative or any(faults(person, job.needs, ask.now)):
        return False
    if job.slot_start is not None:
        end = job.needs.slot_end or job.slot_start + HOUR
        if any(overlapping(o.start, o.end or o.start + HOUR, job.slot_start, end) for o in one.offers):
            return False
    return job.urgency == "emergency" or may_be_disturbed(one.lately, ask.now)


def _opened(state: Searching, suggestion: Suggestion, members: tuple[Willing, ...], ask: Ask) -> WaveOpened:
    job = state.job
    first = state.call.wave == 0 and job.slot_start is not None and job.urgency != "emergency"
    near = job.slot_start - dispatch_minutes("escalate") if first and job.slot_start else None
    return WaveOpened(
        matter_id=job.matter_id, wave=state.call.wave + 1, theta=theta(job.urgency), model=suggestion.model,
        invited=tuple(Invited(party=one.party, reasons=one.reasons) for one in members), kept_out=suggestion.kept_out,
        expires_at=ask.now + answer_within(job.urgency), weights=suggestion.weights, unfilled=isinstance(state, Unfilled),
        escalate_at=near if near is not None and near > ask.now else None,
    )  # fmt: skip


def _offers(state: Searching, members: tuple[Willing, ...]) -> list[Event]:
    late = isinstance(state, Unfilled)
    return [TaskOffered(matter_id=state.job.matter_id, assignee=one.party, unfilled=late) for one in members]


def _beside(state: Searching, ask: Ask) -> list[Event]:
    """In danger, a professional looks after it at the same time (INV-42); near the slot, somebody above does."""
    if state.call.level:
        return []
    if state.job.urgency == "emergency":
        return _up(state, "emergency", ask)
    return _up(state, "near_slot", ask) if _is_near(state, ask.now) else []


def evolve_all(state: Searching, events: list[Event]) -> Searching:
    """The search after these."""
    for event in events:
        after = evolve(state, event)
        state = after if isinstance(after, Searching) else state
    return state


def _is_near(state: Searching, now: datetime) -> bool:
    start = state.job.slot_start
    return start is not None and start - now <= dispatch_minutes("escalate")


def _up(state: Searching, cause: EscalationCause, ask: Ask) -> list[Event]:
    level = state.call.level
    if level >= len(LEVELS):
        return []
    again = ask.now + dispatch_minutes("escalate-again") if level + 1 < len(LEVELS) else None
    return [
        TaskEscalated(
            matter_id=state.job.matter_id, level=LEVELS[level], to=_above(state, level), cause=cause, again_at=again
        )
    ]


def _above(state: Searching, level: int) -> Party:
    """The coordinator is whoever dispatches; street and district are known by the area, where that is known."""
    area, digits = state.job.area or "", (0, 9, 6)[level]
    if level == 0 or len(area) < digits:
        return state.job.dispatcher if level == 0 else state.job.holder
    return f"{'community' if level == 1 else 'authority'}:{area[:digits]}"
