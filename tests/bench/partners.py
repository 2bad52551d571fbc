"""Two hundred partners, twenty of them dead: how soon a delivery is there by queue and by feed, and how fast one catches up.

From the time in the event, which is set before the publisher's commit, to the moment at which a reader has the delivery.
Beside the catch-up stands what PostgreSQL itself hands out: the same rows, read by psycopg in pages of the same length.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import amqp
import msgspec
import psycopg
import requests

from services.kernel.message import Actor
from tests.bench.stage import Hub, Row, Stage, percentile, until
from tests.support.street import HEAD, STREET, Organization
from tests.support.street import Street as Station

NEED = "housework"
ADMIN = Actor(id="a-ops", role="administrator")
AT_ONCE = 250
FEEDS = 20
PAGE = 1_000


class Delivery(msgspec.Struct):
    """What is looked at of a delivery."""

    time: datetime


_read = msgspec.json.Decoder(Delivery).decode
_page = msgspec.json.Decoder(list[Delivery]).decode


def run(stage: Stage) -> Iterable[Row]:
    """The rows: filling, latency by both ways, memory, catching up."""
    partners, dead, events, seconds = (10, 2, 2_000, 3) if stage.quick else (200, 20, 100_000, 15)
    with Hub("referral", "partner", "console") as hub:
        station = Station(hub.hub)
        organizations = [o for n in range(0, partners, 50) for o in station.organizations(min(50, partners - n), NEED)]
        until(lambda: bool(station.feed(organizations[-1])), 120)
        living = organizations[dead:]
        kill(hub, station, organizations[:dead])
        for each in living:
            path = f"/partner/v1/queues/{each.id}/opening"
            hub.hub.ask("POST", path, {}, role=ADMIN.role, ident=ADMIN.id, org="").raise_for_status()
        yield filling(hub, station, organizations, events)
        yield from latency(hub, station, organizations, living, seconds)
        memory = resident(hub)
        yield Row(what=f"partner service, {partners} partners, {dead} dead, {events:,} events", goal="≤ 400 MiB", ours=memory,
                  unit="MiB", reached=memory <= 400, note="resident memory after all of it")  # fmt: skip
        yield catching_up(hub, station, living[-1], 2_000 if stage.quick else 30_000)


def kill(hub: Hub, station: Station, organizations: list[Organization]) -> None:
    """These are called where nobody answers."""
    for each in organizations:
        station.do("/partner/endpoints", {"url": "http://127.0.0.1:9/x"}, each.speaker)


def say(station: Station, organizations: list[Organization], events: int) -> None:
    """So many facts, one for each organization in turn."""
    for start in range(0, events, AT_ONCE):
        chosen = [organizations[n % len(organizations)] for n in range(start, min(events, start + AT_ONCE))]
        station.batch("referral", "publish-offering", [("", offering(each)) for each in chosen], HEAD)


def offering(organization: Organization) -> dict[str, Any]:
    return {"organization_id": organization.id, "service_codes": [NEED], "areas": [STREET]}


def level(station: Station) -> bool:
    """Whether the partner service has heard everything that was said."""
    return int(station.get("/partner/position")["heard"]["referral"]) >= station.head("referral")


def filling(hub: Hub, station: Station, organizations: list[Organization], events: int) -> Row:
    """Sequences are filled while four writers write as fast as they can."""
    began = time.time()
    parts = [threading.Thread(target=say, args=(Station(hub.hub.__class__(hub.hub.url, hub.hub.token_for)), organizations, events // 4))
             for _ in range(4)]  # fmt: skip
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    said = time.time() - began
    filled = until(lambda: level(station), 600, 0.1) - began
    return Row(what=f"facts → sequences, {len(organizations)} partners", goal="keeps up with the writers", ours=events / filled,
               unit="events/s", peer=events / said, reached=filled <= said * 1.2 + 5, note="peer: how fast they were said")  # fmt: skip


def latency(
    hub: Hub, station: Station, organizations: list[Organization], living: list[Organization], seconds: int
) -> Iterator[Row]:
    """200 facts a second; each is timed where it is received."""
    queued: list[float] = []
    fed: list[float] = []
    ended = threading.Event()
    readers = [threading.Thread(target=read_queues, args=(hub, living, queued, ended))]
    heads = {each.id: int(station.feed(each)[-1]["sequence"]) for each in living[:FEEDS]}
    readers += [
        threading.Thread(target=read_feed, args=(hub, each, heads[each.id], fed, ended)) for each in living[:FEEDS]
    ]
    for reader in readers:
        reader.start()
    time.sleep(2 + (0 if seconds < 5 else 5))
    queued.clear()
    began = time.monotonic()
    for tick in range(seconds * 10):
        chosen = [organizations[(tick * 20 + n) % len(organizations)] for n in range(20)]
        station.batch("referral", "publish-offering", [("", offering(each)) for each in chosen], HEAD)
        time.sleep(max(0.0, began + (tick + 1) / 10 - time.monotonic()))
    time.sleep(2)
    ended.set()
    for reader in readers:
        reader.join()
    for way, taken in (("queue", queued), ("feed, long poll", fed)):
        p50, p99 = percentile(taken, 0.5) * 1000, percentile(taken, 0.99) * 1000
        yield Row(what=f"said → received by {way}, 200/s, p99", goal="≤ 1,000 ms", ours=p99, unit="ms", reached=p99 <= 1_000,
                  note=f"p50 {p50:.0f} ms, {len(taken):,} deliveries")  # fmt: skip


def read_queues(hub: Hub, organizations: list[Organization], taken: list[float], ended: threading.Event) -> None:
    """All queues at once, as somebody may who is made for this measurement."""
    hub.rabbit.ctl("add_user", "bench", "bench")
    hub.rabbit.ctl("set_permissions", "-p", "partners", "bench", "^$", "^$", ".*")

    def heard(message: Any) -> None:
        taken.append((datetime.now(UTC) - _read(message.body).time).total_seconds())
        message.channel.basic_ack(message.delivery_tag)

    with amqp.Connection(
        host=f"127.0.0.1:{hub.rabbit.port}", userid="bench", password="bench", virtual_host="partners"
    ) as made:
        channel = made.channel()
        channel.basic_qos(0, 200, False)
        for each in organizations:
            channel.basic_consume(f"q.{each.id}", callback=heard)
        while not ended.is_set():
            try:
                made.drain_events(timeout=0.2)
            except TimeoutError:
                continue


def read_feed(hub: Hub, organization: Organization, after: int, taken: list[float], ended: threading.Event) -> None:
    """One partner that waits for what comes."""
    headers = {"Authorization": f"Bearer {hub.hub.token_for(organization.speaker)}"}
    session = requests.Session()
    while not ended.is_set():
        asked = {"after": after, "limit": PAGE, "wait": 1}
        answer = session.get(f"{hub.url('partner')}/partner/v1/events", params=asked, headers=headers, timeout=30)
        found = _page(answer.content)
        now = datetime.now(UTC)
        taken += [(now - each.time).total_seconds() for each in found]
        after += len(found)


def resident(hub: Hub) -> float:
    """The memory of the partner service's process, in MiB."""
    keeper = hub.processes["partner"].keeper.pid
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def catching_up(hub: Hub, station: Station, organization: Organization, events: int) -> Row:
    """One partner reads its whole sequence from the beginning, page by page."""
    say(station, [organization], events)
    until(lambda: level(station), 300, 0.1)
    headers = {"Authorization": f"Bearer {hub.hub.token_for(organization.speaker)}"}
    session, count, began = requests.Session(), 0, time.perf_counter()
    while True:
        url = f"{hub.url('partner')}/partner/v1/events?after={count}&limit={PAGE}"
        page = _page(session.get(url, headers=headers, timeout=30).content)
        count += len(page)
        if len(page) < PAGE:
            break
    rate = count / (time.perf_counter() - began)
    raw = plain(hub, organization)
    return Row(what=f"catch-up by feed, one partner, {count:,} deliveries", goal="≥ 10,000/s", ours=rate, unit="events/s", peer=raw,
               reached=rate >= 10_000, note="peer: the rows alone, by psycopg")  # fmt: skip


def plain(hub: Hub, organization: Organization) -> float:
    """The same rows as the database hands them out."""
    query = (
        "SELECT d.number, f.body FROM delivery d JOIN fact f USING (organization_id, publisher, position) "
        "WHERE d.organization_id = %s AND d.number > %s ORDER BY d.number LIMIT %s"
    )
    count, began = 0, time.perf_counter()
    with psycopg.connect(hub.postgres.conninfo("partner"), autocommit=True) as connection:
        while rows := connection.execute(query, (organization.id, count, PAGE), binary=True).fetchall():
            count += len(rows)
    return count / (time.perf_counter() - began)
