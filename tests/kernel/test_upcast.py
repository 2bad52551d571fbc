"""Old shapes are made new on read, step by step; what is of today is not touched."""

from typing import Any

import msgspec
import pytest

from services.kernel.contract import Code, Count, published
from services.kernel.heard import Unreadable, read_message
from services.kernel.upcast import current, upcasts


@published("upcast-test.weighed", zh="已称重", version=3)
class Weighed:
    """Something was weighed: in grams since version 2, with the scale's code since version 3."""

    grams: Count
    scale: Code


@upcasts("upcast-test.weighed", from_version=1)
def from_kilograms(data: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had whole kilograms."""
    return {"grams": data["kilograms"] * 1000}


@upcasts("upcast-test.weighed", from_version=2)
def with_scale(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 did not name the scale."""
    return {**data, "scale": "unknown"}


def envelope(version: int, data: dict[str, Any]) -> bytes:
    """A stored event of some version."""
    attributes = {
        "id": "00000000-0000-0000-0000-000000000001", "source": "/teller", "type": "upcast-test.weighed",
        "subject": "thing/1", "time": "2026-03-02T04:00:00Z", "position": 1, "streamversion": 1,
    }  # fmt: skip
    return msgspec.json.encode({**attributes, "schemaversion": version, "data": data})


def test_steps_are_chained() -> None:
    assert current(Weighed, 1, b'{"kilograms":2}') == b'{"grams":2000,"scale":"unknown"}'
    assert current(Weighed, 2, b'{"grams":5}') == b'{"grams":5,"scale":"unknown"}'


def test_what_is_of_today_or_tomorrow_is_handed_back_as_it_is() -> None:
    data = b'{ "scale":"s1", "grams":5 }'
    assert current(Weighed, 3, data) is data
    assert current(Weighed, 4, data) is data


def test_a_message_of_an_old_version_is_read_in_todays_shape() -> None:
    assert read_message("teller", 1, envelope(1, {"kilograms": 2})).event == Weighed(grams=2000, scale="unknown")
    assert read_message("teller", 1, envelope(3, {"grams": 7, "scale": "s1", "new": 1})).event == Weighed(
        grams=7, scale="s1"
    )


def test_a_version_that_cannot_be_read_is_not_passed_over() -> None:
    with pytest.raises(Unreadable, match="data"):
        read_message("teller", 1, envelope(4, {"milligrams": 7}))
    with pytest.raises(Unreadable, match="data"):
        read_message("teller", 1, envelope(1, {"pounds": 7}))
    assert read_message("teller", 1, envelope(4, {"milligrams": 7}), keep=True).event is None
