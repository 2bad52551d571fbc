"""The signed ledger at a hundred thousand and at a million entries: what it takes in, proves, checks and gives away.

Intake and audit run as they are deployed, over a ledger that was written in bulk. A person is registered with four values
that are sealed, from the command over HTTP to the signed head; once more with a name and a telephone number among them, by
which each is also put into the index of who is alike and looked for among the others (H4).
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import msgspec
import psycopg
import requests

from services.audit import fsck
from services.audit.archive import path_of
from services.kernel.database import engine_for
from services.kernel.message import Actor
from services.kernel.relay import EVENTS, LOG
from services.kernel.store import Views
from tests.bench import bulk
from tests.bench.bulk import Filled
from tests.bench.latency import Entry
from tests.bench.path import subscribed
from tests.bench.peers import apart
from tests.bench.stage import Hub, Row, Stage, percentile, until
from tests.bench.subject import WORKER
from tests.support.bundles import VERIFIERS

SIZES = (100_000, 1_000_000)
SENT, AT_ONCE, SENDERS = 20_000, 500, 2
PROOFS, PEERS_PROOFS = 300, 20
NUMBERS = itertools.count(1)
AUDITOR = Actor(id="a-01", role="auditor")


def person(number: int) -> dict[str, str]:
    """Somebody with four values that are sealed, by none of which records are compared."""
    return {
        "station": "220104004", "id_kind": "other", "address": f"某街{number}号", "hukou_address": f"某村{number}号",
        "note": f"见面时再谈{number}",
    }  # fmt: skip


def named(number: int) -> dict[str, str]:
    """Somebody like nobody else, with as many: of those who are alike each would be looked into."""
    return {
        "station": "220104004", "name": f"小伟{number}", "phone": f"000-{number % 10_000:04d}-{number:08d}",
        "address": f"某街{number}号", "note": f"见面时再谈{number}",
    }  # fmt: skip


@dataclass
class Ground:
    """Two services over a ledger of a size."""

    hub: Hub
    filled: Filled
    stage: Stage

    @property
    def conninfo(self) -> str:
        """Audit's database."""
        return self.hub.postgres.conninfo("audit")

    @property
    def look(self) -> Views:
        """Audit's tables, read as the service reads them."""
        return Views(engine_for(self.hub.owner_url("audit")))

    def ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        """A question of an auditor's."""
        headers = {"Authorization": f"Bearer {self.hub.hub.token_for(AUDITOR)}"}
        return requests.request(method, f"{self.hub.url('audit')}{path}", json=body, headers=headers, timeout=300)


def run(stage: Stage) -> Iterable[Row]:
    """The rows for each size."""
    for size in SIZES:
        with ground(stage, stage.size(size)) as made:
            for measure in (proofs, checks, cases, everything, intake, looked_for):
                yield from measure(made)


@contextmanager
def ground(stage: Stage, size: int) -> Iterator[Ground]:
    """Intake and audit, stopped, filled and started again, once audit has sealed and signed all of it."""
    with Hub("intake", "audit") as hub:
        subscribed(hub)
        for name in hub.names:
            hub.stop(name)
        with psycopg.connect(hub.postgres.conninfo("audit")) as audit:
            emptied(audit, "entry", "tile", "log_state", "checkpoint", "cursor")
        found = bulk.filled(hub.postgres.conninfo("audit"), size)
        with psycopg.connect(hub.postgres.conninfo("intake")) as log:
            emptied(log, "event")
            log.execute("UPDATE head SET position = %s, hash = %s, recorded_at = %s", (size, found.last, found.at))
            log.execute("DELETE FROM relay")
            for output in (EVENTS, LOG):
                log.execute("INSERT INTO relay VALUES (%s, %s)", (output.name, size))
            log.execute("DELETE FROM cursor")
            log.execute("INSERT INTO cursor VALUES ('intake', %s)", (size,))
        for name in hub.names:
            hub.start(name)
        hub.ready()
        made = Ground(hub, found, stage)
        until(lambda: signed(made) >= size and sealed(made), 600, every=0.5)
        yield made


