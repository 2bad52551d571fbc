"""A station's own editions of code tables and of the working calendar: TOML files in a folder.

A file about a table says `table`, `version`, `since` and its `terms`; with `extends = true` what it does not name stays as
in the edition before, save what it lists under `leave_out`. A file about the calendar says `calendar`, and `off`, `worked`
and `hours`. Everything that is wrong is said at once, each with its file and line (docs/codes.md shows the files). Which
folder holds, and from when on, is said by `editions_watch`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from services.contracts import (
    codes,
    codes_directory,
    codes_record,
    codes_referral,
    codes_times,
    codes_volunteer,
    tables,
)
from services.contracts.tables import TABLES, Edition, Table, Term
from services.contracts.worktime import USUAL, Calendar, Hours
from services.kernel.contract import CODE

DECLARING = (codes, codes_directory, codes_record, codes_referral, codes_times, codes_volunteer)
"""The modules whose tables there are: imported, they have declared them."""

TABLE_KEYS = {"table", "version", "since", "extends", "leave_out", "terms"}
CALENDAR_KEYS = {"calendar", "off", "worked", "hours"}


class EditionsBroken(ValueError):
    """What a station has set cannot be used; `problems` lists every fault, each with its file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class Fault(ValueError):
    """One thing that is wrong in one file; `at` are the words that lead to its line, the later ones below the earlier."""

    def __init__(self, said: str, *at: str) -> None:
        super().__init__(said)
        self.at = at


def line_of(text: str, at: Iterable[str]) -> int:
    """The line at which these words stand, one after the other; the first where they do not."""
    lines, here = text.splitlines(), 0
    for word in at:
        wanted = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        here = next((n for n in range(here, len(lines)) if wanted.search(lines[n].partition("#")[0])), here)
    return here + 1


@dataclass(kw_only=True)
class Found:
    """What a folder holds."""

    editions: dict[str, list[Edition]] = field(default_factory=dict)
    calendars: list[Calendar] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    places: dict[tuple[str, str], str] = field(default_factory=dict)
    """Of each edition, by table and version: the file and the line of its day."""


def adopt(folder: Path | None) -> None:
    """Let the editions of this folder hold from now on, and the shipped ones alone without a folder."""
    found = read(folder) if folder is not None else Found()
    if found.problems:
        raise EditionsBroken(found.problems)
    hold(found)


def hold(found: Found) -> None:
    """Let what was found hold from now on, all of it at once."""
    own = {name: tuple(editions) for name, editions in found.editions.items() if editions}
    tables.adopt(own, found.calendars[0] if found.calendars else None)


def read(folder: Path) -> Found:
    """The editions and the calendar in a folder, files in the order of their names."""
    found = Found(problems=[] if folder.is_dir() else [f"{folder}: there is no such folder"])
    for path in sorted(folder.glob("*.toml")):
        text = ""
        try:
            text = path.read_text(encoding="utf-8")
            _take(tomllib.loads(text), found, lambda *at, name=path.name, text=text: f"{name}:{line_of(text, at)}")
        except Fault as fault:
            found.problems.append(f"{path.name}:{line_of(text, fault.at)}: {fault}")
        except tomllib.TOMLDecodeError as fault:
            said, _, line = str(fault).partition(" (at line ")
            found.problems.append(f"{path.name}:{line.partition(',')[0] or len(text.splitlines())}: {said}")
        except (OSError, UnicodeError) as fault:
            found.problems.append(f"{path.name}: {fault}")
    if len(found.calendars) > 1:
        found.problems.append("calendar: one file is enough")
    return found


def _take(said: dict[str, Any], found: Found, place: Callable[..., str]) -> None:
    if "calendar" in said:
        found.calendars.append(calendar_of(said))
        return
    table = _table(said)
    before = found.editions.setdefault(table.name, [])
    edition = edition_of(said, table, tuple(before))
    if any(edition.version == e.version or edition.since <= e.since for e in before):
        wanted = "an edition of its own version and a later day than the one before is wanted"
        raise Fault(wanted, "since")
    before.append(edition)
    found.places[table.name, edition.version] = place("since")


def _table(said: Mapping[str, Any]) -> Table:
    name = said.get("table")
    if name not in TABLES:
        raise Fault(f"table: one of {', '.join(sorted(TABLES))} is wanted", "table")
    return TABLES[name]


def edition_of(said: Mapping[str, Any], table: Table, before: tuple[Edition, ...] = ()) -> Edition:
    """An edition as a file says it, held against what the table asks of every edition."""
    _only(said, TABLE_KEYS)
    version, since = said.get("version"), said.get("since")
    if not isinstance(version, str) or re.fullmatch(CODE, version) is None:
        raise Fault("version: a code is wanted, such as changchun-2027", "version")
    if type(since) is not date:
        raise Fault("since: a day is wanted, such as 2027-01-01", "since")
    basis = _basis(since, table, before) if said.get("extends") is True else {}
    named = {code: _term(code, one, table) for code, one in _mapping(said.get("terms", {}), "terms").items()}
    terms = {code: term for code, term in (basis | named).items() if code not in said.get("leave_out", ())}
    _fits(terms, table, said)
    return Edition(version=version, since=since, terms=terms, own=True)


