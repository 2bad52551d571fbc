"""The pages of those who go: what they were asked, where they go, what fits them, and what is on record of them.

A volunteer speaks for himself, a team's leader for the team and its members. Nothing here says whose need it is before
somebody is to go, and nobody's hours stand beside anybody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.console.templating import Frame, render
from services.console.words import CHINA, Words, local

Row = Mapping[str, Any]
NO_REASONS = ("busy", "ill", "weather", "safety", "other")
"""Why somebody says that he cannot come, of the table of reasons."""

RESULTS = ("done", "partly", "not_done", "unreachable")
ASKED, YES, GOES = "asked", "accepted", "assigned"
OVER = ("verified", "cancelled", "entered_in_error")
CORRECTIONS = ("too-few", "too-many", "typed-wrong", "wrong-day", "not-me", "other")


@dataclass(frozen=True, kw_only=True)
class Call:
    """A task as somebody sees it who was asked, goes, or could go."""

    task_id: str
    kind: str
    area: str
    start: datetime | None
    end: datetime | None
    headcount: int
    urgency: str
    risk: str
    with_minor: bool
    state: str = ""
    who: str = ""
    mine: str = ""
    answer_by: datetime | None = None
    person_id: str = ""
    choices: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Board:
    """What somebody was asked, where he goes, what fits, and what would fit if something else were so."""

    is_team: bool
    people: tuple[str, ...]
    asked: tuple[Call, ...] = ()
    mine: tuple[Call, ...] = ()
    fitting: tuple[Call, ...] = ()
    not_yet: tuple[Call, ...] = ()


def call(found: Row, **more: Any) -> Call:
    """A task from a row of the volunteer service."""
    return Call(
        task_id=str(found["task_id"]), kind=str(found.get("kind") or ""), area=str(found.get("area") or ""),
        start=_moment(found.get("slot_start")), end=_moment(found.get("slot_end")),
        headcount=int(found.get("headcount") or 1), urgency=str(found.get("urgency") or ""),
        risk=str(found.get("risk") or "none"), with_minor=bool(found.get("with_minor")), state=str(found.get("state") or ""),
        person_id=str(found.get("person_id") or ""), **more,
    )  # fmt: skip


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(str(told)) if told else None


def same(party: str) -> str:
    """A party however its id is written."""
    return party.replace("-", "")


def board(
    people: Iterable[str], team: str, assignments: Iterable[Row], tasks: Iterable[Row], fitting: Iterable[Row], t: Words
) -> Board:
    """What concerns these people; `team` is the party that somebody leads, empty for one who speaks for himself."""
    own = tuple(people)
    ours = {same(one) for one in (*own, *([team] if team else ()))}
    known = {str(row["task_id"]): row for row in tasks}
    stands = [row for row in assignments if same(str(row["assignee"])) in ours and str(row["task_id"]) in known]
    calls = [_standing(known[str(row["task_id"])], row, own, team) for row in stands]
    bound = {(each.task_id, same(each.who)) for each in calls if each.mine in (ASKED, YES, GOES)}
    left = (_left(row, bound, (*own, team)) for row in fitting)
    offered = [_open(row, own, t) for row in left if row is not None]
    return Board(
        is_team=bool(team), people=own,
        asked=_soonest(c for c in calls if c.mine == ASKED and c.state not in OVER),
        mine=_soonest(c for c in calls if c.mine in (YES, GOES) and c.state not in OVER),
        fitting=_soonest(c for c in offered if c.choices), not_yet=_soonest(c for c in offered if c.why_not),
    )  # fmt: skip


def _left(row: Row, bound: set[tuple[str, str]], ours: tuple[str, ...]) -> Row | None:
    """An open task with those who have neither been asked nor go; None where that is nobody, or the team itself was asked."""
    task_id, whole = str(row["task_id"]), ours[-1]
    taken = {who for task, who in bound if task == task_id}
    free = [one for one in row.get("who") or () if same(str(one["party"])) not in taken]
    if taken and (not free or same(whole) in taken):
        return None
    return {**row, "who": free}


def _standing(task: Row, row: Row, people: tuple[str, ...], team: str) -> Call:
    who, choices = str(row["assignee"]), people if same(str(row["assignee"])) == same(team) else ()
    return call(
        task, who=who, mine=str(row["state"]), answer_by=_moment(row.get("expires_at")), choices=choices or (who,)
    )


def _open(row: Row, people: tuple[str, ...], t: Words) -> Call:
    who = tuple(row.get("who") or ())
    said = [t.pick(str(each["zh"]), str(each["en"])) for each in (who[0].get("reasons") or ())] if who else []
    against = tuple(t.pick(str(each["zh"]), str(each["en"])) for each in row.get("why_not") or ())
    alone = tuple(said) if len(people) == 1 else ()
    return call(row, choices=tuple(str(one["party"]) for one in who), reasons=alone, why_not=() if who else against)


def _soonest(calls: Iterable[Call]) -> tuple[Call, ...]:
    return tuple(sorted(calls, key=lambda c: (c.start is None, c.start.timestamp() if c.start else 0, c.task_id)))


def page(found: Board, frame: Frame, key: str) -> str:
    """The whole page; `key` makes each answer one answer."""
    return render("volunteering.html", frame, m=found, key=key, reasons=NO_REASONS, results=RESULTS, zone=CHINA)


def whom_page(task: Call, fields: Mapping[str, Any], frame: Frame) -> str:
    """For whom it is, as intake opens it to those who go."""
    return render("volunteering_whom.html", frame, c=task, fields=fields)


# --- hours --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Record:
    """One record of time given."""

    record_id: str
    who: str
    day: date | None
    minutes: int
    before: int | None
    content: str
    organizer: str
    state: str
    questioned: bool
    ours: bool
    """Whether the reader's own unit organized it, and has to stand by it."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of records that was issued."""

    code: str
    who: str
    issuer: str
    minutes: int
    issued_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Book:
    """What is on record of these people."""

    is_team: bool
    people: tuple[str, ...]
    records: tuple[Record, ...]
    statements: tuple[Statement, ...]
    to_record: tuple[Call, ...] = ()
    issuing: tuple[str, ...] = ()

    @property
    def confirmed(self) -> int:
        """The confirmed minutes of one who looks at his own."""
        return sum(each.minutes for each in self.records if each.state == "confirmed")


