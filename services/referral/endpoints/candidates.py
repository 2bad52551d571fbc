"""Who could take a need, or the needs of a household: with reasons, with why not, and with what could be relaxed.

What is suggested is ordered, and no number of the order is shown: a person reads reasons and chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, get_args
from uuid import UUID

from services.contracts.codes_matching import CANDIDATE_AGAINST, RELAXATION, Reason, words
from services.contracts.referral import Tie
from services.contracts.tables import BEIJING
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Request, http
from services.kernel.errors import ContractBroken, FieldProblem, NotFound, Refused
from services.kernel.manifest import Look
from services.referral.domain.offering import Client
from services.referral.domain.routing.candidates import Asked, Candidate
from services.referral.domain.routing.household import MOST_NEEDS, Together, together
from services.referral.domain.routing.relaxing import Relaxation
from services.referral.domain.routing.suggesting import Network, Suggestion
from services.referral.domain.routing.weights import MODEL, WEIGHTS
from services.referral.endpoints.reading import uuid_of
from services.referral.endpoints.roles import FINDING
from services.referral.lookup_network import asked_of, network
from services.referral.scopes import REFERRALS
from services.referral.views import tables

TIES: tuple[Tie, ...] = get_args(Tie)
AREAS = {"pattern": "^[a-z0-9,-]{1,400}$"}
OF_THE_CLIENT: dict[str, Any] = {
    "group": {"pattern": "^[a-z0-9,._-]{1,400}$"}, "age": {"pattern": "^[a-z0-9_]{1,20}$"}, **dict.fromkeys(TIES, AREAS),
}  # fmt: skip
LOOKING = ("draft", "ready", "offered", "exhausted")
"""States of a referral in which somebody is looked for."""

Row = dict[str, Any]


class Candidates:
    """Who could take a need."""

    log: Log

    @http("GET", "/candidates", roles=FINDING, says="who could take this need, the soonest first",
          query={"service": {"pattern": "^[a-z0-9,._-]{1,400}$"}, "area": {"pattern": "^[a-z0-9,-]{1,400}$"},
                 "referral": {"format": "uuid"}, **OF_THE_CLIENT})  # fmt: skip
    def candidates(self, request: Request) -> object:
        """Who could take a need, with reasons, and who offers it and cannot, with why."""
        if "referral" in request.query:
            return self._of_referral(request, uuid_of(request.query["referral"]))
        return _steady(self.log, lambda look: shown(network(look, asked_for(request.query)).on(_today())))

    @http(
        "GET",
        "/referrals/{id}/candidates",
        roles=FINDING,
        says="who could take this referral's need",
        query=OF_THE_CLIENT,
    )
    def referral_candidates(self, request: Request) -> object:
        """Who could take the need of a referral; what stands here as `suggestion` goes with the choice, to be recorded."""
        return self._of_referral(request, request.path["id"])

    def _of_referral(self, request: Request, referral_id: UUID | None) -> object:
        row = self.log.seen(request, REFERRALS, referral_id) if referral_id else None
        if row is None:
            raise NotFound("no such referral")
        return _steady(self.log, lambda look: shown(_network(look, row["referral_id"], request.query).on(_today())))

    @http("GET", "/cases/{id}/candidates", roles=FINDING, says="the fewest organizations for all needs of a case")
    def case_candidates(self, request: Request) -> object:
        """The fewest organizations that take all needs of a case that look for somebody, and one of them as the lead."""
        r = tables.referrals.c
        seen = REFERRALS.select(request.actor).where(r.case_id == request.path["id"], r.state.in_(LOOKING))
        wanted = [row["referral_id"] for row in self.log.look.run(seen.order_by(r.referral_id))]
        if len(wanted) > MOST_NEEDS:
            raise Refused(
                "too-many-needs",
                f"At most {MOST_NEEDS} needs are weighed at once.",
                f"一次最多统筹 {MOST_NEEDS} 项需求。",
            )
        return _steady(self.log, lambda look: of_case(look, wanted, _today()))


def _today() -> date:
    return system_clock().astimezone(BEIJING).date()


def _steady(hand: Any, make: Callable[[Look], dict[str, Any]]) -> dict[str, Any]:
    """The answer with the position of the log that it stands on: read again where something came in between."""
    position, answer = hand.store.head(), make(hand.look)
    for _ in range(2):
        if hand.store.head() == position:
            break
        position, answer = hand.store.head(), make(hand.look)
    if "suggestion" in answer:
        answer["suggestion"]["position"] = position
    return answer


def _network(look: Look, referral_id: UUID, query: dict[str, str] | None = None) -> Network:
    row = look.one(tables.referrals, referral_id)
    if row is None:
        raise NotFound("no such referral")
    asked = asked_of(look, row)
    return network(look, replace(asked, client=client_of(query or {}, asked.client)))


def asked_for(query: dict[str, str]) -> Asked:
    """The need of the codes and places in the query."""
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


def client_of(query: dict[str, str], known: Client | None = None) -> Client:
    """For whom: what the query says of ties, groups and age, before what is known."""
    known = known or Client()
    ties: dict[Tie, tuple[str, ...]] = {tie: _listed(query[tie]) for tie in TIES if tie in query}
    return Client(
        ties=ties,
        group_codes=_listed(query.get("group", "")) or known.group_codes,
        age_band=query.get("age") or known.age_band,
    )


def shown(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion as people read it."""
    return {
        "items": [_candidate(one) for one in suggestion.all],
        "relaxations": [_relaxation(one) for one in suggestion.relaxations],
        "suggestion": {"digest": suggestion.digest, "position": 0},
        "model": MODEL,
        "weights": WEIGHTS.version,
    }