def _basis(since: date, table: Table, before: tuple[Edition, ...]) -> dict[str, Term]:
    """The terms of the edition that this one follows: the station's own, or the shipped one of that day."""
    if before:
        return before[-1].terms
    shipped = tables.SHIPPED[table.name]
    return next((e.terms for e in reversed(shipped) if e.since <= since), shipped[0].terms)


def _term(code: str, said: Any, table: Table) -> Term:
    one = _mapping(said, code)
    _only(one, {"zh", "en", "numbers"}, "terms", code)
    if re.fullmatch(CODE, code) is None:
        raise Fault(f"{code}: a code is a-z 0-9 . _ -, at most 64", "terms", code)
    zh, en = one.get("zh"), one.get("en")
    if not (isinstance(zh, str) and zh and isinstance(en, str) and en):
        raise Fault(f"{code}: zh and en are wanted", "terms", code)
    return Term(code=code, zh=zh, en=en, numbers=_numbers(code, one.get("numbers"), table))


def _numbers(code: str, said: Any, table: Table) -> Mapping[str, int]:
    """The numbers that are said, or those that come with the hub; none lower than the law's `least`."""
    shipped = tables.SHIPPED[table.name][-1].terms.get(code)
    usual = shipped.numbers if shipped else {}
    if said is None:
        return usual
    numbers = _mapping(said, f"{code}.numbers")
    if not all(type(number) is int and number >= 0 for number in numbers.values()):
        raise Fault(f"{code}.numbers: whole numbers from 0 are wanted", "terms", code, "numbers")
    least = usual.get("least", 0)
    if least and numbers.get("months", 0) < least:
        raise Fault(f"{code}: the law asks for at least {least} months", "terms", code, "numbers")
    return dict(numbers) | ({"least": least} if least else {})


def _fits(terms: Mapping[str, Term], table: Table, said: Mapping[str, Any]) -> None:
    shipped = tables.SHIPPED[table.name][-1].terms
    needed = set(shipped) if table.fixed else set(table.needs)
    if missing := sorted(needed - set(terms)):
        left_out = "leave_out" if missing[0] in said.get("leave_out", ()) else "table"
        raise Fault(f"the rules need these codes: {', '.join(missing)}", left_out)
    if table.fixed and (strange := sorted(set(terms) - set(shipped))):
        raise Fault(f"no rule knows these codes: {', '.join(strange)}", "terms", strange[0])
    if not terms:
        raise Fault("terms: at least one is wanted", "terms")


def calendar_of(said: Mapping[str, Any]) -> Calendar:
    """A calendar as a file says it."""
    _only(said, CALENDAR_KEYS)
    off, worked = (frozenset(_days(said.get(name, ()), name)) for name in ("off", "worked"))
    if both := off & worked:
        raise Fault(f"{min(both)} is both off and worked", "worked", str(min(both)))
    hours = sorted((_hours(one) for one in said.get("hours", ())), key=lambda one: one.since)
    return Calendar(off=off, worked=worked, hours=(USUAL, *hours))


def _days(said: Iterable[Any], name: str) -> list[date]:
    days = list(said)
    if not all(type(day) is date for day in days):
        raise Fault(f"{name}: days are wanted, such as 2027-02-05", name)
    return days


def _hours(said: Any) -> Hours:
    one = _mapping(said, "hours")
    _only(one, {"since", "opens", "closes"})
    if type(one.get("since")) is not date:
        raise Fault("hours.since: a day is wanted, such as 2027-01-01", "hours")
    hours = Hours(since=one["since"], opens=_clock(one.get("opens")), closes=_clock(one.get("closes")))
    if hours.minutes <= 0:
        raise Fault("hours: doors open before they close", "hours")
    return hours


def _clock(said: Any) -> int:
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", said) if isinstance(said, str) else None
    if found is None:
        raise Fault('hours: times of day are wanted, such as "08:30"', "hours")
    return int(found[1]) * 60 + int(found[2])


def _mapping(said: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise Fault(f"{name}: a table is wanted", name)
    return said


def _only(said: Mapping[str, Any], known: set[str], *at: str) -> None:
    if strange := sorted(said.keys() - known):
        raise Fault(f"unknown: {', '.join(strange)}; one of {', '.join(sorted(known))} is wanted", *at, strange[0])


def digest(edition: Edition) -> str:
    """SHA-256 of what an edition says, so that two hubs, or a hub and an auditor, can see that they mean the same."""
    rows = [
        f"{t.code}|{t.zh}|{t.en}|{' '.join(f'{name}={number}' for name, number in sorted(t.numbers.items()))}"
        for t in edition.terms.values()
    ]
    return sha256("\n".join([f"{edition.version}|{edition.since}", *sorted(rows)]).encode()).hexdigest()
