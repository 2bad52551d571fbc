"""Who stands in which way to what intake shows; what each way opens is said by the language.

A station is where its area code begins and the places that it serves (`served`), or the organization that its people work
for: what lies there, or was taken down there, is the station's. `own` is what one answers for oneself, and what one's own
unit has; a client's own is himself, and whom he is the guardian of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.visibility import CODED, opens, ways
from services.contracts.words import PARTY_KINDS
from services.intake import tables as t
from services.intake.erasure_tables import erasures
from services.intake.record_tables import corrections, late_entries, records
from services.intake.served import lies_in
from services.kernel.message import Actor
from services.kernel.scope import Scope, Way, Where, lists, through, within, within_code
from services.kernel.scope import names as named_by

NOBODY = UUID(int=0)
MADE = {"made_by": "ledger", "kept_by": "ledger"}
"""Who took a thing down, and for which unit: what ways are made of, and shown to auditors alone."""

DISPATCH = "dispatch"


def names(column: sa.ColumnElement[Any], text: str) -> Where:
    """The party, or the id alone, names this id."""
    return named_by(column, text, *PARTY_KINDS)


def unit(actor: Actor) -> str:
    """The id of whom one works for, without its kind: an area code, or an organization's id."""
    return actor.org.rpartition(":")[2]


def me(actor: Actor) -> str:
    """As which party a worker answers."""
    return f"worker:{actor.id}"


def himself(actor: Actor) -> UUID:
    """The person that a client's token is of."""
    try:
        return UUID(actor.id.rpartition(":")[2])
    except ValueError:
        return NOBODY


def everything(actor: Actor) -> Where:
    """Every row."""
    return sa.true()


def _made(table: sa.Table, actor: Actor, *, units: bool = True) -> Where:
    """Whoever brought it into being; and, where it is the unit's, whose unit did."""
    return sa.or_(table.c.made_by == actor.id, table.c.kept_by == actor.org if units and actor.org else sa.false())


def _station(table: sa.Table, areas: tuple[str, ...], parties: tuple[str, ...] = ()) -> Way:
    """It lies in the station's area, or is in the hands of one of its units, or was taken down by one."""

    def way(actor: Actor) -> Where:
        where = unit(actor)
        found = [lies_in(table.c[name], where) for name in areas]
        found += [lies_in(table.c[name], where, *CODED) for name in parties]
        found += [names(table.c[name], where) for name in parties if not where.isdecimal()]
        return sa.or_(*found, within_code(table.c["kept_by"], where, *CODED))

    return way


def _own(
    table: sa.Table,
    units: tuple[str, ...],
    workers: tuple[str, ...] = (),
    listed: tuple[str, ...] = (),
    kept: bool = True,
) -> Way:
    """One's own: taken down by oneself or (`kept`) one's unit, in the hands of either."""

    def way(actor: Actor) -> Where:
        if actor.role == "client":
            return table.c.person_id.in_(_served(actor)) if "person_id" in table.c else sa.false()
        found = [_made(table, actor, units=kept), *(names(table.c[name], unit(actor)) for name in units)]
        found += [table.c[name] == me(actor) for name in workers] + [lists(table.c[name], me(actor)) for name in listed]
        return sa.or_(*found)

    return way


def _served(actor: Actor) -> sa.ScalarSelect[UUID]:
    """The client himself, and whom he is the guardian of; nobody's of whom it is suspected that a guardian harms them."""
    g, s = t.guardians.c, t.safeguarding.c
    suspected = sa.select(s.person_id).where(s.guardian_suspected, s.person_id.is_not(None))
    wards = sa.select(g.person_id).where(g.guardian_id == himself(actor), g.person_id.not_in(suspected))
    return sa.union(sa.select(sa.literal(himself(actor), sa.Uuid)), wards).scalar_subquery()