def of_case(look: Look, wanted: Iterable[UUID], day: date) -> dict[str, Any]:
    """Who would take which needs of a household, and for what nobody is left."""
    suggestions = {one: _network(look, one).on(day) for one in wanted}
    found = together({one: suggestion.all for one, suggestion in suggestions.items()})
    return {
        "items": _shares(found, suggestions),
        "open": [
            {"referral_id": one, "relaxations": [_relaxation(r) for r in suggestions[one].relaxations]}
            for one in found.open
        ],
        "model": MODEL,
        "weights": WEIGHTS.version,
    }  # fmt: skip


def _shares(found: Together, suggestions: dict[UUID, Suggestion]) -> list[Row]:
    items = []
    for share in found.shares:
        judged = [
            c for need in share.needs for c in suggestions[need].all if c.organization_id == share.organization_id
        ]
        reasons = [Reason(code="covers-needs", number=len(share.needs)), *([Reason(code="lead")] if share.lead else [])]
        items.append(
            {
                "organization_id": share.organization_id, "party": judged[0].found.organization.party,
                "code": judged[0].found.code, "referrals": list(share.needs), "lead": share.lead,
                "reasons": [_reason(one) for one in reasons],
            }
        )  # fmt: skip
    return items


def _candidate(one: Candidate) -> Row:
    return {
        "organization_id": one.organization_id,
        "offering_id": one.found.offering.offering_id,
        "party": one.found.organization.party,
        "code": one.found.code,
        "fits": one.fits,
        "reasons": [_reason(reason) for reason in one.reasons],
        "why_not": [
            {"code": code, "zh": CANDIDATE_AGAINST.label(code), "en": CANDIDATE_AGAINST.label(code, "en")}
            for code in one.against
        ],
    }


def _reason(one: Reason) -> Row:
    numbers = {name: value for name, value in (("number", one.number), ("of", one.of)) if value is not None}
    return {"code": one.code, **numbers, "zh": words(one), "en": words(one, "en")}


def _relaxation(one: Relaxation) -> Row:
    return {
        "code": one.code,
        "zh": RELAXATION.label(one.code),
        "en": RELAXATION.label(one.code, "en"),
        "organizations": [{"organization_id": c.organization_id, "code": c.found.code} for c in one.candidates],
    }


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
