"""What parties are called: names of organizations come from the directory (referral) when it can be asked.

Names never travel in events. Those read are kept in memory; while the directory is away they go on serving, and a party
without a name is shown by its kind and id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from services.console.hub import Hub, Unreachable

FRESH_SECONDS = 30
RENAMED_SECONDS = 3600
PAGES = 20


@dataclass
class Directory:
    """The names of all organizations by party, refreshed by whoever looks first after half a minute."""

    ask: Callable[[], Hub]
    names: dict[str, str] = field(default_factory=dict)
    _asked: float = float("-inf")
    _all_read: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, party: str) -> str | None:
        """A party's name, None where nobody knows one."""
        self._refresh()
        return self.names.get(party)

    def all(self) -> dict[str, str]:
        """All names by party."""
        self._refresh()
        return self.names

    def _refresh(self) -> None:
        now = monotonic()
        if now - self._asked < FRESH_SECONDS or not self._lock.acquire(blocking=False):
            return
        try:
            self._asked = now
            again = now - self._all_read > RENAMED_SECONDS
            self.names |= read(self.ask(), known=frozenset() if again else frozenset(self.names))
            self._all_read = now if again else self._all_read
        except Unreachable:
            pass  # the names of a minute ago are better than none
        finally:
            self._lock.release()


def read(hub: Hub, known: frozenset[str]) -> dict[str, str]:
    """The names of all organizations whose parties are not known yet."""
    found: dict[str, str] = {}
    for item in listed(hub):
        party = str(item.get("party") or "")
        if party and party not in known:
            answer = hub.get("referral", f"/organizations/{item['organization_id']}/names")
            names = answer.body.get("names") if answer.ok and isinstance(answer.body, dict) else None
            if names:
                found[party] = str(names[0])
    return found


def listed(hub: Hub) -> Iterator[dict[str, Any]]:
    """Every organization of the directory, page by page."""
    query: dict[str, str] = {}
    for _ in range(PAGES):
        answer = hub.get("referral", "/organizations", **query)
        if not answer.ok or not isinstance(answer.body, dict):
            return
        yield from answer.body.get("items") or []
        if not answer.body.get("next"):
            return
        query = {"after": str(answer.body["next"])}
