"""The monthly report as it is handed in: figures in people's units, what was adjusted since, of which ledger, and who signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.console.papers.volunteers import hours
from services.console.templating import Frame, render
from services.console.words import Words

FEN = 100


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: what it is called, the number in words, and out of how many."""

    name: str
    part: str
    said: str
    of: str
    unknown: str


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """What became of a number that an earlier report had."""

    month: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A month's report, sealed or as it would be now."""

    month: str
    station: str
    sealed: bool
    rows: tuple[Row, ...]
    adjusted: tuple[Adjusted, ...]
    size: int
    root: str
    hash: str
    restated: tuple[str, ...]
    due_by: str


def said(value: int | None, unit: str, t: Words) -> str:
    """A number in the unit in which people read it."""
    if value is None:
        return t("figures.masked")
    if unit == "minutes":
        return t("report.hours", n=hours(value))
    if unit == "fen":
        return t("report.yuan", n=f"{value // FEN:,}.{value % FEN:02d}")
    return str(value)


def _is_none(found: Mapping[str, Any]) -> bool:
    """Whether there is nothing to tell: no number, or a share of nothing."""
    share_of_nothing = found.get("unit") == "percent" and not found.get("of")
    return not found.get("masked") and (found.get("value") is None or share_of_nothing)


def row(found: Mapping[str, Any], t: Words) -> Row:
    """A line of the report."""
    value, of, unit = found.get("value"), found.get("of"), str(found.get("unit") or "")
    share = f"{round(100 * value / of)} %" if unit == "percent" and value is not None and of else ""
    return Row(
        name=t.pick(str(found["zh"]), str(found["en"])), part=str(found.get("part") or ""),
        said=share or ("–" if _is_none(found) else said(value, unit, t)),
        of=t("report.of", n=value, of=of) if share else "", unknown=str(found.get("unknown") or ""),
    )  # fmt: skip


def adjustment(found: Mapping[str, Any], t: Words) -> Adjusted:
    """A line that says what an earlier report's number is now."""
    sides = [found.get(name) or {} for name in ("before", "after")]
    before, after = (said(side.get("value"), str(found.get("unit") or ""), t) if side else "–" for side in sides)
    return Adjusted(
        month=str(found["month"]), name=t.pick(str(found["zh"]), str(found["en"])), before=before, after=after
    )


def build(month: str, station: str, sealed: Mapping[str, Any], now: Mapping[str, Any], due_by: str, t: Words) -> Report:
    """The sealed report; or, where there is none, the figures as they stand, which says so."""
    source = sealed or now
    lines: Iterable[Mapping[str, Any]] = source.get("figures") or source.get("items") or ()
    return Report(
        month=month, station=station, sealed=bool(sealed), rows=tuple(row(each, t) for each in lines),
        adjusted=tuple(adjustment(each, t) for each in sealed.get("adjustments") or ()),
        size=int(source.get("size") or 0), root=str(source.get("root") or ""), hash=str(sealed.get("figures_hash") or ""),
        restated=tuple(str(each) for each in sealed.get("restated_in") or ()), due_by=due_by,
    )  # fmt: skip


def page(report: Report, frame: Frame, key: str, may_seal: bool) -> str:
    """The whole page."""
    return render("report.html", frame, r=report, key=key, may_seal=may_seal)
