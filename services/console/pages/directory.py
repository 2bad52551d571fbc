"""The directory of the five societies: who is there, what they offer to whom, how much room they have, on what agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.console import acts
from services.console.pages.act import name_of_act
from services.console.templating import Frame, render
from services.console.words import Words
from services.contracts.visibility import unit_of

SOCIETIES: dict[str, tuple[str, ...]] = {
    "community": ("community",), "social_worker": ("station",),
    "social_organization": ("social_organization", "university", "authority", "other"), "volunteer": ("volunteer_team",),
    "charity": ("charity",),
}  # fmt: skip
"""Which kinds of organization belong to which of the five societies."""

SERVING = ("accepted", "in_service", "paused", "outcome_reported")
"""States of a referral in which an organization has it in hand."""

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Offering:
    """What an organization offers: which services, where, to whom, for how many."""

    services: tuple[str, ...]
    areas: tuple[str, ...]
    capacity: int | None
    groups: tuple[str, ...]
    agreement_needed: bool = False


@dataclass(frozen=True, kw_only=True)
class Organization:
    """One organization with its offerings; `ours` are the referrals of the reader's station that it has in hand."""

    party: str
    code: str
    kind: str
    state: str
    id: str = ""
    area: str = ""
    offerings: tuple[Offering, ...] = ()
    ours: int = 0
    agreed_until: date | None = None
    agreed: bool = False
    verified_until: date | None = None
    is_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Society:
    """One of the five."""

    name: str
    organizations: tuple[Organization, ...]

    @property
    def room(self) -> int | None:
        """How many places there are in all, where any are told."""
        told = [f.capacity for o in self.organizations for f in o.offerings if f.capacity is not None]
        return sum(told) if told else None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for; empty for everything."""

    service: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.service or self.text)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What is known beside the directory's own rows: agreements, what is in hand, and whose entries the reader keeps."""

    agreements: Iterable[Row] = ()
    referrals: Iterable[Row] = field(default_factory=tuple)
    kept: frozenset[str] = frozenset()


def build(organizations: Iterable[Row], offerings: Iterable[Row], beside: Beside | None = None) -> tuple[Society, ...]:
    """The five, each with its organizations by code."""
    offered: dict[str, list[Offering]] = {}
    for row in offerings:
        offered.setdefault(str(row["organization_id"]), []).append(_offering(row))
    known = beside or Beside()
    agreed, held = _agreed(known.agreements), Counter(str(row.get("organization_id")) for row in known.referrals)
    found = [
        replace(
            _organization(row, offered.get(str(row["organization_id"]), []), agreed, held[str(row["organization_id"])]),
            is_kept=str(row["organization_id"]) in known.kept,
        )
        for row in organizations
    ]
    return tuple(
        Society(name=name, organizations=tuple(sorted((o for o in found if o.kind in kinds), key=lambda o: o.code)))
        for name, kinds in SOCIETIES.items()
    )


def _agreed(rows: Iterable[Row]) -> dict[str, date | None]:
    """With whom there is an agreement in force, by the ids of the parties, and until when."""
    found: dict[str, date | None] = {}
    for row in rows:
        for party in row.get("parties") or ():
            found[unit_of(str(party))] = _day(row.get("valid_until"))
    return found


def _day(told: Any) -> date | None:
    return date.fromisoformat(str(told)) if told else None


def _organization(row: Row, offerings: list[Offering], agreed: Mapping[str, date | None], ours: int) -> Organization:
    party = str(row["party"])
    return Organization(
        party=party, id=str(row["organization_id"]), code=str(row.get("code") or ""), kind=str(row.get("kind") or "other"),
        area=str(row.get("area") or ""),
        state=str(row.get("state") or ""), offerings=tuple(offerings), ours=ours, agreed=unit_of(party) in agreed,
        agreed_until=agreed.get(unit_of(party)), verified_until=_day(row.get("verified_until")),
    )  # fmt: skip


def _offering(row: Row) -> Offering:
    return Offering(
        services=tuple(row.get("service_codes") or ()), areas=tuple(row.get("areas") or ()), capacity=row.get("capacity"),
        groups=tuple(row.get("group_codes") or ()), agreement_needed=bool(row.get("agreement_needed")),
    )  # fmt: skip


def services_of(societies: Iterable[Society]) -> tuple[str, ...]:
    """Every service that anybody offers."""
    return tuple(sorted({s for each in societies for o in each.organizations for f in o.offerings for s in f.services}))


def looked_for(societies: tuple[Society, ...], wanted: Wanted, t: Words) -> tuple[Society, ...]:
    """Those that offer the service and are called so, or work there."""
    return tuple(
        Society(name=each.name, organizations=tuple(o for o in each.organizations if _fits(o, wanted, t)))
        for each in societies
    )


def _fits(o: Organization, wanted: Wanted, t: Words) -> bool:
    offers = not wanted.service or any(wanted.service in f.services for f in o.offerings)
    places = [o.area, *(a for f in o.offerings for a in f.areas)]
    said = " ".join([t.party(o.party), o.code, *(t.area(place) for place in places if place)]).casefold()
    return offers and wanted.text.casefold() in said


def page(
    societies: tuple[Society, ...],
    frame: Frame,
    wanted: Wanted | None = None,
    services: tuple[str, ...] = (),
) -> str:
    """The whole page; who keeps an organization's entry finds the way to its mails."""
    doing = [act for act in acts.ACTS if act.of == "station"]
    return render(
        "directory.html", frame, societies=societies, wanted=wanted or Wanted(), services=services,
        doing=doing, named=name_of_act,
    )  # fmt: skip
