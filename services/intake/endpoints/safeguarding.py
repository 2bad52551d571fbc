"""Safeguarding over HTTP: anybody raises and reports, few read, and nobody else learns whether there is anything.

What is not for somebody is found by the same query as what is not there, and answered alike (INV-11).
"""

from __future__ import annotations

from typing import Any

from services.contracts import intake as public
from services.contracts.visibility import APPROVERS
from services.contracts.words import ROLES
from services.intake import tables
from services.intake.domain import safeguarding
from services.intake.endpoints.query import WHY, only, why
from services.intake.endpoints.readers import NAMED
from services.intake.endpoints.unsealing import notes_of
from services.intake.scopes import SAFEGUARDING
from services.kernel.entrypoints import Hand, Reply, Request, asks, http, lists
from services.kernel.errors import NotFound

HARM = safeguarding.DECIDER
AT_STATION = tuple(role for role in NAMED if role != "auditor")
HIDDEN = ("made_by", "kept_by")


class Safeguarding:
    """Suspected harm is raised and reported by anybody, and read by few."""

    log: Hand

    raise_harm = asks(
        "POST", "/safeguarding-concerns", public.RaiseSafeguardingConcern, of=HARM, roles=ROLES, alone=True
    )
    report_harm = asks(
        "POST", "/safeguarding-concerns/{id}/report", public.MakeMandatoryReport, of=HARM, roles=ROLES, alone=True
    )
    acknowledge_harm = asks(
        "POST", "/safeguarding-concerns/{id}/answer", public.AcknowledgeMandatoryReport, of=HARM, roles=AT_STATION
    )
    not_reportable = asks(
        "POST", "/safeguarding-concerns/{id}/not-reportable", public.DecideNotReportable, of=HARM, roles=AT_STATION
    )
    close_harm = asks(
        "POST", "/safeguarding-concerns/{id}/closing", public.CloseSafeguardingConcern, of=HARM, roles=AT_STATION
    )
    name_reader = asks(
        "POST", "/safeguarding-concerns/{id}/readers", public.NameSafeguardingReader, of=HARM, roles=AT_STATION
    )
    all_harm = lists(
        "/safeguarding-concerns", tables.safeguarding, by=("state", "matter_id"), roles=AT_STATION, hides=HIDDEN
    )

    @http("GET", "/safeguarding-concerns/{id}", roles=NAMED, query=WHY, says="a concern, and what was told with it")
    def one_harm(self, request: Request) -> Reply:
        """A concern with what was told, for those who are named; that they read it is on record.

        An auditor reads it when a second person has approved that (`Approval`), and only then.
        """
        only(request, WHY)
        concern_id, second, purpose = request.path["id"], None, why(request)
        if request.actor.role == "auditor":
            second = self.log.second(request, "unseal", concern_id, APPROVERS["unseal-child"])
            row = self.log.look.one(tables.safeguarding, concern_id)
        else:
            row = self.log.seen(request, SAFEGUARDING, concern_id)
        if row is None:
            raise NotFound("no such concern")
        command = public.ReadSafeguardingConcern(why=purpose)
        self.log.ask(HARM, concern_id, command, request, approver=second)
        shown = {name: value for name, value in row.items() if name not in HIDDEN}
        notes: list[dict[str, Any]] = notes_of(self.log, f"safeguarding/{concern_id}", frozenset({"narrative"}))
        return Reply(shown | {"notes": notes})
