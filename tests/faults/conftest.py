"""The reference deployment that the faults are done to; what is killed is started again by the test that killed it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import without_server
from tests.support.clocked import Clocked
from tests.support.servers import ServerMissing
from tests.support.waiting import until

QUEUES = {f"{consumer}.intake.log" for consumer in ("referral", "volunteer", "audit", "partner", "console")}
"""They must be there before anything is killed: what was never declared cannot be purged or filled with rubbish."""


@pytest.fixture(scope="session")
def reference() -> Iterator[Clocked]:
    """Every service, PostgreSQL, RabbitMQ and Caddy, once for all tests of this folder."""
    try:
        with Clocked() as running:
            until(
                lambda: set(running.rabbit.ctl("list_queues", "-p", "hub", "name").split()) >= QUEUES, "no queues yet"
            )
            yield running
    except ServerMissing as reason:
        without_server(reason)
