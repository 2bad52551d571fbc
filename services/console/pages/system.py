"""The administrator's pages of the hub itself: services and queues, messages set aside, editions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.console.hub import Answer
from services.console.templating import Frame, render
from services.contracts.tables import Edition, Table

SERVICES = ("intake", "referral", "volunteer", "audit", "partner", "console")
BEHIND = 100
"""So many events behind is worth a word: a consumer takes that many in a moment."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """How one service stands; `behind` tells of each publisher how many of its events it has not heard yet."""

    name: str
    state: str
    head: int = 0
    behind: Mapping[str, int] = field(default_factory=dict)
    unsent: int = 0
    is_connected: bool = True
    dead: int | None = 0

    @property
    def most_behind(self) -> int:
        """The longest of its queues."""
        return max(self.behind.values(), default=0)


def services(found: Mapping[str, Answer | None], dead: Mapping[str, int | None]) -> list[Service]:
    """Every service, from what each says of itself; None where it did not answer."""
    states = {name: _state(name, answer) for name, answer in found.items()}
    heads = {name: int(state.get("head", 0)) for name, state in states.items()}
    return [_service(name, found[name], states[name], heads, dead.get(name)) for name in found]


def _state(name: str, answer: Answer | None) -> Mapping[str, Any]:
    body = answer.body if answer is not None and isinstance(answer.body, dict) else {}
    state = (body.get("services") or {}).get(name)
    return state if isinstance(state, dict) else {}


def _service(
    name: str, answer: Answer | None, state: Mapping[str, Any], heads: Mapping[str, int], dead: int | None
) -> Service:
    if answer is None:
        return Service(name=name, state="unreachable", dead=None)
    if state.get("database") != "ok":
        return Service(name=name, state="database-away", dead=dead)
    behind = {p: max(0, heads.get(p, 0) - int(at)) for p, at in (state.get("heard") or {}).items()}
    bus = state.get("bus") or {}
    relays = [part for part in bus.values() if isinstance(part, dict) and "position" in part]
    sent = min((int(part["position"]) for part in relays), default=heads[name])
    listener = bus.get("listener") or {"connected": True}
    is_connected = bool(listener.get("connected")) and bool(bus.get("alive", True))
    unsent = max(0, heads[name] - sent)
    late = not is_connected or unsent > BEHIND or max(behind.values(), default=0) > BEHIND or bool(dead)
    return Service(
        name=name, state="late" if late else "ok", head=heads[name], behind=behind, unsent=unsent, is_connected=is_connected,
        dead=dead,
    )  # fmt: skip


def page(frame: Frame, found: list[Service]) -> str:
    """Services and queues."""
    return render("system.html", frame, services=found)


def dead_page(frame: Frame, rows: Sequence[Mapping[str, Any]], away: Sequence[str]) -> str:
    """Messages that were set aside; `away` are the services that could not be asked."""
    return render("dead.html", frame, rows=rows, away=away)


# --- editions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One table as it holds today: which edition, what it changed, and what comes next."""

    table: Table
    edition: Edition
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    coming: Edition | None = None


def shown(table: Table, today: date) -> Shown:
    """What is in force of a table, since when, and what changed with it."""
    now = table.on(today)
    before = next((e for e in reversed(table.editions) if e.since < now.since), None)
    coming = next((e for e in table.editions if e.since > today), None)
    if before is None:
        return Shown(table=table, edition=now, coming=coming)
    same = now.terms.keys() & before.terms.keys()
    return Shown(
        table=table, edition=now, coming=coming, came=tuple(sorted(now.terms.keys() - before.terms.keys())),
        went=tuple(sorted(before.terms.keys() - now.terms.keys())),
        other=tuple(sorted(code for code in same if now.terms[code] != before.terms[code])),
    )  # fmt: skip


def tables_page(frame: Frame, found: Iterable[Shown], calendar: Any, is_workday: bool, keeps: bool = False) -> str:
    """Code tables, terms and the calendar, as dated editions."""
    rows = sorted(found, key=lambda each: (not each.edition.own, each.table.name))
    return render("tables.html", frame, rows=rows, calendar=calendar, is_workday=is_workday, keeps=keeps)


def table_page(frame: Frame, one: Shown, keeps: bool = False) -> str:
    """One table with all its codes; `keeps`: whoever looks may set a new edition."""
    return render("table.html", frame, one=one, keeps=keeps)
