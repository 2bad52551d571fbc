"""The custody follower: derives who answers from what the ledger holds, a little behind it, and tells what is broken.

It can be repeated at will: it writes only rows that differ, and a finding that was told is not told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import archive, views
from services.audit.custody import Custody, Disqualified, Fault, Finding, Standing, custody
from services.audit.domain import finding as findings
from services.audit.entries import Entry, read
from services.audit.ledger import instant, micros
from services.audit.scopes import joined, words
from services.audit.tables import entry
from services.contracts.audit import ReportCustodyBroken, ReportCustodyMended
from services.contracts.words import SOCIETY_OF
from services.kernel import metrics
from services.kernel.manifest import Do, Look
from services.kernel.view import Change, drop, put

PAGE = 1_000
MATTERS_AT_ONCE = 250

BARS: dict[str, Fault | None] = {
    "organization.suspended": "suspended",
    "organization.retired": "retired",
    "organization.activated": None,
    "volunteer.suspended": "suspended",
    "volunteer.withdrew": "retired",
    "volunteer.reinstated": None,
}
"""After which events a party may not hold anything, and after which it may again."""


class CustodyFollower:
    """Keeps `matter`, `custody` and `bar` true to the ledger; asks for `CustodyBroken` and `CustodyMended`."""

    name = "custody"
    tables: tuple[sa.Table, ...] = (views.custody, views.matter, views.bar)

    def __init__(self) -> None:
        self._counted = False

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """What follows from the entries after the first `after` of them."""
        c = entry.c
        columns = (c.idx, c.type, c.moves, c.matter_id, c.stream, c.vt, c.rt)
        rows = look.run(sa.select(*columns).where(c.idx >= after).order_by(c.idx).limit(PAGE))
        if not rows:
            self._count(look)
            return [], [], after
        self._counted = False
        barred = [row for row in rows if row["type"] in BARS]
        bars = [_bar(row) for row in barred]
        touched = {row["matter_id"]: None for row in rows if archive.moving(row) and row["matter_id"] is not None}
        touched |= dict.fromkeys(m for row in barred for m in holding(look, _party(row)))
        changes, todo = list(bars), []
        if touched:
            disqualified = barring(look, bars)
            for start in range(0, len(touched), MATTERS_AT_ONCE):
                some = list(touched)[start : start + MATTERS_AT_ONCE]
                found, asked = derived(look, some, disqualified)
                changes += found
                todo += asked
        return changes, todo, int(rows[-1]["idx"]) + 1

    def _count(self, look: Look) -> None:
        """Once level with the ledger: how much is without exactly one accountable party."""
        if not self._counted:
            (row,) = look.run(sa.select(sa.func.sum(views.matter.c.broken).label("n")).where(views.matter.c.broken > 0))
            metrics.custody_broken("audit", int(row["n"] or 0))
            self._counted = True


# --- parties that may not hold anything -------------------------------------------------------------------------------


def _party(row: dict[str, Any]) -> str:
    return str(row["stream"]).rpartition("/")[2]


def _bar(row: dict[str, Any]) -> Change:
    since = row["rt"] if row["vt"] is None else row["vt"]
    return put(views.bar, _party(row), row["idx"], kind=BARS[row["type"]], since=since)


def holding(look: Look, party: str) -> list[UUID]:
    """The matters in which a party holds something now."""
    c = views.custody.c
    held = sa.select(c.matter_id).distinct().where(c.end.is_(None), c.holders.contains(f":{party}", autoescape=True))
    return [row["matter_id"] for row in look.run(held)]


def barring(look: Look, new: Iterable[Change] = (), size: int | None = None) -> Standing:
    """Since when and until when which parties may not hold anything, by what the first `size` entries say (None: all).

    `new` rows are not in the table yet.
    """
    rows: dict[tuple[str, int], tuple[Fault | None, int]]
    rows = {(row["party"], row["entry"]): (row["kind"], row["since"]) for row in look.all(views.bar)}
    rows |= {(change.key[0], change.key[1]): (change.sets["kind"], change.sets["since"]) for change in new}
    found: dict[str, list[Disqualified]] = {}
    for (party, idx), (kind, since) in sorted(rows.items()):
        if size is not None and idx >= size:
            continue
        known = found.setdefault(party, [])
        if known and known[-1].until is None:
            last = known.pop()
            known.append(Disqualified(kind=last.kind, since=last.since, until=since, idx=last.idx))
        if kind:
            known.append(Disqualified(kind=kind, since=since, until=None, idx=idx))
    return found


# --- matters ----------------------------------------------------------------------------------------------------------


def derived(look: Look, matters: Sequence[UUID], disqualified: Standing) -> tuple[list[Change], list[Do]]:
    """The rows of these matters that are not as they should be, and what is to be told about them."""
    entries = moving_entries(look, matters)
    shown = _by_matter(look, views.custody, matters)
    told = _by_matter(look, views.finding, matters)
    changes: list[Change] = []
    todo: list[Do] = []
    for matter_id in matters:
        found = custody(entries.get(matter_id, []), disqualified)
        changes += _chain(matter_id, found, shown.get(matter_id, []))
        changes.append(_matter(matter_id, found, joined(words(entries.get(matter_id, ())))))
        todo += _told(matter_id, found.findings, told.get(matter_id, []))
    return changes, todo


def moving_entries(look: Look, matters: Sequence[UUID]) -> dict[UUID, list[Entry]]:
    """Everything that moved responsibility in these matters, in the ledger's order."""
    c = entry.c
    query = sa.select(c.idx, c.rt, c.raw, c.matter_id).where(c.matter_id.in_(matters), archive.moves()).order_by(c.idx)
    found: dict[UUID, list[Entry]] = {}
    for row in look.run(query):
        found.setdefault(row["matter_id"], []).append(read(row))
    return found