CASES = Scope(
    table=t.cases, opens=opens, usual="codes", kinds=MADE | {"person_id": "person", "household_id": "person"},
    ways={
        "all": everything,
        "station": _station(t.cases, ("area",), ("owner",)),
        "own": _own(t.cases, ("owner",), ("owner", "supervisor"), ("workers",), kept=False),
    },
)  # fmt: skip
PLANS = Scope(
    table=t.visit_plans, opens=opens, usual="codes", kinds=MADE | {"person_id": "person"},
    ways={
        "all": everything,
        "station": _station(t.visit_plans, ("area",), ("unit",)),
        "own": _own(t.visit_plans, ("unit",), ("visitor",), kept=False),
    },
)  # fmt: skip


def _dispatched(actor: Actor) -> Where:
    """Requests of the station that are to be given out as tasks."""
    r = t.help_requests.c
    given_out = sa.or_(r.disposition == DISPATCH, r.dispatcher == me(actor))
    return sa.and_(given_out, REQUESTS.ways["station"](actor))


REQUESTS = Scope(
    table=t.help_requests, opens=opens, usual="codes", kinds=MADE | {"person_id": "person"},
    ways={
        "all": everything,
        "station": _station(t.help_requests, ("area",), ("unit",)),
        "own": _own(t.help_requests, ("unit",), ("dispatcher",)),
        "tasks": _dispatched,
    },
)  # fmt: skip


def _person_own(actor: Actor) -> Where:
    p = t.persons.c
    if actor.role == "client":
        return p.person_id.in_(_served(actor))
    places = [names(column, unit(actor)) for column in (p.station, p.residence_area, p.hukou_area)]
    on = [within(p.person_id, s.table.c.person_id, s.ways["own"](actor)) for s in (CASES, PLANS, REQUESTS)]
    return sa.or_(_made(t.persons, actor), *places, *on)


PERSONS = Scope(
    table=t.persons, opens=opens, usual="codes", kinds=MADE,
    ways={
        "all": everything,
        "station": _station(t.persons, ("station", "residence_area", "hukou_area")),
        "own": _person_own,
        "tasks": lambda actor: within(t.persons.c.person_id, t.help_requests.c.person_id, _dispatched(actor)),
    },
)  # fmt: skip


HOUSEHOLDS = Scope(
    table=t.households, opens=opens, usual="codes", kinds=MADE,
    ways={
        "all": everything,
        "station": _station(t.households, ("station", "area")),
        "own": lambda actor: within(
            t.households.c.household_id, t.household_members.c.household_id, _member_own(actor)
        ) if actor.role == "client" else _made(t.households, actor),
    },
)  # fmt: skip


def _member_own(actor: Actor) -> Where:
    """Where a client, or whom he is the guardian of, lives."""
    return t.household_members.c.person_id.in_(_served(actor))


def _alike(way: str) -> Way:
    """Two records that look alike are shown to whoever sees either of them."""

    def found(actor: Actor) -> Where:
        d, seen = t.duplicates.c, PERSONS.ways[way](actor)
        return sa.or_(*(within(column, t.persons.c.person_id, seen) for column in (d.person_id, d.candidate_id)))

    return found


def _of_person(table: sa.Table) -> Scope:
    """Rows about a person stand as the person does."""
    found = through(PERSONS, "person_id", table.c.person_id)
    return Scope(
        table=table, opens=opens, usual="codes", ways=_without_tasks(found) | {"all": everything}, kinds=_made_of(table)
    )


def _made_of(table: sa.Table) -> dict[str, str]:
    return {name: kind for name, kind in MADE.items() if name in table.c}


def _without_tasks(found: Mapping[str, Way]) -> dict[str, Way]:
    return {name: way for name, way in found.items() if name != "tasks"}


def _under(scope: Scope, table: sa.Table, column: str, **kinds: str) -> Scope:
    """Rows that belong to a row of another scope."""
    found = through(scope, column, table.c[column])
    return Scope(table=table, opens=opens, usual="codes", ways=found | {"all": everything}, kinds=kinds)


