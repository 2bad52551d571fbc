"""Ten working days, with the holidays and the worked weekends of China."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from services.volunteer.domain.eligibility import BEIJING, day_of
from services.volunteer.working_days import end_of, is_workday, working_days_after


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
def test_a_working_day_is_what_the_country_says(day: date, works: bool) -> None:
    assert is_workday(day) is works


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2025, 9, 26), date(2025, 10, 16)),  # Eight holidays and two worked weekend days lie between.
    ],
)
def test_ten_working_days_after(day: date, last: date) -> None:
    assert working_days_after(day, 10) == last


def test_a_day_ends_when_the_next_one_begins_in_changchun() -> None:
    assert end_of(date(2026, 3, 16)) == datetime(2026, 3, 17, tzinfo=BEIJING)


def test_the_last_days_of_the_calendar_are_days_too() -> None:
    assert working_days_after(date.max, 10) == date.max
    assert end_of(date.max) == datetime(9999, 12, 31, tzinfo=BEIJING)
    assert day_of(datetime.max.replace(tzinfo=UTC)) == date.max
