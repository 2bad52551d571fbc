"""Who could take a need, with reasons, and who could not, with why; ranked by how likely a yes is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from services.referral.domain.facts import OfferingFact, OrganizationFact
from services.referral.domain.offering import ANYBODY, Client, agreed, counting, covers, why_not

PRIOR_YES, PRIOR_ANSWERS = 3 * 0.6, 3.0
"""Before an organization has answered anything, three answers are assumed, of which three in five are a yes."""


class Reason(TypedDict, total=False):
    """One reason for an organization: a code, and a number where it has one."""

    code: str
    number: int


@dataclass(frozen=True, kw_only=True)
class History:
    """How an organization has answered so far."""

    accepted: int = 0
    declined: int = 0
    expired: int = 0

    @property
    def answers(self) -> int:
        """How often it was asked and the asking has ended by its answer or its silence."""
        return self.accepted + self.declined + self.expired

    @property
    def chance(self) -> float:
        """How likely it is to say yes, as far as its answers tell."""
        return (self.accepted + PRIOR_YES) / (self.answers + PRIOR_ANSWERS)


class Candidate(TypedDict):
    """One organization's offering, seen from one need."""

    organization_id: UUID
    offering_id: UUID
    party: str
    code: str
    fits: bool
    reasons: list[Reason]
    why_not: list[str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The need for which somebody is looked for; `tried` says how organizations answered it before."""

    services: tuple[str, ...]
    places: tuple[str, ...] = ()
    tried: Mapping[UUID, str] | None = None
    client: Client = ANYBODY


def candidates(
    asked: Asked,
    found: Iterable[tuple[OrganizationFact, str, OfferingFact]],
    histories: Mapping[UUID, History],
) -> list[Candidate]:
    """Everybody who offers anything asked for: those who can take it first, the likeliest yes first among them.

    `found` are offerings with their organization and its code. Conditions are for people to look at, so an open
    condition is a reason to ask and not a reason against.
    """
    judged = [(_candidate(asked, *one, histories), histories.get(one[0].organization_id, History())) for one in found]
    judged.sort(key=lambda one: (not one[0]["fits"], len(one[0]["why_not"]), -one[1].chance, one[0]["code"]))
    return [candidate for candidate, _ in judged]


def _candidate(
    asked: Asked,
    organization: OrganizationFact,
    code: str,
    offering: OfferingFact,
    histories: Mapping[UUID, History],
) -> Candidate:
    against = [
        w for w in why_not(offering, asked.services, asked.places, client=asked.client) if w != "conditions-open"
    ]
    if organization.state != "active":
        against.append(f"organization-{organization.state}")
    answered = (asked.tried or {}).get(organization.organization_id)
    if answered is not None:
        against.append(f"asked-already.{answered}")
    return {
        "organization_id": organization.organization_id,
        "offering_id": offering.offering_id,
        "party": organization.party,
        "code": code,
        "fits": not against,
        "reasons": _reasons(asked, offering, histories.get(organization.organization_id, History())),
        "why_not": against,
    }


def _reasons(asked: Asked, offering: OfferingFact, history: History) -> list[Reason]:
    found: list[Reason] = []
    offered = len(set(asked.services) & set(offering.service_codes))
    if offered:
        found.append({"code": "offers-service", "number": offered})
    if not offering.areas:
        found.append({"code": "serves-everywhere"})
    elif not (places := counting(offering, asked.places, asked.client)):
        found.append({"code": "area-unknown"})
    elif any(covers(offering.areas, place) for place in places):
        found.append({"code": "serves-area"})
    found += _of_the_client(offering, asked.client)
    if offering.capacity is not None and offering.capacity > offering.taken:
        found.append({"code": "free-places", "number": offering.capacity - offering.taken})
    if offering.capacity is None:
        found.append({"code": "capacity-unknown"})
    if offering.conditions:
        found.append({"code": "conditions-to-check", "number": len(offering.conditions)})
    if history.answers:
        found.append({"code": "accepted-percent", "number": round(100 * history.accepted / history.answers)})
    else:
        found.append({"code": "never-asked"})
    return found


def _of_the_client(offering: OfferingFact, client: Client) -> list[Reason]:
    """What speaks for it in who the client is, and what of that would have to be asked first."""
    found: list[Reason] = []
    if offering.group_codes:
        served = len(set(offering.group_codes) & set(client.group_codes))
        found += [{"code": "serves-group", "number": served}] if served else []
        found += [] if client.group_codes else [{"code": "group-unknown"}]
    if offering.age_bands:
        unknown = client.age_band in (None, "unknown")
        found.append({"code": "age-unknown" if unknown else "serves-age"})
    if agreed(offering, client.day):
        found.append({"code": "agreement"})
    return found
