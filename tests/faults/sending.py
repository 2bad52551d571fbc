"""Commands sent while something is being killed, and the three questions afterwards."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

from services.kernel.message import Actor
from tests.support.embedded import Hub

CLERK = Actor(id="w-01", role="coordinator", org="220104004")
BODY = {"unit": "community:220104004001", "area": "220104004001", "came_by": "phone"}


@dataclass
class Sender:
    """Sends requests for help from several threads, each with a key of its own, and remembers what was acknowledged."""

    url: str
    token: str
    name: str
    threads: int = 3
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    _ending: threading.Event = field(default_factory=threading.Event)
    _running: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Sender:
        self._running = [threading.Thread(target=self._send_all, args=(n,), daemon=True) for n in range(self.threads)]
        for thread in self._running:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._running:
            thread.join(timeout=60)

    def _send_all(self, number: int) -> None:
        session, count = requests.Session(), 0
        while not self._ending.is_set():
            self.send(session, f"{self.name}-{number}-{count}")
            count += 1
            time.sleep(0.05)  # a bounded stream: what is killed matters here, not how much there is of it

    def send(self, session: requests.Session, key: str) -> None:
        """One command; what was not acknowledged is remembered, to be sent again."""
        began = time.monotonic()
        try:
            answer = session.post(
                f"{self.url}/intake/v1/help-requests", json=BODY, timeout=30,
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
            )  # fmt: skip
        except requests.RequestException:
            self.unknown.add(key)
            return
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            self.acknowledged[key] = answer.json()
            self.unknown.discard(key)
        else:
            self.unknown.add(key)

    def wait_for(self, commands: int, seconds: float = 30) -> None:
        """Until so many more have been acknowledged."""
        goal, until = len(self.acknowledged) + commands, time.monotonic() + seconds
        while len(self.acknowledged) < goal:
            assert time.monotonic() < until, f"only {len(self.acknowledged)} of {goal} were accepted; {self.statuses}"
            time.sleep(0.01)

    def send_again(self) -> None:
        """Send again, under its key, whatever has no answer yet."""
        session = requests.Session()
        for key in sorted(self.unknown):
            self.send(session, key)
        assert not self.unknown, self.statuses


def log_of(hub: Hub, publisher: str) -> list[dict[str, Any]]:
    """A publisher's whole log, as it hands it out."""
    events: list[dict[str, Any]] = []
    while True:
        page = hub.ask("GET", f"/{publisher}/events?after={len(events)}", role="service").json()
        if not page:
            return events
        events += page


def ledger_of(hub: Hub) -> list[dict[str, Any]]:
    """Every entry of the ledger, in its order."""
    entries: list[dict[str, Any]] = []
    while True:
        page = hub.ask("GET", f"/audit/v1/ledger?after={len(entries)}&limit=1000", role="service").json()["items"]
        if not page:
            return entries
        entries += [item["entry"] for item in page]


def nothing_lost_nothing_twice(hub: Hub, sender: Sender) -> None:
    """Every acknowledged command is in the log under its answer, and no key has had an effect twice."""
    received = [event for event in log_of(hub, "intake") if event["type"] == "help-request.received"]
    by_stream = Counter(event["subject"] for event in received)
    assert all(count == 1 for count in by_stream.values())
    positions = {event["subject"]: event["position"] for event in received}
    for answer in sender.acknowledged.values():
        assert positions[f"help-request/{answer['id']}"] == answer["position"]


def ledger_is_whole(hub: Hub, publishers: tuple[str, ...]) -> None:
    """Every event of every publisher is in the ledger once, in its publisher's order, and the ledger verifies."""
    entries = ledger_of(hub)
    for publisher in publishers:
        recorded = [entry["event"]["position"] for entry in entries if entry["publisher"] == publisher]
        assert recorded == list(range(1, len(recorded) + 1))
        assert (
            len(recorded)
            >= hub.ask("GET", f"/{publisher}/events?after={len(recorded)}", role="service").json().__len__()
        )
    verified = hub.ask("GET", "/audit/v1/ledger/verification", role="auditor").json()
    assert verified["sound"], verified
