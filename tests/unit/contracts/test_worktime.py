"""The working time of the stations: spans, working days, and what a station sets for itself (INV-14)."""

from dataclasses import replace
from datetime import UTC, date, datetime

import chinese_calendar
import pytest

from services.contracts.tables import BEIJING
from services.contracts.worktime import (
    COUNTRY,
    USUAL,
    Calendar,
    Hours,
    Span,
    after,
    deadline,
    end_of,
    is_workday,
    working_days_after,
)
from services.volunteer.domain.eligibility import day_of

DAY = USUAL.minutes


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


@pytest.mark.parametrize("year", [2022, 2024, 2025, 2026])
def test_the_calendar_is_the_one_that_was_announced(year: int):
    days = [date.fromordinal(n) for n in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]
    assert [d for d in days if is_workday(d)] == [d for d in days if chinese_calendar.is_workday(d)]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 7), False),
        (date(2026, 10, 1), False),
        (date(2025, 9, 28), True),  # A Sunday that was worked for the National Day of 2025.
        (date(2031, 5, 1), True),  # Nobody knows yet.
        (date(2031, 5, 3), False),
    ],
)
def test_a_working_day_is_what_the_country_says(day: date, works: bool):
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2025, 9, 26), date(2025, 10, 16)),  # Eight holidays and two worked weekend days lie between.
    ],
)
def test_ten_working_days_after(day: date, last: date):
    assert working_days_after(day, 10) == last


def test_a_day_ends_when_the_next_one_begins_in_changchun():
    assert end_of(date(2026, 3, 16)) == datetime(2026, 3, 17, tzinfo=BEIJING)


def test_the_last_days_of_the_calendar_are_days_too():
    assert working_days_after(date.max, 10) == date.max
    assert end_of(date.max) == datetime(9999, 12, 31, tzinfo=BEIJING)
    assert day_of(datetime.max.replace(tzinfo=UTC)) == date.max


# --- a station's own ------------------------------------------------------------------------------------------------


def test_a_station_has_a_day_off_of_its_own_and_a_day_on_which_it_works():
    own = Calendar(off=frozenset({date(2026, 3, 3)}), worked=frozenset({date(2026, 3, 7)}))
    assert not own.is_workday(date(2026, 3, 3))
    assert own.is_workday(date(2026, 3, 7))
    assert own.is_workday(date(2026, 3, 4)) is COUNTRY.is_workday(date(2026, 3, 4))
    assert own.after(at("2026-03-02T16:30"), Span(60)) == at("2026-03-04T09:00")
    assert own.after(at("2026-03-06T16:30"), Span(60)) == at("2026-03-07T09:00")


def test_what_the_country_announces_later_is_entered_by_the_station():
    own = Calendar(off=frozenset({date(2031, 5, 1)}), worked=frozenset({date(2031, 5, 4)}))
    assert own.working_days_after(date(2031, 4, 30), 1) == date(2031, 5, 2)
    assert own.working_days_after(date(2031, 5, 2), 1) == date(2031, 5, 4)


def test_opening_hours_hold_from_their_day_on():
    summer = Hours(since=date(2026, 6, 1), opens=9 * 60, closes=18 * 60)
    own = replace(COUNTRY, hours=(USUAL, summer))
    assert own.after(at("2026-05-29T16:30"), Span(60)) == at("2026-06-01T09:30")
    assert own.after(at("2026-06-01T17:30"), Span(60)) == at("2026-06-02T09:30")
    assert own.after(at("2026-05-28T16:30"), Span(60)) == at("2026-05-29T09:00")
