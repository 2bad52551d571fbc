"""The postman: puts each organization's sequence into its own queue, in order, and remembers how far the broker took it.

One thread with one connection serves all queues. A queue that takes nothing (it is full, because its reader is away)
rests by itself and holds up nobody; what it lacks is read from the sequence when it takes again, so nothing is lost and
nothing piles up here. After a failure it begins anew from what was confirmed: a message may come twice, none is left out.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from operator import itemgetter
from random import random
from time import monotonic
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.kernel import log, metrics
from services.kernel.entrypoints import Hand
from services.kernel.entrypoints.posting import Letter, Post
from services.kernel.errors import HubError
from services.kernel.relay import CONFIRM_SECONDS, STANDBY_SECONDS, Receipt, StandBy, WireLost
from services.kernel.unit import Unit
from services.kernel.view import put
from services.partner import tables as t
from services.partner import views
from services.partner.heads import head_of
from services.partner.thin import numbered

EXCHANGE = "partners"
CONTENT_TYPE = "application/cloudevents+json"
QUEUE = {
    "x-queue-type": "quorum", "x-single-active-consumer": True, "x-max-length": 20_000, "x-overflow": "reject-publish",
}  # fmt: skip
"""A queue whose reader is away fills up to here, and then waits: the rest is in the sequence."""
AT_ONCE = 100
"""So many messages are on their way to one queue at most."""
OPEN = 2_000
"""So many to all of them."""
SAVE_SECONDS = 1.0
LONGEST_REST = 60.0
IDLE_SECONDS = 1.0
COMMIT_SECONDS = 15.0


class Slim(msgspec.Struct):
    """What the broker is told of a delivery beside its bytes."""

    id: str
    type: str


_slim = msgspec.json.Decoder(Slim).decode


def queue_of(organization_id: UUID) -> str:
    """The name of an organization's queue."""
    return f"q.{organization_id}"


@dataclass
class Box:
    """One queue: how far it is confirmed and sent, what is on its way, and until when it rests after a refusal."""

    organization_id: UUID
    confirmed: int
    sent: int = 0
    hungry: bool = True
    failures: int = 0
    rests_until: float = 0.0
    open: deque[tuple[int, int]] = field(default_factory=deque)
    early: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sent = self.confirmed

    def confirm(self, tag: int) -> int:
        """The broker has taken the message with this tag; by how many the confirmed prefix grows, over what came before."""
        self.early.add(tag)
        before = len(self.open)
        while self.open and self.open[0][0] in self.early:
            done, number = self.open.popleft()
            self.early.discard(done)
            self.confirmed, self.failures = number, 0
        return before - len(self.open)

    def refuse(self, now: float) -> None:
        """The queue takes nothing now: begin anew from what is confirmed, a little later each time."""
        self.rests_until = now + min(LONGEST_REST, 2.0**self.failures) * (0.5 + random())
        self.failures += 1
        self.sent, self.hungry = self.confirmed, True
        self.open.clear()
        self.early.clear()

    def wants(self, now: float) -> bool:
        """Whether it is to be given more now."""
        return self.hungry and len(self.open) < AT_ONCE // 2 and now >= self.rests_until


