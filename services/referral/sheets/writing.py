"""An organization's sheet as it goes out: no cell of it is read as a formula, and what is to be filled in offers its choices."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.referral.sheets.columns import COLUMNS, FORMULA, Row, choices

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MOST = 500
WIDTH, WIDE = 14, 38


def guarded(text: str) -> str:
    """Text that no spreadsheet reads as a formula."""
    return "'" + text if text.startswith(FORMULA) else text


def lines(rows: Iterable[Row]) -> Iterable[list[str]]:
    """The headings, the codes of the columns, and a line for each row."""
    yield [column.heading for column in COLUMNS]
    yield [column.code for column in COLUMNS]
    for row in rows:
        yield [guarded(str(column.shows(row))) if column.shows else "" for column in COLUMNS]


def as_csv(rows: Iterable[Row]) -> bytes:
    """CSV in UTF-8, with the mark by which spreadsheets know it."""
    text = StringIO()
    csv.writer(text).writerows(lines(rows))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Row]) -> bytes:
    """One sheet; every cell is text, also what somebody fills in later."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "转介"
    for number, line in enumerate(lines(rows), 1):
        for place, text in enumerate(line, 1):
            cell = sheet.cell(number, place, text)
            cell.data_type, cell.number_format = "s", "@"
    _dress(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _dress(sheet: Worksheet) -> None:
    sheet.freeze_panes = "A3"
    for place, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDE if column.code.endswith("_id") else WIDTH
        sheet.cell(1, place).font = Font(bold=True)
        if column.shows is None:
            sheet.cell(1, place).fill = PatternFill("solid", fgColor="DDEBF7")
        if offered := choices().get(column.code):
            _offer(sheet, get_column_letter(place), offered)


def _offer(sheet: Worksheet, letter: str, offered: list[str]) -> None:
    listed = DataValidation(type="list", formula1='"' + ",".join(offered) + '"', allow_blank=True)
    sheet.add_data_validation(listed)
    listed.add(f"{letter}3:{letter}{MOST + 2}")
