"""What a suggestion is made of, read from the views: who offers what, how they have answered, what is known of the need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.manifest import Facts, Look
from services.referral.domain.facts import Known
from services.referral.domain.offering import Client, why_not
from services.referral.domain.referral_allowed import CONSENT_ITSELF
from services.referral.domain.routing.candidates import Asked, Found
from services.referral.domain.routing.record import NOT_ITS_OWN, Answered, Said
from services.referral.domain.routing.suggesting import Network
from services.referral.lookup import (
    agreed_until,
    consent_of,
    consents_of,
    of_organization,
    of_sequence,
    offering_of,
    organization_of,
    records_of,
    taken_by_offering,
)
from services.referral.views.tables import cleared, consents, members, offerings, offers, organizations, referrals

Row = dict[str, Any]

SERVING = ("accepted", "in_service", "paused", "outcome_reported")
SAID: dict[str, Said] = {
    "accepted": "yes", "closed": "yes", "returned": "yes", "stopped": "yes", "declined": "no", "expired": "silent",
}  # fmt: skip
MOST_ANSWERS = 5_000
"""The newest answers alone are read: what is long ago hardly counts."""


def network(look: Look, asked: Asked) -> Network:
    """Everybody who offers anything of what is asked for."""
    rows = [r for r in look.all(offerings, state="published") if set(r["service_codes"]) & set(asked.services)]
    directory = {row["organization_id"]: row for row in look.all(organizations)}
    taken, until, checks = taken_by_offering(look), agreed_until(look), cleared_teams(look)
    asked_before = _asked_before(look, asked.services, {row["organization_id"] for row in rows})
    found = []
    for row in rows:
        organization = directory.get(row["organization_id"])
        if organization is not None and organization["state"] is not None:
            offering = offering_of(row, taken.get(row["offering_id"], 0), until.get(organization["party"]))
            found.append(
                Found(
                    organization=organization_of(organization), code=organization["code"], offering=offering,
                    cleared_until=checks.get(organization["party"]), **_history(asked_before.get(row["organization_id"], ())),
                )
            )  # fmt: skip
    return Network(asked=asked, found=tuple(found))


def _asked_before(look: Look, services: Iterable[str], organization_ids: set[UUID]) -> dict[UUID, list[Row]]:
    """The newest askings of these organizations for such needs, the oldest of them first."""
    o = offers.c
    columns = (o.organization_id, o.state, o.reason_code, o.offered_at, o.answered_at)
    newest = sa.select(*columns).where(o.need_code.in_(tuple(services)), o.organization_id.in_(organization_ids))
    found: dict[UUID, list[Row]] = {}
    for row in reversed(look.run(newest.order_by(o.offered_at.desc(), o.offer_id).limit(MOST_ANSWERS))):
        found.setdefault(row["organization_id"], []).append(row)
    return found


def _history(rows: Iterable[Row]) -> dict[str, Any]:
    answers, waiting, asked_at = [], 0, None
    for row in rows:
        asked_at, said = row["offered_at"], SAID.get(row["state"])
        waiting += row["state"] == "live"
        own = row["state"] != "declined" or row["reason_code"] not in NOT_ITS_OWN
        if said is not None and own and row["answered_at"] is not None:
            answers.append(Answered(said=said, asked_at=row["offered_at"], answered_at=row["answered_at"]))
    return {"answers": tuple(answers), "waiting": waiting, "asked_at": asked_at}


def cleared_teams(look: Look) -> dict[str, date]:
    """Of each volunteer team, until when somebody in it has a register check that stands."""
    joined = sa.select(members.c.team, sa.func.max(cleared.c.until).label("until"))
    of_both = joined.join(cleared, cleared.c.volunteer_id == members.c.volunteer_id).group_by(members.c.team)
    here = of_both.where(cleared.c.away.is_not(True))
    return {row["team"]: row["until"] for row in look.run(here) if row["until"] is not None}


def asked_of(look: Look, row: Row, client: Client | None = None) -> Asked:
    """The need of a referral, with what is known of the person whom it is for."""
    answered = look.all(offers, referral_id=row["referral_id"])
    answered.sort(key=lambda offer: offer["offered_at"])
    serving, disputed = _about_the_person(look, row)
    known = Client(group_codes=tuple(row["group_codes"] or ()), age_band=row["age_band"])
    return Asked(
        services=tuple(row["need_codes"]), places=tuple(row["areas"] or ()),
        tried={offer["organization_id"]: str(offer["state"]) for offer in answered},
        client=client or known, urgency=row["urgency"], origin=row["origin"],
        consents=_consents(look, row), serving=serving, disputed=disputed,
    )  # fmt: skip


def _consents(look: Look, row: Row) -> tuple[Any, ...] | None:
    """The person's consents, or None where the referral stands on something else."""
    if row["kind"] == "consult" or row["legal_basis"] not in CONSENT_ITSELF:
        return None
    found = consents_of(row["person_id"], look) if row["person_id"] else []
    cited = look.one(consents, row["consent_id"]) if row["consent_id"] else None
    if cited is not None and all(one["consent_id"] != cited["consent_id"] for one in found):
        found.append(cited)
    return tuple(consent_of(one) for one in found)


def _about_the_person(look: Look, row: Row) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who serves the person already, and with whom there is a dispute."""
    if row["person_id"] is None:
        return frozenset(), frozenset()
    others = [r for record in records_of(row["person_id"], look) for r in look.all(referrals, person_id=record)]
    held = [r for r in others if r["organization_id"] is not None and r["referral_id"] != row["referral_id"]]
    serving = frozenset(r["organization_id"] for r in held if r["state"] in SERVING)
    return serving, frozenset(r["organization_id"] for r in held if r["state"] == "disputed")


def of_offer(command: public.OfferReferral, stream_id: UUID, look: Look) -> Known:
    """For an offer: whom it asks; where it was chosen from a suggestion, or does not fit, also who else there is."""
    known = of_organization(command, stream_id, look)
    row = look.one(referrals, stream_id)
    if row is None or row["state"] is None or not (command.suggestion or _misfits(command, row, known)):
        return known
    return replace(known, network=network(look, asked_of(look, row)))


def _misfits(command: public.OfferReferral, row: Row, known: Known) -> bool:
    """Whether it will be refused for what the organization offers, as far as that can be told without the day."""
    client = Client(group_codes=tuple(row["group_codes"] or ()), age_band=row["age_band"])
    asked = tuple(row["need_codes"]), tuple(row["areas"] or ())
    offered = [o for o in known.offerings if command.offering_id in (None, o.offering_id)]
    return all(why_not(one, *asked, command.conditions_met, client) for one in offered)


def of_plan(command: public.PlanSequence, stream_id: UUID, look: Look) -> Known:
    """For a sequence: everybody in it; where it was chosen from a suggestion, also who else there is."""
    known, row = of_sequence(command, stream_id, look), look.one(referrals, stream_id)
    if row is None or row["state"] is None or command.suggestion is None:
        return known
    return replace(known, network=network(look, asked_of(look, row)))


NETWORK_FACTS: dict[type, Facts] = {public.OfferReferral: of_offer, public.PlanSequence: of_plan}
"""What is looked up for choices among organizations."""
