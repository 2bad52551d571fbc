"""The state tables of `tables.md`, read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).with_name("tables.md")
NONE = "NoneType"

Step = tuple[str, str, str]
"""A state, an event, the state after the decision."""


@dataclass
class StateTable:
    """The steps of one aggregate: those that must be, and those that may be."""

    must: set[Step] = field(default_factory=set)
    may: set[Step] = field(default_factory=set)
    previous: set[tuple[str, str]] = field(default_factory=set)


def tables() -> dict[str, StateTable]:
    """By the name of the aggregate."""
    _, *parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0].strip(): _table(part) for part in parts}


def _table(part: str) -> StateTable:
    names = dict(re.findall(r"^(\w+): (.+)$", part, re.MULTILINE))
    found, beyond = StateTable(), False
    for cells in re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \| ?(.*?) ?\|$", part, re.MULTILINE):
        source, event, target, more = (cell.strip() for cell in cells)
        if event == "event":
            beyond = source == "beyond it"
        elif not event.startswith("-"):
            said = event if beyond else more or event
            _rows(found, beyond, _states(source, names), said, target, names)
    return found


def _rows(found: StateTable, beyond: bool, sources: list[str], event: str, target: str, names: dict[str, str]) -> None:
    for state in sources:
        if target == "previous":
            found.previous.add((state, event))
            continue
        for after in [state] if target == "same" else _states(target, names):
            (found.may if beyond else found.must).add((state, event, after))


def _states(cell: str, names: dict[str, str]) -> list[str]:
    """The classes of the states that are named, lists of them opened."""
    states: list[str] = []
    for word in (each.strip() for each in cell.split(",")):
        if word == "–":
            states.append(NONE)
        elif word in names and names[word][0].isupper():
            states.append(names[word])
        elif word in names:
            states += _states(names[word], names)
        else:
            states.append("".join(each.capitalize() for each in word.split("_")))
    return states
