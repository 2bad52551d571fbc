"""Two hundred partners, twenty of them dead: how soon a delivery is there by queue and by feed, and how fast one catches up.

From the time in the event, which is set before the publisher's commit, to the moment at which a reader has the delivery.
Half of the dead refuse calls, half take them and never answer. Beside the catch-up stands what PostgreSQL itself hands
out: the same rows, read by psycopg in pages of the same length.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
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
WRITERS = 4
FEEDS = 20
PAGE = 1_000


class Delivery(msgspec.Struct):
    """What is looked at of a delivery."""

    time: datetime


_read = msgspec.json.Decoder(Delivery).decode
_page = msgspec.json.Decoder(list[Delivery]).decode


def run(stage: Stage) -> Iterable[Row]:
    """The rows: filling, latency by both ways, memory, catching up."""
    return measured(*((10, 2, 2_000, 3) if stage.quick else (200, 20, 100_000, 15)))


def measured(partners: int, dead: int, events: int, seconds: int) -> Iterator[Row]:
    """With so many partners, so many of them dead, after so many events, for so many seconds."""
    with Hub("referral", "partner", "console") as hub, silent() as deaf:
        station = Station(hub.hub)
        organizations = [o for n in range(0, partners, 50) for o in station.organizations(min(50, partners - n), NEED)]
        until(lambda: bool(station.feed(organizations[-1])), 120)
        living = organizations[dead:]
        kill(station, organizations[:dead], deaf)
        for each in living:
            path = f"/partner/v1/queues/{each.id}/opening"
            hub.hub.ask("POST", path, {}, role=ADMIN.role, ident=ADMIN.id, org="").raise_for_status()
        voices, at_first = Voices(station, organizations), resident(hub)
        yield filling(hub, station, voices, organizations, events)
        yield alone(hub, station, voices, organizations, events // 2)
        yield from latency(hub, station, voices, organizations, living, seconds)
        memory = resident(hub)
        yield Row(what=f"partner service, {partners} partners, {dead} dead, {events:,} events", goal="≤ 400 MiB", ours=memory,
                  unit="MiB", reached=memory <= 400, note=f"resident memory after all of it; {at_first:.0f} MiB before")  # fmt: skip
        yield catching_up(hub, station, voices, living[-1], min(events, 30_000))


@contextmanager
def silent() -> Iterator[str]:
    """Where calls are taken and never answered: each costs its caller the whole time that an answer may take."""
    with socket.create_server(("127.0.0.1", 0), backlog=1_000) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"


def kill(station: Station, organizations: list[Organization], deaf: str) -> None:
    """These are called where nobody is, or nobody ever answers."""
    for place, each in enumerate(organizations):
        station.do("/partner/endpoints", {"url": deaf if place % 2 else "http://127.0.0.1:9/x"}, each.speaker)


class Voices:
    """Organizations that say how much they can take, over and over: a fact that concerns nobody but themselves."""

    def __init__(self, station: Station, organizations: list[Organization]) -> None:
        self._numbers = count(1)
        self.offerings: dict[str, str] = {}
        for some in batched(organizations):
            bodies = [("", {"organization_id": each.id, "service_codes": [NEED], "areas": [STREET]}) for each in some]
            made = station.batch("referral", "publish-offering", bodies, HEAD)
            self.offerings |= {each.id: item["id"] for each, item in zip(some, made, strict=True)}

    def say(self, station: Station, organizations: list[Organization]) -> None:
        """One fact of each of these, in one request."""
        bodies = [(self.offerings[each.id], {"capacity": next(self._numbers)}) for each in organizations]
        station.batch("referral", "change-capacity", bodies, HEAD)

    def go_round(self, station: Station, organizations: list[Organization], events: int) -> None:
        """So many facts, of each organization in turn."""
        for some in batched([organizations[n % len(organizations)] for n in range(events)]):
            self.say(station, some)


def batched(organizations: list[Organization]) -> Iterator[list[Organization]]:
    """As many as go into one request."""
    for start in range(0, len(organizations), AT_ONCE):
        yield organizations[start : start + AT_ONCE]


def level(station: Station) -> bool:
    """Whether the partner service has heard everything that was said."""
    return heard(station) >= station.head("referral")


def heard(station: Station) -> int:
    """How far the partner service has heard what concerns organizations."""
    return int(station.get("/partner/position")["heard"]["referral"])


def filling(hub: Hub, station: Station, voices: Voices, organizations: list[Organization], events: int) -> Row:
    """Sequences are filled while four writers write as fast as they can."""
    began, some = time.time(), events // WRITERS
    writers = [Station(type(hub.hub)(hub.hub.url, hub.hub.token_for)) for _ in range(WRITERS)]
    parts = [threading.Thread(target=voices.go_round, args=(each, organizations, some)) for each in writers]
    for part in parts:
        part.start()
    for part in parts:
        part.join()
    said = time.time() - began
    filled = until(lambda: level(station), 600, 0.1) - began
    return Row(what=f"facts → sequences, {len(organizations)} partners", goal="keeps up with the writers", ours=events / filled,
               unit="events/s", peer=events / said, reached=filled <= said * 1.2 + 5, note="peer: how fast they were said")  # fmt: skip


def alone(hub: Hub, station: Station, voices: Voices, organizations: list[Organization], events: int) -> Row:
    """The service was away while so much was said, and comes back: how fast it goes through that, nobody else at work."""
    hub.stop("partner")
    voices.go_round(station, organizations, events)
    hub.start("partner")
    hub.ready("partner")
    before, began = heard(station), time.time()
    filled = until(lambda: level(station), 600, 0.05)
    rate = (heard(station) - before) / (filled - began)
    return Row(what=f"the same, {events:,} said while it was away", goal="≥ 2,000/s", unit="events/s", ours=rate,
               reached=rate >= 2_000, note="nobody writes meanwhile; ten times the pace at which latency is measured")  # fmt: skip


def latency(
    hub: Hub,
    station: Station,
    voices: Voices,
    organizations: list[Organization],
    living: list[Organization],
    seconds: int,
) -> Iterator[Row]:
    """200 facts a second; each is timed where it is received."""
    admit(hub)
    ended = threading.Event()
    queued, fed = Received(), Received()
    readers = [threading.Thread(target=read_queues, args=(hub, living, queued, ended))]
    for each in living[:FEEDS]:
        after = int(station.feed(each)[-1]["sequence"])
        readers.append(threading.Thread(target=read_feed, args=(hub, each, after, fed, ended)))
    for reader in readers:
        reader.start()
    until(lambda: queued.rested() and fed.rested(), 300, 0.5)
    began, at = time.monotonic(), datetime.now(UTC)
    for tick in range(seconds * 10):
        voices.say(station, [organizations[(tick * 20 + n) % len(organizations)] for n in range(20)])
        time.sleep(max(0.0, began + (tick + 1) / 10 - time.monotonic()))
    pace = seconds * 200 / (time.monotonic() - began)
    until(lambda: queued.rested() and fed.rested(), 60, 0.5)
    ended.set()
    for reader in readers:
        reader.join()
    for way, received in (("queue", queued), ("feed, long poll", fed)):
        taken = received.since(at)
        p50, p99 = percentile(taken, 0.5) * 1000, percentile(taken, 0.99) * 1000
        yield Row(what=f"said → received by {way}, 200/s, p99", goal="≤ 1,000 ms", ours=p99, unit="ms", reached=p99 <= 1_000,
                  note=f"p50 {p50:.0f} ms, {len(taken):,} deliveries, said at {pace:.0f}/s")  # fmt: skip


class Received:
    """What has arrived by one way: when each was said, and how long it took."""

    def __init__(self) -> None:
        self.taken: list[tuple[datetime, float]] = []
        self.last = time.monotonic()

    def take(self, said: Iterable[datetime]) -> None:
        """These arrive now."""
        now = datetime.now(UTC)
        self.taken += [(each, (now - each).total_seconds()) for each in said]
        self.last = time.monotonic()

    def rested(self) -> bool:
        """Whether nothing has arrived for two seconds."""
        return time.monotonic() - self.last > 2

    def since(self, moment: datetime) -> list[float]:
        """How long those took that were said after this moment."""
        return [took for said, took in self.taken if said >= moment]


def admit(hub: Hub) -> None:
    """Somebody who may read all queues, made for this measurement."""
    hub.rabbit.ctl("add_user", "bench", "bench")
    hub.rabbit.ctl("set_permissions", "-p", "partners", "bench", "^$", "^$", ".*")


def read_queues(hub: Hub, organizations: list[Organization], received: Received, ended: threading.Event) -> None:
    """All queues at once."""

    def heard(message: Any) -> None:
        received.take([_read(message.body).time])
        message.channel.basic_ack(message.delivery_tag)

    with amqp.Connection(
        host=f"127.0.0.1:{hub.rabbit.port}", userid="bench", password="bench", virtual_host="partners"
    ) as made:
        channel = made.channel()
        channel.basic_qos(0, 200, False)
        for each in organizations:
            channel.basic_consume(f"q.{each.id}", callback=heard)
        while not ended.is_set():
            with suppress(TimeoutError):
                made.drain_events(timeout=0.2)


def read_feed(hub: Hub, organization: Organization, after: int, received: Received, ended: threading.Event) -> None:
    """One partner that waits for what comes."""
    headers = {"Authorization": f"Bearer {hub.hub.token_for(organization.speaker)}"}
    session = requests.Session()
    while not ended.is_set():
        asked = {"after": after, "limit": PAGE, "wait": 1}
        answer = session.get(f"{hub.url('partner')}/partner/v1/events", params=asked, headers=headers, timeout=30)
        if found := _page(answer.content):
            received.take(each.time for each in found)
            after += len(found)


def resident(hub: Hub) -> float:
    """The memory of the partner service's process, in MiB."""
    keeper = hub.processes["partner"].keeper.pid
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def catching_up(hub: Hub, station: Station, voices: Voices, organization: Organization, events: int) -> Row:
    """One partner reads its whole sequence from the beginning, page by page."""
    voices.go_round(station, [organization], events)
    until(lambda: level(station), 300, 0.1)
    headers = {"Authorization": f"Bearer {hub.hub.token_for(organization.speaker)}"}
    session, read, began = requests.Session(), 0, time.perf_counter()
    while True:
        url = f"{hub.url('partner')}/partner/v1/events?after={read}&limit={PAGE}"
        page = _page(session.get(url, headers=headers, timeout=30).content)
        read += len(page)
        if len(page) < PAGE:
            break
    rate = read / (time.perf_counter() - began)
    raw = plain(hub, organization)
    return Row(what=f"catch-up by feed, one partner, {read:,} deliveries", goal="≥ 10,000/s", ours=rate, unit="events/s", peer=raw,
               reached=rate >= 10_000, note="peer: the rows alone, by psycopg")  # fmt: skip


def plain(hub: Hub, organization: Organization) -> float:
    """The same rows as the database hands them out."""
    query = (
        "SELECT d.number, f.body FROM delivery d JOIN fact f USING (organization_id, publisher, position) "
        "WHERE d.organization_id = %s AND d.number > %s ORDER BY d.number LIMIT %s"
    )
    read, began = 0, time.perf_counter()
    with psycopg.connect(hub.postgres.conninfo("partner"), autocommit=True) as connection:
        while rows := connection.execute(query, (organization.id, read, PAGE), binary=True).fetchall():
            read += len(rows)
    return read / (time.perf_counter() - began)
