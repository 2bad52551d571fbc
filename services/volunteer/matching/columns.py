"""Columns that grow: numpy arrays by name, one place a volunteer, with room to spare."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from services.volunteer.domain.rules import NEVER

Array = npt.NDArray[Any]

ALWAYS = date.max.toordinal()
"""The last day of what has no end."""

KINDS: dict[str, tuple[str, Any]] = {
    "active": ("bool", False), "grown": ("bool", False), "consented": ("bool", False), "insured_from": ("int32", NEVER),
    "insured_until": ("int32", NEVER), "cleared_until": ("int32", NEVER), "place": ("int64", 0), "thanked": ("bool", False),
}  # fmt: skip


class Columns:
    """Arrays of one length; those of skills, demands and months come into being when somebody has such a thing."""

    def __init__(self, room: int = 1024) -> None:
        self.size, self._room = 0, room
        self._arrays: dict[str, Array] = {}
        for name, (kind, fill) in KINDS.items():
            self._arrays[name] = np.full(room, fill, dtype=kind)

    def __getitem__(self, name: str) -> Array:
        """A column, as long as there are volunteers."""
        return self._arrays[name][: self.size]

    def of(self, name: str, kind: str, fill: Any) -> Array:
        """A column that may not be there yet."""
        if name not in self._arrays:
            self._arrays[name] = np.full(self._room, fill, dtype=kind)
        return self[name]

    def get(self, name: str, default: Any) -> Array | Any:
        """A column, or what stands for one that nobody has anything in."""
        return self[name] if name in self._arrays else default

    def add(self) -> int:
        """Room for one more; its place."""
        if self.size == self._room:
            self._grow()
        self.size += 1
        return self.size - 1

    def _grow(self) -> None:
        for name, array in self._arrays.items():
            self._arrays[name] = np.concatenate([array, np.full(self._room, self._fill(name), dtype=array.dtype)])
        self._room *= 2

    def _fill(self, name: str) -> Any:
        return KINDS[name][1] if name in KINDS else 0

    def clear(self, at: int, prefixes: tuple[str, ...]) -> None:
        """Nothing stands in these columns for this one any more."""
        for name, array in self._arrays.items():
            if name.startswith(prefixes):
                array[at] = 0


def until(day: date | None, *, none: int = NEVER) -> int:
    """A day as rules count it."""
    return none if day is None else day.toordinal()


def place_of(area: str | None) -> int:
    """An area code as a number of twelve digits, 0 where it is not known; finer than a community nobody looks."""
    return int((area or "0")[:12].ljust(12, "0")) if area and area.isdigit() else 0
