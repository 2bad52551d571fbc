"""The roster: volunteers register, are verified, trained, checked and insured, and get a statement of their records."""

from __future__ import annotations

from typing import Any

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import NotFound
from services.volunteer.domain import volunteer
from services.volunteer.endpoints.callers import ANSWERING, ORGANIZERS, READING, STATION
from services.volunteer.view_tables import (
    hours,
    statement_records,
    statements,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)


class Roster:
    """Who offers time, and what is known of them."""

    log: Log

    register = asks("POST", "/volunteers", public.RegisterVolunteer, of=volunteer.DECIDER, roles=ANSWERING)
    verify = asks(
        "POST", "/volunteers/{id}/verification", public.VerifyVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS
    )
    clear = asks("POST", "/volunteers/{id}/checks", public.ClearVolunteer, of=volunteer.DECIDER, roles=STATION)
    train = asks("POST", "/volunteers/{id}/trainings", public.TrainVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS)
    insure = asks("POST", "/volunteers/{id}/insurances", public.InsureVolunteer, of=volunteer.DECIDER, roles=ORGANIZERS)
    join = asks("POST", "/volunteers/{id}/teams", public.JoinTeam, of=volunteer.DECIDER, roles=ANSWERING)
    leave = asks("POST", "/volunteers/{id}/teams/departure", public.LeaveTeam, of=volunteer.DECIDER, roles=ANSWERING)
    suspend = asks("POST", "/volunteers/{id}/suspension", public.SuspendVolunteer, of=volunteer.DECIDER, roles=STATION)
    reinstate = asks(
        "POST", "/volunteers/{id}/reinstatement", public.ReinstateVolunteer, of=volunteer.DECIDER, roles=STATION
    )
    withdraw = asks(
        "POST", "/volunteers/{id}/withdrawal", public.WithdrawVolunteer, of=volunteer.DECIDER, roles=ANSWERING
    )
    state_records = asks(
        "POST",
        "/volunteers/{id}/record-statements",
        public.IssueRecordStatement,
        of=volunteer.DECIDER,
        roles=ORGANIZERS,
    )
    one_volunteer = shows("/volunteers/{id}", volunteers, roles=READING)
    all_volunteers = lists("/volunteers", volunteers, by=("state", "area"), roles=STATION)
    skills = lists("/volunteer-skills", volunteer_skills, by=("volunteer_id", "skill"), roles=STATION)
    teams = lists("/volunteer-teams", volunteer_teams, by=("volunteer_id", "team"), roles=STATION)

    @http("GET", "/record-statements/{code}", roles=None, says="whether a unit stated this, and whether it still holds")
    def check_statement(self, request: Request) -> dict[str, Any]:
        """Whether a unit issued a statement under this code, and whether its records still say the same."""
        look, code = self.log.look, request.path["code"]
        stated = look.one(statements, code)
        if stated is None:
            raise NotFound("no statement under this code")
        ids = [row["record_id"] for row in look.all(statement_records, verify_code=code)]
        rows = [look.one(hours, record_id) for record_id in ids]
        now = sum(row["minutes"] for row in rows if row and row["state"] == "confirmed")
        return {
            "issuer": stated["issuer"], "minutes": stated["minutes"], "records": len(ids),
            "current": now == stated["minutes"],
        }  # fmt: skip
