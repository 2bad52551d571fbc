"""Samples as they were planned and drawn, and findings: what was found, what the station answered, what is left to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.console.templating import Frame, render
from services.console.words import Words, local

ANSWERERS = ("station_head", "coordinator", "supervisor")
OPEN = ("raised", "reopened")
DAYS_TO_ANSWER = 10
KINDS = ("help-request", "case", "visit-plan", "pairing")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Raise:
    """The form for a finding: what was typed, its key, and why it did not do."""

    given: Mapping[str, str]
    key: str
    wrong: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """An auditor's finding as a line of a list."""

    id: str
    matter_id: str
    code: str
    state: str
    raised_at: datetime | None
    answer_by: datetime | None
    answered_at: datetime | None
    answer: str
    late: bool
    result: str
    entries: tuple[str, ...]
    raised_by: str
    sample_id: str

    @property
    def is_open(self) -> bool:
        """Whether the station is to answer."""
        return self.state in OPEN


@dataclass(frozen=True, kw_only=True)
class Break:
    """A break of custody: what is wrong, since when, until when, and what would close it."""

    matter_id: str
    fault: str
    since: datetime | None
    until: datetime | None
    open: bool
    closes: tuple[str, ...]


def moment(text: object) -> datetime | None:
    """A moment of an answer, None where there is none."""
    return datetime.fromisoformat(str(text)) if text else None


def finding_of(row: Row) -> Finding:
    """A finding from audit's row."""
    return Finding(
        id=str(row["finding_id"]), matter_id=str(row["matter_id"]), code=str(row["finding_code"]), state=str(row["state"]),
        raised_at=moment(row["raised_at"]), answer_by=moment(row["answer_by"]), answered_at=moment(row["answered_at"]),
        answer=str(row["answer_code"] or ""), late=bool(row["late"]), result=str(row["result_code"] or ""),
        entries=tuple(each for each in str(row["entries"] or "").split(",") if each),
        raised_by=str(row["raised_by"] or ""), sample_id=str(row["sample_id"] or ""),
    )  # fmt: skip


def break_of(row: Row, words: Words) -> Break:
    """A break of custody from audit's row, with what would close it and by whom."""
    closes = tuple(words.pick(str(way["zh"]), str(way["en"])) for way in row.get("closed_by") or ())
    return Break(
        matter_id=str(row["matter_id"]), fault=str(row["fault"]), since=moment(row["since"]), until=moment(row["until"]),
        open=row["state"] == "open", closes=closes,
    )  # fmt: skip


def samples(rows: Iterable[Row], frame: Frame, key: str) -> str:
    """All samples, the newest first, and the form for one more; the seed is proposed from the day, to be replaced by dice."""
    told = sorted(
        ({**row, "planned_at": moment(row["planned_at"])} for row in rows), key=lambda r: str(r["planned_at"])
    )
    return render("samples.html", frame, rows=told[::-1], key=key, kinds=KINDS)


def sample(sample_id: UUID, drawn: Row, frame: Frame) -> str:
    """What one sample draws."""
    return render("sample.html", frame, sample_id=sample_id, drawn=drawn, coverage=drawn["coverage"])


def findings(
    raised: Iterable[Row], broken: Iterable[Row], frame: Frame, *, chosen: str = "", matter_id: UUID | None = None,
    form: Raise | None = None,
) -> str:  # fmt: skip
    """Findings, those that are to be answered first; of one matter, or of all."""
    t = frame.words
    rows = sorted((finding_of(row) for row in raised), key=lambda f: (not f.is_open, str(f.answer_by)))
    breaks = sorted((break_of(row, t) for row in broken), key=lambda b: (not b.open, str(b.since)))
    return render(
        "findings.html", frame, rows=rows, breaks=breaks, chosen=chosen, matter_id=matter_id, form=form,
        codes=codes("audit-finding", t), usual=usual_day(t), today=local(t.now).isoformat(),
    )  # fmt: skip


def finding(row: Row, frame: Frame, role: str, key: str) -> str:
    """One finding and what whoever looks can do with it."""
    t, found = frame.words, finding_of(row)
    return render(
        "finding.html", frame, f=found, key=key, answers=codes("audit-answer", t), results=codes("audit-result", t),
        reasons=codes("audit-reason", t), usual=usual_day(t), today=local(t.now).isoformat(),
        may_answer=role in ANSWERERS and found.is_open, may_end=role == "auditor" and found.state != "resolved",
        may_reopen=role == "auditor" and found.state in ("answered", "resolved"),
    )  # fmt: skip


def codes(table: str, words: Words) -> Sequence[tuple[str, str]]:
    """The codes of one of the console's tables, each with its words."""
    return [(code, words.code(table, code)) for code in words.table(table)]


def usual_day(words: Words) -> str:
    """The day that is proposed for an answer."""
    day: date = local(words.now + timedelta(days=DAYS_TO_ANSWER))
    return day.isoformat()
