"""The filter and the order: everybody who offers anything asked for, those who can take it first, with every reason.

The order is by the days until somebody has accepted, as the organizations' own answers let one expect. No number of it
is shown to anybody: a candidate shows reasons, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID

from services.contracts.codes_matching import Reason
from services.contracts.tables import BEIJING
from services.contracts.words import Party
from services.referral.domain.facts import ConsentFact, OfferingFact, OrganizationFact, in_force
from services.referral.domain.offering import ANYBODY, Client, agreed, counting, covers, why_not
from services.referral.domain.routing.record import Answered, Record, record
from services.referral.domain.routing.weights import USUAL_ROOM, WEIGHTS, Weights

MINORS = ("under_8", "from_8_to_13", "from_14_to_17")
IN_TIME = ("normal", "low")
"""Urgencies that leave the time to try somebody new."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """One offering with its organization as the directory has them, and how that has answered for such needs.

    `waiting` askings have not been answered yet, `asked_at` is when it was asked last. `cleared` says whether anybody of
    a volunteer team has a register check that stands; None where that cannot be known here.
    """

    organization: OrganizationFact
    code: str
    offering: OfferingFact
    answers: tuple[Answered, ...] = ()
    waiting: int = 0
    asked_at: datetime | None = None
    cleared_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The need for which somebody is looked for.

    `tried` says how organizations answered it before, `disputed` which have a dispute with this person that is open,
    `serving` which serve the person already. `consents` are the person's, None where no consent is needed.
    """

    services: tuple[str, ...]
    places: tuple[str, ...] = ()
    tried: Mapping[UUID, str] = field(default_factory=dict)
    client: Client = ANYBODY
    urgency: str = "normal"
    origin: Party | None = None
    consents: tuple[ConsentFact, ...] | None = None
    disputed: frozenset[UUID] = frozenset()
    serving: frozenset[UUID] = frozenset()

    @property
    def day(self) -> date:
        """The day on which it is asked."""
        return self.client.day or date.max

    @property
    def now(self) -> datetime:
        """The end of that day: all that count are days, so that whoever asks twice a day is answered alike."""
        return datetime.combine(self.day, time(23, 59), BEIJING)

    @property
    def minor(self) -> bool:
        """Whether the person may be a minor."""
        return self.client.age_band in MINORS


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One organization's offering, seen from one need; `days` orders them and is shown to nobody."""

    found: Found
    reasons: tuple[Reason, ...]
    against: tuple[str, ...]
    days: float
    newcomer: bool

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.against

    @cached_property
    def organization_id(self) -> UUID:
        """Which organization."""
        return self.found.organization.organization_id

    @property
    def room(self) -> int | None:
        """How many more it can take under this offering; None where nobody said."""
        offering = self.found.offering
        return None if offering.capacity is None else max(0, offering.capacity - offering.taken)


def candidates(asked: Asked, network: Iterable[Found], weights: Weights = WEIGHTS) -> list[Candidate]:
    """All of them in order: those who can take it before all others, and of each organization its best offering alone."""
    judged = sorted((judge(asked, found, weights) for found in network), key=_order)
    best: dict[UUID, Candidate] = {}
    for candidate in judged:
        best.setdefault(candidate.organization_id, candidate)
    return list(best.values())


def _order(candidate: Candidate) -> tuple[object, ...]:
    return (
        not candidate.fits, len(candidate.against), not candidate.newcomer, candidate.days, candidate.found.code,
        str(candidate.found.offering.offering_id),
    )  # fmt: skip


def judge(asked: Asked, found: Found, weights: Weights = WEIGHTS) -> Candidate:
    """One organization's offering for one need."""
    history = record(found.answers, asked.now, weights)
    newcomer = _is_due(asked, found, history, weights)
    return Candidate(
        found=found, against=tuple(against(asked, found)), reasons=tuple(_reasons(asked, found, history, newcomer)),
        days=_days(asked, found, history, weights), newcomer=newcomer,
    )  # fmt: skip


def _days(asked: Asked, found: Found, history: Record, weights: Weights) -> float:
    """Expected days to an accepted place, longer the fuller it is, shorter where it serves the person already."""
    offering = found.offering
    load = (offering.taken + found.waiting) / (offering.capacity or USUAL_ROOM)
    known = weights.known if found.organization.organization_id in asked.serving else 0.0
    noes = 1 / history.chance - 1
    return history.expected + weights.declined * noes + weights.load * load**weights.steep - known


