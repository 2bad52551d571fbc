"""Help requests over HTTP, and the worklist of a station."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import reports, tables
from services.intake.domain import help_request
from services.intake.endpoints.query import AREA, area_of
from services.intake.endpoints.readers import READING, STATION
from services.intake.endpoints.sealing import subject
from services.kernel.entrypoints import Hand, Request, asks, http, lists, shows

REQUEST = help_request.DECIDER


class Requests:
    """A need is received, decided upon, followed up and ended."""

    log: Hand

    receive = asks("POST", "/help-requests", public.ReceiveHelpRequest, of=REQUEST, roles=STATION, subject=subject)
    link_person = asks("POST", "/help-requests/{id}/person", public.LinkPersonToHelpRequest, of=REQUEST, roles=STATION)
    triage = asks("POST", "/help-requests/{id}/triage", public.TriageHelpRequest, of=REQUEST, roles=STATION)
    guide = asks("POST", "/help-requests/{id}/guidance", public.GiveGuidance, of=REQUEST, roles=STATION)
    follow_up = asks("POST", "/help-requests/{id}/follow-ups", public.FollowUpHelpRequest, of=REQUEST, roles=STATION)
    decline = asks("POST", "/help-requests/{id}/declining", public.DeclineHelpRequest, of=REQUEST, roles=STATION)
    close = asks("POST", "/help-requests/{id}/closing", public.CloseHelpRequest, of=REQUEST, roles=STATION)
    reopen = asks("POST", "/help-requests/{id}/reopening", public.ReopenHelpRequest, of=REQUEST, roles=STATION)
    duplicate = asks("POST", "/help-requests/{id}/duplicate-of", public.LinkDuplicateRequest, of=REQUEST, roles=STATION)
    request_error = asks(
        "POST", "/help-requests/{id}/error", public.MarkHelpRequestEnteredInError, of=REQUEST, roles=STATION
    )
    one_request = shows("/help-requests/{id}", tables.help_requests, roles=READING)
    all_requests = lists(
        "/help-requests", tables.help_requests, by=("state", "area", "unit", "urgency", "person_id", "overdue"),
        roles=READING,
    )  # fmt: skip

    @http("GET", "/worklist", roles=READING, query=AREA, says="what a station has to do")
    def worklist(self, request: Request) -> object:
        """What a station has to do: open requests by urgency and promised day, visits that are due. `?area=` a code."""
        return reports.worklist(self.log.look, area_of(request), request.actor)
