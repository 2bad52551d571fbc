"""The embedded hub may be killed at any moment: what it acknowledged is there, and its services catch up."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.faults.sending import CLERK, Sender, ledger_is_whole, nothing_lost_nothing_twice
from tests.support.embedded import Embedded
from wushe.services import CLASSES

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("HUB_TEST_KILL_ROUNDS", "50"))


@pytest.mark.timeout(900)  # fifty starts
def test_the_embedded_hub_keeps_every_acknowledged_command_over_fifty_kills(tmp_path: Path):
    chance = random.Random(20221)
    running = Embedded(tmp_path / "var")
    sent: Sender | None = None
    try:
        for number in range(ROUNDS):
            running.start()
            with Sender(running.hub.url, running.hub.token_for(CLERK), f"round-{number}") as now:
                now.wait_for(1)
                time.sleep(chance.uniform(0.0, 0.4))
                running.kill9()
            if sent is None:
                sent = now
            else:
                sent.acknowledged |= now.acknowledged
                sent.unknown |= now.unknown
        running.start()
        assert sent is not None
        sent.send_again()
        running.hub.settles()
        nothing_lost_nothing_twice(running.hub, sent)
        ledger_is_whole(running.hub, tuple(CLASSES))
    finally:
        running.kill9()
