"""Who could take a need, read from the directory and from how organizations have answered so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

import sqlalchemy as sa

from services.contracts.referral import Tie
from services.contracts.tables import BEIJING
from services.contracts.words import Party
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.manifest import Look
from services.referral.candidates import Asked, Candidate, History, candidates
from services.referral.domain.facts import OfferingFact, OrganizationFact
from services.referral.domain.offering import Client
from services.referral.endpoints.reading import uuid_of
from services.referral.endpoints.roles import FINDING
from services.referral.lookup import agreed_until, offering_of, taken_by_offering
from services.referral.views import tables

TIES: tuple[Tie, ...] = get_args(Tie)
AREAS = {"pattern": "^[a-z0-9,-]{1,400}$"}


class Candidates:
    """Who could take a need."""

    log: Log

    @http("GET", "/candidates", roles=FINDING, says="who could take this need, the likeliest first",
          query={"service": {"pattern": "^[a-z0-9,._-]{1,400}$"}, "area": {"pattern": "^[a-z0-9,-]{1,400}$"},
                 "referral": {"format": "uuid"}, "group": {"pattern": "^[a-z0-9,._-]{1,400}$"},
                 "age": {"pattern": "^[a-z0-9_]{1,20}$"}, **dict.fromkeys(TIES, AREAS)})  # fmt: skip
    def candidates(self, request: Request) -> object:
        """Who could take a need, with reasons, and who offers it and cannot, with why."""
        look = self.log.look
        asked = asked_for(look, request.query)
        today = system_clock().astimezone(BEIJING).date()
        return {"items": found(look, replace(asked, client=replace(asked.client, day=today)))}


def asked_for(look: Look, query: dict[str, str]) -> Asked:
    """The need of a referral, or of the codes and places in the query."""
    if "referral" in query:
        referral_id = uuid_of(query["referral"])
        row = look.one(tables.referrals, referral_id) if referral_id else None
        if row is None:
            raise NotFound("no such referral")
        answered = look.all(tables.offers, referral_id=referral_id)
        tried = {offer["organization_id"]: str(offer["state"]) for offer in answered}
        client = client_of(query, tuple(row["group_codes"] or ()), row["age_band"])
        return Asked(services=tuple(row["need_codes"]), places=tuple(row["areas"]), tried=tried, client=client)
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
    return Asked(services=services, places=_listed(query.get("area", "")), client=client_of(query))


def client_of(query: dict[str, str], groups: tuple[str, ...] = (), age_band: str | None = None) -> Client:
    """For whom: what the query says of ties, groups and age, beside what the referral says."""
    ties: dict[Tie, tuple[str, ...]] = {tie: _listed(query[tie]) for tie in TIES if tie in query}
    return Client(
        ties=ties, group_codes=_listed(query.get("group", "")) or groups, age_band=query.get("age") or age_band
    )


def found(look: Look, asked: Asked) -> list[Candidate]:
    """Everybody whose offering holds one of the codes asked for, judged and ranked."""
    directory = {row["organization_id"]: row for row in look.all(tables.organizations)}
    taken, agreements = taken_by_offering(look), agreed_until(look)
    rows = [
        row for row in look.all(tables.offerings, state="published") if set(row["service_codes"]) & set(asked.services)
    ]
    known = [
        _offered(directory[row["organization_id"]], row, taken, agreements)
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


def _offered(
    row: dict[str, Any], offered: dict[str, Any], taken: Mapping[UUID, int], agreements: Mapping[Party, date]
) -> tuple[OrganizationFact, str, OfferingFact]:
    offering = offering_of(offered, taken.get(offered["offering_id"], 0), agreements.get(row["party"]))
    fact = OrganizationFact(organization_id=row["organization_id"], state=row["state"], party=row["party"])
    return fact, row["code"], offering


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
