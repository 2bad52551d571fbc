"""An organization's sheet as it comes back: small, of text alone, with the columns that went out; a formula is no answer."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.kernel.errors import Refused
from services.referral.sheets.columns import ANSWERED, COLUMNS, FORMULA
from services.referral.sheets.writing import MOST

UNPACKED = 16 * 1024 * 1024
"""So much a spreadsheet may hold: a file of a few kilobytes can unpack to gigabytes."""
MOST_COLUMNS = 60
HEADER_ROWS = 20
NAMES = {name: column.code for column in COLUMNS for name in (column.code, column.heading)}
NEEDED = {"offer_id", "answer"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number as the program shows it, its cells by column, and the columns that hold a formula."""

    number: int
    cells: dict[str, str]
    formulas: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether anything was filled in."""
        return any(self.cells.get(code) for code in ANSWERED) or bool(set(self.formulas) & set(ANSWERED))


def read(raw: bytes) -> list[Line]:
    """The lines of a sheet. Raises Refused where it is none."""
    rows = _xlsx(raw) if raw[:2] == b"PK" else _csv(raw)
    places: dict[int, str] = {}
    found: list[Line] = []
    for number, row in enumerate(rows, 1):
        named = {place: NAMES[text] for place, cell in enumerate(row) if (text := str(cell or "").strip()) in NAMES}
        if set(named.values()) >= NEEDED:
            places = places or named
        elif places and any(cell not in (None, "") for cell in row):
            found.append(_line(number, row, places))
        elif not places and number > HEADER_ROWS:
            break
        if len(found) > MOST:
            raise Refused("too-many-lines", f"A sheet has at most {MOST} lines.", f"每份表至多 {MOST} 行。")
    if not places:
        raise _no_sheet()
    return found


def _no_sheet() -> Refused:
    return Refused(
        "no-sheet", "This is not the sheet that was exported: no row holds the headings 要约编号 and 答复.",
        "这不是导出的表: 找不到含“要约编号”和“答复”的表头。",
    )  # fmt: skip


def _line(number: int, row: Iterable[Any], places: dict[int, str]) -> Line:
    cells, formulas = dict[str, str](), list[str]()
    for place, cell in enumerate(row):
        if place not in places or cell in (None, ""):
            continue
        text = _text(cell)
        if text.startswith(FORMULA):
            formulas.append(places[place])
        cells[places[place]] = text.removeprefix("'") if text[1:].startswith(FORMULA) else text
    return Line(number, cells, tuple(formulas))


def _text(cell: Any) -> str:
    """What a cell says; a date is a day, whatever it looks like."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip(" ")


def _csv(raw: bytes) -> Iterator[list[Any]]:
    """UTF-8, or GB18030 as older programs write it; commas, semicolons or tabs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise _no_sheet()
    delimiter = max(",;\t", key=text[:2048].count)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            yield list(row[:MOST_COLUMNS])
    except csv.Error as wrong:
        raise _no_sheet() from wrong


def _xlsx(raw: bytes) -> Iterator[tuple[Any, ...]]:
    """The first sheet; formulas come as they were written, not as what they last came to."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            if sum(each.file_size for each in packed.infolist()) > UNPACKED:
                raise Refused("sheet-too-large", "This spreadsheet unpacks to too much.", "该表格解压后过大。")
        book = load_workbook(BytesIO(raw), read_only=True, data_only=False)
        rows = book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=MOST * 2 + HEADER_ROWS)
        yield from rows
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError, AttributeError,
            SyntaxError, TypeError) as wrong:  # fmt: skip
        raise _no_sheet() from wrong
