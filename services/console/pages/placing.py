"""The pages of a new edition: the form with what holds now, and what a draft would change."""

from __future__ import annotations

import re
from datetime import date

from services.console.placing import Days, Draft, Folder, Line, Looked, days_of
from services.console.templating import Frame, render
from services.console.words import Words, local
from services.contracts.tables import Table
from services.contracts.worktime import USUAL, Calendar, calendar
from services.kernel.contract import CODE

SPARE = 4
"""So many empty rows for codes that are new."""


def faults(draft: Draft, today: date, words: Words) -> list[str]:
    """What anybody can mend at once, in words; what is left the hub says itself."""
    found = [] if re.fullmatch(CODE, draft.version) else [words("placing.wrong.version")]
    try:
        if date.fromisoformat(draft.since) < today:
            found.append(words("placing.wrong.past", day=words.day(today)))
    except ValueError:
        found.append(words("placing.wrong.since"))
    found += [words("placing.wrong.code", code=line.code) for line in draft.lines if not re.fullmatch(CODE, line.code)]
    return found + [words("placing.wrong.said", code=line.code) for line in draft.lines if not (line.zh and line.en)]


def day_faults(typed: Days, looked: Looked, words: Words) -> list[str]:
    """What anybody can mend at once in a calendar, in words; what is left the hub says itself."""
    told = [*days_of(typed.off), *days_of(typed.worked)]
    found = [words("calendar.wrong.day", day=day) for day in dict.fromkeys(told) if not _is_day(day)]
    found += [
        words("calendar.wrong.past", day=words.day(date.fromisoformat(day))) for day in looked.past if _is_day(day)
    ]
    return found + ([words("calendar.wrong.hours")] if typed.since and not (typed.opens and typed.closes) else [])


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def page(frame: Frame, table: Table, draft: Draft, wrong: str = "") -> str:
    """The form."""
    lines = [*draft.lines, *(Line(code="") for _ in range(0 if table.fixed else SPARE))]
    known = sum(1 for line in draft.lines if line.code in table.editions[-1].terms)
    return render("edition.html", frame, table=table, d=draft, lines=lines, wrong=wrong, known=known)


def preview(frame: Frame, table: Table, draft: Draft, looked: Looked, folder: Folder) -> str:
    """What would change."""
    return render(
        "edition_preview.html", frame, table=table, d=draft, looked=looked, writes=folder.is_writable,
        faults=faults(draft, local(frame.words.now), frame.words),
    )  # fmt: skip


def days(now: Calendar) -> Days:
    """The calendar that holds, as it stands in the form."""
    off, worked = ("\n".join(day.isoformat() for day in sorted(found)) for found in (now.off, now.worked))
    return Days(off=off, worked=worked)


def calendar_page(frame: Frame, typed: Days, looked: Looked | None = None, folder: Folder | None = None) -> str:
    """The station's own days and hours, and what a draft would change."""
    return render(
        "calendar.html", frame, d=typed, looked=looked, writes=folder is not None and folder.is_writable,
        hours=[(h.since, h.opens, h.closes) for h in calendar().hours], usual=USUAL.since,
        faults=() if looked is None else day_faults(typed, looked, frame.words),
    )  # fmt: skip
