"""Reports as sheets, for those who want a spreadsheet; no cell of one can be read as a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

HEADINGS = (
    "月份 month",
    "指标 indicator",
    "分项 part",
    "名称",
    "name",
    "单位 unit",
    "数值 value",
    "分母 of",
    "不详 unknown",
    "掩码 masked",
)
ADJUSTED = ("原数值 before", "原分母 before of", "更正事件 events")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula, wherever the cell comes from."""

Cell = str | int | None


def rows(report: dict[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """The report's own lines, then its 调整数 lines, then what it was sealed with."""
    yield (*HEADINGS, *ADJUSTED)
    for line in report["figures"]:
        yield (report["month"], *_line(line, line))
    for line in report["adjustments"]:
        before, after = line["before"] or {}, line["after"] or {}
        events = " ".join(f"{event['publisher']}/{event['position']}" for event in line["events"])
        yield (line["month"], *_line(line, after), before.get("value"), before.get("of"), events)
    for name in ("station", "size", "root", "figures_hash", "definitions", "state"):
        yield name, report[name]


def _line(line: dict[str, Any], numbers: dict[str, Any]) -> tuple[Cell, ...]:
    named = tuple(line[name] for name in ("indicator", "part", "zh", "en", "unit"))
    return (
        *named,
        numbers.get("value"),
        numbers.get("of"),
        numbers.get("unknown"),
        "masked" if line["masked"] else None,
    )


def guarded(cell: Cell) -> Cell:
    """Text that no spreadsheet reads as a formula; numbers stay numbers."""
    return "'" + cell if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def as_csv(report: dict[str, Any]) -> bytes:
    """CSV in UTF-8, with the mark by which spreadsheets know it."""
    text = StringIO()
    csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows(report))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(report: dict[str, Any]) -> bytes:
    """One sheet; every text is stored as text."""
    book = Workbook()
    sheet = book.create_sheet(report["month"], 0)
    book.remove(book.worksheets[1])
    for number, row in enumerate(rows(report), 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, guarded(value))
            if isinstance(value, str):
                cell.data_type = "s"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


FORMATS: dict[str, tuple[Callable[[dict[str, Any]], bytes], str]] = {
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
}
