"""What changes a bundle's meaning is refused; a part of the corpus, the whole of which both verifiers see in tests/browser."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.support.tampering import corpus, fault
from tests.support.tampering.change import Change
from tests.support.verifying import found, program

SHARE = 12


@pytest.fixture(scope="module")
def changes() -> list[Change]:
    """All of them."""
    return corpus(every=4)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifying a signature by hand takes milliseconds, and most changes leave the signatures as they were."""
    monkeypatch.setattr(program(), "ed25519", cache(program().ed25519))


def test_a_share_of_all_changes_is_refused_or_harmless_as_the_page_says(changes: list[Change], tmp_path: Path) -> None:
    shown = [c for i, c in enumerate(changes) if i % SHARE == 0]
    assert [f for c in shown if (f := fault(c, found(tmp_path, c.bundle, c.policy, c.pin)))] == []
    assert Counter(c.must for c in shown)["refused"] > 100


def test_what_is_no_change_passes(changes: list[Change], tmp_path: Path) -> None:
    shown = [c for c in changes if c.must == "passes" and not c.name.startswith("control")]
    assert len(shown) > 8
    assert [f for c in shown if (f := fault(c, found(tmp_path, c.bundle, c.policy, c.pin)))] == []


def test_an_insider_passes_where_nobody_else_signs_and_nothing_is_pinned(changes: list[Change], tmp_path: Path) -> None:
    """The control: without it, refusing everything would look like a proof."""
    shown = [c for c in changes if c.name.startswith("control")][:6]
    said = [found(tmp_path, c.bundle, c.policy, c.pin) for c in shown]
    assert [(s["ok"], s["anchored"]) for s in said] == [(True, [])] * 6


def test_the_same_insider_is_refused_by_a_witness_or_by_a_pin(changes: list[Change], tmp_path: Path) -> None:
    shown = [c for c in changes if c.name.startswith("insider: entry 4 rewritten")]
    codes = {c.name.rpartition(", ")[2]: found(tmp_path, c.bundle, c.policy, c.pin).get("code") for c in shown}
    assert codes == {
        "no witness": "quorum-missing",
        "witnesses of before": "bad-signature",
        "against a pin": "not-consistent",
    }
