"""Audit's events have their examples, and each example reads back as the event it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

import services.contracts
from services.contracts import audit
from services.kernel.contract import EVENTS, canonical, name_of, read_data, version_of

EXAMPLES = Path(services.contracts.__path__[0]) / "examples"
OWN = [cls for cls in EVENTS.values() if cls.__module__ == audit.__name__]


@pytest.mark.parametrize("event", OWN, ids=name_of)
def test_each_event_has_an_example_that_reads_back(event: type):
    stored = (EXAMPLES / f"{name_of(event)}.v{version_of(event)}.json").read_bytes()
    assert canonical(read_data(event, stored)) + b"\n" == stored
