"""What a volunteer is called, over HTTP: sealed, for few, and each attempt to read it is on record (INV-33)."""

from __future__ import annotations

from services.contracts import volunteer as public
from services.contracts.codes import READ_PURPOSE
from services.contracts.visibility import APPROVERS
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Log, Request, http, lists
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.volunteer.domain import volunteer
from services.volunteer.view_tables import volunteer_reads, volunteer_sealed

WHY = {"why": {"enum": sorted(READ_PURPOSE.current.terms)}}
NAMING = (*STATION_ROLES, "team_leader", "volunteer", "auditor")
"""Whoever may ask who a volunteer is: of himself, of one's roster, team or task, or with a second person's approval."""


class Names:
    """Each attempt to read is on record before anything is opened (INV-33)."""

    log: Log

    volunteer_reads = lists(
        "/volunteer-reads", volunteer_reads, by=("volunteer_id", "reader", "allowed"),
        roles=("auditor", "station_head", "volunteer"),
    )  # fmt: skip

    @http("GET", "/volunteers/{id}/identity", roles=NAMING, query=WHY, says="who a volunteer is")
    def volunteer_identity(self, request: Request) -> object:
        """A volunteer's name and number, for `?why=` a purpose: to call one who is asked or goes, for those who dispatch the
        task and for the team's leader; all that is kept, for the volunteer, for those who keep the roster of the place, and
        for an auditor whom a second person has approved.
        """
        volunteer_id, why, second = request.path["id"], _why(request), None
        if request.actor.role == "auditor":
            second = self.log.second(request, "unseal", volunteer_id, APPROVERS["unseal"])
        command = public.ReadVolunteerIdentity(why=why)
        done = self.log.ask(volunteer.DECIDER, volunteer_id, command, request, approver=second)
        row = self.log.look.one(volunteer_reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        digests = [row["digest"] for row in self.log.look.all(volunteer_sealed, volunteer_id=volunteer_id)]
        opened = self.log.vault.read(str(volunteer_id), digests).values()
        wanted = row["fields"].split(",")
        return {"fields": {value["field"]: value["value"] for value in opened if value["field"] in wanted}}


def _why(request: Request) -> str:
    """The purpose of a reading, as a code."""
    given, known = request.query.get("why", ""), READ_PURPOSE.current.terms
    if given not in known:
        wanted = ", ".join(known)
        problem = FieldProblem(
            field="why", code="invalid", expected_en=f"one of: {wanted}", expected_zh=f"以下之一: {wanted}"
        )
        raise ContractBroken(problem)
    return given
