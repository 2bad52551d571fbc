"""Fixtures for tests that talk to real servers. Nothing is started before a test asks for it."""

import itertools
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.servers import Postgres, Rabbit, ServerMissing, database

# A slow moment of a shared machine is no fault of the code: only pytest-timeout judges time.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

_numbers = itertools.count(1)


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
