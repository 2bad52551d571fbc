"""A new edition of a code table, or of the calendar: from what was typed or uploaded to a file that the hub would take.

Nothing here decides what an edition may be: the file is written into a copy of the folder and read as the hub reads it
(`editions`, `editions_watch`), and what the hub would refuse is told before anything is changed. An edition that was in
force stays as it was (INV-40).
"""

from __future__ import annotations

import os
import re
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from services.contracts import editions
from services.contracts.editions import Found
from services.contracts.editions_watch import taken_back
from services.contracts.tables import Edition, Table
from services.contracts.worktime import USUAL, Calendar
from services.importing.sheets import Upload, opened

HEADINGS = {"code": ("代码", "code"), "zh": ("中文", "zh"), "en": ("英文", "en"), "numbers": ("数值", "numbers")}
"""The columns of a spreadsheet of codes, in either language."""

MODE = 0o644


@dataclass(frozen=True, kw_only=True)
class Line:
    """One code as it was typed."""

    code: str
    zh: str = ""
    en: str = ""
    numbers: str = ""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An edition as it was typed; `lines` are all its codes."""

    table: str
    version: str = ""
    since: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What the hub would make of a draft: its file, what is wrong with it, what would change, and which days have passed."""

    text: str
    name: str
    problems: tuple[str, ...] = ()
    came: tuple[Line, ...] = ()
    went: tuple[Line, ...] = ()
    other: tuple[tuple[Line, Line], ...] = ()
    past: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the file, as events carry digests."""
        return urlsafe_b64encode(sha256(self.text.encode()).digest()).rstrip(b"=").decode()


def lines_of(edition: Edition) -> tuple[Line, ...]:
    """An edition as it stands in the form."""
    return tuple(
        Line(code=t.code, zh=t.zh, en=t.en, numbers=" ".join(f"{name}={n}" for name, n in sorted(t.numbers.items())))
        for t in edition.terms.values()
    )


def from_sheet(name: str, data: bytes) -> tuple[Line, ...]:
    """The codes of an uploaded spreadsheet; raises NoRegister where it has none of the headings."""
    sheet = opened(Upload(name, data), {said for both in HEADINGS.values() for said in both})
    return tuple(
        Line(**{column: _cell(row.cells, both) for column, both in HEADINGS.items()}) for row in sheet.rows
    )  # fmt: skip


def _cell(cells: Mapping[str, object], headings: Sequence[str]) -> str:
    found = next((cells[name] for name in headings if cells.get(name) is not None), "")
    return str(found).strip()


# --- a file ------------------------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """A text as TOML writes one (a basic string): whatever could end it, or a line, is escaped."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", plain) + '"'


def file_of(draft: Draft) -> str:
    """The edition as a file of the folder; what is no day stays a text, so that the hub says what is wrong with it."""
    head = [f"table = {quoted(draft.table)}", f"version = {quoted(draft.version)}", f"since = {_day(draft.since)}"]
    return "\n".join([*head, *(part for line in draft.lines for part in _term(line))]) + "\n"


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return quoted(text)


def _term(line: Line) -> list[str]:
    named = [f"\n[terms.{quoted(line.code)}]", f"zh = {quoted(line.zh)}", f"en = {quoted(line.en)}"]
    pairs = [pair.partition("=") for pair in line.numbers.replace(",", " ").replace("，", " ").split()]
    counted = ", ".join(f"{quoted(name)} = {_count(n)}" for name, _, n in pairs)
    return [*named, f"numbers = {{{counted}}}"] if counted else named


