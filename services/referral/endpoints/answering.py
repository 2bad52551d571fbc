"""A referral, from the side of the organization asked, or of a station that writes down what it said."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.entrypoints import Log, Request, asks, http
from services.referral.domain import referral
from services.referral.endpoints.roles import ANSWERING, ORGANIZATIONS
from services.referral.scopes import OFFERS
from services.referral.views import tables

STATES = (
    "live",
    "accepted",
    "declined",
    "expired",
    "superseded",
    "withdrawn",
    "refused",
    "returned",
    "closed",
    "stopped",
)
"""What may have become of an offer."""


class Answering:
    """An organization sees what it was asked, answers, serves, and says what came of it."""

    log: Log

    view = asks("POST", "/referrals/{id}/view", public.ViewOffer, of=referral.DECIDER, roles=ANSWERING)
    question = asks(
        "POST", "/referrals/{id}/questions", public.RequestInformation, of=referral.DECIDER, roles=ANSWERING
    )
    accept = asks("POST", "/referrals/{id}/acceptance", public.AcceptReferral, of=referral.DECIDER, roles=ANSWERING)
    decline = asks("POST", "/referrals/{id}/refusal", public.DeclineOffer, of=referral.DECIDER, roles=ANSWERING)
    start = asks("POST", "/referrals/{id}/start", public.StartService, of=referral.DECIDER, roles=ANSWERING)
    pause = asks("POST", "/referrals/{id}/pause", public.PauseService, of=referral.DECIDER, roles=ANSWERING)
    resume = asks("POST", "/referrals/{id}/resumption", public.ResumeService, of=referral.DECIDER, roles=ANSWERING)
    give_back = asks("POST", "/referrals/{id}/return", public.ReturnReferral, of=referral.DECIDER, roles=ANSWERING)
    reroute = asks("POST", "/referrals/{id}/reroute", public.RerouteReferral, of=referral.DECIDER, roles=ANSWERING)
    report = asks("POST", "/referrals/{id}/outcome", public.ReportOutcome, of=referral.DECIDER, roles=ANSWERING)

    @http("GET", "/inbox", roles=ORGANIZATIONS, says="what this organization was asked",
          query={"state": {"enum": list(STATES)}})  # fmt: skip
    def inbox(self, request: Request) -> object:
        """The offers made to the caller's own organization: codes alone, and whoever else was asked is not in it."""
        query = OFFERS.select(request.actor).order_by(tables.offers.c.offered_at.desc()).limit(500)
        if state := request.word("state", STATES):
            query = query.where(tables.offers.c.state == state)
        hidden = ("case_id", "suggested_organization_id")
        return {"items": [{k: v for k, v in row.items() if k not in hidden} for row in self.log.look.run(query)]}
