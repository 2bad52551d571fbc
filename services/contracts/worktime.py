"""The working time of the stations: which days are worked (法定节假日, 调休), from when to when, and when a span is over.

The country's days come from the package `chinesecalendar`; a station overrides days and opening hours by its own table
(`editions`). Deadlines are written into the events that set them, so a calendar that changes moves no old deadline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar

from services.contracts.tables import BEIJING, in_force


@dataclass(frozen=True)
class Span:
    """A length of time: so many minutes of the wall clock or of working time."""

    minutes: int
    clock: Literal["working", "wall"] = "working"

    def part(self, percent: int) -> Span:
        """That many percent of it."""
        return Span(self.minutes * percent // 100, self.clock)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """From a day on the doors are open between these minutes after midnight."""

    since: date
    opens: int
    closes: int

    @property
    def minutes(self) -> int:
        """Minutes of one working day."""
        return self.closes - self.opens


ONE_DAY = timedelta(days=1)
USUAL = Hours(since=date.min, opens=8 * 60 + 30, closes=17 * 60)
"""Assumed until a station says when it is open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The days and hours in which a hub's clocks run; what is not said here is as in the whole country."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    hours: tuple[Hours, ...] = (USUAL,)

    def __hash__(self) -> int:
        """Quick, for every promised time asks for days by it: sets of days know their own hash."""
        return hash((self.off, self.worked))

    def is_workday(self, day: date) -> bool:
        """Whether people work on this day; for a year whose holidays are not announced yet, Monday to Friday."""
        return day in self.worked if day in self.off or day in self.worked else _is_worked(day)

    def hours_on(self, day: date) -> Hours:
        """The opening hours of a day's time, whether or not it is worked."""
        return next((hours for hours in reversed(self.hours) if hours.since <= day), self.hours[0])

    def working_days_after(self, day: date, count: int) -> date:
        """The last of so many working days after this day, which does not count itself; where dates end, the day itself."""
        if day.year >= date.max.year:
            return day
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def after(self, start: datetime, span: Span) -> datetime:
        """The moment at which a span that starts here is over (INV-14)."""
        length = timedelta(minutes=span.minutes)
        return start + length if span.clock == "wall" else self._after_working(start.astimezone(BEIJING), length)

    def _after_working(self, moment: datetime, left: timedelta) -> datetime:
        day = moment.date()
        while True:
            is_worked, opens, closes = _day_of(self, day)
            moment = max(moment, opens)
            if is_worked and moment < closes:
                if moment + left <= closes:
                    return moment + left
                left -= closes - moment
            day += ONE_DAY
            moment = _day_of(self, day)[1]

    def opens_on(self, day: date) -> datetime:
        """The moment at which the doors open on a day, whether or not it is worked."""
        return _day_of(self, day)[1]


@lru_cache(10_000)
def _is_worked(day: date) -> bool:
    """Whether people work on a day in the whole country; the package looks through all its years to answer, each time."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(10_000)
def _day_of(calendar: Calendar, day: date) -> tuple[bool, datetime, datetime]:
    """A day of a calendar: whether it is worked, when the doors open and when they close. Every promised time asks for some."""
    hours, midnight = calendar.hours_on(day), datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    opens, closes = (midnight + timedelta(minutes=minutes) for minutes in (hours.opens, hours.closes))
    return calendar.is_workday(day), opens, closes


COUNTRY = Calendar()


def calendar() -> Calendar:
    """The calendar that this hub lives by."""
    own: Calendar | None = in_force().calendar
    return own or COUNTRY


def is_workday(day: date) -> bool:
    """Whether people work on this day."""
    return calendar().is_workday(day)


def working_days_after(day: date, count: int) -> date:
    """The last of so many working days after this day."""
    return calendar().working_days_after(day, count)


def after(start: datetime, span: Span) -> datetime:
    """The moment at which a span that starts here is over."""
    return calendar().after(start, span)


def deadline(happened: datetime, now: datetime, span: Span) -> datetime:
    """When a clock that started with what happened runs out.

    Where that has passed before we learnt of it (a paper written up late) the clock starts when we learnt of it.
    """
    due = after(happened, span)
    return due if due > now else after(now, span)


def morning_of(day: date) -> datetime:
    """When the doors open on a day, were it a working day."""
    return calendar().opens_on(day)


def end_of(day: date) -> datetime:
    """The first moment after a day in Changchun."""
    return datetime.combine(day, time(0), BEIJING) + timedelta(days=day < date.max)
