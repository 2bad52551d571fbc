"""Who answered for a matter and for each of its needs, step by step: derived from handoffs, for drawing and reading.

The audit service proves custody; this is the same rule table applied to the console's own record, used when the audit
service cannot be reached, and the shape into which audit's answer is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

MOVES = ("taken", "returned", "released")
"""The acts that move responsibility; `offered` and `refused` do not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing that matters for custody: a handoff, or the end of a need or of the matter.

    `key` tells the same step apart in two replays. `need_id` is None where the matter itself is meant; `closes` is
    "matter" or "need" where nobody has to answer any more afterwards.
    """

    key: str
    name: str
    at: datetime
    precision: str = "instant"
    act: str = ""
    giver: str = ""
    takers: tuple[str, ...] = ()
    need_id: UUID | None = None
    closes: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Holding:
    """From one step to another (None: still) these parties together answered for the matter, or for one need of it."""

    holders: tuple[str, ...]
    start: str
    end: str | None = None
    need_id: UUID | None = None
    broken: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A stretch of time in which something was open and not answered for by exactly one party that may.

    `closes` says in Chinese and English what would close it, and by whom.
    """

    fault: str
    holders: tuple[str, ...]
    since: datetime
    until: datetime | None = None
    need_id: UUID | None = None
    closes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """The custody of one matter: its steps in the order in which they happened, and who held it between them."""

    steps: tuple[Step, ...] = ()
    holdings: tuple[Holding, ...] = ()
    closed: bool = False

    @property
    def needs(self) -> tuple[UUID, ...]:
        """The needs that steps speak of, in the order of their first step: their numbers on the chart."""
        return tuple(dict.fromkeys(step.need_id for step in self.steps if step.need_id is not None))

    def holders(self, need_id: UUID | None = None) -> tuple[str, ...]:
        """Who answers at the end of the chain; an unheld need falls to whoever holds the matter."""
        for holding in reversed(self.holdings):
            if holding.need_id == need_id and holding.end is None:
                return holding.holders
        return self.holders() if need_id is not None else ()


def derive(steps: Iterable[Step]) -> Chain:
    """The chain that follows from steps in the order in which they happened."""
    ordered = tuple(steps)
    done: list[Holding] = []
    open_: dict[UUID | None, Holding] = {}
    for step in ordered:
        if step.act in MOVES:
            _end(done, open_, step.need_id, step.key)
            open_[step.need_id] = Holding(holders=step.takers, start=step.key, need_id=step.need_id)
        if step.closes == "need":
            _end(done, open_, step.need_id, step.key)
        if step.closes == "matter":
            for need_id in list(open_):
                _end(done, open_, need_id, step.key)
    closed = bool(ordered) and None not in open_ and any(step.closes == "matter" for step in ordered)
    return Chain(steps=ordered, holdings=(*done, *open_.values()), closed=closed)


def _end(done: list[Holding], open_: dict[UUID | None, Holding], need_id: UUID | None, key: str) -> None:
    """Close what is open for this object; what would have lasted no step at all was never held."""
    holding = open_.pop(need_id, None)
    if holding is not None and holding.start != key:
        done.append(replace(holding, end=key))
