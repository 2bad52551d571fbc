"""Monthly reports of one station, or of the hub: sealed once a month, restated by later ones, never edited (INV-36)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import assert_never
from uuid import NAMESPACE_URL, UUID, uuid5

from services.contracts.audit import (
    FigureLine,
    MonthlyReportRestated,
    MonthlyReportSealed,
    WriteMonthlyReport,
)
from services.contracts.codes_audit import REPORT_RECIPIENT
from services.contracts.codes_times import report_due, report_opens
from services.contracts.tables import BEIJING
from services.kernel.decider import Decider
from services.kernel.errors import Refused
from services.kernel.message import Ask

HUB = "hub"

Command = WriteMonthlyReport
Event = MonthlyReportSealed | MonthlyReportRestated


@dataclass(frozen=True, slots=True)
class Stated:
    """What a month's report said last: sealed, or as it was restated since; and the size at which that was known."""

    figures: tuple[FigureLine, ...]
    definitions: str
    size: int


@dataclass(frozen=True, slots=True)
class Reports:
    """The sealed months of a station."""

    months: Mapping[str, Stated] = field(default_factory=dict)


State = None | Reports


def stream_for(station: str | None) -> UUID:
    """The stream of a station's reports."""
    return uuid5(NAMESPACE_URL, f"monthly-reports/{station or HUB}")


def decide(command: Command, state: State, ask: Ask) -> list[Event]:
    """A report is sealed once, when its month is over and people are at work; what was learnt since is said with it."""
    REPORT_RECIPIENT.known(*command.recipients, field="recipients")
    months = {} if state is None else state.months
    if command.month in months:
        raise Refused(
            "already-sealed",
            f"The report of {command.month} is sealed and never changes; the next month's report carries what was learnt since.",
            f"{command.month} 月报已封存, 不再更改; 其后获知的变动列入下一月报的调整数。",
            field="month",
            allowed=("seal-monthly-report",),
        )
    opens = opens_at(command.month)
    if ask.now < opens:
        day = opens.astimezone(BEIJING)
        raise Refused(
            "month-not-over",
            f"The report of {command.month} can be sealed from {day:%d %B %Y, %H:%M} on; its figures can be looked at.",
            f"{command.month} 月报自 {day:%Y-%m-%d %H:%M} 起方可封存; 可先查看数据。",
            field="month",
            allowed=("seal-monthly-report",),
        )
    restated = [each for each in command.restated if each.adjustments and each.month in months]
    return [*(_restated(command, each.month) for each in restated), _sealed(command)]


def _restated(command: Command, month: str) -> MonthlyReportRestated:
    each = next(each for each in command.restated if each.month == month)
    return MonthlyReportRestated(
        month=month, station=command.station, in_month=command.month, size=command.size, root=command.root,
        definitions=command.definitions, figures=each.figures, figures_hash=each.figures_hash,
        adjustments=each.adjustments,
    )  # fmt: skip


def _sealed(command: Command) -> MonthlyReportSealed:
    return MonthlyReportSealed(
        month=command.month, station=command.station, size=command.size, root=command.root,
        definitions=command.definitions, figures=command.figures, figures_hash=command.figures_hash,
        recipients=command.recipients,
        adjustments=tuple(line for each in command.restated for line in each.adjustments),
    )  # fmt: skip


def opens_at(month: str) -> datetime:
    """From when on a month's report may be sealed: people are at work again, and the month is over (REPORT_DAYS)."""
    return report_opens(last_of(month))


def due_by(month: str) -> datetime:
    """Until when it is to be sealed."""
    return report_due(last_of(month))


def last_of(month: str) -> date:
    """The last day of a month."""
    first = date(int(month[:4]), int(month[5:]), 1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def evolve(state: State, event: Event) -> State:
    """What each month's report says after an event."""
    state = state or Reports()
    match event:
        case MonthlyReportSealed() | MonthlyReportRestated():
            stated = Stated(event.figures, event.definitions, event.size)
            return replace(state, months={**state.months, event.month: stated})
        case _ as never:
            assert_never(never)


DECIDER = Decider(name="monthly-report", decide=decide, evolve=evolve, events=Event, states=State)
