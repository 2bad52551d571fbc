"""What a worker is called, over HTTP: sealed, for few, and each attempt to read it is on record (INV-33)."""

from __future__ import annotations

from services.contracts import codes
from services.contracts import referral as public
from services.contracts.visibility import APPROVERS
from services.kernel.entrypoints import Hand, Request, http, lists
from services.kernel.errors import ContractBroken, FieldProblem, NotFound
from services.referral.domain import staff
from services.referral.endpoints.roles import NAMING
from services.referral.views import staff_tables as tables

WHY = {"why": {"enum": sorted(codes.READ_PURPOSE.current.terms)}}


class StaffNames:
    """Each attempt to read is on record before anything is opened (INV-33)."""

    log: Hand

    staff_reads = lists(
        "/staff-reads", tables.staff_reads, by=("staff_id", "reader", "allowed"), roles=("auditor", "station_head")
    )

    @http("GET", "/staff/{id}/identity", roles=NAMING, query=WHY, says="what a worker is called")
    def staff_identity(self, request: Request) -> object:
        """A worker's name and number, for `?why=` a purpose: for the worker, for those who keep the directory of a unit of
        theirs, and for an auditor whom a second person has approved.
        """
        staff_id, why = request.path["id"], _why(request)
        second = None
        if request.actor.role == "auditor":
            second = self.log.second(request, "unseal", staff_id, APPROVERS["unseal"])
        command = public.ReadStaffIdentity(why=why)
        done = self.log.ask(staff.DECIDER, staff_id, command, request, approver=second)
        row = self.log.look.one(tables.staff_reads, done.position)
        if row is None or not row["allowed"]:
            raise NotFound("nothing for this reader")
        digests = [row["digest"] for row in self.log.look.all(tables.staff_sealed, staff_id=staff_id)]
        opened = self.log.vault.read(str(staff_id), digests)
        return {"fields": {value["field"]: value["value"] for value in opened.values()}}


def _why(request: Request) -> str:
    """The purpose of a reading, as a code."""
    given, known = request.query.get("why", ""), codes.READ_PURPOSE.current.terms
    if given not in known:
        wanted = ", ".join(known)
        problem = FieldProblem(
            field="why", code="invalid", expected_en=f"one of: {wanted}", expected_zh=f"以下之一: {wanted}"
        )
        raise ContractBroken(problem)
    return given
