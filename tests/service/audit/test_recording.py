"""Audit on the kernel's own store and consumer: recorded once, in order, over restarts and gaps; breaks are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.audit import fsck, tables, views
from services.audit.service import MANIFEST
from services.contracts import intake, referral
from services.kernel.clockwork import Clockwork
from services.kernel.cursor import Consumer
from services.kernel.heard import Heard
from services.kernel.message import Message, read_envelope
from services.kernel.store import Store
from tests.unit.audit import stories
from tests.unit.audit.said import MATTER, Teller, said
from tests.unit.audit.stories import hand, named, told_as

NEED = named("need")


class Running:
    """The audit service without a bus: a store, a consumer, and its loops."""

    def __init__(self, folder: Path, messages: Sequence[Message]) -> None:
        self.store = Store(MANIFEST, f"sqlite:///{folder / 'audit.db'}")
        self.messages = messages
        self.consumer = Consumer(MANIFEST, self.store, self.pull)
        self.clockwork = Clockwork(self.store)
        self.store.start()
        self.clockwork.start()

    def pull(self, publisher: str, after: int, limit: int) -> list[bytes]:
        found = [m for m in self.messages if m.envelope.publisher == publisher and m.envelope.position > after]
        return [m.raw for m in found[:limit]]

    def hear(self, *messages: Message) -> None:
        """Each as the bus would bring it, publisher by publisher."""
        for message in messages:
            self.consumer.hear(Heard(message.envelope.publisher, message.envelope.position, [message.raw]))

    def rows(self, table: sa.Table, **equals: Any) -> list[dict[str, Any]]:
        return self.store.look().all(table, **equals)

    def types(self) -> list[str]:
        return [row["type"] for row in self.rows(tables.entry)]

    def told(self) -> list[str]:
        return [read_envelope(raw).type for raw in self.store.read(0, 100)]

    def stop(self) -> None:
        self.clockwork.stop()
        self.store.stop()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start audit in the same folder, as often as a test wants; all are stopped in the end."""
    started: list[Running] = []

    def start(messages: Sequence[Message] = ()) -> Running:
        started.append(Running(tmp_path, messages))
        return started[-1]

    yield start
    for running in started:
        running.stop()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def test_every_event_is_recorded_once_in_its_publishers_order(run: Callable[..., Running]):
    story = stories.xiaowei()
    audit = run(story)
    audit.hear(*story, *story, *reversed(story))
    assert audit.types() == [m.envelope.type for m in story]
    assert fsck.verify(audit.store.look()).count == 0


def test_after_a_restart_it_goes_on_where_it_was(run: Callable[..., Running]):
    story = stories.cold_radiator()
    first = run(story)
    first.hear(*story[:4])
    first.stop()
    second = run(story)
    second.hear(*story)
    assert second.types() == [m.envelope.type for m in story]
    assert fsck.verify(second.store.look()).count == 0


def test_a_gap_is_repaired_by_pulling_and_written_down(run: Callable[..., Running]):
    story = [said(position=n, version=n) for n in range(1, 8)]
    audit = run(story)
    audit.hear(story[0], story[5])
    assert [row["position"] for row in audit.rows(tables.entry)] == [1, 2, 3, 4, 5, 6, 7]
    assert audit.told() == ["gap.detected", "gap.filled"]
    (row,) = audit.rows(views.gap)
    assert (row["publisher"], row["expected"], row["seen"], row["state"]) == ("intake", 2, 6, "filled")


def test_its_own_events_are_entries_like_all_others(run: Callable[..., Running]):
    story = [said(position=n, version=n) for n in range(1, 4)]
    audit = run(story)
    audit.hear(story[2])
    own = audit.store.read(0, 10)
    audit.consumer.hear(Heard("audit", 1, own))
    assert audit.types()[-2:] == ["gap.detected", "gap.filled"]
    assert fsck.verify(audit.store.look()).count == 0


def test_a_break_is_told_and_so_is_its_end(run: Callable[..., Running]):
    teller, worker = Teller(), "worker:w-01"

    def moved(act: str, giver: str, taker: str) -> Message:
        handoff = hand(act, giver, taker, need=NEED)
        event = told_as(referral.ReferralOriginChanged, matter_id=MATTER, origin=giver, handoff=handoff)
        return teller.tell("referral", f"referral/{NEED}", event)

    received = told_as(intake.HelpRequestReceived, matter_id=MATTER, handoff=hand("taken", "unknown", worker))
    audit = run()
    audit.hear(
        teller.tell("intake", f"help-request/{MATTER}", received),
        moved("taken", worker, "team:lotus"),
        moved("taken", worker, "team:harbor"),
    )
    eventually(lambda: audit.told() == ["custody.broken"])
    eventually(lambda: [row["broken"] for row in audit.rows(views.matter)] == [1])
    audit.hear(moved("returned", "team:harbor", worker))
    eventually(lambda: audit.told() == ["custody.broken", "custody.mended"])
    eventually(lambda: [row["broken"] for row in audit.rows(views.matter)] == [0])
    (row,) = audit.rows(views.finding)
    assert (row["state"], row["fault"], row["holders"]) == ("over", "two", "team:lotus,team:harbor")
