"""Commands over HTTP: the intake service as it is deployed, beside a stock nameko handler on the same servers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tests.bench import load
from tests.bench.stage import Hub, Peer, Row, Stage
from tests.bench.subject import WORKER

CLIENTS = 32
BATCH = 500
BODY: dict[str, Any] = {
    "unit": "community:220104004001", "area": "220104004", "came_by": "walk-in", "reporter_kind": "self",
    "need_codes": ["paperwork"], "urgency": "normal", "place_kind": "point",
}  # fmt: skip


def run(stage: Stage) -> Iterable[Row]:
    """One command a request, and five hundred."""
    with Hub("intake") as hub:
        amqp, database = hub.peer_amqp(), hub.postgres.create_database("peer")
        with Peer("web", stage.folder, amqp, database) as peer:
            yield from _measure(stage, hub, peer)


def _measure(stage: Stage, hub: Hub, peer: Peer) -> Iterable[Row]:
    seconds = 1 if stage.quick else 5
    one, many = json.dumps(BODY).encode(), json.dumps([item(n) for n in range(BATCH)]).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {hub.hub.token_for(WORKER)}"}
    intake = hub.url("intake") + "/intake/v1"

    def ours(body: bytes, path: str, clients: int, keyed: bool = False) -> float:
        return load.rate(intake + path, body, headers, clients=clients, seconds=seconds, keyed=keyed)

    def theirs() -> float:
        plain = {"Content-Type": "application/json"}
        return load.rate(peer.url("/requests"), one, plain, clients=CLIENTS, seconds=seconds)

    ours(one, "/help-requests", CLIENTS)
    theirs()
    single, keyed, batched, stock = stage.medians(
        lambda: ours(one, "/help-requests", CLIENTS),
        lambda: ours(one, "/help-requests", CLIENTS, keyed=True),
        lambda: ours(many, "/commands", 4) * BATCH,
        theirs,
    )
    note = "nameko @http, SQLAlchemy row, EventDispatcher"
    yield Row(what=f"HTTP commands, {CLIENTS} clients, PostgreSQL", goal="≥ 2.5 ×", ours=single, unit="/s", peer=stock,
              reached=single >= 2.5 * stock, note=note)  # fmt: skip
    yield Row(what="the same, each with an Idempotency-Key", goal="(none)", ours=keyed, unit="/s", peer=stock,
              reached=True, note=note)  # fmt: skip
    yield Row(what=f"HTTP commands, {BATCH} a request", goal="≥ 10 ×", ours=batched, unit="/s", peer=stock,
              reached=batched >= 10 * stock, note=f"{note}; 4 clients of ours")  # fmt: skip


def item(number: int) -> dict[str, Any]:
    """One command of many in a request."""
    return {"command": "receive-help-request", "body": BODY}
