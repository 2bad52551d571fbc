"""When a span of time is over, counted in the working time of the stations (weekends, 法定节假日, 调休) or by the clock.

Stations live by Beijing time, which knows no summer time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from services.contracts.codes_referral import DAY_ENDS, DAY_STARTS, HOLIDAYS, MADE_UP, Span

BEIJING = timezone(timedelta(hours=8))


def is_workday(day: date) -> bool:
    """Whether people work on this day."""
    return day in MADE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def after(start: datetime, span: Span) -> datetime:
    """The moment at which a span that starts here is over."""
    if span.clock == "wall":
        return start + timedelta(minutes=span.minutes)
    return _after_working(start.astimezone(BEIJING), timedelta(minutes=span.minutes))


def deadline(happened: datetime, now: datetime, span: Span) -> datetime:
    """When a clock that started with what happened runs out.

    Where that has passed before we learnt of it (a paper written up late) the clock starts when we learnt of it.
    """
    due = after(happened, span)
    return due if due > now else after(now, span)


def _after_working(moment: datetime, left: timedelta) -> datetime:
    while True:
        opens, closes = _hours(moment.date())
        moment = max(moment, opens)
        if is_workday(moment.date()) and moment < closes:
            if moment + left <= closes:
                return moment + left
            left -= closes - moment
        moment = opens + timedelta(days=1)


def _hours(day: date) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=BEIJING)
    return midnight + timedelta(minutes=DAY_STARTS), midnight + timedelta(minutes=DAY_ENDS)
