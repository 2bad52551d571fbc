"""What is found wrong, or worth a look, while a register is read: by row and column, with what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["wrong", "changed", "note"]
"""A row that cannot be taken over; a row that was taken over before and says something else now; a word of caution."""


class Unreadable(ValueError):
    """A cell does not hold what its column should: a stable code, and what was expected, in two languages."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(code)
        self.code, self.en, self.zh = code, en, zh


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the report. It never holds what the cell holds: that may be about a person."""

    row: int
    column: str
    code: str
    en: str
    zh: str
    weight: Weight = "wrong"
    sheet: int = 1