def record(found: Row, team: str) -> Record:
    """A record from a row of the volunteer service."""
    organizer = str(found.get("organizer") or "")
    return Record(
        record_id=str(found["record_id"]), who=f"volunteer:{found['volunteer_id']}",
        day=date.fromisoformat(str(found["day"])) if found.get("day") else None, minutes=int(found.get("minutes") or 0),
        before=found.get("minutes_before"), content=str(found.get("content_code") or ""), organizer=organizer,
        state=str(found.get("state") or ""), questioned=bool(found.get("questioned")),
        ours=bool(team) and same(organizer) == same(team),
    )  # fmt: skip


def statement(found: Row) -> Statement:
    """A statement from a row of the volunteer service."""
    return Statement(
        code=str(found["verify_code"]), who=f"volunteer:{found['volunteer_id']}", issuer=str(found.get("issuer") or ""),
        minutes=int(found.get("minutes") or 0), issued_at=_moment(found.get("issued_at")),
    )  # fmt: skip


def book(people: Iterable[str], team: str, hours: Iterable[Row], issued: Iterable[Row], done: Iterable[Call]) -> Book:
    """The records of these people, newest first; `done` are tasks that are over and have no record yet."""
    own = tuple(people)
    ours = {same(one) for one in own}
    records = [record(row, team) for row in hours]
    records = [each for each in records if same(each.who) in ours or each.ours]
    counting = {each.who for each in records if each.ours and each.state == "confirmed"}
    return Book(
        is_team=bool(team), people=own,
        records=tuple(sorted(records, key=lambda r: (r.day or date.min, r.record_id), reverse=True)),
        statements=tuple(sorted((statement(row) for row in issued), key=lambda s: str(s.issued_at), reverse=True)),
        to_record=tuple(done), issuing=tuple(sorted(counting)),
    )  # fmt: skip


def hours_page(found: Book, frame: Frame, key: str) -> str:
    """The whole page."""
    today = local(frame.words.now)
    return render(
        "hours.html", frame, m=found, key=key, corrections=CORRECTIONS, length=length, zone=CHINA, today=today
    )


def length(minutes: int, t: Words) -> str:
    """A length of time as people say it."""
    return t("hours.length", h=minutes // 60, m=minutes % 60) if minutes >= 60 else t("hours.length.short", m=minutes)
