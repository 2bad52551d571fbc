"""Messages that were set aside, over HTTP, for whoever looks after the hub: what they are, and having them handled again.

What a message says is not shown: only where it stands, and why it could not be handled.
"""

from __future__ import annotations

from typing import Any

from services.kernel.entrypoints.log import Opened
from services.kernel.entrypoints.request import Reply, Request
from services.kernel.entrypoints.site import Route
from services.kernel.errors import NotFound
from services.kernel.parking import POISON, Parked, Parking

KEEPERS = ("administrator",)
MOST = 500
DOCUMENT = {
    "kind": "http",
    "says": "the messages that were set aside",
    "answer": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}},
}
REPLAYED = {"kind": "http", "says": "it will be handled again", "answer": {"type": "object", "required": ["state"]}}


def stand(opened: Opened) -> None:
    """Add the paths."""
    place = opened.url("/dead-letters")
    one = f"{place}/{{publisher}}/{{position}}/replay"
    name = opened.name
    opened.add(Route(name, "GET", place, "dead-letters", lambda request: listed(opened), KEEPERS, document=DOCUMENT))
    opened.add(
        Route(
            name, "POST", one, "replay-dead-letter", lambda request: replay(opened, request), KEEPERS, document=REPLAYED
        )
    )


def listed(opened: Opened) -> Reply:
    """Poison messages, and those that wait behind them."""
    return Reply({"items": [_shown(each) for each in Parking(opened.store).all()[:MOST]]})


def replay(opened: Opened, request: Request) -> Reply:
    """Have a poison message handled again; those that wait behind it follow."""
    parking = Parking(opened.store)
    publisher, position = str(request.path["publisher"]), str(request.path["position"])
    if not (position.isascii() and position.isdecimal() and len(position) < 17):
        raise NotFound("no such message")
    if not any(
        (p.publisher, p.position, p.state) == (publisher, int(position), POISON) for p in parking.all(publisher)
    ):
        raise NotFound("no such message")
    parking.replay(publisher, int(position))
    return Reply({"state": "replay"})


def _shown(parked: Parked) -> dict[str, Any]:
    return {
        "publisher": parked.publisher, "position": parked.position, "stream": parked.stream, "state": parked.state,
        "reason": parked.reason, "attempts": parked.attempts, "parked_at": parked.parked_at,
    }  # fmt: skip
