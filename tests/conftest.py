"""Fixtures for tests that talk to real servers. Nothing is started before a test asks for it."""

import gc
import itertools
import os
import random
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import settings

from services.kernel.garbage import YOUNG
from tests.support.servers import Postgres, Rabbit, ServerMissing, database

# A slow moment of a shared machine is no fault of the code: only pytest-timeout judges time.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

# What was collected stays to the end: the collector of garbage need not walk through thousands of tests again and again.
gc.set_threshold(YOUNG, 20, 20)

_numbers = itertools.count(1)


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all-faults", action="store_true", help="every case of the tests marked `sampled`, not a sample")
    parser.addoption(
        "--embedded", action="store_true", help="the browser's stories in one process, which is there sooner"
    )
    parser.addoption("--slice", metavar="N/M", help="of all tests that are chosen every M-th alone, from the N-th on")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test marked `sampled(n)` keep n cases, always the same ones, unless all are asked for."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled") and not config.getoption("--all-faults"):
            cases[item.nodeid.partition("[")[0]].append(item)
    dropped: set[pytest.Item] = set()
    for test, found in cases.items():
        count = next(mark.args[0] for mark in found[0].iter_markers("sampled"))
        dropped |= set(found) - set(random.Random(test).sample(found, min(count, len(found))))
    if slice_ := config.getoption("--slice"):
        n, m = map(int, slice_.split("/"))
        dropped |= {item for at, item in enumerate(item for item in items if item not in dropped) if at % m != n - 1}
    if dropped:
        config.hook.pytest_deselected(items=[item for item in items if item in dropped])
        items[:] = [item for item in items if item not in dropped]


def servers_are_required() -> bool:
    """In `make test` and in continuous integration a missing server is a failure; elsewhere a reason to skip."""
    return os.environ.get("CI") == "true" or os.environ.get("HUB_TEST_SERVERS") == "required"


def without_server(reason: ServerMissing) -> None:
    """Fail or skip, saying what is missing and how to get it."""
    if servers_are_required():
        pytest.fail(str(reason), pytrace=False)
    pytest.skip(str(reason))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One PostgreSQL for the whole run. A test that kills it must restart it."""
    try:
        with Postgres() as server:
            yield server
    except ServerMissing as reason:
        without_server(reason)


@pytest.fixture
def postgres_url(postgres_server: Postgres) -> Iterator[str]:
    """A new, empty database for this test alone."""
    with database(postgres_server, f"test_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def rabbit() -> Iterator[Rabbit]:
    """One RabbitMQ for the whole run; tests name their exchanges and queues apart, or use `rabbit_url`."""
    try:
        with Rabbit() as server:
            yield server
    except ServerMissing as reason:
        without_server(reason)


@pytest.fixture
def rabbit_url(rabbit: Rabbit) -> Iterator[str]:
    """A new, empty virtual host for this test alone."""
    with rabbit.virtual_host(f"test_{next(_numbers)}") as url:
        yield url
