"""Money and goods."""

from __future__ import annotations

from services.contracts import referral as public
from services.kernel.entrypoints import asks, lists, shows
from services.referral.domain import grant, in_kind
from services.referral.endpoints.roles import ANSWERING, SEEING, STATION
from services.referral.views import tables


class Money:
    """Grants from the application to the confirmed use, and support in kind."""

    apply = asks("POST", "/grants", public.ApplyForGrant, of=grant.DECIDER, roles=STATION)
    approve = asks("POST", "/grants/{id}/approval", public.ApproveGrant, of=grant.DECIDER, roles=ANSWERING)
    reject = asks("POST", "/grants/{id}/rejection", public.RejectGrant, of=grant.DECIDER, roles=ANSWERING)
    lapse = asks("POST", "/grants/{id}/lapse", public.LapseGrant, of=grant.DECIDER, roles=ANSWERING)
    disburse = asks("POST", "/grants/{id}/payments", public.DisburseGrant, of=grant.DECIDER, roles=ANSWERING)
    refund = asks("POST", "/grants/{id}/refunds", public.ReturnGrant, of=grant.DECIDER, roles=ANSWERING)
    ask_back = asks("POST", "/grants/{id}/return-question", public.AskGrantReturn, of=grant.DECIDER, roles=STATION)
    waive_return = asks("POST", "/grants/{id}/return-waiver", public.WaiveGrantReturn, of=grant.DECIDER, roles=STATION)
    use = asks("POST", "/grants/{id}/use", public.ReportGrantUse, of=grant.DECIDER, roles=STATION)
    settle = asks("POST", "/grants/{id}/closure", public.CloseGrant, of=grant.DECIDER, roles=STATION)
    deliver = asks("POST", "/in-kind-support", public.RecordInKindSupport, of=in_kind.DECIDER, roles=ANSWERING)

    grant = shows("/grants/{id}", tables.grants, roles=SEEING)
    grants = lists("/grants", tables.grants, by=("state", "matter_id", "case_id", "fund"), roles=SEEING)
    in_kind = lists(
        "/in-kind-support", tables.in_kind, by=("matter_id", "case_id", "referral_id", "giver"), roles=SEEING
    )