def _by_matter(look: Look, table: sa.Table, matters: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in look.run(sa.select(table).where(table.c.matter_id.in_(matters))):
        found.setdefault(row["matter_id"], []).append(row)
    return found


def _chain(matter_id: UUID, found: Custody, shown: list[dict[str, Any]]) -> list[Change]:
    """The rows of the chain that differ from what is shown."""
    wanted: dict[tuple[str, int], dict[str, Any]] = {}
    counts: dict[str, int] = {}
    for interval in found.intervals:
        need = "" if interval.need_id is None else str(interval.need_id)
        seq = counts[need] = counts.get(need, 0) + 1
        wanted[need, seq] = {
            "holders": ",".join(interval.holders),
            "claims": len(interval.claims),
            "start": interval.start,
            "end": interval.end,
            "act": interval.act,
            "entry": interval.idx,
            "inherited": interval.inherited,
            "restricted": interval.restricted,
        }
    there = {(row["need"], row["seq"]): row for row in shown}
    gone = [drop(views.custody, matter_id, *key) for key in there.keys() - wanted.keys()]
    new = [
        put(views.custody, matter_id, *key, **columns)
        for key, columns in wanted.items()
        if key not in there or any(there[key][name] != value for name, value in columns.items())
    ]
    return gone + new


def _matter(matter_id: UUID, found: Custody, whose: str) -> Change:
    """The matter's row, from what everybody at the station may know; none where all of it is restricted (INV-11)."""
    steps = [step for step in found.steps if not step.restricted]
    if not steps:
        return drop(views.matter, matter_id)
    seen = {step.need_id for step in steps}
    own = [i for i in found.intervals if i.need_id is None]
    holders = own[-1].holders if own else ()
    return put(
        views.matter,
        matter_id,
        open=None in found.open,
        holders=",".join(holders),
        society=SOCIETY_OF.get(holders[0].partition(":")[0], "") if holders else "",
        opened_at=instant(own[0].start) if own else None,
        changed_at=instant(max(step.at for step in steps)),
        needs_open=sum(need is not None and need in seen for need in found.open),
        broken=sum(f.until is None and not f.restricted for f in found.findings),
        last_entry=max(step.idx for step in steps),
        words=whose,
    )


def _told(matter_id: UUID, found: Iterable[Finding], told: list[dict[str, Any]]) -> list[Do]:
    """What is to be said: breaks that nobody was told of, and the end of those that are over.

    A break that is over by the time it is derived was mended before anybody could have acted: it stands in the chain,
    and nobody is called for it. Breaks of restricted needs are not announced to everybody who hears events.
    """
    known = {row["finding"]: row["state"] for row in told}
    there = {f.key: f for f in found if not f.restricted}
    todo = [
        Do(findings.DECIDER, matter_id, _report(matter_id, f))
        for f in there.values()
        if f.key not in known and f.until is None
    ]
    for key, state in known.items():
        over = there.get(key)
        if state == "open" and (over is None or over.until is not None):
            until = instant(over.until if over is not None and over.until is not None else _since(told, key))
            todo.append(Do(findings.DECIDER, matter_id, ReportCustodyMended(finding=key, until=until)))
    return todo


def _since(told: list[dict[str, Any]], key: str) -> int:
    """A break that is not derived any more (what showed it was corrected) was over when it began."""
    return micros(next(row["since"] for row in told if row["finding"] == key))


def _report(matter_id: UUID, f: Finding) -> ReportCustodyBroken:
    return ReportCustodyBroken(
        matter_id=matter_id,
        need_id=f.need_id,
        finding=f.key,
        fault=f.kind,
        holders=f.holders,
        since=instant(f.since),
        entry=f.idx,
    )
