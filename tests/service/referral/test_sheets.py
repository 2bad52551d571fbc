"""By spreadsheet: what goes out, what comes back, and that no cell is a formula on either way."""

import csv
import zipfile
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook

from services.kernel.errors import Refused
from services.referral.sheets import columns
from services.referral.sheets.reading import read
from services.referral.sheets.writing import as_csv, as_xlsx
from tests.unit.referral.test_mailing import NEED, NOON

OFFER, REFERRAL = UUID(int=31), UUID(int=10)
EVIL = '=HYPERLINK("http://x","y")'


def row(**changes: Any) -> dict[str, Any]:
    return {"offer_id": OFFER, "referral_id": REFERRAL, "stands": "live", **NEED, "required_by": NOON.date(), **changes}


def cells(raw: bytes) -> list[list[Any]]:
    return [list(line) for line in load_workbook(BytesIO(raw)).worksheets[0].iter_rows(values_only=True)]


def answered(raw: bytes, **given: Any) -> bytes:
    """The first line filled in, as a person would in a spreadsheet program."""
    book = load_workbook(BytesIO(raw))
    sheet = book.worksheets[0]
    for code, value in given.items():
        place = next(n for n, column in enumerate(columns.COLUMNS, 1) if column.code == code)
        cell = sheet.cell(3, place)
        cell.number_format, cell.value = "General", value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_says_what_was_asked_in_words_and_has_columns_for_answers():
    heading, codes, line = cells(as_xlsx([row()]))
    assert heading[0] == "要约编号" and codes[0] == "offer_id"
    assert line[0] == str(OFFER) and "独居" in line and "待答复" in line and "2026-03-02 16:00" in line
    assert heading[-5:] == ["答复", "原因", "想了解", "见面日期", "结果"]
    (text,) = [each for each in csv.reader(StringIO(as_csv([row()]).decode("utf-8-sig"))) if each[0] == str(OFFER)]
    assert text == [cell or "" for cell in line]


@pytest.mark.parametrize("sign", columns.FORMULA)
def test_nothing_that_goes_out_is_read_as_a_formula(sign: str):
    told = row(age_band=sign + "cmd|' /C calc'!A0", areas=[EVIL])
    for line in load_workbook(BytesIO(as_xlsx([told]))).worksheets[0].iter_rows():
        assert "f" not in {cell.data_type for cell in line}
        assert not any(str(cell.value or "").startswith(columns.FORMULA) for cell in line)
    for cells_ in csv.reader(StringIO(as_csv([told]).decode("utf-8-sig"), newline="")):
        assert not any(cell.startswith(columns.FORMULA) for cell in cells_)


def test_what_is_filled_in_comes_back_in_words_or_codes_of_either_language():
    raw = as_xlsx([row()])
    (line,) = read(answered(raw, answer="不承接", reason="无容量"))
    assert (line.number, line.is_answered, line.cells["offer_id"]) == (3, True, str(OFFER))
    assert columns.act_of(line.cells["answer"]) == "refusal"
    assert columns.form_of(line.cells)["reason"] == "no-capacity"
    for text in ("decline", "no", "refusal", " 拒绝 "):
        assert columns.act_of(text) == "refusal"
    assert columns.questions_of("时间安排、access, 具体地点") == ("schedule", "access", "place")
    (met,) = read(answered(raw, answer="首次联系", met_on=NOON.date()))
    assert columns.form_of(met.cells)["met_on"] == "2026-03-02"
    assert not read(raw)[0].is_answered


def test_older_programs_and_other_separators_are_read_as_well():
    text = f"要约编号;答复;原因\r\n{OFFER};不承接;无容量\r\n"
    for raw in (text.encode("gb18030"), text.encode("utf-8-sig"), text.replace(";", "\t").encode()):
        (line,) = read(raw)
        assert (line.number, line.cells["answer"], line.cells["reason"]) == (2, "不承接", "无容量")


@pytest.mark.parametrize("formula", [EVIL, "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_is_no_answer(formula: str):
    if formula[0] in "=+-@":
        (line,) = read(answered(as_xlsx([row()]), answer="承接", reason=formula))
        assert line.formulas == ("reason",)
    (line,) = read(f'offer_id,answer\n{OFFER},"{formula.replace(chr(34), chr(34) * 2)}"\n'.encode())
    assert line.formulas == ("answer",) and line.is_answered


def bomb() -> bytes:
    """A few kilobytes that unpack to thirty megabytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b" " * 30 * 1024 * 1024)
    return out.getvalue()


def empty_book() -> bytes:
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [(b"", "no-sheet"), (b"PK\x03\x04 no zip", "no-sheet"), (b"\xff\xff\x00", "no-sheet"), (b"a,b\n1,2\n", "no-sheet"),
     (empty_book(), "no-sheet"), (bomb(), "sheet-too-large"),
     (b"offer_id,answer\n" + b"x,y\n" * 501, "too-many-lines")],
    ids=["empty", "no-zip", "no-text", "other-columns", "empty-book", "bomb", "long"],
)  # fmt: skip
def test_what_is_no_sheet_of_ours_is_refused_as_a_whole(raw: bytes, code: str):
    with pytest.raises(Refused) as no:
        read(raw)
    assert no.value.code == code and no.value.zh
