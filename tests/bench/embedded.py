"""The embedded hub: how soon a command is in the ledger, and how much memory it takes with the stories loaded.

From the time in the event to the time that the ledger gave the entry, just before its commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

import msgspec
import psutil

from tests.bench.latency import Entry, send, warm
from tests.bench.stage import Row, Stage, percentile, until
from tests.bench.subject import WORKER
from tests.support.embedded import Embedded
from wushe.embedded import Folder

MIB = 1024 * 1024


def run(stage: Stage) -> Iterable[Row]:
    """Latency at 50 commands a second, then memory."""
    folder = stage.folder / "embedded"
    with Embedded(folder, demo=True) as hub:
        until(Folder(folder).loaded.exists, 120, every=0.2)
        hub.hub.settles(120)
        assert hub.process is not None
        memory = resident(hub.process.pid) / MIB
        cold = measured(hub, 2)
        warm(hub.hub.url, hub.hub.token_for(WORKER))
        hub.hub.settles(120)
        taken = measured(hub, 2 if stage.quick else 15)
    for values, when in ((taken, ""), (cold, ", just started")):
        p50, p99 = percentile(values, 0.5) * 1000, percentile(values, 0.99) * 1000
        yield Row(what=f"embedded hub: accepted → recorded, 50/s, p99{when}", goal="≤ 50 ms", ours=p99, unit="ms",
                  reached=p99 <= 50, note=f"p50 {p50:.1f} ms; SQLite FULL, bus in memory")  # fmt: skip
    yield Row(what="embedded hub with the demo, resident memory", goal="≤ 250 MiB", ours=memory, unit="MiB",
              reached=memory <= 250)  # fmt: skip


def resident(pid: int) -> int:
    """Bytes of a process and of all it started."""
    process = psutil.Process(pid)
    return sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))


def measured(hub: Embedded, seconds: int) -> list[float]:
    """Seconds from accepted to recorded, of each command of a steady stream."""
    audit = sqlite3.connect(f"file:{hub.folder / 'audit.db'}?mode=ro", uri=True)
    last = "SELECT coalesce(max(position), 0) FROM entry WHERE publisher = 'intake'"
    before = audit.execute(last).fetchone()[0]
    sent = send(hub.hub.url, hub.hub.token_for(WORKER), 50, seconds)
    until(lambda: audit.execute(last).fetchone()[0] >= before + sent, 60)
    time.sleep(0.1)
    rows = audit.execute("SELECT raw, rt FROM entry WHERE publisher = 'intake' AND position > ?", (before,)).fetchall()
    audit.close()
    read = msgspec.json.Decoder(Entry).decode
    return [rt / 1e6 - read(raw).event.time.timestamp() for raw, rt in rows]
