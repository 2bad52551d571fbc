"""Whose matters are whose, as audit shows them: a matter is the station's by where it lies and who has worked on it.

A station is where its area code begins and the places that the directory says it serves (`places`), as everywhere (INV-41).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from services.audit import finding_views, reconciliation_views, report_views, views
from services.audit.entries import Entry
from services.audit.places import REGIONS, has
from services.contracts.visibility import lies_within, opens, unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.manifest import Look
from services.kernel.message import Actor
from services.kernel.scope import Scope, Where, lists, through


class Lies(msgspec.Struct, frozen=True):
    """Where an event says that something lies."""

    area: str | None = None


_lies = msgspec.json.Decoder(Lies).decode


def words(entries: Iterable[Entry]) -> frozenset[str]:
    """Whose a matter is or was: units and workers that acted or answered, and areas that it lies in."""
    found: set[str] = set()
    for entry in entries:
        if entry.facts.restricted:
            continue
        envelope, moved = entry.envelope, entry.said.handoff
        if envelope.actorrole in STATION_ROLES:
            found |= {unit_of(envelope.actororg), f"worker:{envelope.actorid}"}
        found |= {word for party in _parties(moved) for word in _of_party(party)}
        found.add(_area(entry))
    return frozenset(found - {""})


def _parties(moved: object) -> tuple[str, ...]:
    return (getattr(moved, "giver", ""), *getattr(moved, "takers", ()))


def _of_party(party: str) -> tuple[str, ...]:
    return (party,) if party.startswith("worker:") else (unit_of(party),)


def _area(entry: Entry) -> str:
    try:
        return _lies(entry.envelope.data).area or ""
    except msgspec.DecodeError:
        return ""


def joined(found: frozenset[str]) -> str:
    """Words in one column."""
    return ",".join(sorted(found))


def stands(look: Look, actor: Actor, found: frozenset[str]) -> bool:
    """Whether somebody sees a matter of which these are the words."""
    ways, where = opens(actor.role, "codes"), unit_of(actor.org)
    own = f"worker:{actor.id}" in found or (where != "" and where in found)
    if "all" in ways or ("own" in ways and own):
        return True
    return "station" in ways and any(lies_within(word, actor.org) or has(look, where, word) for word in found)


def _own(actor: Actor) -> Where:
    where = unit_of(actor.org)
    unit = lists(views.matter.c.words, where) if where else sa.false()
    return sa.or_(lists(views.matter.c.words, f"worker:{actor.id}"), unit)


def _station(actor: Actor) -> Where:
    where = unit_of(actor.org)
    named = lists(views.matter.c.words, where) if where and not where.isdecimal() else sa.false()
    return sa.or_(named, REGIONS.listed_in(views.matter.c.words, ",", where))


def everything(actor: Actor) -> Where:
    """Every row."""
    return sa.true()


MATTERS = Scope(
    table=views.matter, opens=opens, usual="codes", kinds={"words": "ledger"},
    ways={"all": everything, "own": _own, "station": _station},
)  # fmt: skip


def _ledger(table: sa.Table) -> Scope:
    return Scope(table=table, opens=opens, usual="ledger", ways={"all": everything})


SCOPES: dict[sa.Table, Scope] = {
    views.matter: MATTERS,
    views.finding: Scope(
        table=views.finding, opens=opens, usual="codes",
        ways=through(MATTERS, "matter_id", views.finding.c.matter_id) | {"all": everything},
    ),
    finding_views.raised: Scope(
        table=finding_views.raised, opens=opens, usual="codes",
        ways=through(MATTERS, "matter_id", finding_views.raised.c.matter_id) | {"all": everything},
    ),
    finding_views.sample: _ledger(finding_views.sample),
    report_views.monthly_report: Scope(
        table=report_views.monthly_report, opens=opens, usual="directory", ways={"all": everything}
    ),
    views.gap: _ledger(views.gap),
    reconciliation_views.publisher_log: _ledger(reconciliation_views.publisher_log),
    reconciliation_views.difference: _ledger(reconciliation_views.difference),
    views.look: _ledger(views.look),
    views.check: _ledger(views.check),
    views.signing: _ledger(views.signing),
}  # fmt: skip
"""Of each table that audit shows: who stands in which way to its rows."""
