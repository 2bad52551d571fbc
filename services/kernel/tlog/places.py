"""What a path under a log's `tile/` names, and bundles of entries, as C2SP tlog-tiles writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from services.kernel.tlog.merkle import WIDTH

LONGEST_ENTRY = 0xFFFF
"""A bundle gives each entry's length in two bytes."""

PLACE = re.compile(
    r"(?P<level>0|[1-9][0-9]?|entries)/(?P<n>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names: the tile `n` of a level (None: the bundle of entries), and its first `width` items."""

    level: int | None
    n: int
    width: int

    @property
    def end(self) -> int:
        """The number of items that its level must have at least, for it to be there."""
        return self.n * WIDTH + self.width


def place(path: str) -> Place | None:
    """What the part of a path after `tile/` names; None where it is no such path, or not written as it must be."""
    found = PLACE.fullmatch(path)
    if found is None:
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    width = int(found["width"]) if found["width"] else WIDTH
    groups = found["n"].replace("x", "").split("/")
    if (level or 0) > 63 or (found["width"] and width >= WIDTH) or (len(groups) > 1 and groups[0] == "000"):
        return None
    return Place(level, int("".join(groups)), width)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other, each after its length in two bytes."""
    return b"".join(len(raw).to_bytes(2, "big") + raw for raw in entries)
