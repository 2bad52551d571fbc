"""The loops beside the log: timers and chores act on due rows, followers derive views at their own pace."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.kernel import log, metrics
from services.kernel.errors import Unavailable
from services.kernel.manifest import Chore, Do, Follower, Timer
from services.kernel.message import Actor, Ask
from services.kernel.store import Store
from services.kernel.unit import Moved, Order, Unit
from services.kernel.vault import Vault

NAMES = UUID("b3f6a1de-90f5-5f3e-8b0a-4d2f5a7be0c4")
"""The namespace of the ids of commands that timers and followers issue."""

TICK_SECONDS = 1.0
DUE_AT_ONCE = 200
ANSWER_SECONDS = 30
STEP_SECONDS = 0.05
"""So long a follower waits after a step: one that looked after each commit would have its own and others' wake it."""


class Clockwork:
    """Runs a service's timers, chores and followers in threads of their own, until stopped.

    Chores have their own thread: what they wait for (a database of keys that is away) holds up no deadline.
    """

    def __init__(self, store: Store, vault: Vault | None = None) -> None:
        self._store, self._vault = store, vault
        self._stopping = threading.Event()
        manifest = store.manifest
        loops: list[tuple[str, Any]] = [(f"follower-{f.name}", lambda f=f: self._follow(f)) for f in manifest.followers]
        chores = [timer for timer in manifest.timers if isinstance(timer, Chore)]
        timers = [timer for timer in manifest.timers if not isinstance(timer, Chore)]
        for name, some in (("timers", timers), ("chores", chores)):
            if some:
                loops.append((name, lambda some=some: self._tick(some)))
        self._threads = [
            threading.Thread(target=loop, name=f"{store.name}-{name}", daemon=True) for name, loop in loops
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the step in hand."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=5)

    # --- timers ---

    def _tick(self, timers: Sequence[Timer | Chore]) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            for timer in timers:
                try:
                    self._fire(timer)
                except Exception as error:  # noqa: BLE001 - clocks that ended silently would be worse than any error
                    log.noticed(self._store.name, "timer-failed", level="warning", code=timer.name, error=error)

    def _fire(self, timer: Timer | Chore) -> None:
        now, due = self._store.clock(), timer.table.c[timer.due]
        rows = self._store.views.run(sa.select(timer.table).where(due <= now).order_by(due).limit(DUE_AT_ONCE))
        metrics.timer_lag(self._store.name, timer.name, (now - rows[0][timer.due]).total_seconds() if rows else 0.0)
        for row in rows:
            key = "/".join(str(row[column.name]) for column in timer.table.primary_key)
            do = self._act(timer, row) if isinstance(timer, Chore) else timer.command(row)
            self._do(do, uuid5(NAMES, f"{timer.name}/{key}/{row[timer.due].isoformat()}"), timer.name)

    def _act(self, chore: Chore, row: dict[str, Any]) -> Do:
        if self._vault is None:
            raise Unavailable("this service keeps no vault")
        return chore.act(row, self._store.views, self._vault, self._store.clock())

    # --- followers ---

    def _follow(self, follower: Follower) -> None:
        seen, failures = 0, 0
        while not self._stopping.is_set():
            began = monotonic()
            try:
                moved = self._step(follower)
                failures = 0
            except Exception as error:  # noqa: BLE001 - as above
                log.noticed(self._store.name, "follower-failed", level="warning", code=follower.name, error=error)
                moved, failures = False, failures + 1
                self._stopping.wait(min(0.1 * 2**failures, 5.0))
            # It takes half of the time at most: what it follows goes first, and it does more at once the next time.
            self._stopping.wait(max(STEP_SECONDS, self._store.pressure.rest(monotonic() - began)))
            if not moved:
                seen = self._store.wait_round(seen, TICK_SECONDS)

    def _step(self, follower: Follower) -> bool:
        place = f"follower:{follower.name}"
        after = self._store.cursor(place)
        changes, dos, now_at = follower.step(self._store.views, after)
        if now_at == after:
            return False
        ids = [uuid5(NAMES, f"{place}/{after}/{now_at}/{number}") for number in range(len(dos))]
        orders = [self._order(do, command_id, follower.name) for do, command_id in zip(dos, ids, strict=True)]
        unit = Unit(orders, list(changes), Moved(place, after, now_at), lenient=True)
        self._store.submit(unit).result(timeout=ANSWER_SECONDS)
        return True

    def _order(self, do: Do, command_id: UUID, name: str) -> Order:
        now = self._store.clock()
        actor = Actor(id=f"{self._store.name}:{name}", role="service")
        ask = Ask(id=command_id, now=now, at=now, actor=actor, channel="system")
        return Order(do.decider, do.stream_id, do.command, ask, rows=do.rows)

    def _do(self, do: Do, command_id: UUID, name: str) -> None:
        unit = Unit([self._order(do, command_id, name)], lenient=True)
        (result,) = self._store.submit(unit).result(timeout=ANSWER_SECONDS)
        if isinstance(result, Unavailable):
            raise result