def emptied(connection: psycopg.Connection[Any], *tables: str) -> None:
    """As if nothing had been said."""
    for table in tables:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.execute(f"TRUNCATE {table}")
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def signed(made: Ground) -> int:
    """How far it is signed."""
    with psycopg.connect(made.conninfo, autocommit=True) as audit:
        row = audit.execute("SELECT max(size) FROM checkpoint").fetchone()
    return int(row[0] or 0) if row else 0


def sealed(made: Ground) -> bool:
    """Whether its histories are sealed."""
    with psycopg.connect(made.conninfo, autocommit=True) as audit:
        return audit.execute("SELECT 1 FROM entry WHERE type = 'ledger.sealed'").fetchone() is not None


def row(made: Ground, what: str, goal: str, ours: float, unit: str, reached: bool, **more: Any) -> Row:
    """A line of the table, for this size."""
    return Row(what=f"{what}, {made.filled.size:,} entries", goal=goal, ours=ours, unit=unit, reached=reached, **more)


# --- proofs -------------------------------------------------------------------------------------------------------------


def proofs(made: Ground) -> Iterable[Row]:
    """Inclusion proofs that nobody has asked for, each from tiles that were not read yet; beside the peer's."""
    look, random, size = made.look, Random(7), made.filled.size
    path_of(look, 0, size)
    taken = [_timed(lambda: path_of(look, random.randrange(size), size)) for _ in range(PROOFS)]
    with tempfile.TemporaryDirectory() as folder:
        theirs = apart.told("merkle", Path(folder) / "tree.db", size, PEERS_PROOFS)
    p99, peers = percentile(taken, 0.99), theirs["taken"]
    note = (
        f"pymerkle in SQLite, median {median(peers):.0f}, longest {max(peers):.0f}; ours: median {median(taken):.1f} ms"
    )
    yield row(made, "inclusion proof, cold, p99", "≤ 20 ms", p99, "ms", p99 <= 20, peer=median(peers), least=True, note=note)  # fmt: skip


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


# --- checks ---------------------------------------------------------------------------------------------------------------


def checks(made: Ground) -> Iterable[Row]:
    """Every entry read and hashed again, compared with rows, tiles and neighbours."""
    began = time.perf_counter()
    found = fsck.verify(made.look)
    rate = found.size / (time.perf_counter() - began)
    if found.count:
        raise AssertionError(f"the ledger is not sound: {found.flaws[0]}")
    yield row(made, "fsck", "≥ 20,000/s", rate, "/s", rate >= 20_000, note="one process beside PostgreSQL")


# --- bundles --------------------------------------------------------------------------------------------------------------


def exported(made: Ground, body: dict[str, Any], file: Path) -> float:
    """Seconds until a bundle that was asked for is there, signed, with all in it."""
    began = time.perf_counter()
    answer = made.ask("POST", "/audit/v1/exports", body)
    answer.raise_for_status()
    while (bundle := made.ask("GET", f"/audit/v1/exports/{answer.json()['id']}/bundle")).status_code == 503:
        time.sleep(0.1)
    bundle.raise_for_status()
    file.write_bytes(bundle.content)
    return time.perf_counter() - began


def verified(file: Path) -> tuple[float, dict[str, Any]]:
    """Seconds of the verifier in one file, as somebody runs it, and what it found."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIERS["wushe_verify.py"]), str(file), "--json"], capture_output=True, text=True
    )
    seconds, found = time.perf_counter() - began, json.loads(done.stdout)
    if not found["ok"]:
        raise AssertionError(f"the bundle is refused: {found}")
    return seconds, found


def cases(made: Ground) -> Iterable[Row]:
    """A matter of a hundred events taken away, and checked by its taker."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.zip"
        taken, checked = [], []
        for matter in made.filled.matters[:5]:
            taken.append(exported(made, {"scope": "case", "matter_id": str(matter)}, file))
            checked.append(verified(file)[0])
    export, check = median(taken), median(checked)
    note = f"longest {max(taken):.1f} s; on record, sealed and signed"
    yield row(made, "case of 100 events, export", "≤ 2 s", export, "s", export <= 2, note=note)
    yield row(
        made,
        "case of 100 events, verify",
        "≤ 1 s",
        check,
        "s",
        check <= 1,
        note="the Python verifier, its start included",
    )


