"""Who stands in which way to what the referral service shows, and who may command it.

The side that asks sees a referral as its own or its station's; an organization sees what it was asked, and more once it
has taken the need on. A grant is seen by whoever asked for it and by the fund. The directory is there for everybody who
works with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts.visibility import APPROVERS, CODED, opens, unit_of
from services.contracts.words import PARTY_KINDS, STATION_ROLES
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Way, Where, through, within, within_code
from services.kernel.scope import names as named_by
from services.referral.endpoints.reading import uuid_of
from services.referral.holding import held
from services.referral.views import staff_tables as s
from services.referral.views import tables as t
from services.referral.views.contacts import contacts
from services.referral.views.served import lies_in
from services.referral.views.told import told
from services.referral.views.unmet import unmet

MADE = {"made_by": "ledger", "kept_by": "ledger"}
NEED = dict.fromkeys(("need_codes", "areas", "urgency", "required_by"), "summary")
ORGANIZATIONS = ("partner", "team_leader")


def everything(actor: Actor) -> Where:
    """Every row."""
    return sa.true()


def names(column: sa.ColumnElement[Any], text: str) -> Where:
    """The party, or the id alone, names this id."""
    return named_by(column, text, *PARTY_KINDS)


def unit(actor: Actor) -> str:
    """The id of whom one works for."""
    return unit_of(actor.org)


def me(actor: Actor) -> str:
    """As which party a worker answers."""
    return f"worker:{actor.id}"


def organization(column: sa.Column[object], actor: Actor) -> Where:
    """The organization that one works for, where a column holds its id."""
    own = uuid_of(unit(actor))
    return column == own if own is not None else sa.false()


def _station(table: sa.Table, parties: tuple[str, ...], areas: tuple[str, ...] = ()) -> Way:
    """It was asked by one of the station's units, or of those in the places that it serves, or taken down by one."""

    def way(actor: Actor) -> Where:
        where = unit(actor)
        found = [lies_in(table.c[name], where, *CODED) for name in parties]
        found += [names(table.c[name], where) for name in parties if not where.isdecimal()]
        found += [lies_in(table.c[name], where) for name in areas]
        return sa.or_(*found, within_code(table.c["kept_by"], where, *CODED))

    return way


def _own(table: sa.Table, parties: tuple[str, ...]) -> Way:
    """One asked it oneself or for one's unit; a client's own is what is about himself."""

    def way(actor: Actor) -> Where:
        if actor.role == "client":
            himself = uuid_of(unit_of(actor.id))
            return table.c.person_id == himself if himself is not None and "person_id" in table.c else sa.false()
        if actor.role in ORGANIZATIONS:
            return sa.false()
        found = [names(table.c[name], unit(actor)) for name in parties] + [
            table.c[name] == me(actor) for name in parties
        ]
        kept = table.c.kept_by == actor.org if actor.org else sa.false()
        return sa.or_(table.c.made_by == actor.id, kept, *found)

    return way


def _offered(column: sa.Column[object], inner: sa.Column[object]) -> Way:
    """It was offered to one's organization, whatever it answered."""
    o = t.offers.c

    def way(actor: Actor) -> Where:
        mine = sa.or_(names(o.party, unit(actor)), organization(o.organization_id, actor))
        return within(column, inner, mine)

    return way


def _took(actor: Actor) -> Where:
    """One's organization took the need on, whatever has become of it."""
    r = t.referrals.c
    holds = sa.and_(names(r.holder, unit(actor)), r.holder != r.origin)
    return sa.or_(organization(r.organization_id, actor), holds)


def _taken(actor: Actor) -> Where:
    """One's organization took the need on, and holds it still, on a consent that stands."""
    return sa.and_(_took(actor), held())


COURSE = dict.fromkeys(
    (
        "holder", "organization_id", "offer_id", "offers_count", "sequence", "start_by", "accepted_at", "started_at", "outcome",
        "confirmed", "level",
    ),
    "course",
)  # fmt: skip
"""What would tell an organization that was asked in vain who else was, and who took it."""

