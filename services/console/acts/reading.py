"""From what was typed on a form to what a command holds: amounts, days, moments, and when it happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from services.console.words import CHINA

PAPER_REF, PAPER_DAY = "paper_ref", "paper_day"
"""The number of a paper that is written up, and the day that stands on it (H8)."""


def fen(text: str) -> Any:
    """An amount in yuan, with at most two decimals, in fen; anything else stays as it was typed, to be refused."""
    whole, _, part = text.replace(",", "").replace("，", "").removeprefix("¥").removesuffix("元").strip().partition(".")
    fits = whole.isascii() and whole.isdecimal() and len(part) <= 2 and (not part or part.isdecimal())
    return int(whole) * 100 + int(part.ljust(2, "0") or "0") if fits else text


def moment_typed(text: str) -> str:
    """A moment as a form sends it, at the station's own clock; anything else as it was typed, to be refused."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).isoformat()
    except ValueError:
        return text


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


def _hidden(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def days(given: Sequence[str]) -> list[Any]:
    """Days as they stand on a sheet, one by one or `from~until`; what is no day as it was typed, to be refused."""
    words = " ".join(given).replace("，", " ").replace("、", " ").replace(",", " ").replace("～", "~").split()
    return [{"on": day} for word in words for day in _run(word)]


def _run(word: str) -> list[str]:
    """A day, or the days from one to another, `MOST_DAYS` at most."""
    try:
        first, last = (date.fromisoformat(each) for each in (*word.split("~"), word)[:2])
    except ValueError:
        return [word]
    return [str(first + timedelta(days=n)) for n in range(min((last - first).days + 1, MOST_DAYS))]


def members(given: Sequence[str]) -> list[Any]:
    """Parties that were chosen, and people who are no workers of ours by the number under which their own unit knows them."""
    return [one if ":" in one else f"person:{one}" for one in given]


MOST_DAYS = 400
LISTS: dict[str, Callable[[Sequence[str]], list[Any]]] = {"days": days, "members": members}
"""Kinds of which several values are typed into one box."""

READERS: dict[str, Callable[[str], Any]] = {
    "moment": moment_typed, "number": _number, "yuan": fen, "yes": lambda text: text == "yes",
    "hidden": _hidden,
}  # fmt: skip


def first(form: Mapping[str, Sequence[str]], name: str) -> str:
    """What stands in a field of which there is one; empty where nothing does."""
    return next(iter(form.get(name, ())), "").strip()


def on_paper(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """When it happened, as a paper says that came in later (INV-38): on the day that stands on it, unless a time was typed."""
    told = happened(form) | {"channel": "paper"}
    day = first(form, PAPER_DAY)
    return told if "at" in told or not day else told | {"at": moment_typed(f"{day}T12:00"), "precision": "day"}


def happened(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """When it happened: the time typed, at the station's own clock; now, where none was."""
    told: dict[str, Any] = {"channel": "web"}
    at = first(form, "happened_at")
    return told | {"at": moment_typed(at), "precision": "instant"} if at else told