def _received(actor: Actor) -> Where:
    """What was disclosed to one's organization, or to oneself."""
    r = t.disclosures.c.receiver
    to_me = [r == f"{kind}:{actor.id}" for kind in ("worker", "volunteer", "person")]
    return sa.or_(*to_me) if actor.role == "volunteer" else sa.or_(names(r, unit(actor)), *to_me)


def _received_live(actor: Actor) -> Where:
    """What was disclosed and may still be read: whose it was is nobody's any more once access is revoked (INV-5, INV-7)."""
    return sa.and_(_received(actor), t.disclosures.c.state == "live")


def _received_ever(actor: Actor) -> Where:
    """A volunteer still finds what was disclosed for a visit, as a code: it may have to answer that it was deleted."""
    return _received(actor) if actor.role == "volunteer" else _of_person(t.disclosures).ways["own"](actor)


CONSENTS = _of_person(t.consents)
DISCLOSURES = Scope(
    table=t.disclosures, opens=opens, usual="codes",
    kinds=MADE | dict.fromkeys(("person_id", "consent_id"), "person"),
    ways=dict(_of_person(t.disclosures).ways) | {
        "took": _received, "taken": _received_live, "assigned": _received_live, "own": _received_ever,
    },
)  # fmt: skip
ACTIVITIES = Scope(
    table=t.activities, opens=opens, usual="codes", kinds=MADE,
    ways={
        "all": everything,
        "station": _station(t.activities, ("area",), ("host",)),
        "own": _own(t.activities, ("host",)),
    },
)  # fmt: skip


def _read_of(way: str) -> Way:
    """Readings of a person, or of what was told with a request."""

    def found(actor: Actor) -> Where:
        r = t.reads.c
        return sa.or_(
            within(r.person_id, t.persons.c.person_id, PERSONS.ways[way](actor)),
            within(r.request_id, t.help_requests.c.request_id, REQUESTS.ways[way](actor)),
        )

    return found


def _strand_of(way: str) -> Way:
    """Strands of a matter that is a request, or a case."""

    def found(actor: Actor) -> Where:
        s = t.strands.c
        return sa.or_(*(within(s.matter_id, x.table.c.matter_id, x.ways[way](actor)) for x in (REQUESTS, CASES)))

    return found


def _record_of(way: str, table: sa.Table = records) -> Way:
    """Records, and papers, stand as that in which they were written down: a request, a case, a visit plan, an activity."""
    homes = ((REQUESTS, "request_id"), (CASES, "case_id"), (PLANS, "plan_id"), (ACTIVITIES, "activity_id"))

    def found(actor: Actor) -> Where:
        about = table.c.about_id
        return sa.or_(*(within(about, scope.table.c[key], scope.ways[way](actor)) for scope, key in homes))

    return found


RECORDS = Scope(
    table=records, opens=opens, usual="codes", kinds={"person_id": "person"},
    ways={"all": everything, "own": _record_of("own"), "station": _record_of("station")},
)  # fmt: skip


# --- safeguarding -------------------------------------------------------------------------------------------------------


def named(role: str, kind: str) -> frozenset[str]:
    """Those to whom a child's protection is shown: by name, in whatever way they stand to it (INV-11)."""
    if kind != "child":
        return opens(role, kind)
    return frozenset({"named"}) if ways(role, "child", "named") else opens(role, kind)


def named_for(actor: Actor) -> Where:
    """Named for it; or head or supervisor of the station that it concerns, or of any, where none is known to be."""
    s, r = t.safeguarding.c, t.safeguarding_readers.c
    by_name = s.concern_id.in_(sa.select(r.concern_id).where(r.reader == actor.id))
    if actor.role not in ("station_head", "supervisor"):
        return by_name
    case = sa.and_(t.cases.c.supervisor == me(actor), t.cases.c.matter_id == s.matter_id)
    here = [by_name, s.kept_by == actor.org if actor.org else sa.false(), sa.exists().where(case)]
    if actor.role == "station_head":
        here += [_concerns(PERSONS, "person_id", actor), _concerns(REQUESTS, "matter_id", actor)]
        here += [_concerns(CASES, "matter_id", actor), within_code(s.kept_by, unit(actor), *CODED)]
    return sa.or_(*here, _nowhere())