def _is_due(asked: Asked, found: Found, history: Record, weights: Weights) -> bool:
    """Whether it is new and has not been asked for a month: without that, only those who are known become known."""
    rested = found.asked_at is None or asked.now - found.asked_at >= timedelta(days=weights.guaranteed)
    return history.asked < weights.newcomer and rested and asked.urgency in IN_TIME


def against(asked: Asked, found: Found) -> Iterator[str]:
    """Every hard rule that keeps this organization from taking this need, in codes (INV-12, INV-43).

    Conditions are for people to look at, so an open condition is a reason to ask and not a reason against.
    """
    misfits = why_not(found.offering, asked.services, asked.places, client=asked.client)
    yield from (code for code in misfits if code != "conditions-open")
    organization = found.organization
    if organization.state != "active":
        yield f"organization-{organization.state}"
    if organization.verified_until is not None and organization.verified_until < asked.day:
        yield "registration-expired"
    if organization.party == asked.origin:
        yield "is-origin"
    if asked.consents is not None and _consent(asked, organization.party) == "not-named":
        yield "consent-not-named"
    yield from _about_the_person(asked, found)


def _about_the_person(asked: Asked, found: Found) -> Iterator[str]:
    organization = found.organization
    if organization.organization_id in asked.disputed:
        yield "dispute-open"
    if asked.minor and _is_team(organization.party) and (found.cleared_until or date.min) < asked.day:
        yield "not-cleared"
    answered = asked.tried.get(organization.organization_id)
    if answered is not None:
        yield f"asked-already.{answered}"


def _is_team(party: Party) -> bool:
    return party.startswith("team:")


def _consent(asked: Asked, party: Party) -> str:
    """Whether a consent that stands names it; where the person has given none yet, that is still to be asked (INV-5)."""
    standing = [consent for consent in asked.consents or () if in_force(consent, asked.now)]
    if any(party in consent.receivers for consent in standing):
        return "named"
    return "not-named" if any(consent.receivers for consent in standing) else "unknown"


def _reasons(asked: Asked, found: Found, history: Record, newcomer: bool) -> Iterator[Reason]:
    if newcomer:
        yield Reason(code="newcomer")
    yield from _of_the_offering(asked, found.offering)
    yield from _of_the_client(found.offering, asked.client)
    yield from _of_the_person(asked, found)
    if history.asked:
        yield Reason(code="accepted-of", number=history.accepted, of=history.asked)
        yield Reason(code="replies-in-hours", number=max(1, round(24 * history.days)))
    else:
        yield Reason(code="never-asked")


def _of_the_offering(asked: Asked, offering: OfferingFact) -> Iterator[Reason]:
    if offered := len(set(asked.services) & set(offering.service_codes)):
        yield Reason(code="offers-service", number=offered)
    if not offering.areas:
        yield Reason(code="serves-everywhere")
    elif not (places := counting(offering, asked.places, asked.client)):
        yield Reason(code="area-unknown")
    elif any(covers(offering.areas, place) for place in places):
        yield Reason(code="serves-area")
    if offering.capacity is None:
        yield Reason(code="capacity-unknown")
    elif offering.capacity > offering.taken:
        yield Reason(code="free-places", number=offering.capacity - offering.taken)
    if offering.conditions:
        yield Reason(code="conditions-to-check", number=len(offering.conditions))


def _of_the_client(offering: OfferingFact, client: Client) -> Iterator[Reason]:
    """What speaks for it in who the client is, and what of that would have to be asked first."""
    if offering.group_codes:
        if served := len(set(offering.group_codes) & set(client.group_codes)):
            yield Reason(code="serves-group", number=served)
        if not client.group_codes:
            yield Reason(code="group-unknown")
    if offering.age_bands:
        yield Reason(code="age-unknown" if client.age_band in (None, "unknown") else "serves-age")
    if agreed(offering, client.day):
        yield Reason(code="agreement")


def _of_the_person(asked: Asked, found: Found) -> Iterator[Reason]:
    if found.organization.organization_id in asked.serving:
        yield Reason(code="knows-the-person")
    if asked.consents is not None:
        named = _consent(asked, found.organization.party)
        if named != "not-named":
            yield Reason(code="consent-names" if named == "named" else "consent-to-ask")
    if asked.minor and not _is_team(found.organization.party):
        yield Reason(code="clearance-to-check")
