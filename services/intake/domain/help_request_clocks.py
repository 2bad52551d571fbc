"""The promised times of a help request: until somebody decides, until what was decided begins, until somebody asks again.

How long each is stands in the `sla` table, by urgency (first-action-…); at 50 percent whoever is to act is reminded, at
100 whoever heads the unit is told (INV-14). Of a request whose urgency nobody has set yet the time is that of `normal`.
"""

from __future__ import annotations

from datetime import date, datetime

from services.contracts import intake as public
from services.contracts.codes_times import wait
from services.contracts.words import Wait
from services.contracts.worktime import end_of, morning_of
from services.intake.domain.help_request_state import Core, Event, State, Waiting, step_of
from services.kernel.message import Ask


def first_action(urgency: str | None, ask: Ask) -> Wait:
    """Until when the next step of a request of this urgency is promised."""
    return wait(f"first-action-{urgency or 'normal'}", ask.happened_at, ask.now)


def asks_again(day: date | None, now: datetime) -> Wait | None:
    """The day on which somebody is to ask again: reminded of when the doors open, late when it is over."""
    if day is None or end_of(day) <= now:
        return None
    return Wait(remind_at=max(morning_of(day), now), due_at=end_of(day))


def remind(state: State, ask: Ask) -> list[Event]:
    """Part of the time is over: whoever answers for the next step is reminded, once."""
    if not isinstance(state, Waiting) or not state.clock.reminds(ask.now):
        return []
    return [
        public.HelpRequestReminded(matter_id=state.core.matter_id, to=_holder(state.core), step=step_of(state))
    ]  # fmt: skip


def escalate(state: State, ask: Ask) -> list[Event]:
    """All of it is over: it is put before whoever heads the unit, once."""
    if not isinstance(state, Waiting) or not state.clock.is_late(ask.now):
        return []
    core = state.core
    return [
        public.HelpRequestOverdue(
            matter_id=core.matter_id, holder=_holder(core), unit=core.unit, step=step_of(state), urgency=core.urgency
        )
    ]  # fmt: skip


def _holder(core: Core) -> str:
    return core.dispatcher or core.unit
