"""What a code table is: dated editions of codes with labels, and perhaps numbers that rules count with (INV-40).

A rule asks for the edition of the day on which it decides, or for that of the day on which the thing happened, so that a
paper written up late may use the words of its own time. Which day that is, `dated` takes from the circumstances of the
command; nothing here asks a clock. A station's own editions come in from a folder (`editions`): all of them at once, in
one assignment, and a decision that has begun ends with those that it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import wraps
from typing import Any, Protocol

from services.kernel.errors import Refused

BEIJING = timezone(timedelta(hours=8))
"""Stations live by Beijing time, which knows no summer time."""

FIRST = date(2022, 1, 1)
"""From when the first editions hold: the stories that the hub is tried on begin in 2022."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One code with its labels, and the numbers that belong to it."""

    code: str
    zh: str
    en: str
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """A table as it is valid from a day on; `own` where a station has set it."""

    version: str
    since: date
    terms: dict[str, Term]
    own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InForce:
    """What a hub lives by beside what comes with it: the editions of the tables of which a station has its own."""

    editions: Mapping[str, tuple[Edition, ...]] = field(default_factory=dict)
    calendar: Any = None


MOST_NAMED = 10
"""So many codes a refusal lists; of more it names the first, and where all of them are."""

ALL_OF_THEM = "GET /referral/v1/code-tables"


class Table:
    """A code table with all its editions, the oldest first.

    The codes of a `fixed` table are named by contracts or rules: its editions may say them otherwise, and have no others.
    The rules themselves use those that it `needs`, so every edition has these.
    An `assumed` table has no public source and waits for a station's own edition.
    """

    def __init__(
        self, *, name: str, zh: str, editions: tuple[Edition, ...], fixed: bool = False, needs: tuple[str, ...] = (),
        assumed: bool = False,
    ) -> None:  # fmt: skip
        self.name, self.zh, self.fixed, self.needs, self.assumed = name, zh, fixed, needs, assumed
        self._shipped = editions

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions, the oldest first: a station's own where it has any, after those that came before."""
        return in_force().editions.get(self.name, self._shipped)

    @editions.setter
    def editions(self, shipped: tuple[Edition, ...]) -> None:
        self._shipped = shipped

    @property
    def current(self) -> Edition:
        """The edition of the day on which something is being decided; outside of decisions that of the day that it is.

        Where nobody has said which day that is (`it_is`), the newest.
        """
        editions = self.editions
        day = (today() or _outside[0]) if len(editions) > 1 else None
        return editions[-1] if day is None else self.on(day)

    def on(self, day: date) -> Edition:
        """The edition that was valid on a day; before the first one, the first."""
        return next((e for e in reversed(self.editions) if e.since <= day), self.editions[0])

    @property
    def usable(self) -> tuple[Edition, ...]:
        """The editions whose codes may be used now: that of today, and that of the day on which the thing happened."""
        editions = self.editions
        if len(editions) == 1:
            return editions
        days = _days()
        if days is None:
            return (self.current,)
        return (self.on(days[0]),) if days[0] == days[1] else (self.on(days[0]), self.on(days[1]))

    def edition_with(self, code: str) -> Edition:
        """The edition by which a code is understood that is used now."""
        return next((edition for edition in self.usable if code in edition.terms), self.current)

    def known(self, *codes: str | None, field: str = "") -> None:
        """Refuse codes that no usable edition has."""
        usable = self.usable
        for code in codes:
            if code is None or code in usable[0].terms:
                continue
            if not any(code in edition.terms for edition in usable):
                raise self.unknown(code, field)

    def unknown(self, code: str, field: str = "") -> Refused:
        """The refusal of a code that no usable edition has, with those that would do, in both languages."""
        version, said, said_zh = self.current.version, *self._allowed()
        return Refused(
            "unknown-code",
            f"{code} is not in the code table {self.name}, edition {version}. {said}",
            f"代码表“{self.zh}”{version} 版中没有 {code}。{said_zh}",
            field=field or None,
        )

    def _allowed(self) -> tuple[str, str]:
        terms = {term.code: term for edition in self.usable for term in edition.terms.values()}
        first = list(terms.values())[:MOST_NAMED]
        en, zh = ", ".join(term.code for term in first), "、".join(f"{term.code} ({term.zh})" for term in first)
        if len(terms) == len(first):
            return f"Allowed: {en}.", f"可用代码: {zh}。"
        where = f"{ALL_OF_THEM}/{self.name}"
        return f"Allowed: {en}, … (all {len(terms)}: {where}).", f"可用代码: {zh}…(共 {len(terms)} 个, 见 {where})。"

    def label(self, code: str, language: str = "zh", day: date | None = None) -> str:
        """The label of a code: in the edition of the day, else in any, the newest first; without one the code itself."""
        editions = (*((self.on(day),) if day else ()), *reversed(self.editions))
        found = next((e.terms[code] for e in editions if code in e.terms), None)
        return code if found is None else found.zh if language == "zh" else found.en

    def number(self, code: str, name: str) -> int:
        """A number that belongs to a code, 0 where it has none of that name."""
        return self.current.terms[code].numbers.get(name, 0)


