"""Working days of the whole country, with 法定节假日 and 调休, from the package `chinesecalendar`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import chinese_calendar

BEIJING = timezone(timedelta(hours=8))


def is_workday(day: date) -> bool:
    """Whether people work on that day; for a year whose holidays are not announced yet, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_after(day: date, count: int) -> date:
    """The last of so many working days after this day, which does not count itself; where dates end, the day itself."""
    if day.year >= date.max.year:
        return day
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def end_of(day: date) -> datetime:
    """The first moment after a day in Changchun."""
    return datetime.combine(day, time(0), BEIJING) + timedelta(days=day < date.max)
