"""Who may change what of the directory: each station keeps its own people, points and projects, and what it entered.

Everybody who works with the directory reads it (`scopes`); whose it is to change stands in the table of the language
(`visibility.KEEPING`), and here which rows stand in which way to whom.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts.visibility import APPROVERS, CODED, KEEPING, Kept, keeps, lies_within, unit_of
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Way, Where, through, within_code
from services.referral.scopes import everything, names, organization, staff_here, stations_here
from services.referral.views import staff_tables as s
from services.referral.views import tables as t
from services.referral.views.served import lies_in

WHOLE_HUB = ("administrator", "service")


def _entered(table: sa.Table, *parties: str) -> Way:
    """A unit of one's station wrote it down, or it is in the hands of one."""

    def way(actor: Actor) -> Where:
        unit = unit_of(actor.org)
        return sa.or_(*(within_code(table.c[name], unit, *CODED) for name in ("kept_by", *parties)))

    return way


def _organization_here(actor: Actor) -> Where:
    """Entered by a unit of one's station, or it lies in the station's area."""
    unit, o = unit_of(actor.org), t.organizations
    return sa.or_(_entered(o)(actor), lies_in(o.c.area, unit))


def _organization_own(actor: Actor) -> Where:
    """The organization that one works for."""
    unit, o = unit_of(actor.org), t.organizations.c
    return sa.or_(organization(o.organization_id, actor), names(o.party, unit), o.code == unit)


def _kept(table: sa.Table, kept: Kept, **ways: Way) -> Scope:
    return Scope(table=table, opens=keeps, usual=kept, ways={"all": everything, **ways}, plain=True)


STATIONS = _kept(s.stations, "station", station=lambda actor: s.stations.c.station_id.in_(stations_here(actor)))
STAFF = _kept(s.staff, "staff", station=staff_here)
TRAININGS = _kept(s.trainings, "training", station=_entered(s.trainings, "organizer"))
PROJECTS = _kept(s.projects, "project", station=_entered(s.projects, "operator"))
ORGANIZATIONS = _kept(t.organizations, "organization", station=_organization_here, own=_organization_own)
OFFERING_HERE = _kept(t.organizations, "offering", station=_organization_here, own=_organization_own)
"""Organizations for which one may publish an offering: whoever keeps offerings need not keep the organization itself."""
AGREEMENTS = _kept(t.agreements, "agreement", station=_entered(t.agreements))
OFFERINGS = _kept(
    t.offerings, "offering",
    **{way: found for way, found in through(ORGANIZATIONS, "organization_id", t.offerings.c.organization_id).items()
       if way != "all"},
)  # fmt: skip


def says(actor: Actor, command: Any) -> bool:
    """Whether one may say this for whom it is said: a station speaks for its own units and of its own places."""
    if actor.role in WHOLE_HUB:
        return True
    match command:
        case public.OpenStation():
            return _ours(command.party, actor) and _our_places(command.places, actor)
        case public.ChangeStationArea():
            return _our_places(command.places, actor)
        case public.RegisterStaff():
            return _ours(command.employer, actor)
        case public.StartProject():
            return command.operator.partition(":")[0] not in CODED or _ours(command.operator, actor)
        case public.SignAgreement():
            return any(_ours(party, actor) for party in command.parties)
        case _:
            return True


def _ours(party: str, actor: Actor) -> bool:
    return lies_within(unit_of(party), actor.org)


def _our_places(places: tuple[public.ServedPlace, ...], actor: Actor) -> bool:
    """Whoever answers for a place sees its requests, so a station takes none that lies outside its own code."""
    return all(lies_within(place.code, actor.org) for place in places)


def _keepers(kept: Kept) -> tuple[str, ...]:
    return tuple(role for role, row in KEEPING.items() if kept in row and role != "service")


def _approvers(command: type) -> tuple[str, ...]:
    return APPROVERS[""]


def _reach(table: sa.Table, kept: Scope, what: Kept, about: Mapping[type, Mapping[str, Scope]] | None = None) -> Reach:
    """What everybody sees is commanded by those whose it is to keep."""
    shown = Scope(table=table, opens=keeps_in_sight, usual="directory", ways={"all": everything})

    def near(actor: Actor, command: type) -> Where | None:
        return None if "all" in keeps(actor.role, what) else kept.rows(actor)

    return Reach(
        scope=shown, near=near, who=lambda command: _keepers(what), approvers=_approvers, names=about or {}, says=says
    )


def keeps_in_sight(role: str, kind: str) -> frozenset[str]:
    """The directory is there for everybody who comes to it."""
    return frozenset({"all"})


REACHES: dict[str, Reach] = {
    "station": _reach(s.stations, STATIONS, "station", {public.OpenStation: {"parent_id": STATIONS}}),
    "staff": _reach(s.staff, STAFF, "staff", {public.TakePost: {"station_id": STATIONS}}),
    "training": _reach(s.trainings, TRAININGS, "training"),
    "project": _reach(s.projects, PROJECTS, "project"),
    "organization": _reach(t.organizations, ORGANIZATIONS, "organization"),
    "mailing": _reach(t.organizations, ORGANIZATIONS, "organization"),
    "cooperation-agreement": _reach(t.agreements, AGREEMENTS, "agreement"),
    "offering": _reach(
        t.offerings, OFFERINGS, "offering", {public.PublishOffering: {"organization_id": OFFERING_HERE}}
    ),
}  # fmt: skip
"""Of each kind of aggregate of the directory: who may command it."""
