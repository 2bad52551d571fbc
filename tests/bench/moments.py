"""A matter of a thousand events at any two moments, in a ledger of a hundred thousand and of a million entries.

Beside it, as the raw limit of reading a matter whole: all its entries read from the ledger and folded at the same moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid5

import psycopg

from services.audit import archive
from services.audit.ledger import Ledger, micros
from services.audit.moments.follower import ReplayFollower
from services.audit.moments.reading import Moment
from services.audit.moments.state import state
from services.audit.replay import state as folded
from services.audit.service import MANIFEST
from services.kernel.database import writer_for
from services.kernel.message import Message
from services.kernel.store import Store
from tests.bench.stage import Row, Stage, percentile
from tests.unit.audit.said import MATTER, said

EVENTS = 1_000
GOAL = 100.0
POINTS = 300
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
PARTIES = ("worker:w-01", "organization:lotus", "team:harbor", "worker:w-02")


def run(stage: Stage) -> Iterable[Row]:
    """A row for each size of the ledger."""
    for size in (stage.size(100_000), stage.size(1_000_000)):
        url = stage.database("postgresql")
        store = Store(MANIFEST, url)
        keep(store)
        spread(url.replace("+psycopg", ""), size // EVENTS)
        ours, theirs = measured(store, size)
        store.engine.dispose()
        p99 = percentile(ours, 0.99)
        yield Row(
            what=f"a case of 1,000 events at two moments, {size:,} entries, p99", goal=f"≤ {GOAL:.0f} ms", ours=p99, unit="ms",
            peer=median(theirs), reached=p99 <= GOAL, least=True,
            note=f"its entries read and folded (median); ours: median {median(ours):.1f} ms, the first of a process {ours[0]:.0f}, "
            f"the longest of the others {max(ours[1:]):.0f}",
        )  # fmt: skip


def history() -> Iterator[Message]:
    """A request, a case, referrals that are handed on, services without end; some told late, some corrected."""
    random, versions = Random(7), dict[str, int]()
    streams = [
        f"{kind}/{uuid5(MATTER, f'{kind} {n}')}"
        for kind, n in (("help-request", 0), ("case", 0), *(("referral", n) for n in range(6)))
    ]
    before: list[str] = []
    for n in range(EVENTS):
        stream, now = (
            streams[n if n < len(streams) else random.choice((1, 1, 1, 1, 2, 3, 4, 5, 6, 7))],
            BEGAN + timedelta(hours=18 * n),
        )
        at = now - timedelta(days=random.randrange(30)) if random.random() < 0.05 else now
        data: dict[str, Any] = {
            "matter_id": str(MATTER),
            "kind": f"k{n % 7}",
            "result": f"r{n % 5}",
            "person_id": str(uuid5(MATTER, "p")),
        }
        kind = stream.partition("/")[0]
        if kind == "referral" and random.random() < 0.4:
            need = stream.partition("/")[2]
            data["handoff"] = {"act": "taken", "giver": "unknown", "takers": [random.choice(PARTIES)], "need_id": need}
        type_, corrected = f"{kind}.w{n % 9}", {}
        if before and random.random() < 0.01:
            data |= {"corrects": random.choice(before), "fields": ["kind"], "now": {"kind": "mended"}}
            stream = f"record/{data['corrects']}"
            type_ = "record.service-corrected"
        version = versions[stream] = versions.get(stream, 0) + 1
        message = said(
            "intake",
            n + 1,
            type=type_,
            stream=stream,
            version=version,
            data=data,
            at=at,
            time=now.isoformat(),
            **corrected,
        )
        before.append(str(message.envelope.id))
        yield message


def keep(store: Store) -> None:
    """Record the case, and derive its rows as the follower does."""
    writer, ledger, follower, after = writer_for(store.engine), Ledger(), ReplayFollower(), 0
    for message in history():
        writer.apply(ledger.take([message], message.envelope.time, store.views))
    while True:
        changes, _, now_at = follower.step(store.views, after)
        if now_at == after:
            break
        writer.apply(changes)
        after = now_at
    writer.close()


SPREAD = {
    "strand": "CASE WHEN k = 0 OR matter_id = '00000000-0000-0000-0000-000000000000' THEN matter_id ELSE md5('m' || k)::uuid END, "
    "stream || CASE WHEN k = 0 THEN '' ELSE '-' || k END, valid_from, entry * {n} + k, known_from * {n} + k, known_until * {n} + k, "
    "restricted, shown_as, content",
    "held": "CASE WHEN k = 0 THEN matter_id ELSE md5('m' || k)::uuid END, known_from * {n} + k, n, known_until * {n} + k, need, start, "
    '"end", precision, end_precision, claims, act, entry * {n} + k, inherited, ended, restricted',
    "entry": "idx * {n} + k, publisher, position * {n} + k, stream || CASE WHEN k = 0 THEN '' ELSE '-' || k END, seq, type, "
    "CASE WHEN k = 0 THEN matter_id ELSE md5('m' || k)::uuid END, moves, vt, rt + k, leaf, raw",
}
"""The rows of a table for each of `n` cases, as if all had been told at once, one event of each after the other."""


def spread(url: str, cases: int) -> None:
    """Make of the one case many, whose entries lie scattered among each other's."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table, columns in SPREAD.items():
            order = "idx" if table == "entry" else "known_from"
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            connection.execute(f"CREATE TEMP TABLE one AS SELECT * FROM {table}")
            connection.execute(f"TRUNCATE {table}")
            chosen = columns.format(n=cases)
            connection.execute(
                f"INSERT INTO {table} SELECT {chosen} FROM one, generate_series(0, {cases - 1}) k ORDER BY one.{order}, k"
            )
            connection.execute("DROP TABLE one")
            connection.execute(f"ANALYZE {table}")


def measured(store: Store, size: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each answer: from rows, and by a fold of the matter's entries, at the same random moments."""
    random, first, last = Random(11), micros(BEGAN), micros(BEGAN + timedelta(hours=18 * EVENTS))
    ours, theirs = [], []
    for n in range(POINTS):
        known, valid_at = random.randrange(size // 2, size + 1), random.randrange((first + last) // 2, last)
        began = perf_counter()
        found = state(store.views, MATTER, Moment(known, valid_at))
        ours.append((perf_counter() - began) * 1_000)
        assert found["requests"] and found["needs"]
        if n % 50 == 0:
            began = perf_counter()
            entries = [e for e in archive.entries_of(store.views, MATTER, restricted=False) if e.idx < known]
            folded(UUID(int=1), entries, valid_at=valid_at)
            theirs.append((perf_counter() - began) * 1_000)
    return ours, theirs
