"""How long until a command that was accepted is in the ledger, at a steady pace, on the deployed services.

From the time in the event, which is set before intake's commit, to the time at which PostgreSQL committed the ledger's
entry: both on the clock of this machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from queue import SimpleQueue

import msgspec
import psycopg
import requests

from services.intake.service import MANIFEST
from tests.bench.commands import BODY, item
from tests.bench.path import WARM, entries, heard, subscribed
from tests.bench.stage import Hub, Row, Stage, percentile, until
from tests.bench.subject import WORKER

CLIENTS = 16


class Timed(msgspec.Struct):
    """An event's time in an entry."""

    time: datetime


class Entry(msgspec.Struct):
    """An entry, opened as far as that."""

    event: Timed


def run(stage: Stage) -> Iterable[Row]:
    """A row for each pace."""
    with Hub("intake", "audit") as hub:
        subscribed(hub)
        warm(hub.url("intake"), hub.hub.token_for(WORKER))
        until(lambda: all(heard(hub, name) >= WARM for name in ("intake", "audit")), 300)
        send(hub.url("intake"), hub.hub.token_for(WORKER), 50, 2)
        for pace, most in ((50, 25.0), (300, 100.0)):
            taken = measured(hub, pace, 2 if stage.quick else 15)
            p50, p99 = percentile(taken, 0.5) * 1000, percentile(taken, 0.99) * 1000
            yield Row(what=f"accepted → recorded by audit, {pace}/s, p99", goal=f"≤ {most:.0f} ms", ours=p99, unit="ms",
                      reached=p99 <= most, note=f"p50 {p50:.1f} ms")  # fmt: skip


def warm(url: str, token: str) -> None:
    """As many events as a consumer handles one by one after a start."""
    for start in range(0, WARM, 300):
        items = [item(number) for number in range(start, start + 300)]
        headers = {"Authorization": f"Bearer {token}"}
        requests.post(f"{url}/intake/v1/commands", json=items, headers=headers, timeout=60).raise_for_status()


def measured(hub: Hub, pace: int, seconds: int) -> list[float]:
    """Seconds from accepted to recorded, of each command of a steady stream."""
    with psycopg.connect(hub.postgres.conninfo("audit"), autocommit=True) as audit:
        before = entries(audit)
        sent = send(hub.url("intake"), hub.hub.token_for(WORKER), pace, seconds)
        until(lambda: entries(audit) >= before + sent, 60)
        rows = audit.execute(
            "SELECT raw, pg_xact_commit_timestamp(xmin) FROM entry WHERE publisher = %s AND position > %s",
            (MANIFEST.name, before),
        ).fetchall()
    read = msgspec.json.Decoder(Entry).decode
    return [(recorded - read(raw).event.time).total_seconds() for raw, recorded in rows]


def send(url: str, token: str, pace: int, seconds: float) -> int:
    """Commands at a steady pace, whether the ones before were answered or not; how many."""
    due: SimpleQueue[bool] = SimpleQueue()
    wrong: list[int] = []
    path = f"{url}/intake/v1/help-requests"
    threads = [threading.Thread(target=_client, args=(path, token, due.get, wrong)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    count, began = int(pace * seconds), time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, began + number / pace - time.monotonic()))
        due.put(True)
    for _ in threads:
        due.put(False)
    for thread in threads:
        thread.join()
    if wrong:
        raise AssertionError(f"{len(wrong)} commands were answered {wrong[0]}")
    return count


def _client(path: str, token: str, due: Callable[[], bool], wrong: list[int]) -> None:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    while due():
        answer = session.post(path, json=BODY, timeout=30)
        if answer.status_code != 201:
            wrong.append(answer.status_code)
