"""The duties of a service: each a loop of its own beside the log, run by one process of the service at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from time import monotonic
from typing import Any

from services.kernel import log, metrics
from services.kernel.exclusive import Exclusive, exclusive
from services.kernel.manifest import Duty
from services.kernel.store import Store

STANDBY_SECONDS = 2.0
MOST_SECONDS = 30.0


class Shift:
    """One duty in one process: it waits until nobody else has it, then does it turn by turn. A failure ends nothing."""

    def __init__(self, store: Store, duty: Duty) -> None:
        self._store, self.duty = store, duty
        self._right: Exclusive = exclusive(store.engine, f"{store.name}-{duty.name}")
        self._stopping = threading.Event()
        self.holds, self.failures = False, 0
        self._thread = threading.Thread(target=self.run, name=f"{store.name}-{duty.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Begin no further turn."""
        self._stopping.set()

    def stop(self) -> None:
        """End after the turn in hand."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def run(self) -> None:
        """Until stopped."""
        wait = 0.0
        while not self._stopping.wait(wait):
            wait = self.once()
        self._right.release()

    def once(self) -> float:
        """One turn, if the duty is this process's; how long to wait for the next."""
        began, pressure = monotonic(), self._store.pressure
        try:
            self.holds = self._right.held()
            if not self.holds:
                return STANDBY_SECONDS
            more = self.duty.turn()
        except Exception as failure:
            self.failures += 1
            metrics.duty_failed(self._store.name, self.duty.name, type(failure).__name__)
            log.noticed(self._store.name, "duty-failed", level="warning", code=self.duty.name, error=failure)
            return min(MOST_SECONDS, 0.5 * float(1 << min(self.failures, 6)))
        self.failures = 0
        rest = pressure.rest(monotonic() - began) if pressure.is_on else 0.0
        return rest if more else max(rest, self.duty.every)

    def health(self) -> dict[str, Any]:
        """How it stands."""
        return {"holds": self.holds, "failures": self.failures, **self.duty.health()}


class Duties:
    """All duties of a service in this process."""

    def __init__(self, store: Store, duties: Sequence[Duty]) -> None:
        self.shifts = {duty.name: Shift(store, duty) for duty in duties}

    def start(self) -> None:
        """Begin all."""
        for shift in self.shifts.values():
            shift.start()

    def stop(self) -> None:
        """End all, each after the turn in hand."""
        for shift in self.shifts.values():
            shift.ask_to_stop()
        for shift in self.shifts.values():
            shift.stop()

    def health(self) -> dict[str, Any]:
        """How each stands."""
        return {name: shift.health() for name, shift in self.shifts.items()}
