"""The whole path: events in intake's log → its relay → RabbitMQ → audit's consumer → ledger entries in PostgreSQL.

Both services run as they are deployed, with all else that they do: intake hears itself, audit follows custody. The
events become visible in intake's log all at once, as another process of intake would write them; they are counted from
the first one's time in the ledger to the moment the last one is seen there. After a start a consumer handles the first
500 events one by one: the services are warm once they have heard these, and only then it is measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from statistics import median
from time import time

import amqp
import msgspec
import psycopg
import requests

from services.intake.service import MANIFEST
from services.kernel.entrypoints.rabbit import connect
from services.kernel.store import Store
from tests.bench.stage import Hub, Peer, Row, Stage, until
from tests.bench.subject import case_events, fill

EXCHANGE = "teller.events"
WARM = 600


def run(stage: Stage) -> Iterable[Row]:
    """With the single events beside the batches, and without them."""
    count, few = stage.size(40_000), stage.size(3_000)
    theirs = median(handled(stage, few) for _ in range(stage.rounds))
    for single, what in (
        ("true", "log → relay → RabbitMQ → ledger, PostgreSQL"),
        ("false", "the same, single events off"),
    ):
        ours = median(recorded(stage, count, single) for _ in range(stage.rounds))
        yield Row(what=what, goal="≥ 8,000/s, ≥ 16 ×", ours=ours, unit="/s", peer=theirs,
                  reached=ours >= 8_000 and ours >= 16 * theirs, note="nameko event_handler, SQLAlchemy row")  # fmt: skip


def recorded(stage: Stage, count: int, single: str) -> float:
    """Entries a second of a backlog of so many events, on services that were just started."""
    with Hub("intake", "audit", HUB_SINGLE_EVENTS=single) as hub:
        log = hub.postgres.create_database("prepared")
        write(log, count + WARM)
        subscribed(hub)
        with psycopg.connect(hub.postgres.conninfo("audit"), autocommit=True) as audit:
            publish(hub, "prepared", WARM)
            until(lambda: all(heard(hub, name) >= WARM for name in ("intake", "audit")), 300)
            pulled = -by_pull(hub)
            publish(hub, "prepared", count + WARM)
            ended = until(lambda: entries(audit) >= count + WARM, 300)
            first = "SELECT rt FROM entry WHERE publisher = 'intake' AND position = %s"
            row = audit.execute(first, (WARM + 1,)).fetchone()
        assert row is not None
        seconds = ended - row[0] / 1e6
        pulled += by_pull(hub)
    if pulled > count / 20:
        raise AssertionError(f"{pulled:.0f} of {count} events were pulled instead of heard")
    return count / seconds


def write(url: str, count: int) -> None:
    """Real events of cases into the log of a database of intake's."""
    store = Store(MANIFEST, url)
    store.start()
    fill(store, list(case_events(count)))
    store.stop()


def subscribed(hub: Hub) -> None:
    """Wait until audit's queue for intake is there and both have nothing to do."""
    listed = ("list_queues", "-p", "hub", "--no-table-headers", "name")
    until(lambda: "audit.intake.log" in hub.rabbit.ctl(*listed).split(), 60, every=0.5)


def entries(audit: psycopg.Connection) -> int:
    """How many of intake's events the ledger holds."""
    row = audit.execute("SELECT position FROM cursor WHERE publisher = 'intake'").fetchone()
    return row[0] if row else 0


def heard(hub: Hub, name: str) -> int:
    """How far a service has heard intake."""
    state = requests.get(hub.url(name) + "/readyz", timeout=10).json()
    return int(state["services"][name]["heard"]["intake"])


def publish(hub: Hub, prepared: str, until_position: int) -> None:
    """Put a prepared log, as far as that, into intake's, in one transaction."""
    with (
        psycopg.connect(hub.postgres.conninfo(prepared)) as source,
        psycopg.connect(hub.postgres.conninfo("intake")) as target,
    ):
        columns = "position, stream, version, type, recorded_at, raw"
        row = target.execute("SELECT position FROM head").fetchone()
        assert row is not None
        some = f"SELECT {columns} FROM event WHERE position > {row[0]} AND position <= {until_position}"
        reading = source.cursor().copy(f"COPY ({some}) TO STDOUT (FORMAT BINARY)")
        writing = target.cursor().copy(f"COPY event ({columns}) FROM STDIN (FORMAT BINARY)")
        with reading as out, writing as into:
            for block in out:
                into.write(block)
        last = target.execute("SELECT raw, recorded_at FROM event WHERE position = %s", (until_position,)).fetchone()
        assert last is not None
        head = (until_position, sha256(last[0]).digest(), last[1])
        target.execute("UPDATE head SET position = %s, hash = %s, recorded_at = %s", head)


def by_pull(hub: Hub) -> float:
    """How many of intake's events audit has pulled, as its metrics say."""
    text = requests.get(hub.url("audit") + "/metrics", timeout=10).text
    found = re.search(r'hub_heard_events_total\{publisher="intake",service="audit",via="pull"\} ([\d.e+]+)', text)
    return float(found[1]) if found else 0.0


def handled(stage: Stage, count: int) -> float:
    """Events a second that the stock handler stores, from a queue that is filled at once."""
    url = stage.database("postgresql")
    body = msgspec.json.encode({"id": "x", "padding": "x" * 600})
    with Peer("listener", stage.folder, stage.rabbit.url, url), psycopg.connect(
        stage.postgres.conninfo(url.rpartition("/")[2]), autocommit=True
    ) as rows:  # fmt: skip

        def stored() -> int:
            row = rows.execute("SELECT count(*) FROM heard").fetchone()
            return row[0] if row else 0

        connection = connect(stage.rabbit.url, "measurement")
        channel = connection.channel()
        channel.confirm_select()
        channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
        until(lambda: any("listener" in name for name in stage.rabbit.queues()), 30, every=0.5)
        for _ in range(count):
            message = amqp.Message(body, content_type="application/json", content_encoding="utf-8", delivery_mode=2)
            channel.basic_publish(message, EXCHANGE, "tale.told")
        began, first = time(), stored()
        ended = until(lambda: stored() >= count, 300)
        connection.close()
    return (count - first) / (ended - began)
