"""The time machine: a matter as it was at one moment, by what was known at another, and what is told otherwise at a third."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from services.console.chart import compared
from services.console.chart.shapes import Chart
from services.console.custody import Chain, Step, derive
from services.console.pages.matter import Model
from services.console.record import steps
from services.console.templating import Frame, render
from services.console.words import Words, local

SECTIONS = ("requests", "cases", "visit_plans", "consents", "referrals", "tasks", "grants", "pairings", "others")
HIDDEN = ("_id", "matter_id")
NOTHING = {""}
TIME = re.compile(r"\d{4}-\d\d-\d\dT")


@dataclass(frozen=True, kw_only=True)
class Known:
    """A moment at which something became known: the size of the ledger after it, and what it was."""

    size: int
    known_at: datetime
    zh: str
    en: str
    late_days: int


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Where the two hands of the machine stand, each of its own row of moments, counted from 1.

    `other_n` is the moment of knowledge that the known one is compared with: the last, where nobody chose one.
    """

    known: tuple[Known, ...]
    valid: tuple[datetime, ...]
    known_n: int
    valid_n: int
    other_n: int

    @property
    def size(self) -> int:
        """The size of the ledger that is meant."""
        return self.known[self.known_n - 1].size

    @property
    def known_at(self) -> datetime:
        """By what was on record at this moment it is told."""
        return self.known[self.known_n - 1].known_at

    @property
    def first(self) -> Known:
        """The earlier of the two moments of knowledge that are compared."""
        return self.known[min(self.known_n, self.other_n) - 1]

    @property
    def second(self) -> Known:
        """The later of them."""
        return self.known[max(self.known_n, self.other_n) - 1]

    @property
    def valid_at(self) -> datetime | None:
        """The moment at which it was so; None for the last one."""
        return None if self.valid_n >= len(self.valid) else self.valid[self.valid_n - 1]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One part of the state: a request, a consent, a referral, …, as it was."""

    section: str
    ref: str
    state: str
    since: datetime | None
    last: str
    entry: int
    said: tuple[tuple[str, str], ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What was told otherwise later: a field, before and after, and the entries that made the difference."""

    field: str
    before: str
    after: str
    entries: tuple[int, ...]


def moment(text: str) -> datetime:
    """An instant as audit writes it."""
    return datetime.fromisoformat(text)


def hands(told: Mapping[str, Any], known: str, valid: str, other: str = "") -> Hands:
    """The two hands, where they were put; at the ends where nobody put them, or somewhere that is none."""
    moments = tuple(
        Known(size=int(k["size"]), known_at=moment(k["known_at"]), zh=str(k["zh"]), en=str(k["en"]),
              late_days=int(k.get("late_days") or 0))
        for k in told["known"]
    )  # fmt: skip
    valids = tuple(moment(text) for text in told["valid"])
    last = len(moments)
    return Hands(
        known=moments, valid=valids, known_n=_place(known, last), valid_n=_place(valid, len(valids)),
        other_n=_place(other, last),
    )  # fmt: skip


def _place(text: str, last: int) -> int:
    n = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else last
    return n if 1 <= n <= last else last


def things(state: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], words: Words) -> list[Thing]:
    """The state part by part, with the fields that are told otherwise by now."""
    changed: dict[str, set[str]] = {}
    for each in differences:
        changed.setdefault(str(each["id"]), set()).add(str(each["field"]).removeprefix("said."))
    return [
        _thing(section, row, tuple(sorted(changed.get(str(row.get("id")), ()))), words)
        for section in SECTIONS
        for row in state.get(section) or ()
    ]


def _thing(section: str, row: Mapping[str, Any], changed: tuple[str, ...], words: Words) -> Thing:
    said = tuple(
        (name, told(value, words)) for name, value in (row.get("said") or {}).items()
        if value not in (None, [], "") and not name.endswith(HIDDEN)
    )  # fmt: skip
    since = moment(str(row["since"])) if row.get("since") else None
    last = words.pick(str(row.get("last_zh") or ""), str(row.get("last_en") or ""))
    return Thing(
        section=section, ref=str(row.get("id") or "")[:8], state=str(row.get("state") or ""), since=since, last=last,
        entry=int(row.get("entry") or 0), said=said, changed=changed,
    )  # fmt: skip


MATTERS = ("requests", "cases", "visit_plans", "pairings")
"""Sections whose states are those of a matter."""