REFERRALS = Scope(
    table=t.referrals, opens=opens, usual="codes",
    kinds=MADE | NEED | COURSE | dict.fromkeys(("group_codes", "age_band"), "summary")
    | dict.fromkeys(("person_id", "case_id", "consent_id", "taken_on"), "person"),
    ways={
        "all": everything, "station": _station(t.referrals, ("origin",)), "own": _own(t.referrals, ("origin",)),
        "asked": _offered(t.referrals.c.referral_id, t.offers.c.referral_id), "took": _took, "taken": _taken,
    },
)  # fmt: skip


def _of_referral(table: sa.Table, **more: Way) -> dict[str, Way]:
    """The side that asks sees it as it sees the referral; who else does is said."""
    found = through(REFERRALS, "referral_id", table.c.referral_id)
    return {"all": everything, "own": found["own"], "station": found["station"], **more}


def _asked(actor: Actor) -> Where:
    return sa.or_(names(t.offers.c.party, unit(actor)), organization(t.offers.c.organization_id, actor))


def _taken_offer(actor: Actor) -> Where:
    taken = within(t.offers.c.referral_id, t.referrals.c.referral_id, _taken(actor))
    return sa.and_(_asked(actor), t.offers.c.state == "accepted", taken)


OFFERS = Scope(
    table=t.offers, opens=opens, usual="codes",
    kinds=NEED | {"need_code": "summary", "group_codes": "summary", "age_band": "summary", "case_id": "person"},
    ways=_of_referral(t.offers, asked=_asked, taken=_taken_offer),
)  # fmt: skip


def _fund(actor: Actor) -> Where:
    return names(t.grants.c.fund, unit(actor))


def _or(one: Way, other: Way) -> Way:
    return lambda actor: sa.or_(one(actor), other(actor))


def _giver(actor: Actor) -> Where:
    return names(t.in_kind.c.giver, unit(actor))


FEN = ("asked_fen", "approved_fen", "paid_fen", "returned_fen", "used_fen")
GRANTS = Scope(
    table=t.grants, opens=opens, usual="codes",
    kinds=MADE | {"person_id": "person", "case_id": "person"} | dict.fromkeys((f for f in FEN if f in t.grants.c), "money"),
    ways={
        "all": everything, "station": _station(t.grants, ("applicant",)),
        "own": _or(_own(t.grants, ("applicant",)), _fund),
    },
)  # fmt: skip
IN_KIND = Scope(
    table=t.in_kind, opens=opens, usual="codes",
    kinds=MADE | {"person_id": "person", "case_id": "person", "quantity": "money", "est_value_fen": "money"},
    ways={"all": everything, "station": _station(t.in_kind, ()), "own": _or(_own(t.in_kind, ()), _giver)},
)  # fmt: skip
MATTERS = Scope(
    table=t.matters, opens=opens, usual="codes", kinds=MADE | {"person_id": "person"}, late=True,
    ways={
        "all": everything, "station": _station(t.matters, ("holder",), ("area",)), "own": _own(t.matters, ("holder",)),
        "taken": lambda actor: names(t.matters.c.holder, unit(actor)),
    },
)  # fmt: skip


def _helps(actor: Actor) -> Where:
    """One's organization answers for the matter, took a need of it on, or pays for something in it."""
    m = t.matters.c
    needs = within(m.matter_id, t.referrals.c.matter_id, _took(actor))
    return sa.or_(names(m.holder, unit(actor)), needs, within(m.matter_id, t.grants.c.matter_id, _fund(actor)))


HELPED = Scope(
    table=t.matters, opens=opens, usual="codes", late=True, ways=dict(MATTERS.ways) | {"taken": _helps},
)  # fmt: skip
"""Matters as one who brings something to them stands to them."""


def _told_to(actor: Actor) -> Where:
    return sa.or_(names(told.c.behalf, unit(actor)), organization(told.c.organization_id, actor))


def _directory(table: sa.Table) -> Scope:
    """What organizations, stations and those who work there publish about themselves."""
    kinds = {name: kind for name, kind in MADE.items() if name in table.c}
    return Scope(table=table, opens=opens, usual="directory", ways={"all": everything}, kinds=kinds)


