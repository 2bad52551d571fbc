"""Time to the right: where each step stands, to scale where there is room, and under which date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from services.console.chart.shapes import GUTTER, RIGHT, STEP_MIN, Tick
from services.console.custody import Chain, Step


def columns(steps: Sequence[Step], width: float) -> tuple[dict[str, float], bool, float]:
    """The x of each step, whether they stand to scale, and the width that this takes."""
    if not steps:
        return {}, True, width
    room = width - RIGHT - GUTTER - 2 * STEP_MIN
    first, last = steps[0].at, steps[-1].at
    span = (last - first).total_seconds()
    if span > 0 and _is_ordered(steps):
        xs = [GUTTER + STEP_MIN + room * (step.at - first).total_seconds() / span for step in steps]
        if all(b - a >= STEP_MIN * 0.7 for a, b in pairwise(xs)):
            return dict(zip((s.key for s in steps), xs, strict=True)), True, width
    gap = max(STEP_MIN, min(150.0, room / max(1, len(steps) - 1)))
    xs = [GUTTER + STEP_MIN + gap * place for place in range(len(steps))]
    needed = xs[-1] + STEP_MIN + RIGHT
    return dict(zip((s.key for s in steps), xs, strict=True)), False, max(width, needed)


def _is_ordered(steps: Sequence[Step]) -> bool:
    return all(a.at <= b.at for a, b in pairwise(steps)) and all(s.precision == "instant" for s in steps)


def ticks_of(steps: Sequence[Step], xs: dict[str, float], date: Callable[[Step], tuple[str, str]]) -> tuple[Tick, ...]:
    """A tick where the date changes; the year is said once."""
    ticks: list[Tick] = []
    seen, year = "", ""
    for step in steps:
        label, its_year = date(step)
        if (label, its_year) != (seen, year):
            ticks.append(Tick(x=xs[step.key], label=label, year=its_year if its_year != year else ""))
        seen, year = label, its_year
    return tuple(ticks)


def cursor_of(known: Chain, xs: dict[str, float]) -> float:
    """Where a replayed moment ends: just after the last step that was known then."""
    reached = [xs[step.key] for step in known.steps if step.key in xs]
    return max(reached, default=GUTTER) + STEP_MIN / 2
