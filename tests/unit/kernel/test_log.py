"""Lines: what they hold, what they can never hold, and that they can be switched off."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.kernel import log

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What has been written so far."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    monkeypatch.setattr(log, "STDERR", write)
    log.switch("info")

    def written() -> list[dict[str, object]]:
        try:
            text = os.read(read, 65536)
        except BlockingIOError:
            text = b""
        return [json.loads(line) for line in text.splitlines()]

    yield written
    log.switch("info")
    os.close(read)
    os.close(write)


def test_a_message_handled_is_one_line(lines: Lines) -> None:
    log.handled("referral", "accept-referral", "done", now=NOW, ms=7.1234, stream=f"referral/{UUID(int=1)}", version=2,
                correlation=UUID(int=5))  # fmt: skip
    assert lines() == [{
        "at": "2026-03-02T04:00:00Z", "service": "referral", "handled": "accept-referral", "outcome": "done",
        "stream": "referral/00000000-0000-0000-0000-000000000001", "version": 2, "ms": 7.12,
        "correlation": "00000000-0000-0000-0000-000000000005",
    }]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("info", ["done", "again", "refused", "failed"]),
        ("warning", ["refused", "failed"]),
        ("error", ["failed"]),
        ("off", []),
    ],
)
def test_levels_leave_out_what_went_well(lines: Lines, level: str, written: list[str]) -> None:
    log.switch(level)
    outcomes: tuple[log.Outcome, ...] = ("done", "again", "refused", "failed")
    for outcome in outcomes:
        log.handled("intake", "open-case", outcome)
    assert [line["outcome"] for line in lines()] == written


def test_what_may_be_a_sentence_is_not_written(lines: Lines) -> None:
    log.handled("intake", "open-case", "failed", code="the mother is ill")
    log.noticed("intake", "parked", code="小伟")
    assert [line["code"] for line in lines()] == ["?", "?"]


def test_an_error_is_told_by_class_and_place_and_not_by_its_text(lines: Lines) -> None:
    try:
        raise ValueError("phone 139")
    except ValueError as error:
        log.noticed("intake", "pull-failed", level="error", error=error)
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert str(line["where"]).startswith("test_log.py:")
    assert "phone 139" not in json.dumps(line)


def test_lines_of_libraries_lose_what_was_filled_in(lines: Lines) -> None:
    before = logging.getLogger().handlers[:]
    try:
        log.take_over("intake")
        library = logging.getLogger("some.library")
        library.warning("could not parse %s", "phone 139")
        library.error("phone 139 again")
        library.info("not worth a line")
    finally:
        logging.getLogger().handlers[:] = before
    first, second = lines()
    assert (first["logger"], first["template"]) == ("some.library", "could not parse %s")
    assert "template" not in second
    assert "phone 139" not in json.dumps([first, second])


def test_a_log_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    monkeypatch.setattr(log, "STDERR", write)
    log.handled("intake", "open-case", "done")
    os.close(write)
