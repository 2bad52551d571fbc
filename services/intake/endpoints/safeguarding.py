"""Safeguarding over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.contracts.words import ROLES
from services.intake import tables
from services.intake.domain import safeguarding
from services.intake.endpoints.readers import RESTRICTED
from services.kernel.entrypoints import asks, lists, shows

HARM = safeguarding.DECIDER


class Safeguarding:
    """Suspected harm is raised and reported by anybody, and read by few."""

    raise_harm = asks("POST", "/safeguarding-concerns", public.RaiseSafeguardingConcern, of=HARM, roles=ROLES)
    report_harm = asks("POST", "/safeguarding-concerns/{id}/report", public.MakeMandatoryReport, of=HARM, roles=ROLES)
    acknowledge_harm = asks(
        "POST", "/safeguarding-concerns/{id}/answer", public.AcknowledgeMandatoryReport, of=HARM, roles=RESTRICTED
    )
    not_reportable = asks(
        "POST", "/safeguarding-concerns/{id}/not-reportable", public.DecideNotReportable, of=HARM, roles=RESTRICTED
    )
    close_harm = asks(
        "POST", "/safeguarding-concerns/{id}/closing", public.CloseSafeguardingConcern, of=HARM, roles=RESTRICTED
    )
    one_harm = shows("/safeguarding-concerns/{id}", tables.safeguarding, roles=RESTRICTED)
    all_harm = lists("/safeguarding-concerns", tables.safeguarding, by=("state", "matter_id"), roles=RESTRICTED)
