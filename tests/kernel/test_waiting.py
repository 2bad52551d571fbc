"""Answers that wait, and answers that go on: as a caller of a service meets them, over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from services.kernel.message import Actor
from tests.support.embedded import Embedded, Hub
from tests.support.street import HEAD, Organization, Street
from tests.support.waiting import until

NEED = "housework"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub in one process."""
    with Embedded(tmp_path_factory.mktemp("waiting") / "var") as embedded:
        yield embedded.hub


@pytest.fixture
def team(hub: Hub) -> Organization:
    """A team with four deliveries: it was registered, verified, activated, and offers something."""
    street = Street(hub)
    (made,) = street.organizations(1, NEED)
    until(lambda: len(street.feed(made)) == 4, "it is delivered")
    return made


def headers(hub: Hub, team: Organization, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {hub.token_for(team.speaker)}"} | more


def feed(hub: Hub, team: Organization, query: str, **more: str) -> requests.Response:
    return requests.get(f"{hub.url}/partner/v1/events?{query}", headers=headers(hub, team, **more), timeout=40)


def says_something(hub: Hub, team: Organization) -> None:
    """One more event that concerns the team."""
    other = Hub(hub.url, hub.token_for)
    Street(other).do(
        "/referral/offerings", {"organization_id": team.id, "service_codes": [NEED], "areas": ["220104004"]}, HEAD
    )
    other.session.close()


@contextmanager
def soon(hub: Hub, team: Organization, seconds: float = 0.7) -> Iterator[float]:
    """Something is said while we do something else."""
    timer = threading.Timer(seconds, says_something, (hub, team))
    timer.start()
    yield time.monotonic() + seconds
    timer.join()


def test_an_answer_that_would_be_empty_waits_for_what_comes(hub: Hub, team: Organization) -> None:
    with soon(hub, team) as at:
        page = feed(hub, team, "after=4&wait=20")
        late = time.monotonic() - at
    assert [event["sequence"] for event in page.json()] == ["0000000005"]
    assert -0.1 < late < 10


def test_where_nothing_comes_the_wait_ends_with_an_empty_page(hub: Hub, team: Organization) -> None:
    assert feed(hub, team, "after=4&wait=1").json() == []


def test_a_page_says_by_its_tag_that_it_has_nothing_new(hub: Hub, team: Organization) -> None:
    first = feed(hub, team, "after=0")
    again = feed(hub, team, "after=0", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    says_something(hub, team)
    until(
        lambda: feed(hub, team, "after=0", **{"If-None-Match": first.headers["ETag"]}).status_code == 200, "it is new"
    )


def test_many_that_wait_hold_nobody_up(hub: Hub, team: Organization) -> None:
    """More than there are threads for the database."""
    answers: list[int] = []
    waiting = [
        threading.Thread(target=lambda: answers.append(feed(hub, team, "after=4&wait=3").status_code))
        for _ in range(60)
    ]
    for thread in waiting:
        thread.start()
    assert feed(hub, team, "after=0").status_code == 200
    assert answers == [], "they still wait, and we were answered"
    for thread in waiting:
        thread.join()
    assert answers == [200] * 60


def test_a_stream_goes_on_from_the_last_number_and_hears_what_comes(hub: Hub, team: Organization) -> None:
    asked = headers(hub, team, **{"Last-Event-ID": "3"})
    with requests.get(f"{hub.url}/partner/v1/events/stream", headers=asked, stream=True, timeout=20) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        with soon(hub, team):
            lines = (line for line in answer.iter_lines(chunk_size=1) if line.startswith(b"id: "))
            assert [next(lines), next(lines)] == [b"id: 4", b"id: 5"]


def test_a_stream_is_for_those_who_speak_for_an_organization(hub: Hub) -> None:
    nobody = hub.ask("GET", "/partner/v1/events/stream", role="partner", ident="p-1", org="220104004")
    other = hub.ask("GET", "/partner/v1/events/stream", role="worker", ident="w-1")
    assert (nobody.status_code, other.status_code) == (403, 403)
    assert hub.token_for(Actor(id="p-1", role="partner"))
