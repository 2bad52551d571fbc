"""How the parts' words become one table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Said = TypeVar("Said")


def joined(parts: Iterable[Mapping[str, Said]]) -> dict[str, Said]:
    """All parts as one table; a key of two parts is a fault of ours and fails, for one page would say another's words."""
    whole: dict[str, Said] = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise ValueError(f"said by two parts: {', '.join(sorted(twice))}")
        whole |= part
    return whole
