"""Taking over in bulk over HTTP."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import tables
from services.intake.scopes import SCOPES
from services.intake.takeovers import take_over
from services.kernel.contract import read_request, schema_for
from services.kernel.entrypoints import Hand, Request, http
from services.kernel.errors import NotFound

TABLES = {"case": tables.cases, "visit-plan": tables.visit_plans}


class TakeOvers:
    """A worker leaves: their cases and rounds go to somebody else, all together or not at all."""

    log: Hand

    @http("POST", "/case-takeovers", roles=("station_head", "supervisor", "coordinator"),
          takes=schema_for(public.TakeOverCases), says="what moved, each with an event of its own")  # fmt: skip
    def take_over_cases(self, request: Request) -> object:
        """Take over everything that a worker answers for, or the cases that are named; asked again, nothing is left.

        Only whoever sees all of it may move it.
        """
        command, _ = read_request(request.json, public.TakeOverCases)
        dos = take_over(command, self.log.look)
        if not all(self.log.seen(request, SCOPES[TABLES[do.decider.name]], do.stream_id) for do in dos):
            raise NotFound("some of these are not of this station")
        done = self.log.ask_all(dos, request) if dos else []
        return {
            "moved": [
                {"kind": do.decider.name, "id": one.stream_id, "position": one.position}
                for do, one in zip(dos, done, strict=True)
            ]
        }
