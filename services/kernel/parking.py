"""Parking: messages that could not be handled are set aside with their reason, and lose neither place nor order.

A message that keeps failing is `poison`. Later messages of its stream are `waiting` behind it, for handled without it they
would mean something else; all other streams flow. Somebody reads the reason, repairs the cause and asks for a `replay`:
the consumer then handles the message and those behind it in their order. Or it is `discarded`, with a reason, and stays
on record. Attempts are counted before each beginning, so that a message that kills its process is caught as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.kernel import metrics
from services.kernel.draft import instant, micros
from services.kernel.effects import COMMIT_SECONDS, Books
from services.kernel.errors import NotFound, Refused
from services.kernel.tables import attempt, parked
from services.kernel.unit import Unit
from services.kernel.view import Change, add, drop, put

POISON, WAITING, REPLAY, DISCARDED = "poison", "waiting", "replay", "discarded"
HELD = (POISON, WAITING, REPLAY)


@dataclass(frozen=True)
class Parked:
    """A message set aside."""

    publisher: str
    position: int
    stream: str
    state: str
    reason: str
    attempts: int
    parked_at: datetime
    raw: bytes

    @classmethod
    def read(cls, row: dict[str, Any]) -> Parked:
        """From its row."""
        return cls(**{**row, "parked_at": instant(row["parked_at"]), "raw": bytes(row["raw"])})


class Parking:
    """The messages of one service that are set aside: what people ask of them, and what the consumer does with them."""

    def __init__(self, store: Books) -> None:
        self._store = store

    # --- for people ---

    def all(self, publisher: str | None = None) -> list[Parked]:
        """Everything on record, discarded messages too, in order of publisher and position."""
        equals = {} if publisher is None else {"publisher": publisher}
        return [Parked.read(row) for row in self._store.look().all(parked, **equals)]

    def replay(self, publisher: str, position: int) -> None:
        """Ask that a poison message be handled again; those that wait behind it follow by themselves."""
        self._write(set_aside(replace(self._poison(publisher, position), state=REPLAY)))

    def discard(self, publisher: str, position: int, reason: str) -> None:
        """Give a poison message up, for a reason; it stays on record, and those behind it go on."""
        held = self._poison(publisher, position)
        self._write(set_aside(replace(held, state=DISCARDED, reason=f"{reason} (was: {held.reason})"[:500])))

    def _poison(self, publisher: str, position: int) -> Parked:
        row = self._store.look().one(parked, publisher, position)
        if row is None:
            raise NotFound(f"nothing of {publisher} is parked at {position}")
        if row["state"] != POISON:
            raise Refused(
                "not-poison",
                f"This message is {row['state']}; only a poison message can be replayed or discarded.",
                f"该消息状态为 {row['state']}; 只有中毒消息可以重放或放弃。",
            )
        return Parked.read(row)

    # --- for the consumer ---

    def held(self, publisher: str, stream: str) -> list[Parked]:
        """What of a stream is set aside and not given up, in order."""
        rows = self._store.look().all(parked, publisher=publisher, stream=stream)
        return [Parked.read(row) for row in rows if row["state"] in HELD]

    def blocked(self, publisher: str) -> set[str]:
        """The streams behind whose poison messages later ones wait."""
        found = sa.select(parked.c.stream).where(parked.c.publisher == publisher, parked.c.state.in_(HELD)).distinct()
        return {row["stream"] for row in self._store.look().run(found) if row["stream"]}

    def due(self, publisher: str) -> list[str]:
        """The streams that can go on: somebody asked for their first message again, or it was given up."""
        places = sa.select(parked.c.stream, parked.c.state).where(
            parked.c.publisher == publisher, parked.c.state.in_(HELD)
        )
        first: dict[str, str] = {}
        for row in self._store.look().run(places.order_by(parked.c.position)):
            if row["stream"] or row["state"] == REPLAY:
                first.setdefault(row["stream"], row["state"])
        return [stream for stream, state in first.items() if state != POISON]

    def begin(self, publisher: str, position: int) -> int:
        """Count an attempt, durably, before it is made; answers how many that is."""
        self._write(add(attempt, publisher, position, count=1))
        row = self._store.look().one(attempt, publisher, position)
        return int(row["count"]) if row else 1

    def uncount(self, publisher: str, position: int, attempts: int) -> None:
        """So many attempts were none."""
        self._write(add(attempt, publisher, position, count=-attempts))

    def poison(self, held: Parked, reason: str) -> None:
        """What was to be handled again is poison, for this reason."""
        self._write(set_aside(replace(held, state=POISON, reason=reason[:500], attempts=held.attempts + 1)))

    def report(self, publisher: str) -> None:
        """Tell the metrics how many are set aside."""
        counts = (
            sa.select(parked.c.state, sa.func.count().label("n"))
            .where(parked.c.publisher == publisher)
            .group_by(parked.c.state)
        )
        by_state = {row["state"]: int(row["n"]) for row in self._store.look().run(counts)}
        metrics.parked(
            self._store.name, publisher, by_state.get(POISON, 0) + by_state.get(REPLAY, 0), by_state.get(WAITING, 0)
        )

    def _write(self, *changes: Change) -> None:
        self._store.submit(Unit(rows=list(changes))).result(COMMIT_SECONDS)


def set_aside(message: Parked) -> Change:
    """The row of a message that is parked now."""
    return put(
        parked, message.publisher, message.position,
        stream=_plain(message.stream), state=message.state, reason=_plain(message.reason), attempts=message.attempts,
        parked_at=micros(message.parked_at), raw=message.raw,
    )  # fmt: skip


def _plain(text: str) -> str:
    """What a database takes as text: a poison message may name a stream, or lead to a reason, that none takes."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def forgiven(publisher: str, position: int) -> Sequence[Change]:
    """The attempts at a message need no longer be known."""
    return [drop(attempt, publisher, position)]


def released(publisher: str, position: int) -> Sequence[Change]:
    """A parked message was handled at last."""
    return [drop(parked, publisher, position)]
