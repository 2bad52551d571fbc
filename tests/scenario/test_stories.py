"""The five stories, told by ordinary commands through the public API, live alike in both ways to run."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults.sending import ledger_of
from tests.scenario.conftest import Told
from tests.support.embedded import Embedded
from tests.support.reference import Reference
from wushe.demo import expectations
from wushe.demo.load import STORIES, load

pytestmark = pytest.mark.scenario

PUBLISHERS = ("intake", "referral", "volunteer", "partner", "audit")


@pytest.mark.parametrize("name", STORIES)
def test_each_story_is_as_the_feature_tells_it(stories: Told, name: str):
    expectations.settled(stories.teller)
    assert list(expectations.STORIES[name](stories.teller, stories.report.stories[name])) == []


def test_no_event_holds_a_name_and_nothing_lacks_somebody_who_answers(stories: Told):
    expectations.settled(stories.teller)
    assert list(expectations.everywhere(stories.teller)) == []


def test_telling_the_stories_again_changes_nothing(stories: Told):
    before = heads(stories)
    again = load(stories.hub.url, stories.hub.token_for)
    assert again.again == again.steps
    assert heads(stories) == before


def test_every_event_is_in_the_ledger_once_and_in_its_publishers_order(stories: Told):
    expectations.settled(stories.teller)
    entries = ledger_of(stories.hub)
    for publisher, head in heads(stories).items():
        positions = [entry["event"]["position"] for entry in entries if entry["publisher"] == publisher]
        assert positions == list(range(1, len(positions) + 1))
        assert len(positions) == head or publisher == "audit"


def test_both_ways_to_run_keep_the_same_ledger(on_one_machine: Told, on_the_real_stack: Told):
    for one in (on_one_machine, on_the_real_stack):
        expectations.settled(one.teller)
    told, lived = facts(on_one_machine), facts(on_the_real_stack)
    # Other scenarios live in the real stack as well; of the stories it holds just what the embedded hub holds.
    assert {stream: lived.get(stream) for stream in told} == told


def test_no_personal_value_is_found_outside_the_vault(on_one_machine: Told, embedded: Embedded, reference: Reference):
    """Neither in a database file, nor in a log: only sealed, under keys that lie elsewhere."""
    expectations.settled(on_one_machine.teller)
    for file in Path(embedded.folder).rglob("*"):
        if file.is_file():
            assert words_in(file.read_bytes()) == [], file.name
    for log in Path(reference.folder).glob("*.log"):
        assert words_in(log.read_bytes()) == [], log.name


def heads(stories: Told) -> dict[str, int]:
    """How far each publisher has spoken."""
    return {name: stories.teller.get(name, "/position")["head"] for name in PUBLISHERS if name != "audit"}


def words_in(content: bytes) -> list[str]:
    """The personal words of the stories that these bytes hold."""
    return [word for word in expectations.WORDS if word.encode() in content]


def facts(stories: Told) -> dict[str, Any]:
    """What the ledger holds, stream by stream, without what must differ: clock times, deadlines, chance, order between."""
    entries = [entry for entry in ledger_of(stories.hub) if entry["publisher"] in ("intake", "referral", "volunteer")]
    streams: dict[str, list[Any]] = {}
    for entry in sorted(entries, key=lambda entry: entry["event"]["streamversion"]):
        event = entry["event"]
        streams.setdefault(entry["stream"], []).append((event["type"], plain(event["data"])))
    assert Counter(entry["publisher"] for entry in entries)["intake"] > 50
    return streams


INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")


def plain(value: Any) -> Any:
    """Data without digests (their salts are chance) and without instants that follow from when the stories were told."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items() if name != "sealed"}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return "an instant" if isinstance(value, str) and INSTANT.fullmatch(value) else value