class Round:
    """The boxes of one connection, and which box each message on its way belongs to."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self.boxes = {box.organization_id: box for box in boxes}
        self.confirmed = 0
        self.since: deque[tuple[int, float]] = deque()
        self._owners: dict[int, Box] = {}

    def __len__(self) -> int:
        return len(self._owners)

    def sent(self, box: Box, tags: list[int], numbers: list[int], now: float) -> None:
        """These are on their way."""
        for tag, number in zip(tags, numbers, strict=True):
            box.open.append((tag, number))
            self._owners[tag] = box
        box.sent = numbers[-1]
        self.since.append((tags[-1], now))

    def take(self, receipt: Receipt, now: float) -> Box | None:
        """What the broker has said of one, or of all up to one; the box that was refused, if one was."""
        if receipt.outcome == "confirmed":
            # They stand there in the order in which they were sent.
            upto = takewhile(lambda tag: tag <= receipt.tag, self._owners)
            tags = list(upto) if receipt.upto else [receipt.tag]
            for tag in tags:
                box = self._owners.pop(tag, None)
                if box is not None:
                    self.confirmed += box.confirm(tag)
            self._settled(receipt.tag)
            return None
        box = self._owners.pop(receipt.tag, None)
        if box is None:
            return None
        for tag in [tag for tag, owner in self._owners.items() if owner is box]:
            del self._owners[tag]
        box.refuse(now)
        return box

    def _settled(self, tag: int) -> None:
        while self.since and (self.since[0][0] <= tag or not self._owners):
            self.since.popleft()

    def is_stuck(self, now: float) -> bool:
        """Whether the broker has been silent for too long about what was sent."""
        if not self._owners:
            self.since.clear()
        return bool(self.since) and now - self.since[0][1] > CONFIRM_SECONDS


class Postman:
    """A companion of the partner service; `run` is the body of its thread."""

    name = "postman"

    def __init__(self, hand: Hand, url: str, connect: Callable[[], Post] | None = None) -> None:
        self._hand, self._look = hand, hand.look
        self._connect = connect or (lambda: Post(url, "partner.postman", EXCHANGE, CONTENT_TYPE))
        self._stopping, self._awake = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._news: set[UUID] = set()
        self._changed = False
        self._saved: dict[UUID, int] = {}
        self._failures = 0
        hand.watcher.listeners.append(self._grown)

    def stop(self) -> None:
        """Ask the thread to end."""
        self._stopping.set()
        self._awake.set()

    def _grown(self, streams: Mapping[str, int]) -> None:
        """From the watcher's thread: these sequences have grown, or a queue was opened or closed."""
        with self._lock:
            for stream in streams:
                kind, _, ident = stream.partition("/")
                if kind == "sequence":
                    self._news.add(UUID(ident))
                self._changed |= kind == "queue"
        self._awake.set()

    def run(self) -> None:
        """Until stopped: connect, post, and after every failure wait a little longer and begin again."""
        while not self._stopping.is_set():
            try:
                self._session()
            except StandBy:
                self._stopping.wait(STANDBY_SECONDS * (0.5 + random()))
            except Exception as failure:  # noqa: BLE001 - a postman that ended silently would be worse than any error
                metrics.relay_failed("partner", "queues", type(failure).__name__)
                log.noticed("partner", "post-failed", level="warning", error=failure)
                self._failures += 1
                self._stopping.wait(min(5.0, 0.2 * 2 ** min(self._failures, 6)) * (0.5 + random()))

    def _session(self) -> None:
        """One connection, from its opening to its end."""
        if not self._look.run(sa.select(t.queue.c.organization_id).limit(1)):
            self._rest()
            return
        post = self._connect()
        rounds = Round(())
        try:
            self._changed = True
            while not self._stopping.is_set():
                self._meet(post, rounds)
                self._send(post, rounds)
                self._settle(post, rounds, 0.005 if rounds else 0)
                self._save(rounds)
                if not rounds and not any(box.wants(monotonic()) for box in rounds.boxes.values()):
                    post.forget()
                    self._rest()
        finally:
            post.close()
            self._save(rounds, at_once=True)

    def _rest(self) -> None:
        self._awake.wait(IDLE_SECONDS)
        self._awake.clear()

    def _meet(self, post: Post, rounds: Round) -> None:
        """Take up the queues as they are now, and which sequences have grown."""
        with self._lock:
            changed, news, self._changed, self._news = self._changed, self._news, False, set()
        if changed:
            self._take_up(post, rounds)
        for organization_id in news & rounds.boxes.keys():
            rounds.boxes[organization_id].hungry = True

    def _take_up(self, post: Post, rounds: Round) -> None:
        wanted = {row["organization_id"]: row for row in self._look.all(t.queue)}
        for organization_id in rounds.boxes.keys() - wanted.keys():
            post.drop(queue_of(organization_id))
            del rounds.boxes[organization_id]
        for organization_id in wanted.keys() - rounds.boxes.keys():
            post.queue(queue_of(organization_id), QUEUE)
            known = self._look.one(t.posted, organization_id)
            begin = max(wanted[organization_id]["after"], known["number"] if known else 0)
            rounds.boxes[organization_id] = Box(organization_id, begin)
            self._saved[organization_id] = begin

    def _send(self, post: Post, rounds: Round) -> None:
        """Give each queue that wants it the next of its sequence, a few queues at a time."""
        now = monotonic()
        wanting = [box for box in rounds.boxes.values() if box.wants(now)]
        for start in range(0, len(wanting), views.TOGETHER):
            if len(rounds) >= OPEN or self._stopping.is_set():
                return
            self._give(post, rounds, wanting[start : start + views.TOGETHER])
            self._settle(post, rounds, 0)

    def _give(self, post: Post, rounds: Round, some: Sequence[Box]) -> None:
        begins = [(box.organization_id, box.sent) for box in some]
        rows = self._look.run(views.SEVERAL.params(views.spans(begins, AT_ONCE)))
        beside = head_of(self._hand).headers
        found = {key: list(of_it) for key, of_it in groupby(rows, itemgetter("organization_id"))}
        for box in some:
            its = found.get(box.organization_id, [])
            box.hungry = len(its) == AT_ONCE
            if its:
                tags = post.send([_letter(box, row["number"], bytes(row["body"]), beside) for row in its])
                rounds.sent(box, tags, [row["number"] for row in its], monotonic())

    def _settle(self, post: Post, rounds: Round, timeout: float) -> None:
        before = rounds.confirmed
        for receipt in post.settle(timeout):
            refused = rounds.take(receipt, monotonic())
            if refused is not None and receipt.outcome == "returned":
                post.queue(queue_of(refused.organization_id), QUEUE)
        if rounds.confirmed > before:
            self._failures = 0
            metrics.relayed("partner", "queues", rounds.confirmed - before)
        if rounds.is_stuck(monotonic()):
            raise WireLost(f"no confirmation within {CONFIRM_SECONDS:.0f} s")

    def _save(self, rounds: Round, at_once: bool = False) -> None:
        """Remember what is confirmed, of all queues together and seldom: after a crash some are sent again."""
        now = monotonic()
        if not at_once and now < self._save_at:
            return
        self._save_at = now + SAVE_SECONDS
        moved = [box for box in rounds.boxes.values() if box.confirmed != self._saved.get(box.organization_id)]
        if moved:
            rows = [put(t.posted, box.organization_id, number=box.confirmed) for box in moved]
            try:
                self._hand.store.submit(Unit(rows=list(rows))).result(COMMIT_SECONDS)
            except (HubError, TimeoutError) as away:
                log.noticed("partner", "post-not-saved", level="warning", error=away)
                return
            self._saved |= {box.organization_id: box.confirmed for box in moved}

    _save_at = 0.0


def _letter(box: Box, number: int, body: bytes, beside: Mapping[str, str]) -> Letter:
    seen = _slim(body)
    return Letter(
        queue_of(box.organization_id), seen.id, seen.type, numbered(number, body), {"sequence": number, **beside}
    )
