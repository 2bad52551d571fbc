"""Checking all of the ledger beside everything else: begun once, followed to its end, on record then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from services.audit import fsck
from services.audit.fsck import Verification, Walk
from services.audit.verifying import Verifying
from tests.service.audit.signed import Signing
from tests.unit.audit.said import NOON


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Signing]:
    made = Signing(tmp_path)
    made.said_until(300)
    yield made
    made.store.stop()


def ended(checking: Verifying) -> dict[str, Any]:
    until = monotonic() + 20
    while (found := checking.progress())["state"] == "running" and monotonic() < until:
        sleep(0.005)
    return found


def test_a_check_is_followed_to_its_end_and_what_came_of_it_is_told_once(log: Signing):
    checking, told = Verifying(), list[Any]()
    assert checking.progress() == {"state": "none"}
    checking.begin(log.look, told.append, NOON)
    found = ended(checking)
    assert (found["state"], found["sound"], found["checked"], found["size"]) == ("done", True, 300, 300)
    assert [(report.size, report.root, report.flaws_count) for report in told] == [(300, found["root"], 0)]


def test_what_is_damaged_is_named(log: Signing):
    log.spoil("UPDATE entry SET matter_id = NULL WHERE idx = 7")
    checking, told = Verifying(), list[Any]()
    checking.begin(log.look, told.append, NOON)
    assert ended(checking)["flaws"] == [{"code": "row-differs", "entry": 7}]
    assert told[0].flaws_count == 1


def test_one_that_goes_on_is_not_begun_anew(log: Signing, monkeypatch: pytest.MonkeyPatch):
    on, walks = threading.Event(), list[Walk]()

    def slowly(walk: Walk) -> Verification:
        walks.append(walk)
        on.wait(10)
        return walk.found

    monkeypatch.setattr(fsck, "gone_through", slowly)
    checking, told = Verifying(), list[Any]()
    checking.begin(log.look, told.append, NOON)
    checking.begin(log.look, told.append, NOON)
    assert checking.progress() == {"state": "running", "began_at": NOON.isoformat(), "checked": 0, "size": 300}
    on.set()
    assert ended(checking)["state"] == "done"
    assert (len(walks), len(told)) == (1, 1)


def test_one_that_cannot_go_on_is_said_to_have_ended_and_can_be_begun_again(log: Signing):
    checking, told = Verifying(), list[Any]()

    def nobody_hears(report: object) -> None:
        raise OSError

    checking.begin(log.look, nobody_hears, NOON)
    assert ended(checking)["state"] == "failed"
    checking.begin(log.look, told.append, NOON)
    assert ended(checking)["state"] == "done"
    assert len(told) == 1
