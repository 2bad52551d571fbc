"""The hard rules on who may be sent where: written once, for the deciders, the filter and the planner alike.

Each rule holds for one person and one task, and as well for columns of them: the deciders hand over plain values, the
planner arrays that broadcast against each other. So a rule is made only of what both understand: comparisons, `&`, `|`,
and `a <= b`, which is "if a then b" for true and false. Skills and demands are bits of a whole number (`bits`), days
are their ordinals. What is not known is the value for which the rule does not hold (INV-15, INV-16).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Column = Any
"""A plain value, or an array of them: the same for every rule."""

NEVER = 0
"""The day on which what never was ended: before every day that a calendar knows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Who:
    """What a rule may know of those who could go.

    `held`, `trained` and `qualified` are skills: said to be there, trained and valid on the day, qualified and valid.
    """

    known: Column = True
    active: Column = True
    grown: Column = True
    consented: Column = True
    held: Column = 0
    trained: Column = 0
    qualified: Column = 0
    limits: Column = 0
    insured_from: Column = NEVER
    insured_until: Column = NEVER
    cleared_until: Column = NEVER
    woman: Column = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a rule may know of the work: `training` and `qualification` are those of its skills that need one."""

    day: Column
    skills: Column = 0
    training: Column = 0
    qualification: Column = 0
    demands: Column = 0
    risky: Column = False
    with_minor: Column = False
    woman_only: Column = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A code that says what failed, and whether it holds for these."""

    code: str
    holds: Callable[[Who, Asked], Column]


def bits(codes: Iterable[str], places: Mapping[str, int]) -> int:
    """These codes as one whole number; a code that nobody asks for has no place and does not count."""
    return sum({1 << places[code] for code in codes if code in places})


def _within(part: Column, whole: Column) -> Column:
    return (part & ~whole) == 0


def _skilled(who: Who, asked: Asked) -> Column:
    """Training first where the skill needs it (条例 art. 16); one who is qualified for the rest, or says so, has it."""
    return _within(asked.training, who.trained) & _within(asked.skills, who.held | who.trained | who.qualified)


def _insured(who: Who, asked: Asked) -> Column:
    return asked.risky <= (
        (who.insured_from > NEVER) & (who.insured_from <= asked.day) & (asked.day <= who.insured_until)
    )


HARD: tuple[Rule, ...] = (
    Rule("not-a-volunteer", lambda who, _: who.known),
    Rule("not-active", lambda who, _: who.active),
    Rule("guardian-consent", lambda who, _: who.grown | who.consented),
    Rule("minor-at-risk", lambda who, asked: asked.risky <= who.grown),
    Rule("skill-missing", _skilled),
    Rule("not-qualified", lambda who, asked: _within(asked.qualification, who.qualified)),
    Rule("beyond-ability", lambda who, asked: (asked.demands & who.limits) == 0),
    Rule("not-insured", _insured),
    Rule("not-cleared", lambda who, asked: asked.with_minor <= (who.cleared_until >= asked.day)),
    Rule("woman-asked", lambda who, asked: asked.woman_only <= who.woman),
)
"""In the order in which they are told. None of them can be waived."""


def overlapping(start: Column, end: Column, other_start: Column, other_end: Column) -> Column:
    """Nobody is at two places at once: whether two stretches of time share a moment."""
    return (start < other_end) & (other_start < end)
