"""When something happened, as stations write it (INV-29, INV-30): read where it can be read, reported where it must be guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from services.importing.days import HERE, NOT_KNOWN, Moment, day, moment
from services.importing.found import Unreadable


def on(*parts: int, precision: Any = "day") -> Moment:
    return Moment(datetime(*parts, tzinfo=HERE), precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    [
        "2022/7/27", "2022-07-27", "2022.7.27", "20220727", "2022年7月27日", "2022 年 7 月 27 日", "２０２２／７／２７", "7月27日", "7/27",
        44769, 44769.0, "44769", datetime.fromisoformat("2022-07-27"), date(2022, 7, 27), "2022年7月27号",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form_that_stations_write(cell: object):
    assert moment(cell, 2022) == on(2022, 7, 27)


@pytest.mark.parametrize(
    "cell",
    [
        "2022/7/27 9:30",
        "2022年7月27日上午9时30分",
        "2022-07-27T09:30:00",
        datetime.fromisoformat("2022-07-27T09:30"),
        44769.395833,
    ],
)
def test_a_time_of_day_makes_it_an_instant(cell: object):
    assert moment(cell) == on(2022, 7, 27, 9, 30, precision="instant")


def test_the_afternoon_is_twelve_hours_later():
    assert moment("2022年7月27日 下午2点") == on(2022, 7, 27, 14, 0, precision="instant")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2022年7月", on(2022, 7, 1, precision="month")), ("2022-07", on(2022, 7, 1, precision="month")),
        ("7月份", on(2022, 7, 1, precision="month")), ("2021年冬", on(2021, 12, 1, precision="season")),
        ("2021年冬天", on(2021, 12, 1, precision="season")), ("2022春季", on(2022, 3, 1, precision="season")),
    ],
)  # fmt: skip
def test_a_month_or_a_season_stays_as_vague_as_it_is(cell: str, found: Moment):
    assert moment(cell, 2022) == found


@pytest.mark.parametrize("cell", ["", None, "不详", "未知", "/", "—", " 无 "])
def test_unknown_stays_unknown(cell: object):
    assert moment(cell) == NOT_KNOWN and day(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("去年冬天", "relative-date"), ("上个月", "relative-date"), ("今年3月", "relative-date"), ("冬天", "relative-date"),
        ("春节前后", "relative-date"), ("7月27日", "year-needed"), ("7月", "year-needed"), ("7/8/2022", "ambiguous-date"),
        ("22.7.27", "ambiguous-date"), ("2022/2/30", "no-such-day"), ("2022/7/27 25:00", "no-such-day"),
        ("好几次", "unreadable-date"), ("12", "unreadable-date"), (9, "unreadable-date"),
    ],
)  # fmt: skip
def test_what_would_have_to_be_guessed_is_reported(cell: object, code: str):
    with pytest.raises(Unreadable) as wrong:
        moment(cell)
    assert wrong.value.code == code and wrong.value.en and wrong.value.zh


def test_where_a_day_is_needed_a_month_is_none():
    with pytest.raises(Unreadable) as wrong:
        day("2022年7月")
    assert wrong.value.code == "day-needed"
