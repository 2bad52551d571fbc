"""Figures and reports in words: each number in its unit, a small one not at all, an adjustment with its events."""

from __future__ import annotations

from typing import Any

import pytest

from wushe.reporting import number, report


def line(
    unit: str, value: int | None, of: int | None = None, *, masked: bool = False, unknown: int = 0
) -> dict[str, Any]:
    return {"indicator": "x", "part": None, "zh": "指标", "en": "figure", "unit": unit, "value": value, "of": of,
            "unknown": unknown, "masked": masked}  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (line("percent", 32, 61), "32/61 = 52.5 %"),
        (line("percent", 0, 0), "0/0"),
        (line("fen", 123_45), "123.45 元"),
        (line("minutes", 90, 4), "1.5 小时 / h (n=4)"),
        (line("minutes", None, 0), "—"),
        (line("persons", 2, masked=True), "<3"),
        (line("persons", 7), "7"),
    ],
)
def test_a_number_is_told_in_its_unit(figure: dict[str, Any], said: str):
    assert number(figure, figure) == said


def test_a_report_tells_its_figures_its_adjustments_and_its_seal():
    adjusted = line("cases", None) | {
        "month": "2026-10", "before": {"value": 1, "of": None, "unknown": 0}, "after": {"value": 2, "of": None, "unknown": 0},
        "events": [{"publisher": "intake", "position": 9}],
    }  # fmt: skip
    sealed = {
        "month": "2026-11", "station": "220104004", "size": 12, "root": "R", "figures": [line("cases", 4, unknown=1)],
        "adjustments": [adjusted], "figures_hash": "H", "recipients": ["street"], "restated_in": ["2026-12"],
    }  # fmt: skip
    assert report(sealed).splitlines() == [
        "2026-11  220104004  12 条 / entries, R",
        "  指标 / figure: 4  不详 / unknown 1",
        "  调整数 / adjusted 2026-10 指标: 1 → 2  intake/9",
        "已封存 / sealed: H  street",
        "后续调整见 / restated in 2026-12",
    ]