def _concerns(scope: Scope, column: str, actor: Actor) -> Where:
    return within(t.safeguarding.c[column], scope.table.c[column], scope.ways["station"](actor))


def _nowhere() -> Where:
    """No station is known to be concerned: somebody has to look all the same."""
    s = t.safeguarding.c
    known = (
        s.person_id.in_(sa.select(t.persons.c.person_id)), s.matter_id.in_(sa.select(t.help_requests.c.matter_id)),
        s.matter_id.in_(sa.select(t.cases.c.matter_id)),
    )  # fmt: skip
    at_station = sa.and_(s.kept_by.is_not(None), s.kept_by != "")
    return sa.not_(
        sa.or_(*(sa.func.coalesce(found, sa.false()) for found in known), sa.func.coalesce(at_station, sa.false()))
    )


SAFEGUARDING = Scope(
    table=t.safeguarding, opens=named, usual="child", ways={"all": everything, "named": named_for}, kinds=MADE
)


def _raiser(actor: Actor) -> Where:
    """Whoever raised a concern may say that it was reported, and reads nothing of it."""
    return t.safeguarding.c.made_by == actor.id


RAISED = Scope(
    table=t.safeguarding, usual="child",
    opens=lambda role, kind: named(role, kind) | {"raised"},
    ways={"all": everything, "named": named_for, "raised": _raiser},
)  # fmt: skip


SCOPES: dict[sa.Table, Scope] = {
    t.help_requests: REQUESTS,
    t.persons: PERSONS,
    t.client_groups: _of_person(t.client_groups),
    t.guardians: _of_person(t.guardians),
    t.legal_bases: _of_person(t.legal_bases),
    t.duplicates: Scope(
        table=t.duplicates, opens=opens, usual="person",
        ways={"all": everything, "own": _alike("own"), "station": _alike("station")},
    ),
    t.households: HOUSEHOLDS,
    t.household_members: _under(HOUSEHOLDS, t.household_members, "household_id"),
    t.reads: Scope(
        table=t.reads, opens=opens, usual="codes",
        ways={"all": everything, "own": _read_of("own"), "station": _read_of("station")},
    ),
    t.consents: CONSENTS,
    t.disclosures: DISCLOSURES,
    t.cases: CASES,
    t.case_months: _under(CASES, t.case_months, "case_id"),
    t.strands: Scope(
        table=t.strands, opens=opens, usual="codes", kinds={"person_id": "person"},
        ways={"all": everything, "own": _strand_of("own"), "station": _strand_of("station")},
    ),
    t.visit_plans: PLANS,
    t.visits: _under(PLANS, t.visits, "plan_id"),
    t.visit_concerns: _under(PLANS, t.visit_concerns, "plan_id"),
    t.visit_months: _under(PLANS, t.visit_months, "plan_id", person_id="person"),
    t.activities: ACTIVITIES,
    t.attendances: Scope(
        table=t.attendances, opens=opens, usual="person",
        ways=through(ACTIVITIES, "activity_id", t.attendances.c.activity_id) | {"all": everything},
    ),
    t.safeguarding: SAFEGUARDING,
    erasures: _of_person(erasures),
    records: RECORDS,
    late_entries: Scope(
        table=late_entries, opens=opens, usual="codes",
        ways={"all": everything, "own": _record_of("own", late_entries), "station": _record_of("station", late_entries)},
    ),
    corrections: _under(RECORDS, corrections, "record_id"),
}  # fmt: skip
"""Of each table that intake shows: who stands in which way to its rows."""