def stations_here(actor: Actor) -> sa.ScalarSelect[UUID]:
    """The station that one works for, with the points and grids that lie within it."""
    c, where = s.stations.c, unit(actor)
    here = sa.or_(*(within_code(column, where, *CODED) for column in (c.party, c.code)))
    below = sa.select(c.station_id).where(here)
    points = sa.select(c.station_id).where(c.parent_id.in_(below))
    return sa.union(below, points, sa.select(c.station_id).where(c.parent_id.in_(points))).scalar_subquery()


def staff_here(actor: Actor) -> Where:
    """Who holds a post at one's station, or is employed by it."""
    held = s.posts.c.station_id.in_(stations_here(actor))
    at_post = within(s.staff.c.staff_id, s.posts.c.staff_id, sa.and_(s.posts.c.state == "held", held))
    return sa.or_(at_post, within_code(s.staff.c.employer, unit(actor), *CODED))


LOADS = Scope(
    table=s.staff, opens=opens, usual="codes",
    ways={"all": everything, "station": staff_here, "own": lambda actor: s.staff.c.worker == me(actor)},
)  # fmt: skip
"""What a worker answers for: the worker's own, and the station's whose people they are."""

READS = Scope(
    table=s.staff_reads, opens=opens, usual="codes",
    ways={
        "all": everything, "station": lambda actor: within(s.staff_reads.c.staff_id, s.staff.c.staff_id, staff_here(actor)),
    },
)  # fmt: skip
"""Who read what a worker is called: for the station whose people they are, and for auditors (INV-33)."""

SCOPES: dict[sa.Table, Scope] = {
    s.staff_reads: READS,
    t.referrals: REFERRALS,
    t.offers: OFFERS,
    t.deadlines: Scope(
        table=t.deadlines, opens=opens, usual="codes",
        ways=_of_referral(t.deadlines, asked=lambda actor: names(t.deadlines.c.party, unit(actor))),
    ),
    t.grants: GRANTS,
    t.in_kind: IN_KIND,
    t.matters: MATTERS,
    contacts: Scope(table=contacts, opens=opens, usual="codes", ways=_of_referral(contacts)),
    told: Scope(table=told, opens=opens, usual="codes", ways=_of_referral(told, asked=_told_to)),
    unmet: Scope(table=unmet, opens=opens, usual="codes", kinds={"case_id": "person"}, ways=_of_referral(unmet)),
} | {
    table: _directory(table)
    for table in (
        t.organizations, t.agreements, t.offerings, s.stations, s.staff, s.posts, s.certificates, s.trainings,
        s.training_attendance, s.projects, s.project_reports,
    )
}  # fmt: skip
"""Of each table that the referral service shows: who stands in which way to its rows."""

ANSWERS = frozenset(
    {
        public.ViewOffer, public.RequestInformation, public.AcceptReferral, public.DeclineOffer, public.StartService,
        public.PauseService, public.ResumeService, public.ReturnReferral, public.RerouteReferral, public.ReportOutcome,
        public.ConfirmAnswer, public.DisputeAnswer,
    }
)  # fmt: skip
"""The words of the organization asked, whoever writes them down; everything else is for the side that asks."""


def _side_that_asks(actor: Actor, command: type) -> Where | None:
    if command in ANSWERS or actor.role == "service":
        return None
    return sa.or_(REFERRALS.ways["own"](actor), REFERRALS.ways["station"](actor))


def _who(command: type) -> tuple[str, ...]:
    return STATION_ROLES


def _approvers(command: type) -> tuple[str, ...]:
    return APPROVERS[""]


def _reach(table: sa.Table, about: Mapping[type, Mapping[str, Scope]] | None = None) -> Reach:
    return Reach(scope=SCOPES[table], who=_who, approvers=_approvers, names=about or {})


OF_MATTER = {"matter_id": MATTERS}
REACHES: dict[str, Reach] = {
    "referral": Reach(
        scope=REFERRALS, near=_side_that_asks, who=_who, approvers=_approvers, names={public.DraftReferral: OF_MATTER}
    ),
    "grant": _reach(t.grants, {public.ApplyForGrant: OF_MATTER}),
    "in-kind-support": _reach(
        t.in_kind, {public.RecordInKindSupport: {"matter_id": HELPED, "referral_id": REFERRALS}}
    ),
}  # fmt: skip
"""Of each kind of aggregate, but for those of the directory (`keeping`): who may command it."""
