"""The pages of dispatching beside the board: one task and who could go, plans for a day, pairing rounds, overrides.

What is shown of people are reasons and counts of rules. Nobody sees a number that people are ordered by (INV-37).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.console.pages.dispatch import Card, card
from services.console.templating import Frame, render
from services.console.words import CHINA, Words
from services.contracts.codes_volunteer import OVERRIDE_REASON, TASK_REASON

Row = Mapping[str, Any]
LOOKING = ("opened", "offered", "unfilled")
CLOCKS = ("wave-over", "wave-due", "escalation")
GONE = ("assigned", "accepted")
BINDING = ("asked", *GONE)
PAIRINGS = ("one_to_one", "school_community")
PPM = 10_000


def moment(told: Any) -> datetime | None:
    """A moment of a row."""
    return datetime.fromisoformat(str(told)) if told else None


# --- one task ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One who could go, and what speaks for it."""

    party: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One who was asked or goes, and how that stands."""

    party: str
    state: str
    asked_at: datetime | None
    answer_by: datetime | None

    @property
    def to_call(self) -> str:
        """The volunteer who may have to be called: one who is asked or goes."""
        kind, _, ident = self.party.partition(":")
        return ident if kind == "volunteer" and self.state in BINDING else ""


@dataclass(frozen=True, kw_only=True)
class Search:
    """A task with everything about who goes."""

    card: Card
    skills: tuple[str, ...]
    wave: int
    level: str
    asked: tuple[Asked, ...]
    clocks: tuple[tuple[str, datetime], ...]
    gives_up: datetime | None
    candidates: tuple[Candidate, ...] = ()
    kept_out: tuple[tuple[str, int], ...] = ()
    eased: tuple[tuple[str, int], ...] = ()
    other: str = ""
    why_not: tuple[str, ...] = ()
    speaks: tuple[str, ...] = ()
    volunteers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = tuple(OVERRIDE_REASON.current.terms)

    @property
    def is_looking(self) -> bool:
        """Whether people are still sought."""
        return self.card.state in LOOKING


def search(
    task: Row, asked: Sequence[Row], clocks: Sequence[Row], suggested: Row, judged: Row, others: Iterable[str], t: Words
) -> Search:
    """One task from the rows of the volunteer service; `judged` is what it said of one who was asked about."""
    going = [str(row["assignee"]) for row in asked if row["state"] in GONE]
    due = sorted((datetime.fromisoformat(str(row["due"])), str(row["kind"])) for row in clocks if row.get("due"))
    return Search(
        card=card(task, going), skills=tuple(task.get("skills") or ()), wave=int(task.get("wave") or 0),
        level=str(task.get("level") or ""), asked=tuple(_asked(row) for row in asked),
        clocks=tuple((kind, at) for at, kind in due if kind in CLOCKS), gives_up=moment(task.get("unfilled_at")),
        candidates=tuple(_candidate(row, t) for row in suggested.get("items") or ()),
        kept_out=_counted(suggested.get("kept_out"), t), eased=_counted(suggested.get("eased"), t),
        other=str(judged.get("party") or ""), why_not=_said(judged.get("why_not"), t), speaks=_said(judged.get("reasons"), t),
        volunteers=tuple(others),
    )  # fmt: skip


def _asked(row: Row) -> Asked:
    return Asked(
        party=str(row["assignee"]), state=str(row["state"]), asked_at=moment(row.get("offered_at")),
        answer_by=moment(row.get("expires_at")) if row["state"] == "asked" else None,
    )  # fmt: skip


def _candidate(row: Row, t: Words) -> Candidate:
    return Candidate(party=str(row["party"]), reasons=_said(row.get("reasons"), t))


def _said(rows: Iterable[Row] | None, t: Words) -> tuple[str, ...]:
    return tuple(t.pick(str(each["zh"]), str(each["en"])) for each in rows or ())


def _counted(rows: Iterable[Row] | None, t: Words) -> tuple[tuple[str, int], ...]:
    return tuple((t.pick(str(each["zh"]), str(each["en"])), int(each["number"])) for each in rows or ())


def task_page(found: Search, frame: Frame, key: str) -> str:
    """The whole page."""
    return render("dispatch_task.html", frame, m=found, key=key, zone=CHINA)


# --- plans --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan for a day, as far as it has come."""

    plan_id: str
    state: str
    day: date | None
    area: str
    cost: int | None
    bound: int | None
    gap: str
    milliseconds: int | None
    cut_short: bool
    unserved: int
    cause: str
    facts: tuple[tuple[str, str], ...] = ()
    pairs: tuple[tuple[Card, tuple[str, ...]], ...] = ()
    left: tuple[tuple[Card, str, tuple[tuple[str, int], ...]], ...] = ()
    shortages: tuple[tuple[str, str, int], ...] = ()


