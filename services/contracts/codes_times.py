"""Promised times and terms of keeping, as tables with numbers: a station sets its own edition (INV-14).

`days` are working days and `minutes` minutes of working time, unless `wall=1` says that the clock on the wall is meant.
No national text sets these times (domain notes: assumed), save where a line names one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from services.contracts.tables import table, today
from services.contracts.words import Wait
from services.contracts.worktime import Span, calendar, deadline, end_of, working_days_after

SLA = table("sla", "承诺时限", """
    first-action-emergency | 紧急: 首次处置 | emergency: first action | minutes=30 wall=1
    first-action-urgent | 当日: 首次处置 | urgent: first action | days=1
    first-action-normal | 一般: 首次处置 | normal: first action | days=2
    first-action-low | 不急: 首次处置 | low: first action | days=3
    offer-reply-emergency | 紧急: 答复转介 | emergency: answer to an offer | minutes=30 wall=1
    offer-reply-urgent | 当日: 答复转介 | urgent: answer to an offer | minutes=240
    offer-reply-normal | 一般: 答复转介 | normal: answer to an offer | days=2
    offer-reply-low | 不急: 答复转介 | low: answer to an offer | days=3
    first-contact-emergency | 紧急: 受案后首次接触 | emergency: first contact after acceptance | minutes=120 wall=1
    first-contact-urgent | 当日: 受案后首次接触 | urgent: first contact after acceptance | days=1
    first-contact-normal | 一般: 受案后首次接触 | normal: first contact after acceptance | days=5
    first-contact-low | 不急: 受案后首次接触 | low: first contact after acceptance | days=5
    answer-back-emergency | 紧急: 补充信息 | emergency: information supplied | minutes=15 wall=1
    answer-back-urgent | 当日: 补充信息 | urgent: information supplied | minutes=120
    answer-back-normal | 一般: 补充信息 | normal: information supplied | days=1
    answer-back-low | 不急: 补充信息 | low: information supplied | days=1
    outcome-check | 成效核查 | a running service is asked what has come of it | days=30 wall=1
    outcome-confirm | 成效确认 | a reported outcome is confirmed or disputed | days=5
    outcome-answer | 异议答复 | a disputed outcome is reported anew | days=5
    grant-decision | 资助决定 | a giver decides | days=10
    grant-payment | 资助发放 | what was agreed to is paid | days=10
    grant-use | 资助使用报告 | what money was used for is reported | days=20
    grant-confirm | 资助使用确认 | the use is confirmed by a third person | days=5
    grant-return | 资助退回 | money that is asked back is returned | days=10
    task-verify | 任务核实 | what was done is verified by somebody else | days=3
    hours-answer | 时长更正申请答复 | a volunteer who questions a record is answered | days=10
    overlap | 重复帮扶提示期 | payments of several givers are hinted at | days=180 wall=1
    remind-at | 催办 | a reminder, in percent of a span | percent=50
""", fixed=True, assumed=True)  # fmt: skip
"""At 100 percent of a span it expires or is escalated."""

REPORT_DAYS = table("report_days", "月报日程", """
    opens | 月末后第几个工作日起可封存 | the working day after a month from whose opening on its report may be sealed | days=1
    due | 月末后第几个工作日前应封存 | the working day after a month by whose end its report is to be sealed | days=10
""", fixed=True, assumed=True)  # fmt: skip
"""When a month's report is sealed. Whoever wrote things down has ten working days to confirm them (及时记录率), so what is
sealed earlier is restated sooner; no national text sets the days."""

RETENTION = table("retention", "保存期限", """
    handoff | 转介交接与个人信息提供记录 | hand-offs and disclosures | months=36 least=36
    access-log | 查阅日志 | readings of personal data | months=6 least=6
    case-file | 个案档案 | case files | months=36
    child-file | 未成年人档案 | files of minors | months=60
    volunteer-record | 志愿服务记录 | records of volunteers | months=36
    voucher | 资助凭证 | vouchers of grants | months=36
    safeguarding | 强制报告记录 | safeguarding records | months=120
""", fixed=True, assumed=True)  # fmt: skip
"""How long is kept, in months. `least` is what the law asks: 网络数据安全管理条例 art. 12 (three years), 网络安全法 (six
months); the other terms are assumed, for no national period for social work files was found."""


def report_opens(last: date) -> datetime:
    """The moment from which on the report of a month that ends with this day may be sealed."""
    return calendar().opens_on(working_days_after(last, REPORT_DAYS.number("opens", "days")))


def report_due(last: date) -> datetime:
    """The moment until which the report of a month that ends with this day is to be sealed."""
    return end_of(working_days_after(last, REPORT_DAYS.number("due", "days")))


def span(code: str) -> Span:
    """A promised time as it stands on the day of the decision."""
    numbers = SLA.current.terms[code].numbers
    days, minutes = numbers.get("days", 0), numbers.get("minutes", 0)
    if numbers.get("wall"):
        return Span(minutes + days * 24 * 60, "wall")
    return Span(minutes + days * calendar().hours_on(today() or date.max).minutes if days else minutes)


def wait(code: str, happened: datetime, now: datetime) -> Wait:
    """What is owed from now on: reminded of after part of its span, overdue after all of it (INV-14)."""
    promised = span(code)
    due, part = deadline(happened, now, promised), promised.part(remind_at())
    return Wait(remind_at=min(due, deadline(happened, now, part)), due_at=due)


def wait_for(due: datetime, now: datetime) -> Wait | None:
    """The same, where that day is still to come: of what was over long ago nobody is reminded."""
    return wait_until(due, now) if due > now else None


def wait_until(due: datetime, now: datetime) -> Wait:
    """What is owed by a day that somebody has set; reminded of after part of the time until then."""
    return Wait(remind_at=now + max(due - now, timedelta()) * remind_at() / 100, due_at=due)


class Spans(Mapping[str, Span]):
    """The promised times of one kind, by urgency."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __getitem__(self, urgency: str) -> Span:
        return span(f"{self._kind}-{urgency}")

    def __iter__(self) -> Iterator[str]:
        return iter(("emergency", "urgent", "normal", "low"))

    def __len__(self) -> int:
        return 4


REPLY = Spans("offer-reply")
"""How long an organization has to answer an offer, by urgency."""

FIRST_CONTACT = Spans("first-contact")
"""How long after accepting the organization has to meet the person."""

ANSWER_BACK = Spans("answer-back")
"""How long the origin has to answer an organization's questions."""


def outcome_check() -> Span:
    """How often a running service is asked what has come of it."""
    return span("outcome-check")


def overlap() -> timedelta:
    """How far apart payments of different givers for the same need of one person may lie and still overlap."""
    return timedelta(minutes=span("overlap").minutes)


def remind_at() -> int:
    """Percent of a span after which whoever keeps it waiting is reminded."""
    return SLA.number("remind-at", "percent")
