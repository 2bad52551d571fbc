"""The two ways to run, each with the five stories told to it by ordinary commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.conftest import without_server
from tests.support.clocked import Clocked
from tests.support.courier import Courier, couriers
from tests.support.embedded import Embedded, Hub
from tests.support.reference import Reference
from tests.support.servers import ServerMissing
from tests.support.street import Street
from wushe.demo.hub import Hub as Teller
from wushe.demo.load import Report, load


@dataclass(frozen=True)
class Told:
    """A hub to which the stories were told, and what came of telling them."""

    hub: Hub
    report: Report

    @property
    def teller(self) -> Teller:
        """One who looks at it through the public API."""
        return Teller(self.hub.url, self.hub.token_for)


def told(hub: Hub) -> Told:
    """Tell the stories."""
    return Told(hub, load(hub.url, hub.token_for))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The hub in one process."""
    with Embedded(tmp_path_factory.mktemp("embedded") / "var") as running:
        yield running


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """The hub as docker-compose.yml describes it."""
    try:
        with Reference() as running:
            yield running
    except ServerMissing as reason:
        without_server(reason)


@pytest.fixture(scope="session")
def on_one_machine(embedded: Embedded) -> Told:
    """The stories, told to the embedded hub."""
    return told(embedded.hub)


@pytest.fixture(scope="session")
def on_the_real_stack(reference: Reference) -> Told:
    """The stories, told to the reference deployment."""
    return told(reference.hub)


@pytest.fixture(params=["on_one_machine", "on_the_real_stack"])
def stories(request: pytest.FixtureRequest) -> Told:
    """The stories, in each way to run."""
    found: Told = request.getfixturevalue(request.param)
    return found


WAYS = tuple(
    (consumer, publisher)
    for consumer in ("intake", "referral", "volunteer", "audit", "partner", "console")
    for publisher in ("intake", "referral", "volunteer")
)
"""From whom to whom the hub's services talk over the bus."""


@pytest.fixture(scope="session")
def later() -> Iterator[Clocked]:
    """A hub of its own, in which weeks pass; tests of it read its clock before they count from it."""
    try:
        with Clocked("intake", "referral", "volunteer", "audit") as running:
            ways = [way for way in WAYS if way[0] in running.names]
            with couriers(running.rabbit, *ways, seed=13):
                yield running
    except ServerMissing as reason:
        without_server(reason)


@contextmanager
def all_ways(reference: Reference, seed: int) -> Iterator[dict[tuple[str, str], Courier]]:
    """A courier on every way of the bus, by (consumer, publisher): all of them together have carried things twice."""
    with couriers(reference.rabbit, *WAYS, seed=seed) as carrying:
        yield dict(zip(WAYS, carrying, strict=True))
    assert sum(courier.repeated for courier in carrying) > 0


@pytest.fixture(scope="module")
def loud(reference: Reference) -> Iterator[dict[tuple[str, str], Courier]]:
    """Over this bus everything comes more than once, and in another order than it was said."""
    with all_ways(reference, seed=15) as carrying:
        yield carrying
    assert sum(courier.out_of_order for courier in carrying.values()) > 0


@pytest.fixture
def street(reference: Reference) -> Street:
    """A station at work in the reference deployment; what others do there is nothing to it."""
    return Street(reference.hub)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stories first, as they were told: others live on in the same hub, and withdraw what somebody in them gave."""
    items.sort(key=lambda item: not item.path.name.startswith("test_stories"))