def plan(row: Row) -> Plan:
    """A plan from a row of the volunteer service."""
    told = row.get("gap_ppm")
    facts = {
        name: str(row[name])
        for name in ("model", "weights", "seed", "bound", "input_digest")
        if row.get(name) is not None
    }
    names = {"input_digest": "input"}
    return Plan(
        plan_id=str(row["plan_id"]), state=str(row.get("state") or ""), area=str(row.get("area") or ""),
        day=date.fromisoformat(str(row["day"])) if row.get("day") else None, cost=row.get("cost"), bound=row.get("bound"),
        gap=f"{int(told) / PPM:.2f} %" if told is not None else "–", milliseconds=row.get("milliseconds"),
        cut_short=bool(row.get("cut_short")),
        unserved=int(row.get("unserved") or 0), cause=str(row.get("cause") or ""),
        facts=tuple((names.get(name, name), value) for name, value in facts.items()) if row.get("model") else (),
        shortages=tuple((str(s["skill"]), str(s.get("area") or ""), int(s["value"])) for s in row.get("shortages") or ()),
    )  # fmt: skip


def with_people(found: Plan, pairs: Iterable[Row], left: Iterable[Row], tasks: Mapping[str, Row]) -> Plan:
    """The same with who would go where; tasks that the reader may not see are shown by their number."""
    going: dict[str, list[str]] = {}
    for row in pairs:
        going.setdefault(str(row["task_id"]), []).append(str(row["assignee"]))
    routes = [(_known(task_id, tasks), tuple(sorted(who))) for task_id, who in going.items()]
    rest = [(_known(str(row["task_id"]), tasks), str(row.get("cause") or ""), _changes(row)) for row in left]
    return Plan(**{**vars_of(found), "pairs": tuple(sorted(routes, key=_when)), "left": tuple(sorted(rest, key=_when))})


def _changes(row: Row) -> tuple[tuple[str, int], ...]:
    """What would have to change, the cheapest first: each of them is enough."""
    return tuple((str(one["code"]), int(one["amount"])) for one in row.get("changes") or ())


def vars_of(found: Plan) -> dict[str, Any]:
    """Its parts by name."""
    return {name: getattr(found, name) for name in Plan.__dataclass_fields__}


def _known(task_id: str, tasks: Mapping[str, Row]) -> Card:
    return card(tasks.get(task_id) or {"task_id": task_id, "matter_id": "", "kind": "other"}, ())


def _when(each: tuple[Any, ...]) -> tuple[bool, float, str]:
    start = each[0].start
    return (start is None, start.timestamp() if start else 0, each[0].task_id)


@dataclass(frozen=True, kw_only=True)
class NewPlan:
    """What a plan is asked for with: a day, the station's area, and of its staff those who make rounds that day."""

    day: date
    area: str
    staff: tuple[str, ...]


def plans_page(rows: Iterable[Row], frame: Frame, key: str, asked: NewPlan) -> str:
    """All plans, the newest day first, and the form for another."""
    found = sorted((plan(row) for row in rows), key=lambda p: str(p.day), reverse=True)
    return render("dispatch_plans.html", frame, plans=found, key=key, asked=asked)


def plan_page(found: Plan, frame: Frame, key: str) -> str:
    """One plan."""
    return render("dispatch_plan.html", frame, p=found, key=key, reasons=tuple(TASK_REASON.current.terms))


# --- pairing rounds -----------------------------------------------------------------------------------------------------


def rounds_page(rows: Iterable[Row], frame: Frame, key: str) -> str:
    """All rounds, and the form for another."""
    found = sorted(rows, key=lambda row: (-int(row.get("year") or 0), str(row.get("kind"))))
    year = frame.words.now.year
    return render("dispatch_rounds.html", frame, rounds=found, key=key, kinds=PAIRINGS, year=year, moment=moment)


def parties(text: str, names: Mapping[str, str]) -> list[str]:
    """Parties as somebody typed them, one a line: by the name that the directory has, or by their code."""
    known = {name: party for party, name in names.items()}
    lines = [line.strip() for line in re.split(r"[\n,，、;；]+", text)]
    return [party for line in lines for party in ([known[line]] if line in known else line.split())]


def round_page(row: Row, pairs: Iterable[Row], frame: Frame, key: str, names: Sequence[str] = ()) -> str:
    """One round with its pairs, those to be answered first; `names` are those of the directory, to choose from."""
    order = ("proposed", "settled", "swapped", "declined")
    found = sorted(pairs, key=lambda p: (order.index(p["state"]) if p["state"] in order else 9, p["one"]))
    return render(
        "dispatch_round.html",
        frame,
        r=row,
        pairs=found,
        key=key,
        moment=moment,
        names=names,
        reasons=tuple(TASK_REASON.current.terms),
    )


# --- overrides ----------------------------------------------------------------------------------------------------------


def overrides_page(totals: Iterable[Row], each: Iterable[Row], frame: Frame) -> str:
    """How often, by month and reason, and each of them."""
    single = sorted(each, key=lambda row: str(row.get("made_at")), reverse=True)
    return render("dispatch_overrides.html", frame, totals=list(totals), each=single, moment=moment)