TABLES: dict[str, Table] = {}
SHIPPED: dict[str, tuple[Edition, ...]] = {}
"""The editions that come with the hub, by table."""


def edition(version: str, since: date, rows: str) -> Edition:
    """An edition from rows of `code | zh | en`, or `code | zh | en | name=number name=number`."""
    parts = [[part.strip() for part in row.split("|")] for row in rows.strip().splitlines()]
    return Edition(version=version, since=since, terms={part[0]: _term(*part) for part in parts})


def _term(code: str, zh: str, en: str, numbers: str = "") -> Term:
    counted = (pair.split("=") for pair in numbers.split())
    return Term(code=code, zh=zh, en=en, numbers={name: int(number) for name, number in counted})


def table(
    name: str, zh: str, rows: str, *later: Edition, version: str = "2022", since: date = FIRST, fixed: bool = False,
    needs: str = "", assumed: bool = False,
) -> Table:  # fmt: skip
    """Declare a table under its name, with its first edition and those that followed; names are used once."""
    if name in TABLES:
        raise TypeError(f"{name} is declared twice")
    SHIPPED[name] = (edition(version, since, rows), *later)
    needed = tuple(needs.split())
    TABLES[name] = Table(name=name, zh=zh, editions=SHIPPED[name], fixed=fixed, needs=needed, assumed=assumed)
    return TABLES[name]


_in_force = [InForce()]


def in_force() -> InForce:
    """What the hub lives by: of a decision that is being made, what it lived by when the decision began."""
    deciding = _deciding.get()
    return _in_force[0] if deciding is None else deciding.by


def adopt(own: Mapping[str, tuple[Edition, ...]], calendar: Any = None) -> None:
    """Let a station's own editions and calendar hold from now on, all of them at once, and nothing else of its own."""
    _in_force[0] = InForce(editions={name: followed(name, found) for name, found in own.items()}, calendar=calendar)


def followed(name: str, own: tuple[Edition, ...]) -> tuple[Edition, ...]:
    """A station's editions after those that came before; what comes with the hub and begins later does not hold.

    So an upgrade of the hub never changes the words that a station has set for itself.
    """
    ordered = tuple(sorted((replace(e, own=True) for e in own), key=lambda e: e.since))
    return (*(e for e in SHIPPED[name] if not ordered or e.since < ordered[0].since), *ordered)


# --- the day on which something is decided -----------------------------------------------------------------------------


class Circumstances(Protocol):
    """Of a command's circumstances: when it is decided, and when the thing happened."""

    @property
    def now(self) -> datetime:
        """When the hub decides."""
        ...

    @property
    def happened_at(self) -> datetime:
        """When it happened."""
        ...


@dataclass(frozen=True, slots=True)
class Deciding:
    """A decision that is being made: its circumstances, and the tables by which it is made to its end."""

    ask: Circumstances
    by: InForce


_deciding: ContextVar[Deciding | None] = ContextVar("deciding", default=None)

Decide = Callable[[Any, Any, Any], list[Any]]


def dated(decide: Decide) -> Decide:
    """A decision for which tables stand as on its own day: the same arguments still give the same events."""

    @wraps(decide)
    def on_its_day(command: Any, state: Any, ask: Any) -> list[Any]:
        before = _deciding.set(Deciding(ask, in_force()))
        try:
            return decide(command, state, ask)
        finally:
            _deciding.reset(before)

    return on_its_day


_outside: list[date | None] = [None]


def it_is(day: date | None) -> None:
    """Let tables stand as on this day wherever nothing is being decided: what pages and lists show to choose from.

    An edition is placed before its first day; until then nobody is shown what would be refused.
    """
    _outside[0] = day


def today() -> date | None:
    """The day of the decision that is being made, in Beijing; None outside of decisions."""
    deciding = _deciding.get()
    return None if deciding is None else deciding.ask.now.astimezone(BEIJING).date()


def _days() -> tuple[date, date] | None:
    deciding = _deciding.get()
    if deciding is None:
        return None
    ask = deciding.ask
    return ask.now.astimezone(BEIJING).date(), ask.happened_at.astimezone(BEIJING).date()
