"""One example of each event of this service, as it travels; they are never edited once released."""

import json
from pathlib import Path

import pytest

import services.contracts
from services.contracts import referral as public
from services.kernel.contract import EVENTS, about, canonical, name_of, read_data, version_of

EXAMPLES = Path(services.contracts.__file__).parent / "examples"
OURS = [event for event in EVENTS.values() if event.__module__.startswith(public.__name__)]


@pytest.mark.parametrize("event", OURS, ids=name_of)
def test_each_event_has_an_example_that_reads_back(event: type):
    written = json.loads((EXAMPLES / f"{name_of(event)}.v{version_of(event)}.json").read_text())
    read = read_data(event, canonical(written))
    assert json.loads(canonical(read)) == written


@pytest.mark.parametrize("event", [e for e in OURS if about(e).get("handoff")], ids=name_of)
def test_a_handoff_names_both_ends(event: type):
    handoff = json.loads((EXAMPLES / f"{name_of(event)}.v{version_of(event)}.json").read_text())["handoff"]
    assert handoff["giver"]
    assert handoff["takers"]
    assert handoff["need_id"]
