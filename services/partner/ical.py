"""Visits as an iCalendar (RFC 5545, RFC 7986): stable UIDs, SEQUENCE on each change, CANCELLED where somebody goes no more.

What is said of a visit is its kind, its place as an area code, and when. Whom it is to, nobody reads here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from services.contracts.codes_volunteer import TASK_KIND

HERE = ZoneInfo("Asia/Shanghai")
DAYS = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 30, "quarterly": 91}
"""From one visit of a round to the next that is due."""
USUAL = timedelta(hours=1)
KEPT = timedelta(days=90)
"""What is over for longer is not in a calendar any more."""
MEDIA = "text/calendar; charset=utf-8"
Row = dict[str, Any]


def calendar_of(name: str, rows: list[Row], now: datetime) -> bytes:
    """The calendar of a party: the same visits are the same bytes."""
    made = Calendar()
    made.add("prodid", "-//Wushe//Visits//ZH")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", "Asia/Shanghai")
    made.add("refresh-interval", timedelta(hours=1), {"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for row in rows:
        if (event := _event(row, now)) is not None:
            made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _event(row: Row, now: datetime) -> Event | None:
    span = _span(row)
    if span is None or _is_over(span[1], now):
        return None
    made = Event()
    made.add("uid", f"{row['stream'].replace('/', '-')}@wushe")
    made.add("dtstamp", row["changed_at"])
    made.add("last-modified", row["changed_at"])
    made.add("sequence", row["sequence"])
    made.add("dtstart", span[0])
    made.add("dtend", span[1])
    made.add("summary", summary(row))
    if row["area"]:
        made.add("location", row["area"])
    made.add("class", "PRIVATE")
    made.add("status", "CONFIRMED" if row["goes"] and not row["is_off"] else "CANCELLED")
    made.add("transp", "OPAQUE" if isinstance(span[0], datetime) else "TRANSPARENT")
    return made


def summary(row: Row) -> str:
    """What kind of visit it is; never to whom."""
    if row["cadence"]:
        return "探访 (应访日)"
    return TASK_KIND.label(row["kind"] or "", "zh")


def _span(row: Row) -> tuple[date, date] | tuple[datetime, datetime] | None:
    """When it is; None for a task of which nobody has said when. The next visit of a round is due on a day."""
    if row["cadence"]:
        due = row["last_on"] + timedelta(days=DAYS[row["cadence"]])
        return due, due + timedelta(days=1)
    if row["begins_at"] is None:
        return None
    begins = row["begins_at"].astimezone(HERE)
    return begins, (row["ends_at"].astimezone(HERE) if row["ends_at"] else begins + USUAL)


def _is_over(ends: date | datetime, now: datetime) -> bool:
    day = ends.date() if isinstance(ends, datetime) else ends
    return day < (now - KEPT).date()


def made_name(party: str, calendar_id: UUID) -> str:
    """What the calendar is called: neither a name nor an id by which anybody is known elsewhere."""
    kinds = {"worker": "社工", "volunteer": "志愿者", "team": "志愿队"}
    return f"五社 {kinds.get(party.partition(':')[0], '机构')}日程 {calendar_id.hex[-4:]}"
