"""A day to be planned, in numbers: the visits, those who are free, and who of them may go where."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Visits:
    """What is to be done: where, how long, when it may begin, what it costs to leave undone, how many go at once."""

    place: Ints
    minutes: Ints
    earliest: Ints
    latest: Ints
    worth: Floats
    people: Ints


@dataclass(frozen=True, kw_only=True, eq=False)
class People:
    """Who is free: where from, by what, between which minutes, for how long, for how many visits, what each of them costs."""

    home: Ints
    mode: Ints
    opens: Ints
    closes: Ints
    most_minutes: Ints
    most_visits: Ints
    load: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Pairs:
    """Who may go where, sorted by person and visit; `charge` is what it costs beside load and travel."""

    who: Ints
    visit: Ints
    charge: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """One day. `pins` are pairs that are agreed and stay; `travel` holds minutes by mode, from, to.

    `max_visits` is the most that anybody makes.
    """

    visits: Visits
    people: People
    pairs: Pairs
    travel: Ints
    per_travel_minute: float
    max_visits: int
    pins: tuple[tuple[int, int], ...] = field(default=())

    @property
    def nothing_served(self) -> float:
        """What the day costs when nobody goes anywhere."""
        return float(self.visits.worth.sum())

    @property
    def together(self) -> Ints:
        """The visits that two go on at once."""
        return np.nonzero(self.visits.people > 1)[0]


class CannotKeep(Exception):
    """What was agreed with this person cannot all be done in one day."""

    def __init__(self, who: int) -> None:
        super().__init__(who)
        self.who = who
