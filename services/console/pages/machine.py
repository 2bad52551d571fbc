"""The time machine: a matter as it was at one moment, by what was known at another, and what has changed our mind since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from services.console.custody import derive
from services.console.pages.matter import Model
from services.console.pages.matter import drawn as chart
from services.console.record import steps
from services.console.templating import Frame, render
from services.console.words import Words

SECTIONS = ("requests", "cases", "visit_plans", "consents", "referrals", "tasks", "grants", "pairings", "others")
HIDDEN = ("_id", "matter_id")
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
    """Where the two hands of the machine stand, each of its own row of moments, counted from 1."""

    known: tuple[Known, ...]
    valid: tuple[datetime, ...]
    known_n: int
    valid_n: int

    @property
    def size(self) -> int:
        """The size of the ledger that is meant."""
        return self.known[self.known_n - 1].size

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


def hands(told: Mapping[str, Any], known: str, valid: str) -> Hands:
    """The two hands, where they were put; at the ends where nobody put them, or somewhere that is none."""
    moments = tuple(
        Known(size=int(k["size"]), known_at=moment(k["known_at"]), zh=str(k["zh"]), en=str(k["en"]),
              late_days=int(k.get("late_days") or 0))
        for k in told["known"]
    )  # fmt: skip
    valids = tuple(moment(text) for text in told["valid"])
    return Hands(known=moments, valid=valids, known_n=_place(known, len(moments)), valid_n=_place(valid, len(valids)))


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
    shown = sorted((r for r in rows if not str(r["field"]).endswith(HIDDEN)), key=lambda r: str(r["section"]))
    return [
        (section, [_difference(r, words) for r in mine])
        for section, mine in groupby(shown, key=lambda r: str(r["section"]))
    ]


def _difference(row: Mapping[str, Any], words: Words) -> Difference:
    before, after = (told(row[side], words) if row[side] not in (None, [], "") else "–" for side in ("before", "after"))
    return Difference(
        field=str(row["field"]).removeprefix("said."), before=before, after=after,
        entries=tuple(int(entry) for entry in row["entries"]),
    )  # fmt: skip


def as_known(model: Model, known_at: datetime) -> Model:
    """The matter with its custody as it was known then."""
    seen = [entry for entry in model.entries if entry.recorded_at <= known_at]
    return replace(model, custody=replace(model.custody, known=derive(steps(seen))))


def page(
    model: Model, found: Hands, state: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], frame: Frame
) -> str:
    """The whole page."""
    t, model = frame.words, as_known(model, found.known[found.known_n - 1].known_at)
    return render(
        "machine.html", frame, m=model, h=found, state=state, things=things(state, differences, t),
        differences=different(differences, t), chart=chart(model, t), holders=tuple(state.get("holders") or ()),
        ref=str(model.matter_id)[:8],
    )  # fmt: skip
