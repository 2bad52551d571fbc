"""The table at the head of each story: which command stands for which row, and whether the feature tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["seed", "assumed"]
BASES: dict[str, Basis] = {"seed": "seed", "assumed": "assumed"}


@dataclass(frozen=True)
class Step:
    """One command of a story. Its key is its Idempotency-Key, so that telling it twice changes nothing."""

    key: str
    row: str
    basis: Basis
    what: str


Table = dict[str, Step]


def table(text: str) -> Table:
    """Steps from lines of `key | row | seed or assumed | what`, in the order in which they are taken."""
    steps = [step(line) for line in text.strip().splitlines()]
    found = {one.key: one for one in steps}
    if len(found) < len(steps):
        raise ValueError("a key stands twice in a table of steps")
    return found


def step(line: str) -> Step:
    """One line of a table."""
    key, row, basis, what = (part.strip() for part in line.split("|"))
    if basis not in BASES:
        raise ValueError(f"{key}: a step is told by the feature (seed) or assumed")
    return Step(f"demo-{key}", row, BASES[basis], what)
