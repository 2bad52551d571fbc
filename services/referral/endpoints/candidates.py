"""Who could take a need, read from the directory and from how organizations have answered so far."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.kernel.entrypoints import Log, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.manifest import Look
from services.referral.candidates import Asked, Candidate, History, candidates
from services.referral.domain.facts import OfferingFact, OrganizationFact
from services.referral.endpoints.reading import uuid_of
from services.referral.endpoints.roles import FINDING
from services.referral.lookup import offering_of, taken_by_offering
from services.referral.views import tables


class Candidates:
    """Who could take a need."""

    log: Log

    @http("GET", "/candidates", roles=FINDING, says="who could take this need, the likeliest first",
          query={"service": {"pattern": "^[a-z0-9,._-]{1,400}$"}, "area": {"pattern": "^[a-z0-9,-]{1,400}$"},
                 "referral": {"format": "uuid"}})  # fmt: skip
    def candidates(self, request: Request) -> object:
        """Who could take a need, with reasons, and who offers it and cannot, with why."""
        look = self.log.look
        return {"items": found(look, asked_for(look, request.query))}


def asked_for(look: Look, query: dict[str, str]) -> Asked:
    """The need of a referral, or of the codes and places in the query."""
    if "referral" in query:
        referral_id = uuid_of(query["referral"])
        row = look.one(tables.referrals, referral_id) if referral_id else None
        if row is None:
            raise NotFound("no such referral")
        answered = look.all(tables.offers, referral_id=referral_id)
        tried = {offer["organization_id"]: str(offer["state"]) for offer in answered}
        return Asked(services=tuple(row["need_codes"]), places=tuple(row["areas"]), tried=tried)
    services = _listed(query.get("service", ""))
    if not services:
        raise ContractBroken(
            FieldProblem(
                field="service",
                code="missing",
                expected_en="a service code, or a referral",
                expected_zh="服务代码或转介单",
            )
        )
    return Asked(services=services, places=_listed(query.get("area", "")))


def found(look: Look, asked: Asked) -> list[Candidate]:
    """Everybody whose offering holds one of the codes asked for, judged and ranked."""
    directory = {row["organization_id"]: row for row in look.all(tables.organizations)}
    taken = taken_by_offering(look)
    rows = [
        row for row in look.all(tables.offerings, state="published") if set(row["service_codes"]) & set(asked.services)
    ]
    known = [
        _offered(directory[row["organization_id"]], offering_of(row, taken.get(row["offering_id"], 0)))
        for row in rows
        if row["organization_id"] in directory
    ]
    return candidates(asked, known, histories(look))


def histories(look: Look) -> dict[UUID, History]:
    """How each organization has answered so far."""
    offers = tables.offers
    counted = sa.select(offers.c.organization_id, offers.c.state, sa.func.count().label("number"))
    counts: dict[UUID, dict[str, int]] = {}
    for row in look.run(counted.group_by(offers.c.organization_id, offers.c.state)):
        counts.setdefault(row["organization_id"], {})[row["state"]] = row["number"]
    return {organization_id: _history(states) for organization_id, states in counts.items()}


def _history(states: dict[str, int]) -> History:
    said_yes = sum(states.get(state, 0) for state in ("accepted", "closed", "returned", "stopped"))
    return History(accepted=said_yes, declined=states.get("declined", 0), expired=states.get("expired", 0))


def _offered(row: dict[str, Any], offering: OfferingFact) -> tuple[OrganizationFact, str, OfferingFact]:
    fact = OrganizationFact(organization_id=row["organization_id"], state=row["state"], party=row["party"])
    return fact, row["code"], offering


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