def _count(text: str) -> str:
    return str(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else quoted(text)


@dataclass(frozen=True, kw_only=True)
class Days:
    """The calendar as it was typed: days off and days worked one by one, and since when the doors are open from when to when."""

    off: str = ""
    worked: str = ""
    since: str = ""
    opens: str = ""
    closes: str = ""


def days_of(text: str) -> list[str]:
    """Days, however they were set apart."""
    return [part for part in re.split(r"[\s,，、;；]+", text) if part]


def calendar_file(days: Days, now: Calendar) -> str:
    """The calendar as a file: the hours that held before stay, and those that were typed follow them."""
    listed = {name: ", ".join(_day(day) for day in days_of(getattr(days, name))) for name in ("off", "worked")}
    hours = [(h.since.isoformat(), _clock(h.opens), _clock(h.closes)) for h in now.hours if h != USUAL]
    if days.since:
        hours = [one for one in hours if one[0] != days.since] + [(days.since, days.opens, days.closes)]
    told = [
        f"since = {_day(since)}\nopens = {quoted(opens)}\ncloses = {quoted(closes)}" for since, opens, closes in hours
    ]
    head = ['calendar = "station"', *(f"{name} = [{found}]" for name, found in listed.items())]
    return "\n".join([*head, *(f"\n[[hours]]\n{one}" for one in told)]) + "\n"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


# --- what the hub would make of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of codes; None where the hub has none."""

    path: Path | None
    today: date

    @property
    def is_writable(self) -> bool:
        """Whether a file can be put there from here; in some deployments it lies elsewhere, and is only read."""
        return self.path is not None and self.path.is_dir() and os.access(self.path, os.W_OK)

    def looked(self, draft: Draft, table: Table) -> Looked:
        """What would become of a draft."""
        text, now = file_of(draft), table.editions[-1]
        name = next((name for name in self._names(draft) if not self.problems(name, text)), self._names(draft)[0])
        before, after = ({line.code: line for line in lines} for lines in (lines_of(now), draft.lines))
        return Looked(
            text=text, name=name, problems=tuple(self.problems(name, text)),
            came=tuple(line for code, line in after.items() if code not in before),
            went=tuple(line for code, line in before.items() if code not in after),
            other=tuple((before[code], line) for code, line in after.items() if code in before and before[code] != line),
        )  # fmt: skip

    def looked_at_days(self, days: Days, now: Calendar) -> Looked:
        """What would become of the calendar: days that have passed stay as they were."""
        text, name = calendar_file(days, now), self._calendar()
        problems = list(self.problems(name, text))
        kept = (("off", now.off), ("worked", now.worked))
        changed = {
            day for which, was in kept for day in {d.isoformat() for d in was} ^ {*days_of(getattr(days, which))}
        }
        past = sorted(day for day in changed if day < self.today.isoformat())
        problems += [f"calendar: {day} has passed; it stays as it was" for day in past]
        since = {days.since} if days.since and days.since < self.today.isoformat() else set()
        problems += [f"calendar: {day} has passed; hours can change from today on" for day in since]
        new = [
            Line(code=day) for day in sorted(changed) if any(day in days_of(getattr(days, which)) for which, _ in kept)
        ]
        gone = [
            Line(code=day)
            for day in sorted(changed)
            if all(day not in days_of(getattr(days, which)) for which, _ in kept)
        ]
        return Looked(
            text=text, name=name, problems=tuple(problems), came=tuple(new), went=tuple(gone), past=(*past, *sorted(since)),
        )  # fmt: skip

    def _names(self, draft: Draft) -> list[str]:
        """Files are read in the order of their names, so a later edition's name follows those before it."""
        plain = re.sub(r"[^a-z0-9._-]", "-", f"{draft.table}-{draft.since}")
        last = max((path.stem for path in self._files() if draft.table in path.stem), default=draft.table)
        return [f"{plain}.toml", f"{last}z-{plain}.toml"]

    def _calendar(self) -> str:
        said = re.compile(r"^\s*calendar\s*=", re.MULTILINE)
        return next((p.name for p in self._files() if said.search(p.read_text("utf-8", "replace"))), "calendar.toml")

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("*.toml")) if self.path is not None and self.path.is_dir() else []

    def problems(self, name: str, text: str) -> list[str]:
        """What the hub would say against the folder with this file in it."""
        with TemporaryDirectory() as copy:
            for path in self._files():
                shutil.copy(path, copy)
            held = editions.read(Path(copy)) if self._files() else Found()
            (Path(copy) / name).write_text(text, "utf-8")
            found = editions.read(Path(copy))
        return [*found.problems, *taken_back(held, found, self.today)]

    def put(self, looked: Looked) -> None:
        """Put the file there, whole or not at all: a file under another name is none yet."""
        if self.path is None:
            raise NotADirectoryError("this hub has no folder of codes")
        half = self.path / f".{looked.name}.new"
        half.write_text(looked.text, "utf-8")
        half.chmod(MODE)
        half.replace(self.path / looked.name)
