"""What parties are called: names of organizations come from the directory (referral) when it can be asked.

Names never travel in events. They are kept in memory for a minute; while the directory is away the last ones serve, and
a party without a name is shown by its kind and id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from services.console.hub import Hub, Unreachable

FRESH_SECONDS = 60
PAGES = 20


@dataclass
class Directory:
    """The names of all organizations by party, refreshed by whoever looks first after a minute."""

    ask: Callable[[], Hub]
    names: dict[str, str] = field(default_factory=dict)
    _asked: float = -FRESH_SECONDS
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, party: str) -> str | None:
        """A party's name, None where the directory has none."""
        self._refresh()
        return self.names.get(party)

    def _refresh(self) -> None:
        if monotonic() - self._asked < FRESH_SECONDS or not self._lock.acquire(blocking=False):
            return
        try:
            self._asked = monotonic()
            self.names |= read(self.ask())
        except Unreachable:
            pass  # the names of a minute ago are better than none
        finally:
            self._lock.release()


def read(hub: Hub) -> dict[str, str]:
    """Every organization's name by its party, page by page."""
    names: dict[str, str] = {}
    query: dict[str, str] = {}
    for _ in range(PAGES):
        answer = hub.get("referral", "/organizations", **query)
        if not answer.ok or not isinstance(answer.body, dict):
            break
        names |= _names(answer.body.get("items") or [])
        if not answer.body.get("next"):
            break
        query = {"after": str(answer.body["next"])}
    return names


def _names(items: list[dict[str, Any]]) -> dict[str, str]:
    return {str(item["party"]): str(item["name"]) for item in items if item.get("party") and item.get("name")}
