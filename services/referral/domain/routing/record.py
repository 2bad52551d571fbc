"""How an organization has answered for one kind of need, with what is long ago counting for less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.referral.domain.routing.weights import WEIGHTS, Weights

Said = Literal["yes", "no", "silent"]

NOT_ITS_OWN = ("client-declines", "already-served", "not-enough-information")
"""Reasons of a refusal that tell nothing about how willing the organization is."""

DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """One asking that has ended: with what, and when it was asked and answered."""

    said: Said
    asked_at: datetime
    answered_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """The answers of one organization: how often it was asked lately, how likely it says yes, how long it takes.

    `asked` and `accepted` are plain counts, for people; `chance` and `days` are weighted, for the order.
    """

    asked: int = 0
    accepted: int = 0
    chance: float = WEIGHTS.prior_yes / 100
    days: float = WEIGHTS.prior_days

    @property
    def expected(self) -> float:
        """Days until a yes, if one asked it again and again: its time to answer over how likely a yes is."""
        return self.days / self.chance


def record(answers: Iterable[Answered], now: datetime, weights: Weights = WEIGHTS) -> Record:
    """A Beta estimate of a yes and a mean of the time to answer, both decayed and both beginning from the prior."""
    asked = accepted = 0
    yes = weights.prior_yes / 100 * weights.prior_answers
    total = weights.prior_answers
    days = weights.prior_days * weights.prior_answers
    for answer in answers:
        weight = 0.5 ** (max(0.0, _days(answer.answered_at, now)) / weights.half_life)
        asked, accepted = asked + 1, accepted + (answer.said == "yes")
        yes, total = yes + weight * (answer.said == "yes"), total + weight
        days += weight * max(0.0, _days(answer.asked_at, answer.answered_at))
    return Record(asked=asked, accepted=accepted, chance=yes / total, days=days / total)


def _days(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / DAY
