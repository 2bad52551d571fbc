"""Lines: what an indicator comes to, each with the rows that made it, so that it can be opened down to events (INV-45)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.audit.statistics.held import Counted, Held

Rows = Sequence[Counted]
Evaluate = Callable[[Held], list["Line"]]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number: `value`, of `of` where it is a share or a measure of so many, and `unknown` that could not be placed.

    `made`, `of_made` and `unknown_made` are the rows behind each; `things` counts what stands behind the value.
    """

    part: str = ""
    value: int | None
    of: int | None = None
    unknown: int = 0
    made: Rows = ()
    of_made: Rows = ()
    unknown_made: Rows = ()
    things: int = 0
    subjects: bool = False


def keys(rows: Iterable[Counted]) -> dict[str, None]:
    """The things that count, each once, in their order."""
    return dict.fromkeys(row.key for row in rows)


def standing(rows: Iterable[Counted]) -> dict[str, int]:
    """By key, the sum of what was put on and taken off it."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.key] = found.get(row.key, 0) + (row.value or 0)
    return found


def count(measure: str) -> Evaluate:
    """How many things of a measure there were in the month."""

    def evaluate(held: Held) -> list[Line]:
        made, unknown = held.within(measure), held.undated(measure)
        number = len(keys(made))
        return [Line(value=number, unknown=len(keys(unknown)), made=made, unknown_made=unknown, things=number)]

    return evaluate


def by_part(measure: str) -> Evaluate:
    """How many things of each part there were in the month."""

    def evaluate(held: Held) -> list[Line]:
        made, unknown = held.within(measure), held.undated(measure)
        return [_part(part, made, unknown) for part in sorted({row.part for row in (*made, *unknown)})]

    return evaluate


def with_parts(measure: str) -> Evaluate:
    """How many there were in the month, and how many of each part."""
    return lambda held: count(measure)(held) + by_part(measure)(held)


def _part(part: str, made: Rows, unknown: Rows) -> Line:
    made, unknown = [r for r in made if r.part == part], [r for r in unknown if r.part == part]
    number = len(keys(made))
    return Line(part=part, value=number, unknown=len(keys(unknown)), made=made, unknown_made=unknown, things=number)


def share(made: Rows, of: Rows, unknown: Rows = (), *, subjects: bool = False) -> Line:
    """A share of things: those that made it, of all."""
    number = len(keys(made))
    return Line(
        value=number, of=len(keys(of)), unknown=len(keys(unknown)), made=made, of_made=of, unknown_made=unknown,
        things=number, subjects=subjects,
    )  # fmt: skip


def total(measure: str) -> Evaluate:
    """The sum of a measure in the month, the same thing once; what has no value or no date is counted beside it."""

    def evaluate(held: Held) -> list[Line]:
        made, unknown = sums(held.within(measure))
        unknown += held.undated(measure)
        return [Line(
            value=sum(row.value or 0 for row in made), unknown=len(keys(unknown)), made=made, unknown_made=unknown,
            things=len(made),
        )]  # fmt: skip

    return evaluate


def sums(rows: Iterable[Counted]) -> tuple[list[Counted], list[Counted]]:
    """One row for each thing that has a value, the greatest that was told of it, and the rows of things without any."""
    best: dict[str, Counted] = {}
    for row in rows:
        known = best.get(row.key)
        if known is None or (row.value is not None and (known.value is None or row.value > known.value)):
            best[row.key] = row
    found = list(best.values())
    return [r for r in found if r.value is not None], [r for r in found if r.value is None]


def median(values: Sequence[int]) -> int:
    """The middle of sorted values, or the whole minute below the middle of the two."""
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) // 2


def ninetieth(values: Sequence[int]) -> int:
    """The smallest of sorted values that nine in ten do not exceed (nearest rank)."""
    return values[-(-9 * len(values) // 10) - 1]
