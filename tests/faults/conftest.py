"""The reference deployment that the faults are done to; what is killed is started again by the test that killed it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import without_server
from tests.support.reference import Reference
from tests.support.servers import ServerMissing


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """Every service, PostgreSQL, RabbitMQ and Caddy, once for all tests of this folder."""
    try:
        with Reference() as running:
            yield running
    except ServerMissing as reason:
        without_server(reason)
