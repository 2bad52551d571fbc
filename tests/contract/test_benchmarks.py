"""The page of benchmarks names the figures that are measured, with their goals, and nothing else."""

import re
from datetime import date

from tests.bench.figures import FIGURES
from tests.bench.stage import Row
from tests.bench.written import circumstances, kept, renewed
from wushe.docs import ROOT

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
NAMES = [figure.name for figure in FIGURES]


def test_the_page_lists_every_figure_with_its_goal() -> None:
    assert re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE, re.MULTILINE) == [(each.name, each.goal) for each in FIGURES]


def test_what_was_measured_belongs_to_a_figure() -> None:
    assert {row[0] for row in kept(PAGE)} <= set(NAMES)


def test_a_figure_that_is_measured_again_replaces_its_rows_and_no_others() -> None:
    def row(what: str, ours: float) -> Row:
        return Row(what=what, goal="≥ 3 ×", ours=ours, unit="/s", reached=True)

    when = circumstances(date(2026, 3, 1))
    assert when.startswith("2026-03-01, ")
    first = renewed(
        PAGE, {"opening": ([row("one", 1)], when), "appends": ([row("two", 2), row("three", 3)], when)}, NAMES
    )
    again = renewed(first, {"appends": ([row("two", 5)], when)}, NAMES)
    mine = [cells for cells in kept(again) if cells[0] in ("appends", "opening")]
    assert [(cells[0], cells[1], cells[3]) for cells in mine] == [
        ("appends", "two", "5 /s"),
        ("opening", "one", "1 /s"),
    ]
    assert again.replace("\n", "").startswith(PAGE.split("## Measured")[0].replace("\n", ""))
