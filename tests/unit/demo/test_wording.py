"""What commands say about a matter: times as precisely as they are known, handoffs even where no time lies between."""

from typing import Any

import pytest

from wushe import wording


@pytest.mark.parametrize(
    ("text", "precision", "said"),
    [
        (None, "instant", "…"),
        ("2022-07-27T01:30:00Z", "instant", "2022-07-27 09:30"),
        ("2022-07-26T16:00:00Z", "instant", "2022-07-27"),
        ("2022-07-27T01:30:00Z", "day", "2022-07-27"),
        ("2022-01-31T16:00:00Z", "month", "2022-02"),
        ("2021-12-31T16:00:00Z", "season", "2021 冬 / winter"),
        ("2021-12-01T16:00:00Z", "season", "2021 冬 / winter"),
        ("2022-09-30T15:00:00Z", "season", "2022 秋 / autumn"),
        ("2022-09-30T15:00:00Z", "unknown", "时间不详 / unknown"),
    ],
)
def test_a_time_is_said_as_precisely_as_it_is_known(text: str | None, precision: str, said: str) -> None:
    assert wording.moment(text, precision) == said


def chain(**more: Any) -> dict[str, Any]:
    return {"matter_id": "m", "open": False, "holders": [], "intervals": [], "findings": [], "steps": []} | more


def test_handoffs_between_which_no_time_lies_are_shown() -> None:
    step = {
        "entry": 7, "type": "help-request.received", "need_id": None, "at": "2021-12-31T16:00:00Z", "act": "taken",
        "giver": "person:p", "takers": ["community:2201"],
    }  # fmt: skip
    told = wording.custody(chain(steps=[step])).splitlines()
    assert told[0] == "事项 / matter m: 已结束 / closed"
    assert told[-1] == "  7  2022-01-01  help-request.received  person:p → community:2201  接手 / taken"


def test_what_was_not_known_yet_is_neither_open_nor_closed() -> None:
    assert wording.custody(chain()) == "事项 / matter m: 当时尚无记录 / nothing was known of it then"
