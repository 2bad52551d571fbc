"""Figures as answers have them, and which of them are too small to be told outside the station."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.audit.statistics.indicators import INDICATORS
from services.contracts.audit import Adjustment, FigureLine

SMALL = 3
"""Numbers of things below this are masked outside the station; assumed, no source names a number."""

Key = tuple[str, str]


def key_of(line: FigureLine) -> Key:
    """Names a line among those of its report."""
    return line.indicator, line.part or ""


def small(line: FigureLine) -> bool:
    """Whether a number, or what is missing from it to the whole, stands for one or two."""
    rest = line.of - line.things if line.of is not None else 0
    return any(0 < things < SMALL for things in (line.things, rest, line.unknown))


def hidden(lines: Sequence[FigureLine]) -> set[Key]:
    """The lines that are not told: the small ones, and what would give one of them away by subtraction."""
    found = {key_of(line) for line in lines if small(line)}
    for code in {code for code, part in found if part}:
        parts = sorted((line for line in lines if line.indicator == code and line.part), key=lambda line: line.things)
        total = any(key_of(line) == (code, "") for line in lines) and (code, "") not in found
        told = [line for line in parts if key_of(line) not in found and line.things]
        if total and told and len([line for line in parts if key_of(line) in found]) == 1:
            found.add(key_of(told[0]))
    return found


def told_lines(lines: Sequence[FigureLine], *, masked: bool) -> list[dict[str, Any]]:
    """The lines with their names and units; `masked` for those outside the station."""
    keys = hidden(lines) if masked else set()
    return [told(line, key_of(line) in keys) for line in lines]


def told(line: FigureLine, masked: bool) -> dict[str, Any]:
    """One line; a code that this edition does not know passes under its own name."""
    indicator = INDICATORS.get(line.indicator)
    return {
        "indicator": line.indicator,
        "part": line.part,
        "zh": line.indicator if indicator is None else indicator.name.zh,
        "en": line.indicator if indicator is None else indicator.name.en,
        "unit": "" if indicator is None else indicator.unit,
        "value": None if masked else line.value,
        "of": None if masked else line.of,
        "unknown": None if masked else line.unknown,
        "masked": masked,
    }


def adjusted(line: Adjustment, *, masked: bool) -> dict[str, Any]:
    """One 调整数 line; outside the station without what is small, and without its events."""
    sides = [side for side in (line.before, line.after) if side is not None]
    hide = masked and any(small(side) for side in sides)
    return {
        "month": line.month,
        **{name: told(sides[0], hide)[name] for name in ("indicator", "part", "zh", "en", "unit")},
        "before": None if line.before is None else numbers(line.before, hide),
        "after": None if line.after is None else numbers(line.after, hide),
        "masked": hide,
        "cause": line.cause,
        "events_count": line.events_count,
        "events": [] if masked else [_event(event) for event in line.events],
    }


def numbers(line: FigureLine, masked: bool) -> dict[str, Any]:
    """What a line comes to."""
    return {name: None if masked else getattr(line, name) for name in ("value", "of", "unknown")}


def _event(event: Any) -> dict[str, Any]:
    return {
        "entry": event.entry,
        "publisher": event.publisher,
        "position": event.position,
        "type": event.type,
        "event_id": str(event.event_id),
    }