def everything(made: Ground) -> Iterable[Row]:
    """The whole ledger taken away and checked."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "full.zip"
        export = exported(made, {"scope": "full"}, file)
        seconds, _ = verified(file)
        weight = file.stat().st_size
    rate, size = made.filled.size / seconds, made.filled.size
    note = f"export {size / export:,.0f}/s, {weight / size:.0f} bytes an entry"
    yield row(made, "full bundle, verify", "≥ 5,000/s", rate, "/s", rate >= 5_000, note=note)


# --- intake ---------------------------------------------------------------------------------------------------------------


def intake(made: Ground) -> Iterable[Row]:
    """Commands with four sealed values each, as fast as they are taken, until a signed head covers the last of them."""
    rate, waits = taken_in(made, person)
    p99 = percentile(waits, 0.99)
    what = "with 4 sealed values, HTTP → vault → RabbitMQ → signed ledger"
    note = f"{AT_ONCE} commands a request, {SENDERS} at once"
    yield row(made, what, "≥ 1,500/s", rate, "/s", rate >= 1_500, note=note)
    yield row(
        made, "the same, event → signed head, p99", "≤ 5 s", p99, "s", p99 <= 5, note=f"median {median(waits):.1f} s"
    )


def looked_for(made: Ground) -> Iterable[Row]:
    """The same with names and telephone numbers, by which each is looked for among all who are on record."""
    rate, _ = taken_in(made, named)
    yield row(
        made, "the same, each looked for among all on record", "(none)", rate, "/s", True, note="name and telephone"
    )


def taken_in(made: Ground, somebody: Callable[[int], dict[str, str]]) -> tuple[float, list[float]]:
    """How many a second come into the signed ledger, and how long each took."""
    warm, count = 1_000, made.stage.size(SENT)
    sent(made, warm, somebody)
    with psycopg.connect(made.hub.postgres.conninfo("intake"), autocommit=True) as log:
        before = int(log.execute("SELECT position FROM head").fetchall()[0][0])
    with psycopg.connect(made.conninfo, autocommit=True) as audit:
        until(lambda: _recorded(audit) >= before, 120)
        sent(made, count, somebody)
        until(lambda: _recorded(audit) >= before + count, 120)
        last = _index(audit, before + count)
        until(lambda: signed(made) > last, 60)
        rows = audit.execute(
            "SELECT e.raw, (SELECT c.signed_at FROM checkpoint c WHERE c.size > e.idx ORDER BY c.size LIMIT 1) "
            "FROM entry e WHERE e.publisher = 'intake' AND e.position > %s AND e.position <= %s", (before, before + count),
        ).fetchall()  # fmt: skip
    read = msgspec.json.Decoder(Entry).decode
    said = [(read(raw).event.time.timestamp(), at / 1e6) for raw, at in rows]
    rate = len(said) / (max(at for _, at in said) - min(began for began, _ in said))
    return rate, [at - began for began, at in said]


def _recorded(audit: psycopg.Connection[Any]) -> int:
    found = audit.execute("SELECT position FROM cursor WHERE publisher = 'intake'").fetchone()
    return found[0] if found else 0


def _index(audit: psycopg.Connection[Any], position: int) -> int:
    found = audit.execute("SELECT idx FROM entry WHERE publisher = 'intake' AND position = %s", (position,)).fetchone()
    assert found is not None
    return int(found[0])


def sent(made: Ground, count: int, somebody: Callable[[int], dict[str, str]]) -> None:
    """So many persons registered, by some senders at once."""
    with ThreadPoolExecutor(SENDERS) as senders:
        list(senders.map(lambda _: _send(made, count // SENDERS, somebody), range(SENDERS)))


def _send(made: Ground, count: int, somebody: Callable[[int], dict[str, str]]) -> None:
    """What is turned away for want of room comes again."""
    headers = {"Authorization": f"Bearer {made.hub.hub.token_for(WORKER)}"}
    with requests.Session() as session:
        left = count
        while left:
            items = [{"command": "register-person", "body": somebody(next(NUMBERS))} for _ in range(min(AT_ONCE, left))]
            answer = session.post(
                f"{made.hub.url('intake')}/intake/v1/commands", json=items, headers=headers, timeout=60
            )
            if answer.status_code == 503:
                time.sleep(0.05)
                continue
            answer.raise_for_status()
            refused = [each for each in answer.json() if each["status"] != 201]
            if refused:
                raise AssertionError(f"refused: {refused[0]}")
            left -= len(items)
