"""What cells say (INV-29): labels become codes, numbers stay whole, and what a spreadsheet has spoilt is reported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.importing import values
from services.importing.found import Unreadable
from services.importing.values import Context, labels_of, reader

NEEDS = labels_of("need_code", "需求", [
    {"code": "companionship", "zh": "陪伴", "en": "companionship"}, {"code": "confidence", "zh": "自信/眼界", "en": "confidence"},
    {"code": "small-repair", "zh": "小型维修", "en": "small repairs"},
])  # fmt: skip
HERE = Context(
    today=date(2026, 3, 2), tables={"need_code": NEEDS}, year=2022, parties={"站里": "worker:w-07"},
    places={"义和社区": "220104004002"},
)  # fmt: skip


def read(kind: str, cell: Any, **also: str) -> Any:
    return reader(kind, "need_code", also)(cell, HERE)


@pytest.mark.parametrize(
    ("kind", "cell", "found"),
    [
        ("name", " 孙 大姐 ", "孙大姐"), ("name", "不详", None), ("phone", 13900000000, "13900000000"),
        ("phone", 13900000000.0, "13900000000"),

        ("phone", "139-0000-0000", "13900000000"), ("phone", "+86 １３９00000000", "13900000000"),
        ("phone", "0431-8800分机2", "0431-8800分机2"),
        ("id_number", "99999919400101123x", "99999919400101123X"), ("age", 67, "from_60"), ("age", "8岁", "from_8_to_13"),
        ("age", "", None), ("birth", "2020/1/1", "under_8"), ("birth", "1946/3/3", "from_60"), ("count", "12人", 12),
        ("hours", "2", 120), ("hours", 2.5, 150), ("hours", "1小时30分", 90), ("hours", "90分钟", 90), ("hours", "不详", None),
        ("party", "站里", "worker:w-07"), ("party", "team:t-1", "team:t-1"),
        ("parties", "站里、worker:w-01", ["worker:w-07", "worker:w-01"]),
        ("area", "义和社区", "220104004002"), ("area", 220104004, "220104004"), ("ref", "2022/7-3", "2022/7-3"), ("yes", "是", True),
        ("yes", "无", False), ("code", "小型维修", "small-repair"), ("code", "Small Repairs", "small-repair"),
        ("code", "small-repair", "small-repair"),
        ("codes", "陪伴、小型维修", ["companionship", "small-repair"]), ("codes", "陪伴、自信/眼界", ["companionship", "confidence"]),
        ("codes", "自信/眼界", ["confidence"]), ("codes", None, None),
        ("uuid", "6F0D6F0C-5A1B-5C58-9F3E-3F1F1D9A7C11", "6f0d6f0c-5a1b-5c58-9f3e-3f1f1d9a7c11"),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_it_is_meant(kind: str, cell: object, found: object):
    assert read(kind, cell) == found


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        ("phone", "1.39E+10", "number-mangled"), ("id_number", 999999194001011232, "digits-lost"),
        ("id_number", 9.99999194001011e17, "digits-lost"),
        ("age", "中年", "unreadable-age"), ("age", 200, "unreadable-age"), ("count", "几个", "unreadable-count"),
        ("hours", "半天", "unreadable-hours"), ("party", "张三", "unknown-party"), ("area", "某社区", "unknown-place"),
        ("ref", "第 3 号", "unreadable-ref"), ("yes", "也许", "yes-or-no"),
        ("code", "飞天", "unknown-label"), ("uuid", "12", "unreadable-id"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_was_expected(kind: str, cell: object, code: str):
    with pytest.raises(Unreadable) as wrong:
        read(kind, cell)
    assert wrong.value.code == code and str(cell) not in wrong.value.en + wrong.value.zh


def test_a_stations_own_words_stand_for_codes():
    assert read("code", "修水管", 修水管="small-repair") == "small-repair"
    assert read("choice", "入户", 入户="door") == "door"


@pytest.mark.parametrize(("number", "odd"), [("999999199001011239", True), ("99999919900101123", False)])
def test_a_wrong_check_digit_is_a_note_and_no_refusal(number: str, odd: bool):
    """GB 11643: somebody without a number, or with an older one, is served as well."""
    assert values.odd_id_number(number) is odd
    right = (
        next(number[:-1] + last for last in "0123456789X" if not values.odd_id_number(number[:-1] + last))
        if odd
        else ""
    )
    assert not right or len(right) == 18


def test_every_age_has_its_band():
    found = [values.band(age) for age in (0, 7, 8, 13, 14, 17, 18, 59, 60, 79, 80, 104)]
    assert found == [
        "under_8", "under_8", "from_8_to_13", "from_8_to_13", "from_14_to_17", "from_14_to_17", "adult", "adult", "from_60",
        "from_60", "from_80", "from_80",
    ]  # fmt: skip
