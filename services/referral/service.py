"""The referral service as it is reached: what may be asked of it, what it shows, and what it hears."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.contracts import referral as public
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.kernel.manifest import Look, Manifest
from services.referral import policies, views
from services.referral.candidates import Asked, Candidate, History, candidates
from services.referral.domain import agreement, grant, in_kind, offering, organization, referral
from services.referral.domain.facts import OfferingFact, OrganizationFact
from services.referral.lookup import FACTS, offering_of, taken_by_offering
from services.referral.views import tables

MANIFEST = Manifest(
    name="referral",
    deciders=(
        organization.DECIDER,
        agreement.DECIDER,
        offering.DECIDER,
        referral.DECIDER,
        grant.DECIDER,
        in_kind.DECIDER,
    ),
    metadata=views.METADATA,
    project=views.project,
    project_heard=views.project_heard,
    hears=("intake", "referral", "volunteer"),
    whenever=policies.whenever,
    facts=FACTS,
    timers=policies.TIMERS,
)

STATION = STATION_ROLES
KEEPERS = ("coordinator", "station_head", "administrator")
"""Those who keep the directory."""
ORGANIZATIONS = ("partner", "team_leader")
ANSWERING = (*ORGANIZATIONS, *STATION)
READING = (*STATION, "auditor", "administrator", "service")


class ReferralService:
    """Offers needs to the five societies, one of which answers for each, and keeps the directory of who can."""

    name = "referral"
    log = Log(MANIFEST)

    # The directory.
    register = asks(
        "POST",
        "/organizations",
        public.RegisterOrganization,
        of=organization.DECIDER,
        roles=(*STATION, "administrator"),
    )
    alias = asks(
        "POST", "/organizations/{id}/aliases", public.AddOrganizationAlias, of=organization.DECIDER, roles=KEEPERS
    )
    verify = asks(
        "POST", "/organizations/{id}/verification", public.VerifyOrganization, of=organization.DECIDER, roles=KEEPERS
    )
    activate = asks(
        "POST", "/organizations/{id}/activation", public.ActivateOrganization, of=organization.DECIDER, roles=KEEPERS
    )
    suspend = asks(
        "POST", "/organizations/{id}/suspension", public.SuspendOrganization, of=organization.DECIDER, roles=KEEPERS
    )
    retire = asks(
        "POST", "/organizations/{id}/retirement", public.RetireOrganization, of=organization.DECIDER, roles=KEEPERS
    )
    sign = asks("POST", "/agreements", public.SignAgreement, of=agreement.DECIDER, roles=(*STATION, "administrator"))
    end = asks(
        "POST", "/agreements/{id}/end", public.EndAgreement, of=agreement.DECIDER, roles=(*STATION, "administrator")
    )
    publish = asks(
        "POST", "/offerings", public.PublishOffering, of=offering.DECIDER, roles=(*ANSWERING, "administrator")
    )
    change = asks(
        "POST",
        "/offerings/{id}/capacity",
        public.ChangeCapacity,
        of=offering.DECIDER,
        roles=(*ANSWERING, "administrator"),
    )
    unpublish = asks(
        "POST", "/offerings/{id}/withdrawal", public.WithdrawOffering, of=offering.DECIDER,
        roles=(*ANSWERING, "administrator"),
    )  # fmt: skip

    # A referral: the side that asks.
    draft = asks("POST", "/referrals", public.DraftReferral, of=referral.DECIDER, roles=STATION)
    ready = asks("POST", "/referrals/{id}/readiness", public.MarkReferralReady, of=referral.DECIDER, roles=STATION)
    offer = asks("POST", "/referrals/{id}/offers", public.OfferReferral, of=referral.DECIDER, roles=STATION)
    take_back = asks(
        "POST", "/referrals/{id}/offers/withdrawal", public.WithdrawOffer, of=referral.DECIDER, roles=STATION
    )
    supply = asks("POST", "/referrals/{id}/information", public.SupplyInformation, of=referral.DECIDER, roles=STATION)
    confirm = asks("POST", "/referrals/{id}/confirmation", public.ConfirmOutcome, of=referral.DECIDER, roles=STATION)
    dispute = asks("POST", "/referrals/{id}/dispute", public.DisputeOutcome, of=referral.DECIDER, roles=STATION)
    close = asks("POST", "/referrals/{id}/closure", public.CloseReferral, of=referral.DECIDER, roles=STATION)
    withdraw = asks("POST", "/referrals/{id}/withdrawal", public.WithdrawReferral, of=referral.DECIDER, roles=STATION)
    cancel = asks("POST", "/referrals/{id}/cancellation", public.CancelReferral, of=referral.DECIDER, roles=STATION)
    exhaust = asks("POST", "/referrals/{id}/exhaustion", public.ExhaustReferral, of=referral.DECIDER, roles=STATION)
    hand_on = asks("POST", "/referrals/{id}/origin", public.ChangeReferralOrigin, of=referral.DECIDER, roles=STATION)
    error = asks("POST", "/referrals/{id}/error", public.MarkReferralEnteredInError, of=referral.DECIDER, roles=STATION)

    # A referral: the organization asked, or a station that writes down what it said.
    view = asks("POST", "/referrals/{id}/view", public.ViewOffer, of=referral.DECIDER, roles=ANSWERING)
    question = asks(
        "POST", "/referrals/{id}/questions", public.RequestInformation, of=referral.DECIDER, roles=ANSWERING
    )
    accept = asks("POST", "/referrals/{id}/acceptance", public.AcceptReferral, of=referral.DECIDER, roles=ANSWERING)
    decline = asks("POST", "/referrals/{id}/refusal", public.DeclineOffer, of=referral.DECIDER, roles=ANSWERING)
    start = asks("POST", "/referrals/{id}/start", public.StartService, of=referral.DECIDER, roles=ANSWERING)
    give_back = asks("POST", "/referrals/{id}/return", public.ReturnReferral, of=referral.DECIDER, roles=ANSWERING)
    reroute = asks("POST", "/referrals/{id}/reroute", public.RerouteReferral, of=referral.DECIDER, roles=ANSWERING)
    report = asks("POST", "/referrals/{id}/outcome", public.ReportOutcome, of=referral.DECIDER, roles=ANSWERING)

    # Money and goods.
    apply = asks("POST", "/grants", public.ApplyForGrant, of=grant.DECIDER, roles=STATION)
    approve = asks("POST", "/grants/{id}/approval", public.ApproveGrant, of=grant.DECIDER, roles=ANSWERING)
    reject = asks("POST", "/grants/{id}/rejection", public.RejectGrant, of=grant.DECIDER, roles=ANSWERING)
    lapse = asks("POST", "/grants/{id}/lapse", public.LapseGrant, of=grant.DECIDER, roles=ANSWERING)
    disburse = asks("POST", "/grants/{id}/payments", public.DisburseGrant, of=grant.DECIDER, roles=ANSWERING)
    refund = asks("POST", "/grants/{id}/refunds", public.ReturnGrant, of=grant.DECIDER, roles=ANSWERING)
    use = asks("POST", "/grants/{id}/use", public.ReportGrantUse, of=grant.DECIDER, roles=STATION)
    settle = asks("POST", "/grants/{id}/closure", public.CloseGrant, of=grant.DECIDER, roles=STATION)
    deliver = asks("POST", "/in-kind-support", public.RecordInKindSupport, of=in_kind.DECIDER, roles=ANSWERING)

    # What it shows.
    organization = shows("/organizations/{id}", tables.organizations, roles=(*READING, *ORGANIZATIONS))
    organizations = lists(
        "/organizations", tables.organizations, by=("state", "kind", "code", "party"), roles=(*READING, *ORGANIZATIONS)
    )
    agreement = shows("/agreements/{id}", tables.agreements, roles=READING)
    agreements = lists("/agreements", tables.agreements, by=("state",), roles=READING)
    offering = shows("/offerings/{id}", tables.offerings, roles=(*READING, *ORGANIZATIONS))
    offerings = lists("/offerings", tables.offerings, by=("organization_id", "state"), roles=(*READING, *ORGANIZATIONS))
    referral = shows("/referrals/{id}", tables.referrals, roles=READING)
    referrals = lists(
        "/referrals", tables.referrals, roles=READING,
        by=("state", "matter_id", "case_id", "organization_id", "holder", "origin", "urgency"),
    )  # fmt: skip
    offers = lists(
        "/offers", tables.offers, by=("state", "referral_id", "organization_id", "matter_id", "case_id"), roles=READING
    )
    deadlines = lists("/deadlines", tables.deadlines, by=("kind", "referral_id", "matter_id"), roles=READING)
    grant = shows("/grants/{id}", tables.grants, roles=READING)
    grants = lists("/grants", tables.grants, by=("state", "matter_id", "case_id", "fund"), roles=READING)
    in_kind = lists(
        "/in-kind-support", tables.in_kind, by=("matter_id", "case_id", "referral_id", "giver"), roles=READING
    )

    @http("GET", "/candidates", roles=READING, says="who could take this need, the likeliest first",
          query={"service": {"pattern": "^[a-z0-9,._-]{1,400}$"}, "area": {"pattern": "^[a-z0-9,-]{1,400}$"},
                 "referral": {"format": "uuid"}})  # fmt: skip
    def candidates(self, request: Request) -> object:
        """Who could take a need, with reasons, and who offers it and cannot, with why."""
        look = self.log.look
        return {"items": found(look, asked_for(look, request.query))}

    @http("GET", "/inbox", roles=ORGANIZATIONS, says="what this organization was asked",
          query={"state": {"enum": ["live", "accepted", "declined", "expired", "superseded", "withdrawn", "refused",
                                    "returned", "closed", "stopped"]}})  # fmt: skip
    def inbox(self, request: Request) -> object:
        """The offers made to the caller's own organization: codes alone, and whoever else was asked is not in it."""
        mine = tables.offers.c.party == request.actor.org
        own_id = _uuid(request.actor.org)
        if own_id is not None:
            mine = mine | (tables.offers.c.organization_id == own_id)
        query = sa.select(tables.offers).where(mine).order_by(tables.offers.c.offered_at.desc()).limit(500)
        if "state" in request.query:
            query = query.where(tables.offers.c.state == request.query["state"])
        hidden = ("case_id", "suggested_organization_id")
        return {"items": [{k: v for k, v in row.items() if k not in hidden} for row in self.log.look.run(query)]}

    @http("GET", "/organizations/{id}/names", roles=(*READING, *ORGANIZATIONS), says="its name and its aliases")
    def names(self, request: Request) -> object:
        """What an organization is called: its name first, then its aliases."""
        organization_id = request.path["id"]
        rows = self.log.look.all(tables.organization_names, organization_id=organization_id)
        rows.sort(key=lambda row: row["position"])
        if not rows and self.log.look.one(tables.organizations, organization_id) is None:
            raise NotFound("nothing under this id")
        opened = self.log.vault.read(str(organization_id), [row["digest"] for row in rows])
        return {"names": [value["value"] for value in opened.values()]}


def asked_for(look: Look, query: dict[str, str]) -> Asked:
    """The need of a referral, or of the codes and places in the query."""
    if "referral" in query:
        referral_id = _uuid(query["referral"])
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


def _uuid(text: str) -> UUID | None:
    try:
        return msgspec.convert(text, UUID)
    except msgspec.ValidationError:
        return None
