"""What every late entry from paper has in common: the delay that is computed, and the month that a sheet tells of (H8)."""

from __future__ import annotations

from datetime import date

from services.intake.domain.rules import day_of, today
from services.kernel.errors import Refused
from services.kernel.message import Ask


def delay_days(happened: date, ask: Ask) -> int:
    """By how many days it is written down late: computed, never stated (INV-30)."""
    return max((today(ask) - happened).days, 0)


def told_of(days: list[date], ask: Ask) -> None:
    """A paper says when it was: in `happened`, to the month at least, so that months are counted by what took place."""
    told = day_of(ask)
    if any((day.year, day.month) != (told.year, told.month) for day in days):
        raise Refused(
            "say-when",
            "A sheet tells of one month; say in `happened` which one.",
            "一张单据只登记一个月; 请在 happened 中注明所属月份。",
            field="happened.at",
        )
