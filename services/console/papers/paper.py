"""What a paper form is made of: lines, boxes to tick, room to write, tables, places to sign. Nothing of any form in particular."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from services.console.words import Words, local
from services.contracts.tables import Table

COLUMNS = 4
"""A form has so many columns; a line says how many of them it takes."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A label and what stands on the line beside it: a value, or nothing, to be written by hand."""

    kind: ClassVar[str] = "line"
    label: str
    value: str = ""
    wide: int = 2


@dataclass(frozen=True, kw_only=True)
class Checks:
    """Boxes of which some are ticked."""

    kind: ClassVar[str] = "checks"
    label: str
    boxes: tuple[tuple[str, bool], ...]
    wide: int = COLUMNS


@dataclass(frozen=True, kw_only=True)
class Space:
    """Room to write in, with what is known already."""

    kind: ClassVar[str] = "space"
    label: str
    text: str = ""
    rows: int = 4
    wide: int = COLUMNS


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table, filled up with empty rows to at least so many."""

    kind: ClassVar[str] = "grid"
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    least: int = 0
    wide: int = COLUMNS

    @property
    def empty(self) -> int:
        """How many empty rows follow."""
        return max(0, self.least - len(self.rows))


@dataclass(frozen=True, kw_only=True)
class Prose:
    """Sentences that are read before something is signed."""

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]
    wide: int = COLUMNS


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Who signs, each with a date."""

    kind: ClassVar[str] = "signs"
    who: tuple[str, ...]
    stamp: bool = False
    wide: int = COLUMNS


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Here the sheet is torn: what follows comes back."""

    kind: ClassVar[str] = "cut"
    label: str
    title: str
    wide: int = COLUMNS


Block = Line | Checks | Space | Grid | Prose | Signs | Cut


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One form: its name, its number, and its parts; `note` says at the foot what must not be misread."""

    code: str
    number: str
    blocks: tuple[Block, ...]
    note: str = ""


@dataclass(frozen=True)
class Pen:
    """Fills forms in: what is known is written, what is not stays empty, and nothing is guessed (INV-29)."""

    t: Words

    def __call__(self, key: str, **values: object) -> str:
        """A text of the forms."""
        return self.t(f"paper.{key}", **values)

    def line(self, key: str, value: str | None = "", wide: int = 2) -> Line:
        """A line under one of the forms' labels."""
        return Line(label=self(key), value=value or "", wide=wide)

    def space(self, key: str, text: str | None = "", rows: int = 4) -> Space:
        """Room to write under one of the forms' labels."""
        return Space(label=self(key), text=text or "", rows=rows)

    def signs(self, *keys: str, stamp: bool = False) -> Signs:
        """Who signs."""
        return Signs(who=tuple(self(key) for key in keys), stamp=stamp)

    def checks(self, key: str, table: Table, ticked: Iterable[str] = (), wide: int = COLUMNS) -> Checks:
        """Every code of a table, those that hold ticked."""
        return self.boxes(key, {code: self.t.code(table.name, code) for code in table.current.terms}, ticked, wide)

    def boxes(self, key: str, said: Mapping[str, str], ticked: Iterable[str] = (), wide: int = COLUMNS) -> Checks:
        """Boxes with these words, those that hold ticked."""
        holds = set(ticked)
        boxes = tuple((words, code in holds) for code, words in said.items() if code != "unknown")
        return Checks(label=self(key), boxes=boxes, wide=wide)

    def day(self, at: Any) -> str:
        """A day of a row, however it is written; nothing where there is none."""
        if not at:
            return ""
        return self.t.day(local(at) if isinstance(at, date) else local(datetime.fromisoformat(str(at))))

    def party(self, party: Any) -> str:
        """A party as people call it; nothing where none is known."""
        return self.t.party(str(party)) if party and party != "unknown" else ""

    def area(self, code: Any) -> str:
        """A place by its name."""
        return self.t.area(str(code)) if code else ""


def codes(value: Any) -> tuple[str, ...]:
    """The codes of a row's column, kept as a list or in one text."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else tuple(str(one) for one in value or ())
