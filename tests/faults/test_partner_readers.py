"""A partner's program is killed, started again, fed everything twice and cut off for two days, on each of the three ways.

Whatever happens to it, it ends with exactly its organization's sequence, while several writers go on at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.called import Answer, Endpoints, Heard
from tests.support.clocked import Clocked
from tests.support.embedded import DIE_WITH_THE_RUN, Hub
from tests.support.member import admitted
from tests.support.reader import Seen, again, read_queue
from tests.support.reference import ROOT
from tests.support.street import HEAD, Organization, Street
from tests.support.waiting import until

pytestmark = [pytest.mark.faults, pytest.mark.slow]
NEED = "housework"
WRITERS = 4


@contextmanager
def writing(hub: Hub, organization: Organization, rounds: int) -> Iterator[None]:
    """Several writers say things that concern the organization, at the same time, each some rounds."""

    def write() -> None:
        own = Hub(hub.url, hub.token_for)
        offer = {"organization_id": organization.id, "service_codes": [NEED], "areas": ["220104004"]}
        for _ in range(rounds):
            Street(own).batch("referral", "publish-offering", [("", offer)] * 3, HEAD)
        own.session.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    yield
    for writer in writers:
        writer.join()


@contextmanager
def reader(file: Path, way: str, url: str, key: str) -> Iterator[None]:
    """A partner's program, in a process of its own, killed in the end."""
    command = [*DIE_WITH_THE_RUN, sys.executable, "-m", "tests.support.reader", str(file), way, url, key]
    with subprocess.Popen(command, cwd=ROOT, env=dict(os.environ)) as program:
        try:
            yield
        finally:
            program.kill()


def lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


@pytest.mark.parametrize("way", ["feed", "queue"])
def test_a_reader_that_is_killed_and_cut_off_ends_with_exactly_the_sequence(
    reference: Clocked, tmp_path: Path, way: str
) -> None:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    if way == "queue":
        member = admitted(reference, team)
        url, key = member.url, member.queue
    else:
        url, key = reference.hub.url, reference.hub.token_for(team.speaker)
    file = tmp_path / "seen"

    with writing(reference.hub, team, 6):
        if way == "queue":  # it dies before it says what it has, so the broker gives that out once more
            until(lambda: read_queue(url, key, Seen(file), lambda: None, most=3, acknowledge=False), "it has three")
        for most in (5, 15, 30):
            with reader(file, way, url, key):
                until(lambda n=most: lines(file) >= n, f"it has {most}")
    with writing(reference.hub, team, 3):
        reference.kill9("partner")  # what it has said and not written down it says again
        reference.pass_time(days=2)
        reference.start("partner")
        reference.ready("partner")
    total = 4 + WRITERS * 3 * (6 + 3)
    with reader(file, way, url, key):
        until(lambda: lines(file) >= total, "it has everything")
    seen = Seen(file)
    assert [int(event["sequence"]) for event in seen.events] == list(range(1, total + 1))
    assert seen.events == street.feed(team)
    assert lines(again(file)) > 0, "some came more than once"


def test_an_endpoint_that_dies_is_called_twice_and_cut_off_ends_with_exactly_the_sequence(
    reference: Clocked, tmp_path: Path
) -> None:
    street = Street(reference.hub)
    (team,) = street.organizations(1, NEED)
    file = tmp_path / "seen"
    seen = Seen(file)

    def takes(heard: Heard) -> Answer:
        return (204, {}) if seen.take(heard.event) else (409, {})

    with Endpoints() as called:
        called.answers["/x"] = takes
        made = street.do("/partner/endpoints", {"url": called.url("/x")}, team.speaker)
        with writing(reference.hub, team, 6):
            until(lambda: seen.last >= 10, "it has ten")
        port = called.port
    seen = Seen(file)  # the program has died; what it had is in its file
    with writing(reference.hub, team, 3):
        reference.pass_time(days=2)
    with Endpoints(port=port) as called:
        called.answers["/x"] = takes
        total = 4 + WRITERS * 3 * (6 + 3)

        def complete() -> bool:
            reference.pass_time(hours=6)
            return seen.last >= total

        until(lambda: seen.last >= total or complete(), "it has everything")
        street.do(f"/partner/endpoints/{made['endpoint_id']}/redeliveries", {"after": 0}, team.speaker)
        until(lambda: seen.repeated >= total, "everything came a second time")
    assert Seen(file).events == street.feed(team)
    assert len(seen.events) == total
