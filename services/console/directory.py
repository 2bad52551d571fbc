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
NEW_SECONDS = 1
"""A party that was never asked about may be new: it waits no longer than this for its name."""
RENAMED_SECONDS = 3600
PAGES = 20


@dataclass
class Directory:
    """The names of all organizations by party, refreshed by whoever looks first after half a minute, or at somebody new."""

    ask: Callable[[], Hub]
    names: dict[str, str] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    _met: set[str] = field(default_factory=set)
    _asked: float = float("-inf")
    _all_read: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def name(self, party: str) -> str | None:
        """A party's name, None where nobody knows one."""
        is_new = party not in self.names and party not in self.nameless
        if is_new:
            self._met.add(party)
        self._refresh(NEW_SECONDS if is_new else FRESH_SECONDS)
        return self.names.get(party)

    def all(self) -> dict[str, str]:
        """All names by party."""
        self._refresh(FRESH_SECONDS)
        return self.names

    def _refresh(self, after: float) -> None:
        """Ask the directory, where it was not asked for so long."""
        now = monotonic()
        if now - self._asked < after or not self._lock.acquire(blocking=False):
            return
        try:
            self._asked = now
            again = now - self._all_read > RENAMED_SECONDS
            self.names |= read(self.ask(), known=frozenset() if again else frozenset(self.names))
            self._all_read = now if again else self._all_read
            self.nameless |= self._met - self.names.keys()
            self._met.clear()
        except Unreachable:
            pass  # the names of a minute ago are better than none
        finally:
            self._lock.release()


def read(hub: Hub, known: frozenset[str]) -> dict[str, str]:
    """The names of all organizations whose parties are not known yet, then those of stations that are none."""
    found: dict[str, str] = {}
    for kind, ident in (("organizations", "organization_id"), ("stations", "station_id")):
        for item in listed(hub, kind):
            party = str(item.get("party") or "")
            if party and party not in known and party not in found:
                answer = hub.get("referral", f"/{kind}/{item[ident]}/names")
                name = _name(answer.body) if answer.ok and isinstance(answer.body, dict) else ""
                found |= {party: name} if name else {}
    return found


def _name(told: dict[str, Any]) -> str:
    """An organization's first name, or a station's only one."""
    return str(next(iter(told.get("names") or ()), "") or (told.get("fields") or {}).get("name") or "")


def listed(hub: Hub, kind: str = "organizations") -> Iterator[dict[str, Any]]:
    """Every organization of the directory, or every station, page by page."""
    query: dict[str, str] = {}
    for _ in range(PAGES):
        answer = hub.get("referral", f"/{kind}", **query)
        if not answer.ok or not isinstance(answer.body, dict):
            return
        yield from answer.body.get("items") or []
        if not answer.body.get("next"):
            return
        query = {"after": str(answer.body["next"])}
