"""A register's rows from an XLSX or CSV file, read one by one: cells by the heading above them."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

HEADER_ROWS = 20
"""How far down the row with the headings is looked for: above it stand a title and whose register it is."""

MOST_COLUMNS = 200
Cells = tuple[Any, ...]


class NoRegister(ValueError):
    """The file is none of these, or none of its rows is the one with the headings; both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the program shows it, and its cells by heading."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file: which, what the file's bytes are known by, its headings, and its rows from there on."""

    number: int
    digest: str
    headings: tuple[str, ...]
    rows: Iterable[Row]


@dataclass(frozen=True)
class Upload:
    """A file that is in memory alone; read as one on a disk is."""

    name: str
    data: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """How its name ends."""
        return Path(self.name).suffix

    def open(self, mode: str = "rb") -> BinaryIO:
        """Its bytes, to be read from the beginning."""
        return io.BytesIO(self.data)

    def read_bytes(self) -> bytes:
        """All its bytes."""
        return self.data


def opened(path: Path | Upload, wanted: set[str], sheet: str | None = None) -> Sheet:
    """The sheet to be read: its headings are the first row that has at least two of the wanted ones, or all of them."""
    number, lines = _spreadsheet(path, sheet) if path.suffix.lower() in (".xlsx", ".xlsm") else (1, _text(path))
    counted = enumerate(lines, 1)
    for place, cells in counted:
        headings = tuple(heading(cell) for cell in cells)
        if len(wanted.intersection(headings)) >= min(2, len(wanted)):
            return Sheet(number, _digest(path), headings, _rows(headings, counted))
        if place == HEADER_ROWS:
            break
    listed = "、".join(sorted(wanted)[:12])
    raise NoRegister(
        f"None of the first {HEADER_ROWS} rows holds the headings; known are: {listed}",
        f"前 {HEADER_ROWS} 行中没有表头; 可识别的列名: {listed}",
    )


def heading(cell: Any) -> str:
    """A heading as it is compared: without spaces, line breaks and what stands in brackets."""
    text = "".join(str(cell or "").split()).replace("(", "（")
    return text.partition("（")[0].strip("*：:")


def _rows(headings: tuple[str, ...], lines: Iterable[tuple[int, Cells]]) -> Iterator[Row]:
    """Rows that hold anything at all; of columns with the same heading the first counts."""
    places = {name: place for place, name in reversed(list(enumerate(headings))) if name}
    for number, cells in lines:
        found = {name: cells[place] for name, place in places.items() if place < len(cells)}
        if any(cell not in (None, "") for cell in found.values()):
            yield Row(number, found)


def _spreadsheet(path: Path | Upload, sheet: str | None) -> tuple[int, Iterator[Cells]]:
    try:
        book = load_workbook(path if isinstance(path, Path) else path.open(), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as wrong:
        raise NoRegister(f"{path.name} is no XLSX file", f"{path.name} 不是 XLSX 文件") from wrong
    names = book.sheetnames
    if sheet is not None and sheet not in names:
        raise NoRegister(
            f"there is no sheet {sheet}; there are: {', '.join(names)}", f"没有工作表 {sheet}; 有: {'、'.join(names)}"
        )
    chosen = sheet or names[0]
    return names.index(chosen) + 1, _lines(book, chosen)


def _lines(book: Workbook, sheet: str) -> Iterator[Cells]:
    """The lines of a sheet; the file is closed when the last was read, or nobody reads on."""
    try:
        yield from book[sheet].iter_rows(values_only=True, max_col=MOST_COLUMNS)
    finally:
        book.close()


def _text(path: Path | Upload) -> Iterator[Cells]:
    """A CSV file: UTF-8, or GB18030 as older programs write it; commas, semicolons or tabs."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise NoRegister(f"{path.name} is neither UTF-8 nor GB18030", f"{path.name} 既非 UTF-8 也非 GB18030 编码")
    delimiter = max(",;\t", key=text[:4096].count)
    return (tuple(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _digest(path: Path | Upload) -> str:
    """What the file's bytes are known by; part of the reference to each row."""
    with path.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()
