"""How long what kind of record must be kept: dated editions that a station replaces, each period with its source.

A period marked as assumed stands in no law that we could read; the operator's counsel confirms it or sets another.
History is read with the edition of its day, so a later edition lengthens or shortens nothing that was decided before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.contracts.codes import FIRST


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """One kind of record, for how many months after its last day it is kept, and who says so."""

    kind: str
    zh: str
    en: str
    months: int
    source: str
    assumed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """The periods as they hold from a day on."""

    version: str
    since: date
    periods: dict[str, Period]


def schedule(version: str, since: date, *periods: Period) -> Schedule:
    """An edition of the table."""
    return Schedule(version=version, since=since, periods={period.kind: period for period in periods})


SCHEDULES = (
    schedule(
        "2022",
        FIRST,
        Period(kind="disclosure", zh="身份披露记录", en="disclosures of identity", months=36, source="PIPL 56"),
        Period(kind="handoff", zh="交接记录", en="handoffs", months=36, source="PIPL 56", assumed=True),
        Period(kind="access-log", zh="查阅日志", en="who read what", months=6, source="网络安全法 21(3)"),
        Period(kind="case-file", zh="个案档案", en="case files", months=36, source="station", assumed=True),
        Period(kind="minor-file", zh="未成年人档案", en="files of minors", months=84, source="station", assumed=True),
        Period(kind="volunteer-record", zh="志愿服务记录", en="service hours", months=36, source="民政部令67", assumed=True),
        Period(kind="voucher", zh="资助凭证", en="vouchers of grants", months=360, source="会计档案管理办法", assumed=True),
    ),
    schedule(
        "2025",
        date(2025, 1, 1),
        Period(kind="disclosure", zh="身份披露记录", en="disclosures of identity", months=36, source="网络数据安全管理条例 12"),
        Period(kind="handoff", zh="交接记录", en="handoffs", months=36, source="网络数据安全管理条例 12", assumed=True),
        Period(kind="access-log", zh="查阅日志", en="who read what", months=6, source="网络安全法 21(3)"),
        Period(kind="case-file", zh="个案档案", en="case files", months=36, source="station", assumed=True),
        Period(kind="minor-file", zh="未成年人档案", en="files of minors", months=84, source="station", assumed=True),
        Period(kind="volunteer-record", zh="志愿服务记录", en="service hours", months=36, source="民政部令67", assumed=True),
        Period(kind="voucher", zh="资助凭证", en="vouchers of grants", months=360, source="会计档案管理办法", assumed=True),
    ),
)  # fmt: skip
"""All editions, the oldest first."""


def on(day: date) -> Schedule:
    """The edition that holds on a day; before the first one, the first."""
    return next((s for s in reversed(SCHEDULES) if s.since <= day), SCHEDULES[0])


def kept_until(kind: str, last: date) -> date:
    """The first day on which a record of this kind, whose last day was `last`, need not be kept any more."""
    months = on(last).periods[kind].months
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return _day(year, month + 1, last.day)


def _day(year: int, month: int, day: int) -> date:
    """The day of a month, or the first of the next where the month has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
