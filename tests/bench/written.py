"""The measured values as `docs/benchmarks.md` keeps them: a row is replaced when its figure is measured again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from tests.bench.stage import Row

HEADER = ("name", "figure", "goal", "the hub", "the peer", "ratio", "reached", "peer and circumstances", "measured")
BEGIN, END = "<!-- measured: `make bench` writes what follows -->", "<!-- measured: end -->"

Cells = tuple[str, ...]


def circumstances(day: date) -> str:
    """When it was measured, and on what."""
    return f"{day.isoformat()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def kept(page: str) -> list[Cells]:
    """The rows that stand in the page."""
    lines = page.split(BEGIN)[1].split(END)[0].strip().splitlines()
    return [tuple(cell.strip() for cell in line.strip("| ").split(" | ")) for line in lines[2:]]


def renewed(page: str, found: Mapping[str, tuple[Sequence[Row], str]], order: Sequence[str]) -> str:
    """The page with the rows that were found, by figure and with their circumstances, in the place of its older ones."""
    rows = [*_given(found), *(row for row in kept(page) if row[0] not in found)]
    rows.sort(key=lambda row: order.index(row[0]) if row[0] in order else len(order))
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n\n{_table(rows)}\n\n{END}{after}"


def _given(found: Mapping[str, tuple[Sequence[Row], str]]) -> Iterator[Cells]:
    for name, (rows, when) in found.items():
        for row in rows:
            yield tuple(cell or "–" for cell in (name, *row.cells(), when))


def _table(rows: Iterable[Cells]) -> str:
    lines = [HEADER, tuple("---" for _ in HEADER), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
