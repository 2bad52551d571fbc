"""Spans of time, counted in the working time of the stations or by the clock on the wall."""

from datetime import date, datetime

import chinese_calendar
import pytest

from services.contracts.codes_referral import DAY, HOLIDAYS, MADE_UP, Span
from services.referral.domain.worktime import BEIJING, after, deadline, is_workday


def at(text: str) -> datetime:
    """A moment in Changchun."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("start", "minutes", "ends"),
    [
        ("2026-03-02T12:00", 60, "2026-03-02T13:00"),
        ("2026-03-02T16:30", 60, "2026-03-03T09:00"),
        ("2026-03-02T12:00", 2 * DAY, "2026-03-04T12:00"),
        ("2026-03-06T16:00", 120, "2026-03-09T09:30"),  # over a weekend
        ("2026-03-07T10:00", 60, "2026-03-09T09:30"),  # begun on a Saturday
        ("2026-03-02T03:00", 30, "2026-03-02T09:00"),  # before the doors open
        ("2026-03-02T20:00", 30, "2026-03-03T09:00"),  # after they have closed
        ("2026-02-14T12:00", DAY, "2026-02-24T12:00"),  # a Saturday made up, then the Spring Festival
        ("2026-09-30T12:00", DAY, "2026-10-08T12:00"),  # the National Day
    ],
)
def test_working_time_runs_while_people_work(start: str, minutes: int, ends: str):
    assert after(at(start), Span(minutes)) == at(ends)


def test_the_clock_on_the_wall_never_stops():
    assert after(at("2026-03-07T23:50"), Span(30, "wall")) == at("2026-03-08T00:20")


def test_a_clock_that_ran_out_before_we_knew_starts_when_we_know():
    happened, now = at("2026-02-02T12:00"), at("2026-03-02T12:00")
    assert deadline(happened, now, Span(60)) == at("2026-03-02T13:00")
    assert deadline(at("2026-03-02T11:30"), now, Span(60)) == at("2026-03-02T12:30")


@pytest.mark.parametrize("year", sorted({day.year for day in HOLIDAYS | MADE_UP}))
def test_the_calendar_is_the_one_that_was_announced(year: int):
    days = [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]
    assert [d for d in days if is_workday(d)] == [d for d in days if chinese_calendar.is_workday(d)]
