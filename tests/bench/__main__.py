"""The command: `python -m tests.bench [--quick] [--write FILE] [figure …]` measures and prints one table, in Markdown."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from services.kernel import log
from services.kernel.clock import system_clock
from services.kernel.garbage import collect_less
from tests.bench.figures import FIGURES
from tests.bench.stage import Row, Stage
from tests.bench.written import circumstances, renewed

HEADER = ("figure", "goal", "the hub", "the peer", "ratio", "reached", "peer and circumstances")


def main() -> int:
    """Measure what was asked for; exit code 1 when a figure could not be measured, 0 whatever was measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("figures", nargs="*", metavar="figure", default=[])
    parser.add_argument("--quick", action="store_true", help="tiny sizes and one round: to see that it runs")
    parser.add_argument(
        "--matters", type=int, default=0, metavar="N", help="of `pages`: so many matters; its rows say so"
    )
    parser.add_argument("--write", type=Path, metavar="FILE", help="renew the rows of this page (docs/benchmarks.md)")
    asked = parser.parse_args()
    if asked.write and asked.quick:
        parser.error("what is measured in tiny sizes is not written down")
    if unknown := set(asked.figures) - {figure.name for figure in FIGURES}:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(f.name for f in FIGURES)}")
    log.switch("off")
    rows: list[Row] = []
    found: dict[str, tuple[list[Row], str]] = {}
    failed = False
    collect_less()
    with Stage(quick=asked.quick, matters=asked.matters) as stage:
        for figure in FIGURES:
            if asked.figures and figure.name not in asked.figures:
                continue
            began = time.monotonic()
            say(f"→ {figure.name}: {figure.goal}")
            try:
                measured = list(figure.run(stage))
            except Exception as failure:  # noqa: BLE001 - the other figures are wanted all the same
                failed = True
                say(f"  {figure.name} could not be measured: {type(failure).__name__}: {failure}")
            else:
                rows += measured
                found[figure.name] = measured, circumstances(system_clock().date())
                if asked.write:  # at once: whoever ends the rest keeps what there is
                    page = asked.write.read_text(encoding="utf-8")
                    asked.write.write_text(renewed(page, found, [f.name for f in FIGURES]), encoding="utf-8")
            say(f"  {time.monotonic() - began:.0f} s, load average {os.getloadavg()[0]:.1f}")
    print(table(rows))
    return 1 if failed else 0


def table(rows: list[Row]) -> str:
    """The rows as a table that reads well as text and as Markdown."""
    cells = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADER))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def say(text: str) -> None:
    """Progress goes to standard error, the table alone to standard output."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
