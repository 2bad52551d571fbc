"""Commands on their way to the hub: many in a request, in lanes so that what belongs together stays in order.

Within a lane what brings something into being is answered before what builds on it is sent. A request that got no answer
is sent again: each command has its key, so nothing is done twice. In a dry run a command is tried together with everything
that it builds on, because nothing of it stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol
from zlib import crc32

import msgspec

from services.importing.plan import Step

LANES = 4
CHUNK = 400
"""How many commands are sent at once; the hub takes 500, and 4 MiB."""

CHUNK_BYTES = 3 * 1024 * 1024
AHEAD = 2
"""How many chunks of a lane may wait before more is read."""

TRIES, PAUSE_SECONDS = 8, 0.5
AGAIN = ("unavailable", "outcome-unknown")


class Post(Protocol):
    """One request to the hub; raises ConnectionError when nobody answers."""

    def __call__(self, body: bytes, dry_run: bool) -> list[dict[str, Any]]:
        """The answers to a list of commands."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hub said to one command."""

    step: Step
    said: dict[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether the hub took it, now or before."""
        return int(self.said["status"]) < 400

    @property
    def is_again(self) -> bool:
        """Whether it was taken before, and nothing was done now."""
        return bool(self.said.get("again")) or (self.is_done and not self.said.get("events"))


@dataclass
class Lane:
    """One order of commands; what is in it waits for what was in it before."""

    waiting: list[Step] = field(default_factory=list)
    size: int = 0
    sent: list[Future[list[Answer]]] = field(default_factory=list)


class Sender:
    """Sends steps as they come and gives the answers as they arrive, in no order between lanes."""

    def __init__(self, post: Callable[[], Post], *, dry_run: bool = False, lanes: int = LANES) -> None:
        self._post, self._dry_run = post, dry_run
        self._lanes = [Lane() for _ in range(lanes)]
        self._pools = [ThreadPoolExecutor(1, thread_name_prefix=f"lane-{n}") for n in range(lanes)]
        self._posts: list[Post | None] = [None] * lanes
        self._founding: dict[str, Step] = {}

    def send(self, steps: Iterable[Step]) -> Iterator[Answer]:
        """Take these steps on, and give whatever answers are there by now."""
        for step in steps:
            number = crc32(step.lane.encode()) % len(self._lanes)
            lane = self._lanes[number]
            lane.waiting.append(step)
            lane.size += len(msgspec.json.encode(step.body))
            if self._dry_run:
                self._founding[step.key] = step
            if len(lane.waiting) >= CHUNK or lane.size >= CHUNK_BYTES:
                self._hand_over(number)
                yield from self._arrived(lane, AHEAD)

    def finish(self) -> Iterator[Answer]:
        """Send what still waits, and give the rest of the answers."""
        for number, lane in enumerate(self._lanes):
            if lane.waiting:
                self._hand_over(number)
        for lane in self._lanes:
            yield from self._arrived(lane, 0)
        for pool in self._pools:
            pool.shutdown()

    def _hand_over(self, number: int) -> None:
        lane = self._lanes[number]
        lane.sent.append(self._pools[number].submit(self._work, number, lane.waiting))
        lane.waiting, lane.size = [], 0

    @staticmethod
    def _arrived(lane: Lane, left: int) -> Iterator[Answer]:
        while lane.sent and (len(lane.sent) > left or lane.sent[0].done()):
            yield from lane.sent.pop(0).result()

    # --- in a lane's own thread ---

    def _work(self, number: int, steps: list[Step]) -> list[Answer]:
        post = self._posts[number] = self._posts[number] or self._post()
        if self._dry_run:
            return [answer for part in self._with_ground(steps) for answer in self._tried(post, *part)]
        answers: list[Answer] = []
        for depth in sorted({step.depth for step in steps}):
            level = [step for step in steps if step.depth == depth]
            answers += _answered(level, _asked(post, level, False))
        return answers

    def _tried(self, post: Post, ground: list[Step], steps: list[Step]) -> list[Answer]:
        """In the order in which they would be sent: first what others build on."""
        placed = sorted(enumerate([*ground, *steps]), key=lambda each: each[1].depth)
        together = [step for _, step in placed]
        answers = zip(placed, _answered(together, _asked(post, together, True)), strict=True)
        return [answer for (place, _), answer in answers if place >= len(ground)]

    def _with_ground(self, steps: list[Step]) -> Iterator[tuple[list[Step], list[Step]]]:
        """The steps in parts, each with those before it that it builds on."""
        ground: dict[str, Step] = {}
        part: list[Step] = []
        for step in steps:
            inside = {each.key for each in part}
            needed = {each.key: each for each in self._below(step) if each.key not in inside}
            if part and len(ground | needed) + len(part) >= CHUNK:
                yield list(ground.values()), part
                ground, part = {}, []
                needed = {each.key: each for each in self._below(step)}
            ground |= needed
            part.append(step)
        yield list(ground.values()), part

    def _below(self, step: Step) -> Iterator[Step]:
        for key in step.after:
            if key in self._founding:
                yield from self._below(self._founding[key])
                yield self._founding[key]


def _answered(steps: list[Step], said: list[dict[str, Any]]) -> list[Answer]:
    return [Answer(step, each) for step, each in zip(steps, said, strict=True)]


def _asked(post: Post, steps: list[Step], dry_run: bool) -> list[dict[str, Any]]:
    """The hub's answers; those that only say that it is away now are asked for again."""
    answers = _sent(post, steps, dry_run)
    for pause in range(TRIES):
        away = [place for place, answer in enumerate(answers) if answer.get("code") in AGAIN]
        if not away:
            break
        time.sleep(PAUSE_SECONDS * 2**pause)
        for place, answer in zip(away, _sent(post, [steps[place] for place in away], dry_run), strict=True):
            answers[place] = answer
    return answers


def _sent(post: Post, steps: list[Step], dry_run: bool) -> list[dict[str, Any]]:
    body = msgspec.json.encode([step.item for step in steps])
    for pause in range(TRIES):
        try:
            return post(body, dry_run)
        except ConnectionError:
            if pause == TRIES - 1:
                raise
            time.sleep(PAUSE_SECONDS * 2**pause)
    raise AssertionError("unreachable")
