"""Names of places by their administrative code, from the table of divisions that the hub ships; unknown ones have none."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parents[2] / "data" / "changchun-divisions.csv"


@cache
def names(table: Path = TABLE) -> dict[str, str]:
    """All names by code; nothing where the table is not installed."""
    if not table.exists():
        return {}
    with table.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: short(row["name"]) for row in csv.DictReader(rows)}


def short(name: str) -> str:
    """`杏花社区居委会` as people say it: `杏花社区`."""
    for tail in ("居民委员会", "村民委员会", "居委会", "村委会", "办事处"):
        if name.endswith(tail) and len(name) > len(tail) + 1:
            return name[: -len(tail)]
    return name


def name(code: str) -> str | None:
    """The name of a place; of a code that is longer than any in the table, the name of the place around it."""
    known = names()
    return known.get(code) or known.get(code[:9] + "000") or known.get(code[:9])
