"""The ledger as a public log: a client written from the specifications reads it over HTTP and checks all of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.scenario.conftest import Told
from tests.support.c2sp import Monitor, path_of

pytestmark = pytest.mark.scenario
PREFIX = "/audit/v1/"


def fetching(told: Told, role: str = "service") -> Callable[[str], bytes]:
    """As a client with this role's token asks."""

    def fetch(path: str) -> bytes:
        answer = told.hub.ask("GET", PREFIX + path, role=role, ident="monitor")
        if answer.status_code == 404:
            raise KeyError(path)
        assert answer.status_code == 200, answer.text
        return answer.content

    return fetch


def signed(told: Told) -> dict[str, object]:
    """What the ledger says of itself once everything is signed."""
    told.hub.settles()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        state = told.hub.ask("GET", "/audit/v1/ledger/state", role="auditor").json()
        if state["signed"] and state["signed"]["size"] == state["size"] > 0:
            return dict(state)
        time.sleep(0.2)
    raise AssertionError(state)


def test_a_stranger_reads_the_whole_log_and_finds_every_entry_under_its_signed_head(on_one_machine: Told):
    state = signed(on_one_machine)
    monitor = Monitor.of(fetching(on_one_machine), str(state["keys"][0]))  # type: ignore[index]
    first = monitor.look()
    assert first.origin == state["origin"]
    assert first.size >= int(str(state["size"])) > 50
    assert all(entry.startswith(b'{"alg":"sha256","event":') for entry in monitor.entries)
    on_one_machine.hub.ask("GET", "/audit/v1/ledger/verification", role="auditor")  # One event more.
    signed(on_one_machine)
    assert monitor.look().size > first.size


def test_tree_and_head_are_for_everybody_and_entries_are_not(on_one_machine: Told):
    signed(on_one_machine)
    hub = on_one_machine.hub
    head = hub.session.get(f"{hub.url}{PREFIX}checkpoint", timeout=10)
    assert (head.status_code, head.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert head.headers["Cache-Control"] == "public, max-age=1"
    tile = hub.session.get(f"{hub.url}{PREFIX}tile/0/000.p/7", timeout=10)
    assert (tile.status_code, len(tile.content)) == (200, 7 * 32)
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"]
    entries = f"{PREFIX}tile/entries/000.p/9"
    assert hub.session.get(hub.url + entries, timeout=10).status_code == 401
    assert hub.ask("GET", entries, role="coordinator").status_code == 403
    bundle = hub.ask("GET", entries, role="service", ident="mirror", Accept_Encoding="gzip")
    assert bundle.headers["Content-Encoding"] == "gzip"
    assert bundle.headers["Cache-Control"].startswith("private")


def test_what_is_restricted_goes_to_an_auditor_with_a_second_persons_word_alone(on_one_machine: Told):
    """INV-11"""
    ids = on_one_machine.report.stories["xiaowei"]
    concern = {"situation_code": "4", "person_id": ids["person"], "about_matter_id": ids["matter"]}
    raised = on_one_machine.hub.ask("POST", "/intake/v1/safeguarding-concerns", concern, role="supervisor", ident="w-zsl",
                                    org="jida-fangzhou")  # fmt: skip
    assert raised.status_code == 201, raised.text
    size = int(str(signed(on_one_machine)["size"]))
    hub = on_one_machine.hub
    paths = [PREFIX + path_of("entries", n, min(256, size - n * 256)) for n in range(-(-size // 256))]
    refused = [path for path in paths if hub.ask("GET", path, role="auditor", ident="a-01").status_code != 200]
    assert refused, "a concern about a child was raised"
    answer = hub.ask("GET", refused[0], role="auditor", ident="a-01")
    assert (answer.status_code, answer.json()["code"]) == (409, "restricted-entries")
    word = hub.approved("read-withheld-events", "audit", {}, asker="a-01")
    assert hub.ask("GET", refused[0], role="auditor", ident="a-01", Approval=word).status_code == 200


@pytest.mark.parametrize(
    "path", ["tile/0/000.p/0", "tile/0/0", "tile/9/000", "tile/0/x999/999", "tile/entries/x999/999"]
)
def test_what_the_signed_tree_does_not_have_is_not_there(on_one_machine: Told, path: str):
    assert on_one_machine.hub.ask("GET", PREFIX + path, role="service").status_code == 404
