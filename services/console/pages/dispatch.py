"""The dispatch board: the tasks of a week, day by day, with how many people go and how many are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.console.templating import Frame, render
from services.console.words import local

LOOKING = ("opened", "offered", "unfilled")
"""While a task stands so, people are sought."""

OVER = ("verified", "cancelled", "entered_in_error", "entered-in-error")


@dataclass(frozen=True, kw_only=True)
class Card:
    """One task: what, when, who goes, and how many are still missing."""

    task_id: str
    matter_id: str
    kind: str
    state: str
    urgency: str
    area: str
    start: datetime | None
    end: datetime | None
    needed: int
    going: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many people it still needs."""
        return max(0, self.needed - len(self.going))


@dataclass(frozen=True, kw_only=True)
class Board:
    """A week: its days with their tasks, and the tasks without a time."""

    monday: date
    days: tuple[tuple[date, tuple[Card, ...]], ...]
    undated: tuple[Card, ...]


def card(found: Mapping[str, Any], going: Iterable[str]) -> Card:
    """A task from the row of the volunteer service's list."""

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(str(found[name])) if found.get(name) else None

    return Card(
        task_id=str(found["task_id"]), matter_id=str(found["matter_id"]), kind=str(found.get("kind") or ""),
        state=str(found.get("state") or "").replace("_", "-"), urgency=str(found.get("urgency") or ""),
        area=str(found.get("area") or ""), start=moment("slot_start"), end=moment("slot_end"),
        needed=int(found.get("headcount") or 1), going=tuple(going),
    )  # fmt: skip


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def build(tasks: Iterable[Mapping[str, Any]], going: Mapping[str, list[str]], day: date) -> Board:
    """The week of a day; what is over and has no day in it is left out."""
    monday, cards = monday_of(day), [card(found, going.get(str(found["task_id"]), ())) for found in tasks]
    week = [monday + timedelta(days=n) for n in range(7)]
    open_ = [c for c in cards if c.state not in OVER]
    starts = sorted((c.start, c.task_id, c) for c in cards if c.start is not None)
    dated = {one: tuple(c for start, _, c in starts if local(start) == one) for one in week}
    return Board(monday=monday, days=tuple(dated.items()), undated=tuple(c for c in open_ if c.start is None))


def of_day(tasks: Iterable[Mapping[str, Any]], going: Mapping[str, list[str]], day: date) -> tuple[Card, ...]:
    """The tasks of one day in the order of their beginning."""
    cards = [card(found, going.get(str(found["task_id"]), ())) for found in tasks]
    starts = sorted((c.start, c.task_id, c) for c in cards if c.start is not None and local(c.start) == day)
    return tuple(c for _, _, c in starts)


def day_page(cards: tuple[Card, ...], frame: Frame, day: date) -> str:
    """The board of one day."""
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    short = [c for c in cards if c.missing and c.state in LOOKING]
    return render(
        "dispatch_day.html", frame, cards=cards, day=day, before=before, after=after, short=short, looking=LOOKING
    )


def page(board: Board, frame: Frame) -> str:
    """The whole page."""
    before, after = board.monday - timedelta(days=7), board.monday + timedelta(days=7)
    return render(
        "dispatch.html", frame, m=board, before=before, after=after, today=local(frame.words.now), looking=LOOKING
    )
