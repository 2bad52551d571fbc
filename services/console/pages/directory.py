"""The directory of the five societies: who is there, what they offer, and how much room they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.console.templating import Frame, render

SOCIETIES: dict[str, tuple[str, ...]] = {
    "community": ("community",), "social_worker": ("station",),
    "social_organization": ("social_organization", "university", "authority", "other"), "volunteer": ("volunteer_team",),
    "charity": ("charity",),
}  # fmt: skip
"""Which kinds of organization belong to which of the five societies."""


@dataclass(frozen=True, kw_only=True)
class Offering:
    """What an organization offers: which services, where, for how many."""

    services: tuple[str, ...]
    areas: tuple[str, ...]
    capacity: int | None
    groups: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Organization:
    """One organization with its offerings."""

    party: str
    code: str
    kind: str
    state: str
    offerings: tuple[Offering, ...]


@dataclass(frozen=True, kw_only=True)
class Society:
    """One of the five."""

    name: str
    organizations: tuple[Organization, ...]


def build(organizations: Iterable[Mapping[str, Any]], offerings: Iterable[Mapping[str, Any]]) -> tuple[Society, ...]:
    """The five, each with its organizations by code."""
    offered: dict[str, list[Offering]] = {}
    for row in offerings:
        offered.setdefault(str(row["organization_id"]), []).append(_offering(row))
    found = [_organization(row, offered.get(str(row["organization_id"]), [])) for row in organizations]
    return tuple(
        Society(name=name, organizations=tuple(sorted((o for o in found if o.kind in kinds), key=lambda o: o.code)))
        for name, kinds in SOCIETIES.items()
    )


def _organization(row: Mapping[str, Any], offerings: list[Offering]) -> Organization:
    return Organization(
        party=str(row["party"]), code=str(row.get("code") or ""), kind=str(row.get("kind") or "other"),
        state=str(row.get("state") or ""), offerings=tuple(offerings),
    )  # fmt: skip


def _offering(row: Mapping[str, Any]) -> Offering:
    return Offering(
        services=tuple(row.get("service_codes") or ()), areas=tuple(row.get("areas") or ()), capacity=row.get("capacity"),
        groups=tuple(row.get("group_codes") or ()),
    )  # fmt: skip


def page(societies: tuple[Society, ...], frame: Frame) -> str:
    """The whole page."""
    return render("directory.html", frame, societies=societies)
