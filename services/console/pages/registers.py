"""The pages on which a register (台账) is taken over: which kind, the file, what would become of each row, and then doing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.console.templating import Frame, render
from services.console.words import Words
from services.importing.mapping import NAMES, Register, title_of
from services.importing.report import Report

SHOWN = 300
"""So many findings a page shows; `wushe import --report` writes them all into a spreadsheet."""

TYPED = {"unit": "community", "host": "community", "organizer": "community", "lead": "worker"}
"""Settings that name a party, and of which kind it usually is."""


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """What would become of a register's rows, or what became of them."""

    report: Report
    token: str = ""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows became what."""
        return self.report.counts

    @property
    def can_be_done(self) -> bool:
        """Whether anything would be written."""
        return self.report.dry_run and self.counts["new"] > 0


def names(words: Words) -> dict[str, str]:
    """The registers that can be taken over, by what they are called."""
    return {name: words.pick(*title_of(name)) for name in NAMES}


def usual(register: Register, area: str, who: str) -> dict[str, str]:
    """What the settings are at a station, unless somebody says otherwise."""
    found = {"area": area, "owner": f"worker:{who}", "visitor": f"worker:{who}"}
    for name, kind in TYPED.items():
        found[name] = f"worker:{who}" if kind == "worker" else f"community:{area}"
    return {name: found.get(name, "") for name in register.required if name != "station"}


def index(frame: Frame) -> str:
    """Every kind of register."""
    return render("registers.html", frame, names=names(frame.words))


def page(name: str, columns: tuple[str, ...], settings: Mapping[str, str], frame: Frame, key: str,
         found: Previewed | None = None, filename: str = "", wrong: str = "") -> str:  # fmt: skip
    """One kind of register: the form, and under it what was found in the file."""
    model: dict[str, Any] = {"name": name, "columns": columns, "settings": settings, "key": key, "filename": filename}
    lines = found.report.sorted()[:SHOWN] if found else ()
    return render(
        "register.html", frame, title=names(frame.words)[name], f=found, lines=lines, shown=SHOWN, wrong=wrong, **model
    )
