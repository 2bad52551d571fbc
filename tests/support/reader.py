"""Partners' programs as tests play them: each keeps what it has seen in a file, and can be killed and begin again.

A number that is known is passed over, the next one is kept, and a number beyond the next one is not acknowledged: what
is missing is asked for. That is all that a partner's program has to do, whatever the way.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pika
import requests

Told = dict[str, Any]
ONCE_MORE = 3


@dataclass
class Seen:
    """What a partner has, on disk: one line a delivery, written before anything is acknowledged."""

    file: Path
    events: list[Told] = field(default_factory=list)
    repeated: int = 0
    gaps: int = 0

    def __post_init__(self) -> None:
        if self.file.exists():
            lines = self.file.read_text(encoding="utf-8").splitlines(keepends=True)
            self.events = [json.loads(line) for line in lines if line.endswith("\n")]

    @property
    def last(self) -> int:
        """The number up to which it has everything."""
        return len(self.events)

    def take(self, event: Told) -> bool:
        """Keep a delivery that is the next one; False for one that comes too early."""
        number = int(event["sequence"])
        if number <= self.last:
            self.repeated += 1
            with again(self.file).open("a", encoding="utf-8") as kept:
                kept.write(f"{number}\n")
            return True
        if number > self.last + 1:
            self.gaps += 1
            return False
        with self.file.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(event, sort_keys=True) + "\n")
        self.events.append(event)
        return True

    def take_all(self, events: Iterable[Told]) -> None:
        """Keep these, in order."""
        for event in events:
            assert self.take(event), "a page of the feed has a gap"


def again(file: Path) -> Path:
    """Where a program keeps which numbers came once more."""
    return file.with_name(f"{file.name}.again")


def read_feed(url: str, token: str, seen: Seen, wait: int = 0, once_more: int = 0) -> int:
    """One page of the feed, with so many of those before it once more; how many events it held."""
    asked = {"after": max(0, seen.last - once_more), "limit": 500, "wait": wait}
    answer = requests.get(
        f"{url}/partner/v1/events", params=asked, headers={"Authorization": f"Bearer {token}"}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    page = answer.json()
    seen.take_all(page)
    return len(page)


def read_queue(
    url: str, queue: str, seen: Seen, fill: Callable[[], object], *, most: int = 10_000, seconds: float = 2.0,
    acknowledge: bool = True,
) -> int:  # fmt: skip
    """What is in the queue, until it has been quiet for so long; what comes too early is fetched by `fill` first.

    Without `acknowledge` the program dies before it says that it has what it has.
    """
    connection = pika.BlockingConnection(pika.URLParameters(url))
    count = 0
    try:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=50)
        for method, properties, body in channel.consume(queue, inactivity_timeout=seconds):
            if method is None:
                break
            count += 1
            event = json.loads(body)
            assert properties.user_id == "partner" and properties.content_type == "application/cloudevents+json"
            if not seen.take(event):
                fill()
                assert seen.take(event)
            if acknowledge:
                channel.basic_ack(method.delivery_tag)
            if count >= most:
                break
    finally:
        connection.close()
    return count


def main() -> None:
    """`python -m tests.support.reader FILE feed URL TOKEN` or `… queue URL QUEUE`: read for ever, until killed.

    One that begins again does not trust its last lines, and asks the feed for them once more.
    """
    seen, way, url, key = Seen(Path(sys.argv[1])), *sys.argv[2:5]
    once_more = ONCE_MORE
    while True:
        if way == "feed":
            read_feed(url, key, seen, wait=5, once_more=once_more)
            once_more = 0
        else:
            read_queue(url, key, seen, lambda: None)


if __name__ == "__main__":
    main()
