"""What a query asks: read exactly, or refused with the field and what was expected."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from services.audit import asked
from services.kernel.errors import ContractBroken


def refused(ask: Any, *args: Any) -> str:
    with pytest.raises(ContractBroken) as broken:
        ask(*args)
    (problem,) = broken.value.problems
    assert problem.expected_en and problem.expected_zh
    return problem.field


def test_two_times_are_read_and_missing_ones_are_now():
    found = asked.times({"known_at": "2026-03-01T09:30:00+08:00", "valid_at": "2026-03-01T01:30:00Z"})
    assert found.known_at == found.valid_at == datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert found.micros["known_at"] == found.micros["valid_at"] == 1_772_328_600_000_000
    assert asked.times({}).micros == {"known_at": None, "valid_at": None}


def test_a_plus_that_arrived_as_a_space_is_a_plus():
    assert asked.times({"known_at": "2026-03-01T09:30:00 08:00"}).known_at is not None


@pytest.mark.parametrize("text", ["yesterday", "2026-03-01", "2026-03-01T09:30:00", "9" * 40, "\x00"])
def test_a_time_without_an_offset_or_no_time_at_all_is_refused(text: str):
    assert refused(asked.times, {"valid_at": text}) == "valid_at"


def test_a_purpose_is_a_code():
    assert asked.purpose({}) == "unstated"
    assert asked.purpose({"purpose": "yearly-review"}) == "yearly-review"
    assert refused(asked.purpose, {"purpose": "Because I want to"}) == "purpose"


def test_pages_have_bounds():
    assert asked.page({}) == (0, 100)
    assert asked.page({"after": "7", "limit": "1000"}) == (7, 1000)
    for query in ({"limit": "0"}, {"limit": "1001"}, {"limit": "x"}, {"limit": "１"}):
        assert refused(asked.page, query) == "limit"
    for query in ({"after": "-1"}, {"after": "9" * 30}):
        assert refused(asked.page, query) == "after"


def test_a_query_that_says_more_than_can_be_answered_is_refused():
    asked.only({"known_at": ""}, "known_at")
    assert refused(asked.only, {"knownat": ""}, "known_at") == "knownat"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_none_in_utc_is_refused(text: str):
    assert refused(asked.times, {"known_at": text}) == "known_at"
