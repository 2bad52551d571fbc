"""Bundles that are sound, made once."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.bundles import MATTER, Exporter, Files, Ledger, policy, sha, story, url64


@dataclass
class Made:
    """A bundle's files, with what its holder has beside it, and the ledger that it is of."""

    files: Files
    policy: bytes
    pin: bytes
    ledger: Ledger


@pytest.fixture(scope="session")
def case() -> Made:
    """One matter; two values are shown, one has been erased."""
    ledger, texts = story(60)
    pin = ledger.checkpoint(21)
    erased = [url64(sha(texts[2].encode()))]
    files = Exporter(ledger, opened=texts[:2], erased=erased, old=21).case(MATTER)
    return Made(files, policy(), pin, ledger)


@pytest.fixture(scope="session")
def full() -> Made:
    """A whole ledger."""
    ledger, texts = story(60)
    pin = ledger.checkpoint(21)
    return Made(Exporter(ledger, opened=texts[:2], old=21).full(), policy(), pin, ledger)
