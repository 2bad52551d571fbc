"""The figures of a month, each with its definition, and each opened down to the events that it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.console.pages.report import said as in_units
from services.console.templating import Frame, render
from services.console.words import Words


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number: of what, out of how many, and how many nobody knows; None where it is too small to be told."""

    indicator: str
    part: str
    name: str
    unit: str
    value: int | None
    of: int | None
    unknown: int | None
    says: str
    masked: bool

    def said(self, t: Words) -> str:
        """The number in the unit in which people read it."""
        return in_units(self.value, self.unit, t)

    @property
    def percent(self) -> int | None:
        """The share in percent, where it is one."""
        return round(100 * self.value / self.of) if self.value is not None and self.of else None


def lines(items: Iterable[Mapping[str, Any]], definitions: Iterable[Mapping[str, Any]], words: Words) -> list[Line]:
    """The lines in the words of the language, with what each counts."""
    says = {str(d["code"]): words.pick(str(d["counts_zh"]), str(d["counts_en"])) for d in definitions}
    return [
        Line(
            indicator=str(row["indicator"]), part=str(row.get("part") or ""), name=words.pick(str(row["zh"]), str(row["en"])),
            unit=str(row.get("unit") or ""), value=row.get("value"), of=row.get("of"), unknown=row.get("unknown"),
            says=says.get(str(row["indicator"]), ""), masked=bool(row.get("masked")),
        )
        for row in items
    ]  # fmt: skip


def month_of(text: str, today: date) -> str:
    """The month asked for; last month, where none, or none that there is, was given."""
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        return (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def page(found: list[Line], frame: Frame, month: str, size: int, root: str) -> str:
    """The whole page; `size` and `root` say of which ledger the figures are."""
    return render("figures.html", frame, lines=found, month=month, size=size, root=root)


def events_page(items: Iterable[Mapping[str, Any]], frame: Frame, month: str, name: str, more: str) -> str:
    """The events behind one number; `more` is where the list goes on."""
    return render(
        "figure_events.html", frame, items=list(items), month=month, name=name, more=more, at=datetime.fromisoformat
    )
