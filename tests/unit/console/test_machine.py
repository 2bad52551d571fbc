"""The time machine's two hands, what it tells of a state, and what has changed our mind since."""

from __future__ import annotations

from typing import Any

import pytest

from services.console.pages import machine
from services.console.words import Words
from tests.unit.console.stories import DRIVERS, NAMES, NOW

ZH = Words("zh", NOW, NAMES.get)
MOMENTS: dict[str, Any] = {
    "known": [
        {"size": n, "known_at": f"2026-10-0{n}T00:00:00Z", "zh": "求助受理", "en": "received", "late_days": 0} for n in (3, 5, 8)
    ],
    "valid": ["2026-09-01T00:00:00Z", "2026-09-20T00:00:00Z"],
}  # fmt: skip
STATE = {
    "cases": [
        {"id": "a8196fbc-7746", "state": "planned", "since": "2026-09-01T00:00:00Z", "entry": 4, "last_zh": "服务计划", "last_en": "x",
         "said": {"owner": DRIVERS, "case_id": "a8", "need_codes": ["companionship"], "sensitive": True, "headcount": 2}}
    ]
}  # fmt: skip


@pytest.mark.parametrize(
    ("known", "valid", "stand"), [("", "", (3, 2)), ("1", "1", (1, 1)), ("9", "x", (3, 2)), ("0", "-1", (3, 2))]
)
def test_a_hand_that_nobody_has_put_stands_at_the_end(known: str, valid: str, stand: tuple[int, int]) -> None:
    found = machine.hands(MOMENTS, known, valid)
    assert (found.known_n, found.valid_n) == stand
    assert found.size == MOMENTS["known"][stand[0] - 1]["size"]
    assert (found.valid_at is None) == (stand[1] == 2)


def test_a_state_is_told_in_words_without_ids_and_marks_what_is_told_otherwise_by_now() -> None:
    changed = [
        {
            "section": "cases",
            "id": "a8196fbc-7746",
            "field": "said.owner",
            "before": None,
            "after": DRIVERS,
            "entries": [9],
        }
    ]
    (thing,) = machine.things(STATE, changed, ZH)
    assert dict(thing.said) == {"owner": "雷锋车队南关分会", "need_codes": "陪伴", "sensitive": "是", "headcount": "2"}
    assert (thing.changed, thing.last) == (("owner",), "服务计划")


def test_what_changed_our_mind_stands_under_its_part_with_the_entries_that_did() -> None:
    rows = [
        {"section": "cases", "id": "1", "field": "said.owner", "before": None, "after": DRIVERS, "entries": [9]},
        {"section": "cases", "id": "1", "field": "said.case_id", "before": None, "after": "x", "entries": [9]},
        {"section": "tasks", "id": "2", "field": "state", "before": "opened", "after": "verified", "entries": [10, 11]},
    ]
    (cases, tasks) = machine.different(rows, ZH)
    assert [(d.field, d.before, d.after) for d in cases[1]] == [("owner", "–", "雷锋车队南关分会")]
    assert tasks[1][0].entries == (10, 11)
