"""What counted in a month, at a station, as it was known when the ledger had so many entries. Reads only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.audit.statistics.facts import day_at
from services.audit.statistics.tables import counted
from services.audit.tables import entry
from services.kernel.manifest import Look

EVER, MONTH = "ever", "month"
MERGED, DIED = "person.merged", "person.died"
AFTER_DIGITS = ":"
"""Sorts after every digit: what begins with a code lies between the code and the code with this behind it."""


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month in China."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> Period:
        """`2026-10`; raises ValueError for what is no month."""
        if re.fullmatch(r"[12][0-9]{3}-(0[1-9]|1[0-2])", text, re.ASCII) is None:
            raise ValueError(f"no month: {text}")
        return cls(int(text[:4]), int(text[5:]))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of the table, as far as figures need it."""

    unit: str
    known_from: int
    n: int
    known_until: int | None
    measure: str
    part: str
    key: str
    subject: str
    value: int | None
    day: date
    dated: bool
    base: date | None
    entry: int
    also: int | None


COLUMNS = tuple(counted.c[name] for name in Counted.__dataclass_fields__)


@dataclass(frozen=True)
class Held:
    """The rows by measure, with who is whom and who has died; `horizon` is the last day that can be judged."""

    period: Period
    horizon: date
    known_day: date
    rows: Mapping[str, Sequence[Counted]]
    same: Mapping[str, str] = field(default_factory=dict)
    died: Mapping[str, date] = field(default_factory=dict)

    def ever(self, measure: str) -> Sequence[Counted]:
        """Everything up to the horizon; what has no date of its own is there from the day on which it was entered."""
        return self.rows.get(measure, ())

    def within(self, measure: str) -> list[Counted]:
        """What happened in the month."""
        return [row for row in self.ever(measure) if row.dated and row.day >= self.period.first]

    def undated(self, measure: str) -> list[Counted]:
        """What was entered in the month and happened nobody knows when."""
        return [row for row in self.ever(measure) if not row.dated and row.day >= self.period.first]

    def person(self, row: Counted) -> str:
        """Whom it counts for: of records that were merged, the one that survives; empty where nobody is known."""
        return self.same.get(row.subject, row.subject)

    def lived(self, row: Counted) -> bool:
        """Whether the person was alive on that day, as far as anybody knows."""
        died = self.died.get(self.person(row))
        return died is None or row.day <= died


def held(look: Look, reach: Mapping[str, str], station: str, period: Period, size: int) -> Held:
    """The rows of these measures, each of the month or from ever; `station` is an area code or its beginning."""
    known_day = _known_day(look, size)
    horizon = min(period.last, known_day)
    rows: dict[str, list[Counted]] = {}
    here = [] if not station else [counted.c.place >= station, counted.c.place < station + AFTER_DIGITS]
    for kind in (EVER, MONTH):
        measures = sorted(name for name, how in reach.items() if how == kind)
        since = [counted.c.day >= period.first] if kind == MONTH else []
        if measures:
            where = [counted.c.measure.in_(measures), counted.c.day <= horizon, *since, *here]
            for row in _known(look, size, where):
                rows.setdefault(row.measure, []).append(row)
    same, died = people(_known(look, size, [counted.c.measure.in_((MERGED, DIED))]))
    return Held(period, horizon, known_day, rows, same, died)


def _known(look: Look, size: int, where: Iterable[Any]) -> list[Counted]:
    """The rows that counted in the ledger of this size, in its order."""
    until = sa.or_(counted.c.known_until.is_(None), counted.c.known_until >= size)
    order = (counted.c.entry, counted.c.unit, counted.c.known_from, counted.c.n)
    query = sa.select(*COLUMNS).where(counted.c.known_from < size, until, *where).order_by(*order)
    return [Counted(**row) for row in look.run(query)]


def _known_day(look: Look, size: int) -> date:
    """The day of the last entry of a ledger of this size; long ago, where there is none."""
    found = look.run(sa.select(entry.c.rt).where(entry.c.idx == size - 1))
    return day_at(found[0]["rt"] if found else 0)


def people(rows: Iterable[Counted]) -> tuple[dict[str, str], dict[str, date]]:
    """Who is shown as whom, through any number of mergers, and the day on which each has died."""
    rows = list(rows)
    into = {row.subject: row.key for row in rows if row.measure == MERGED}
    same = {subject: _last(into, subject) for subject in into}
    died: dict[str, date] = {}
    for row in rows:
        if row.measure == DIED:
            died[same.get(row.subject, row.subject)] = row.day
    return same, died


def _last(into: Mapping[str, str], subject: str) -> str:
    seen = {subject}
    while (following := into.get(subject)) is not None and following not in seen:
        subject = following
        seen.add(subject)
    return subject
