"""Reading what is sealed, over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts import intake as public
from services.contracts.visibility import APPROVERS
from services.intake import tables
from services.intake.domain import help_request, person
from services.intake.endpoints.query import WHY, only, why, wrong
from services.intake.endpoints.readers import SEALED, STATION
from services.intake.endpoints.unsealing import notes_of
from services.kernel.entrypoints import Hand, Request, http
from services.kernel.errors import ContractBroken, NotFound
from services.kernel.message import Actor

EVERYTHING = frozenset({"identity", "contact", "narrative", "health"})
READING_ASKS = WHY | {"categories": {"pattern": "^[a-z,]{1,40}$"}}
REQUEST, PERSON = help_request.DECIDER, person.DECIDER


class Reading:
    """Each attempt to read is on record before anything is opened (INV-33)."""

    log: Hand

    @http("GET", "/persons/{id}/identity", roles=SEALED, query=READING_ASKS, says="who the person is")
    def identity(self, request: Request) -> object:
        """Who the person is, for those who may know: `?why=` a purpose, `&categories=` identity,contact,…"""
        return self._identity(request, request.path["id"])

    @http(
        "GET", "/disclosures/{id}/identity", roles=SEALED, query=READING_ASKS, says="who the person is, by a disclosure"
    )
    def disclosed_identity(self, request: Request) -> object:
        """Who the person of a disclosure is: what a partner's deliveries refer to (`dataref`), decided at this moment."""
        row = self.log.look.one(tables.disclosures, request.path["id"])
        if row is None:
            raise NotFound("nothing for this reader")
        return self._identity(request, row["person_id"])

    def _identity(self, request: Request, person_id: UUID) -> object:
        categories = frozenset(tables.split(self._allowed(request, person_id)["categories"]))
        found = notes_of(self.log, f"person/{person_id}", categories)
        latest = {value["field"]: value["value"] for value in found}
        return {"person_id": person_id, "categories": sorted(categories), "fields": latest}

    @http("GET", "/cases/{id}/notes", roles=SEALED, query=READING_ASKS, says="what was told in the case")
    def case_notes(self, request: Request) -> object:
        """What was told and seen in a case, the oldest first, for those who may read it.

        A disclosure is about one person: what was told of somebody else in the same case is not opened by it.
        """
        row = self.log.look.one(tables.cases, request.path["id"])
        if row is None:
            raise NotFound("no such case")
        read = self._allowed(request, row["person_id"])
        about = None if read["disclosure_id"] is None else {str(row["case_id"]), str(row["person_id"])}
        notes = notes_of(self.log, f"case/{row['case_id']}", tables.split(read["categories"]), about)
        return {"case_id": row["case_id"], "notes": notes}

    @http("GET", "/help-requests/{id}/notes", roles=STATION, query=WHY, says="what was told with the request")
    def request_notes(self, request: Request) -> object:
        """What was told with a help request, and how to reach whoever told it."""
        request_id = request.path["id"]
        only(request, WHY)
        command = public.ReadHelpRequestNotes(why=why(request))
        done = self.log.ask(REQUEST, request_id, command, request)
        row = self.log.look.one(tables.reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        return {"request_id": request_id, "notes": notes_of(self.log, f"help-request/{request_id}", EVERYTHING)}

    def _allowed(self, request: Request, person_id: UUID) -> dict[str, Any]:
        """What is on record of this reading, and what it opens; a refusal looks like nobody being there."""
        only(request, READING_ASKS)
        given = tuple(c for c in request.query.get("categories", "").split(",") if c)
        if not EVERYTHING.issuperset(given):
            raise ContractBroken(wrong("categories", "identity, contact, narrative, health"))
        second = self._approver(request, person_id)
        command = public.ReadIdentity(why=why(request), categories=given)  # type: ignore[arg-type]  # checked above
        done = self.log.ask(PERSON, person_id, command, request, approver=second)
        row: dict[str, Any] | None = self.log.look.one(tables.reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        return row

    def _approver(self, request: Request, person_id: UUID) -> Actor | None:
        """Who has approved that an auditor unseals what is kept of this person; a child's takes others than the rest."""
        if request.actor.role != "auditor":
            return None
        row = self.log.look.one(tables.persons, person_id)
        child = row is not None and row["sensitivity"] == "child"
        return self.log.second(request, "unseal", person_id, APPROVERS["unseal-child" if child else "unseal"])
