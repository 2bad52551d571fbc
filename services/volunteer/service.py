"""The volunteer service as nameko runs it: what may be asked over HTTP, and what is shown. No rule lives here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import volunteer as public
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import NotFound
from services.kernel.manifest import Manifest
from services.volunteer import views
from services.volunteer.domain import hours, pairing, task, volunteer
from services.volunteer.facts import FACTS
from services.volunteer.policies import TIMERS, whenever
from services.volunteer.view_tables import (
    assignments,
    commitments,
    pairing_parties,
    pairing_reports,
    pairings,
    statement_records,
    statements,
    tasks,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)
from services.volunteer.view_tables import hours as hours_view
from services.volunteer.views_tasks import SEARCHING

MANIFEST = Manifest(
    name="volunteer",
    deciders=(volunteer.DECIDER, task.DECIDER, hours.DECIDER, pairing.DECIDER),
    metadata=views.METADATA,
    project=views.project,
    hears=("intake", "referral"),
    whenever=whenever,
    facts=FACTS,
    timers=TIMERS,
)

STATION = (*STATION_ROLES, "service")
ORGANIZERS = (*STATION, "partner", "team_leader")
ANSWERING = (*ORGANIZERS, "volunteer")
READING = (*STATION, "auditor", "administrator")
"""Others see what is their own: `/me/tasks`, `/me/service-hours`, and tasks that look for people, without the matter."""


class VolunteerService:
    """People are found for a piece of work, go, and somebody else says that it is done."""

    name = "volunteer"
    log = Log(MANIFEST)

    # the roster
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

    # tasks
    open_task = asks("POST", "/tasks", public.OpenTask, of=task.DECIDER, roles=STATION)
    offer_task = asks("POST", "/tasks/{id}/offers", public.OfferTask, of=task.DECIDER, roles=STATION)
    accept_task = asks("POST", "/tasks/{id}/acceptance", public.AcceptTask, of=task.DECIDER, roles=ANSWERING)
    decline_task = asks("POST", "/tasks/{id}/decline", public.DeclineTask, of=task.DECIDER, roles=ANSWERING)
    assign_task = asks("POST", "/tasks/{id}/assignment", public.AssignTask, of=task.DECIDER, roles=STATION)
    cancel_assignment = asks(
        "POST", "/tasks/{id}/assignment/cancellation", public.CancelAssignment, of=task.DECIDER, roles=ANSWERING
    )
    reassign_task = asks("POST", "/tasks/{id}/reassignment", public.ReassignTask, of=task.DECIDER, roles=STATION)
    arrive = asks("POST", "/tasks/{id}/arrival", public.RecordArrival, of=task.DECIDER, roles=ANSWERING)
    complete_task = asks("POST", "/tasks/{id}/completion", public.CompleteTask, of=task.DECIDER, roles=ANSWERING)
    verify_task = asks("POST", "/tasks/{id}/verification", public.VerifyTask, of=task.DECIDER, roles=STATION)
    record_no_show = asks("POST", "/tasks/{id}/no-show", public.RecordNoShow, of=task.DECIDER, roles=STATION)
    declare_unfilled = asks("POST", "/tasks/{id}/unfilled", public.DeclareUnfilled, of=task.DECIDER, roles=STATION)
    cancel_task = asks("POST", "/tasks/{id}/cancellation", public.CancelTask, of=task.DECIDER, roles=STATION)
    contact_client = asks("POST", "/tasks/{id}/client-contacts", public.ContactClient, of=task.DECIDER, roles=STATION)
    one_task = shows("/tasks/{id}", tasks, roles=READING)
    all_tasks = lists(
        "/tasks", tasks, by=("state", "matter_id", "case_id", "referral_id", "area", "holder"), roles=READING
    )
    all_assignments = lists(
        "/assignments", assignments, by=("task_id", "assignee", "state", "matter_id"), roles=READING
    )

    # service hours
    record_hours = asks("POST", "/service-hours", public.RecordHours, of=hours.DECIDER, roles=ANSWERING)
    confirm_hours = asks(
        "POST", "/service-hours/{id}/confirmation", public.ConfirmHours, of=hours.DECIDER, roles=ORGANIZERS
    )
    question_hours = asks(
        "POST", "/service-hours/{id}/question", public.QuestionHours, of=hours.DECIDER, roles=ANSWERING
    )
    uphold_hours = asks("POST", "/service-hours/{id}/upholding", public.UpholdHours, of=hours.DECIDER, roles=ORGANIZERS)
    correct_hours = asks(
        "POST", "/service-hours/{id}/correction", public.CorrectHours, of=hours.DECIDER, roles=ORGANIZERS
    )
    void_hours = asks("POST", "/service-hours/{id}/voiding", public.VoidHours, of=hours.DECIDER, roles=ORGANIZERS)
    rate_service = asks("POST", "/service-hours/{id}/rating", public.RateService, of=hours.DECIDER, roles=ORGANIZERS)
    one_record = shows("/service-hours/{id}", hours_view, roles=READING)
    all_records = lists(
        "/service-hours", hours_view, by=("volunteer_id", "state", "organizer", "task_id", "day"), roles=READING
    )

    # pairings
    form_pairing = asks("POST", "/pairings", public.FormPairing, of=pairing.DECIDER, roles=STATION)
    assign_mentor = asks("POST", "/pairings/{id}/mentors", public.AssignMentor, of=pairing.DECIDER, roles=ORGANIZERS)
    supervise = asks(
        "POST", "/pairings/{id}/supervisions", public.SupervisePairing, of=pairing.DECIDER, roles=ORGANIZERS
    )
    link_case = asks("POST", "/pairings/{id}/case", public.LinkPairingCase, of=pairing.DECIDER, roles=STATION)
    fulfil = asks("POST", "/pairings/{id}/fulfilments", public.FulfilCommitment, of=pairing.DECIDER, roles=ORGANIZERS)
    waive = asks("POST", "/pairings/{id}/waivers", public.WaiveCommitment, of=pairing.DECIDER, roles=STATION)
    report_pairing = asks("POST", "/pairings/{id}/reports", public.ReportPairing, of=pairing.DECIDER, roles=ORGANIZERS)
    end_pairing = asks("POST", "/pairings/{id}/end", public.EndPairing, of=pairing.DECIDER, roles=STATION)
    one_pairing = shows("/pairings/{id}", pairings, roles=READING)
    all_pairings = lists(
        "/pairings", pairings, by=("state", "kind", "matter_id", "case_id", "referral_id"), roles=READING
    )
    parties = lists("/pairing-parties", pairing_parties, by=("pairing_id", "party", "role"), roles=READING)
    all_commitments = lists("/commitments", commitments, by=("pairing_id", "state", "giver"), roles=READING)
    reports = lists("/pairing-reports", pairing_reports, by=("pairing_id", "to_org"), roles=READING)

    @http("GET", "/open-tasks", roles=ANSWERING, says="tasks that look for people")
    def open_tasks(self, request: Request) -> dict[str, Any]:
        """What is needed where and when; for whom, only those who go are told."""
        t = tasks.c
        shown = (t.task_id, t.kind, t.area, t.slot_start, t.slot_end, t.headcount, t.risk, t.with_minor, t.urgency)
        query = sa.select(*shown).where(t.state.in_(SEARCHING)).order_by(t.slot_start, t.task_id).limit(200)
        return {"items": self.log.look.run(query)}

    @http("GET", "/me/tasks", roles=("volunteer",), says="the tasks that I was asked for or go to")
    def my_tasks(self, request: Request) -> dict[str, Any]:
        """How I stand to each; what names the matter is left out until I go."""
        look = self.log.look
        mine = look.all(assignments, assignee=f"volunteer:{request.actor.id}")
        found = [(row["state"], look.one(tasks, row["task_id"])) for row in mine]
        return {"items": [_mine(state, row) for state, row in found if row is not None]}

    @http("GET", "/me/service-hours", roles=("volunteer",), says="what is on record of me")
    def my_hours(self, request: Request) -> dict[str, Any]:
        """What is on record of me, so that I can ask for a correction."""
        try:
            me = UUID(request.actor.id)
        except ValueError:
            return {"items": []}
        return {"items": self.log.look.all(hours_view, volunteer_id=me)}

    @http("GET", "/record-statements/{code}", roles=None, says="whether a unit stated this, and whether it still holds")
    def check_statement(self, request: Request) -> dict[str, Any]:
        """Whether a unit issued a statement under this code, and whether its records still say the same."""
        look, code = self.log.look, request.path["code"]
        stated = look.one(statements, code)
        if stated is None:
            raise NotFound("no statement under this code")
        ids = [row["record_id"] for row in look.all(statement_records, verify_code=code)]
        rows = [look.one(hours_view, record_id) for record_id in ids]
        now = sum(row["minutes"] for row in rows if row and row["state"] == "confirmed")
        return {
            "issuer": stated["issuer"], "minutes": stated["minutes"], "records": len(ids),
            "current": now == stated["minutes"],
        }  # fmt: skip


def _mine(state: str, row: dict[str, Any]) -> dict[str, Any]:
    hidden = () if state == "assigned" else ("matter_id", "case_id", "referral_id", "person_id", "holder", "owner")
    return {"mine": state} | {name: value for name, value in row.items() if name not in hidden}
