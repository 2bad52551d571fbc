"""What was written down for organizations: shown to those who may see all, and to each organization what is its own."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.entrypoints import Log, Request, asks, http, lists
from services.referral.domain import referral
from services.referral.endpoints.roles import ORGANIZATIONS, SEEING
from services.referral.scopes import SCOPES
from services.referral.views.told import told


class Told:
    """An organization stands by what a station wrote down for it, or denies it."""

    log: Log

    confirm_answer = asks(
        "POST", "/referrals/{id}/answers/confirmation", public.ConfirmAnswer, of=referral.DECIDER, roles=ORGANIZATIONS
    )
    dispute_answer = asks(
        "POST", "/referrals/{id}/answers/dispute", public.DisputeAnswer, of=referral.DECIDER, roles=ORGANIZATIONS
    )
    told_answers = lists(
        "/told-answers", told, by=("standing", "referral_id", "matter_id", "organization_id"), roles=SEEING
    )

    @http(
        "GET", "/inbox/told", roles=ORGANIZATIONS, says="what was written down for this organization, the newest first"
    )
    def told_to_us(self, request: Request) -> object:
        """What stations wrote down for the caller's own organization, and how that stands."""
        query = (
            SCOPES[told]
            .select(request.actor)
            .order_by(told.c.told_at.desc(), told.c.offer_id, told.c.answer)
            .limit(500)
        )
        return {"items": self.log.look.run(query)}
