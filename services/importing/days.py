"""When something happened, as stations write it: a day, a month, a season, or not known. Nothing is guessed.

"去年冬天" is reported: a year must be read from the paper itself, and not from the day on which it is typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.importing.found import Unreadable
from services.kernel.message import Precision

HERE = ZoneInfo("Asia/Shanghai")
SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a day of the spreadsheet's own calendar, which has no zone
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000
"""A number between these is a day as spreadsheets count them: 1954 to 2119."""

UNKNOWN = frozenset(
    {"", "不详", "未知", "不清", "不清楚", "不明", "无", "/", "-", "—", "——", "?", "n/a", "na", "none", "unknown"}
)
SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}

_TIME = r"(?:[t\s]*(?P<part>凌晨|早上|上午|中午|下午|晚上)?(?P<h>\d{1,2})[:时点](?P<mi>\d{1,2})?(?::\d{1,2}(?:\.\d+)?)?分?)?"
_DAY = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?" + _TIME)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")
_MONTH = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?份?")
_SEASON = re.compile(r"(?P<y>\d{4})年?(?P<s>[春夏秋冬])[季天]?")
_SHORT_DAY = re.compile(r"(?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?" + _TIME)
_SHORT_MONTH = re.compile(r"(?P<m>\d{1,2})月份?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_RELATIVE = re.compile(r"[今去前]年|上个?[月周]|本[月周]|昨|前天|今天|近期|最近|年[前后初底末]|春节|以前|[春夏秋冬]")
_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and how exactly it is known; `at` is None when nobody knows."""

    at: datetime | None
    precision: Precision

    @property
    def day(self) -> date | None:
        """The day, where it is known to the day."""
        return self.at.date() if self.at is not None and self.precision in ("day", "instant") else None


NOT_KNOWN = Moment(None, "unknown")


def moment(cell: object, year: int | None = None) -> Moment:
    """When a cell says that it was; raises Unreadable where it says nothing that can be read without guessing."""
    if isinstance(cell, datetime):
        return _of(cell)
    if isinstance(cell, date):
        return _of(datetime.combine(cell, time()))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        cell = str(cell)
    return _written("" if cell is None else unicodedata.normalize("NFKC", str(cell)).strip().lower(), year)


def day(cell: object, year: int | None = None) -> date | None:
    """The day that a cell names, None where it is unknown; raises Unreadable where only a month or season is named."""
    found = moment(cell, year)
    if found.at is not None and found.day is None:
        raise Unreadable("day-needed", "a day, such as 2022/7/27, or nothing", "具体日期, 如 2022/7/27, 或留空")
    return found.day


def _written(text: str, year: int | None) -> Moment:
    """What these characters say."""
    if text in UNKNOWN:
        return NOT_KNOWN
    tight = re.sub(r"\s+(?=[年月日号春夏秋冬])|(?<=[年月])\s+", "", text)
    if _SERIAL.fullmatch(tight) and FIRST_SERIAL <= float(tight) <= LAST_SERIAL:
        return _of(SERIAL_ZERO + timedelta(days=round(float(tight) * 86_400) / 86_400))
    for pattern, precision in ((_DAY, "day"), (_COMPACT, "day"), (_MONTH, "month"), (_SEASON, "season")):
        if found := pattern.fullmatch(tight):
            return _named(found.groupdict(), int(found["y"]), precision)
    for pattern, precision in ((_SHORT_DAY, "day"), (_SHORT_MONTH, "month")):
        if found := pattern.fullmatch(tight):
            return _named(found.groupdict(), _given(year), precision)
    raise _unreadable(tight)


def _given(year: int | None) -> int:
    if year is None:
        raise Unreadable(
            "year-needed", "a year: write it into the cell, or give --year", "年份: 请写入单元格, 或用 --year 指定"
        )
    return year


def _unreadable(text: str) -> Unreadable:
    if _YEAR_LAST.fullmatch(text):
        return Unreadable(
            "ambiguous-date", "the year first and with four digits, such as 2022/7/27", "四位年份在前, 如 2022/7/27"
        )
    if _RELATIVE.search(text):
        return Unreadable(
            "relative-date", "a date that needs no guessing: 2021年冬, 2022年7月, 2022/7/27, or nothing when unknown",
            "无须推测的时间: 2021年冬、2022年7月、2022/7/27; 不详则留空",
        )  # fmt: skip
    return Unreadable(
        "unreadable-date", "a date: 2022/7/27, 2022年7月27日, 2022年7月, 2021年冬, or nothing when unknown",
        "日期: 2022/7/27、2022年7月27日、2022年7月、2021年冬; 不详则留空",
    )  # fmt: skip


def _named(parts: dict[str, str | None], year: int, precision: str) -> Moment:
    month = SEASONS[parts["s"] or ""] if "s" in parts else int(parts["m"] or 0)
    try:
        at = datetime(year, month, int(parts.get("d") or 1), tzinfo=HERE)
        if parts.get("h"):
            hour = int(parts["h"] or 0)
            hour += 12 if parts["part"] in ("下午", "晚上") and hour < 12 else 0
            return Moment(at.replace(hour=hour, minute=int(parts["mi"] or 0)), "instant")
    except ValueError as wrong:
        raise Unreadable("no-such-day", "a day that there is", "存在的日期") from wrong
    return Moment(at, precision)  # type: ignore[arg-type]  # one of the precisions named in _written


def _of(moment: datetime) -> Moment:
    """A day of the spreadsheet; with a time of day it is an instant."""
    at = moment.replace(tzinfo=HERE, second=0, microsecond=0)
    return Moment(at, "day" if at.time() == time() else "instant")
