"""Whose matters the console shows to whom: what its own record says about who took a matter down, worked on it, has it."""

from __future__ import annotations

import sqlalchemy as sa

from services.console import views
from services.console.served import lies_in, listed_in
from services.contracts.visibility import CODED, opens, unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.message import Actor
from services.kernel.scope import Scope, Way, Where, within_code


def everything(actor: Actor) -> Where:
    """Every row."""
    return sa.true()


def _told(column: sa.Column[object], *about: Where) -> Where:
    r = views.record.c
    return sa.exists().where(r.matter_id == column, sa.or_(*about))


def _holds(party: str) -> tuple[Where, ...]:
    """A party stands among those who gave or took, each between spaces."""
    r = views.record.c
    return tuple(
        (sa.literal(" ") + c + sa.literal(" ")).contains(f"{party} ", autoescape=True) for c in (r.giver, r.takers)
    )


def _hold_within(where: str) -> tuple[Where, ...]:
    """A unit of the station's area, or of a place that it serves, stands among those who gave or took (INV-41)."""
    r = views.record.c
    several = sa.and_(r.takers.contains(" "), listed_in(r.takers, " ", where, *CODED))
    found = (lies_in(r.giver, where, *CODED), lies_in(r.takers, where, *CODED), several)
    return found if where.isdecimal() else (*_holds(f":{where}"), *found)


def _own(column: sa.Column[object]) -> Way:
    def way(actor: Actor) -> Where:
        r, where = views.record.c, unit_of(actor.org)
        mine = [sa.and_(r.actor_id == actor.id, r.actor_role.in_(STATION_ROLES)), *_holds(f"worker:{actor.id}")]
        unit = [r.actor_org == actor.org, *_holds(f":{where}")] if where else []
        return _told(column, *mine, *unit)

    return way


def _station(column: sa.Column[object]) -> Way:
    def way(actor: Actor) -> Where:
        r, where = views.record.c, unit_of(actor.org)
        if not where:
            return sa.false()
        there = sa.or_(within_code(r.actor_org, where, *CODED), lies_in(r.actor_org, where, *CODED))
        return _told(column, sa.and_(there, r.actor_role.in_(STATION_ROLES)), *_hold_within(where))

    return way


def _scope(table: sa.Table) -> Scope:
    column = table.c.matter_id
    ways: dict[str, Way] = {
        "all": everything, "own": _own(column), "station": _station(column), "tasks": _station(column),
    }  # fmt: skip
    return Scope(table=table, opens=opens, usual="codes", ways=ways)


MATTERS, WAITING = _scope(views.matter), _scope(views.waiting)