def state_of(section: str, state: str, words: Words) -> str:
    """A state in words; the same code may mean something else in another section."""
    return words.code("matter-state" if section in MATTERS else "strand-state", state)


def told(value: Any, words: Words) -> str:
    """A value of a field in words, as far as there are any."""
    if isinstance(value, bool):
        return words.code("yes-no", "yes" if value else "no")
    if isinstance(value, list):
        return words("list.comma").join(told(each, words) for each in value)
    if isinstance(value, dict):
        return words("list.comma").join(told(each, words) for each in value.values() if each not in (None, []))
    text = str(value)
    if TIME.match(text):
        return words.when(moment(text))
    if ":" in text and text.partition(":")[0].isalpha():
        return words.party(text)
    return words.area(text) if text[:1].isdigit() else words.any(text)


def different(rows: Sequence[Mapping[str, Any]], words: Words) -> list[tuple[str, list[Difference]]]:
    """What was told otherwise later, section by section; ids tell nobody anything."""
    said = (r for r in rows if not str(r["field"]).endswith(HIDDEN))
    shown = sorted((r for r in said if not {_none(r["before"]), _none(r["after"])} <= NOTHING), key=_section)
    return [(section, [_difference(r, words) for r in mine]) for section, mine in groupby(shown, key=_section)]


def _section(row: Mapping[str, Any]) -> str:
    return str(row["section"])


def _none(value: Any) -> str:
    """Nothing, however it is told, as one thing."""
    return "" if value in (None, [], "", {}) else "something"


def _difference(row: Mapping[str, Any], words: Words) -> Difference:
    before, after = (_side(row, side, words) for side in ("before", "after"))
    return Difference(
        field=str(row["field"]).removeprefix("said."), before=before, after=after,
        entries=tuple(int(entry) for entry in row["entries"]),
    )  # fmt: skip


def _side(row: Mapping[str, Any], side: str, words: Words) -> str:
    value = row[side]
    if value in (None, [], ""):
        return "–"
    return state_of(_section(row), str(value), words) if row["field"] == "state" else told(value, words)


def as_known(model: Model, known_at: datetime) -> Chain:
    """The custody of a matter by what was on record at a moment."""
    return derive(steps([entry for entry in model.entries if entry.recorded_at <= known_at]))


def drawn(model: Model, found: Hands, words: Words) -> Chart:
    """The chart of what was known, with what the other moment has and has not."""

    def date(step: Step) -> tuple[str, str]:
        return words.tick(step.at, step.precision)

    last = found.known[-1].known_at
    known, other = (
        model.custody.whole if at >= last else as_known(model, at)
        for at in (found.known_at, found.known[found.other_n - 1].known_at)
    )
    return compared(model.custody.whole, known, other, name=words.party, date=date)


def _said(known: Known, words: Words) -> str:
    """A moment of knowledge as it is read out: when, and what became known."""
    return f"{words.when(known.known_at)} · {words.pick(known.zh, known.en)}"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What makes the answer checkable: the head and who vouches for it; None where audit does not say."""

    state: Mapping[str, Any]
    witnesses: Mapping[str, Any] | None = None

    @property
    def cosigned(self) -> tuple[str, ...]:
        """The names under the checkpoint beside the log's own: of whom a signature is there."""
        lines = str(self.state.get("checkpoint") or "").split("\n")
        return tuple(line.split(" ")[1] for line in lines if line.startswith("— "))[1:]


def page(
    model: Model, found: Hands, state: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], frame: Frame,
    witnesses: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """The whole page; codes are said as they were on the day that is shown (INV-40)."""
    t, known = frame.words, as_known(model, found.known_at)
    spoken = replace(t, spoken_on=local(found.valid_at)) if found.valid_at else t
    shown = replace(model, custody=replace(model.custody, known=known))
    told = different(differences, spoken)
    return render(
        "machine.html", frame, m=shown, h=found, state=state, things=things(state, differences, spoken),
        differences=told, count=sum(len(rows) for _, rows in told), chart=drawn(model, found, t),
        valids=[t.when(at) for at in found.valid], knowns_said=[_said(each, t) for each in found.known],
        holders=tuple(state.get("holders") or ()), ref=str(model.matter_id)[:8],
        proof=Proof(state=state, witnesses=witnesses), state_of=state_of,
    )  # fmt: skip
