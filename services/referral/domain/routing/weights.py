"""The numbers that the order of candidates is made with; each set has a version, and suggestions say by which they came.

They were chosen on the simulation in `tests/bench/referrals.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MODEL = "expected-days-1"
"""The version of the model itself: it changes when the same inputs may lead to another order."""

USUAL_ROOM = 10
"""How many an organization is thought to be able to serve at once where nobody said."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Everything is in days, so that one thing can be weighed against another.

    Before an organization has answered, `prior_answers` answers are assumed, of which `prior_yes` in a hundred are a yes
    after `prior_days`; an answer counts half after `half_life` days. Each no on the way to a yes costs `declined` days
    of somebody's work beside the time it takes. A full organization is thought to be `load` days slower than an empty
    one, growing with the `steep`th power of how full it is; `known` are the days that it is worth that somebody serves
    the person already. Whoever has been asked fewer than `newcomer` times is new, and is asked first once in
    `guaranteed` days. `relaxing` says what it costs to have a rule relaxed; a full place costs its load besides.
    """

    version: str = "2026-11"
    prior_yes: int = 60
    prior_answers: float = 3.0
    prior_days: float = 1.5
    half_life: float = 90.0
    declined: float = 2.0
    load: float = 8.0
    steep: int = 3
    known: float = 0.5
    newcomer: int = 3
    guaranteed: int = 30
    relaxing: Mapping[str, float] = field(
        hash=False,
        default_factory=lambda: {
            "asked-already": 1.0,
            "consent-not-named": 1.0,
            "out-of-area": 2.0,
            "service-not-offered": 4.0,
            "no-capacity": 1.0,
            "registration-expired": 5.0,
            "group-not-served": 6.0,
            "age-not-served": 6.0,
            "no-agreement": 10.0,
        },
    )


WEIGHTS = Weights()
