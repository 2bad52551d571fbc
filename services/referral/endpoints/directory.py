"""The directory: organizations of the five societies, what they agreed and what they offer."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import NotFound
from services.referral.domain import agreement, offering, organization
from services.referral.endpoints.roles import ANSWERING, KEEPERS, ORGANIZATIONS, READING, STATION
from services.referral.views import tables


class Directory:
    """Organizations, agreements and offerings: how they are entered, how they end, and what is shown of them."""

    log: Log

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

    organization = shows("/organizations/{id}", tables.organizations, roles=(*READING, *ORGANIZATIONS))
    organizations = lists(
        "/organizations", tables.organizations, by=("state", "kind", "code", "party"), roles=(*READING, *ORGANIZATIONS)
    )
    agreement = shows("/agreements/{id}", tables.agreements, roles=READING)
    agreements = lists("/agreements", tables.agreements, by=("state",), roles=READING)
    offering = shows("/offerings/{id}", tables.offerings, roles=(*READING, *ORGANIZATIONS))
    offerings = lists("/offerings", tables.offerings, by=("organization_id", "state"), roles=(*READING, *ORGANIZATIONS))

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
