"""Seals of the service's own accord, and the verifiers on record before anybody takes a bundle away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.audit.bundle import parts
from services.audit.endpoints import seals
from services.audit.sealer import Publishing, Sealer
from services.contracts.audit import Flaw, ReportVerification
from services.kernel.clock import system_clock
from services.kernel.message import read_envelope
from tests.service.audit.signed import Signing
from tests.unit.audit.said import MATTER
from wushe.commands.seals import differs

HOUR = timedelta(hours=1)


class Clocked(Signing):
    """A ledger whose clock is set by hand, and whose own events it hears."""

    def __init__(self, folder: Path) -> None:
        self.past = timedelta(0)
        super().__init__(folder, clock=lambda: system_clock() + self.past)
        self.heard = 0
        self.duty = Sealer(self.store, self.look, HOUR)

    def hears_itself(self) -> None:
        raws = self.store.read(self.heard, 100)
        self.hear([said_again(raw) for raw in raws])
        self.heard += len(raws)

    def sealed(self) -> list[tuple[int, int]]:
        told = [json.loads(raw) for raw in self.store.read(0, 100)]
        return [
            (each["data"]["from_size"], each["data"]["to_size"]) for each in told if each["type"] == "ledger.sealed"
        ]


def said_again(raw: bytes) -> Any:
    return SimpleNamespace(envelope=read_envelope(raw), raw=raw)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Clocked]:
    made = Clocked(tmp_path)
    yield made
    made.store.stop()


def test_the_ledger_is_sealed_every_hour_if_something_was_said(log: Clocked):
    """INV-32"""
    log.duty.turn()
    assert log.sealed() == [], "there is nothing to seal"
    log.said_until(5)
    log.duty.turn()
    assert log.sealed() == [], "the first entry is not an hour old"
    log.past = HOUR
    log.duty.turn()
    log.duty.turn()
    assert log.sealed() == [(0, 5)]
    log.hears_itself()
    log.past = 3 * HOUR
    log.duty.turn()
    assert log.sealed() == [(0, 5)], "a seal alone is nothing to seal"
    log.said_until(7, start=6)
    again = Sealer(log.store, log.look, HOUR)
    again.turn()
    assert log.sealed() == [(0, 5), (5, 8)], "the place is on record, and a restart begins nothing anew"
    assert again.health()["size"] == 8


def test_damage_is_not_sealed(log: Clocked):
    log.said_until(5)
    log.past = HOUR
    log.ask(ReportVerification(size=5, root="A" * 43, flaws_count=1, flaws=(Flaw(code="leaf-differs", entry=3),)))
    log.duty.turn()
    assert log.sealed() == []
    assert log.duty.health()["state"] == "halted"


def test_a_history_is_shown_to_be_whole_as_of_the_last_seal_and_one_with_a_hole_is_not(log: Clocked):
    """INV-32"""
    log.said_until(5)
    log.past = HOUR
    log.duty.turn()
    log.hears_itself()
    log.said_until(7, start=6)
    log.settings = SimpleNamespace(witness_policy=None)
    last = seals.last_seal(log.look)
    assert last is not None
    found = json.loads(json.dumps(seals.shown(log, last, MATTER)))
    assert (found["seal"]["entry"], found["matter"]["count"], len(found["entries"]), found["since"]) == (5, 5, 5, 2)
    assert differs(MATTER, found) is None
    assert differs(MATTER, found | {"entries": found["entries"][:-1]}) is not None
    assert differs(MATTER, found | {"entries": found["entries"][::-1]}) is not None
    assert differs(MATTER, found | {"matter": found["matter"] | {"count": 4}}) is not None


def test_the_verifiers_of_this_version_are_on_record_from_the_start_and_once(log: Clocked):
    for _ in range(2):
        duty = Publishing(log.store)
        duty.turn()
        duty.turn()
        assert duty.health() == {"published": True}
    (raw,) = log.store.read(0, 100)
    told = json.loads(raw)["data"]["files"]
    assert {each["name"]: each["sha256"] for each in told} == {
        name: parts.hash_of(data) for name, data in parts.programs().items()
    }
