"""Tasks: people are called for, go, and somebody else says that it is done."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.volunteer.domain import task
from services.volunteer.endpoints.callers import ANSWERING, DISPATCHING, ORGANIZERS, READING, STATION
from services.volunteer.scopes import ASSIGNMENTS, TASKS
from services.volunteer.view_tables import alerts, assignments, no_shows, tasks
from services.volunteer.views_tasks import SEARCHING


class Tasks:
    """From the call to the verified result."""

    log: Log

    open_task = asks("POST", "/tasks", public.OpenTask, of=task.DECIDER, roles=STATION)
    offer_task = asks("POST", "/tasks/{id}/offers", public.OfferTask, of=task.DECIDER, roles=STATION)
    accept_task = asks("POST", "/tasks/{id}/acceptance", public.AcceptTask, of=task.DECIDER, roles=ANSWERING)
    decline_task = asks("POST", "/tasks/{id}/decline", public.DeclineTask, of=task.DECIDER, roles=ANSWERING)
    assign_task = asks("POST", "/tasks/{id}/assignment", public.AssignTask, of=task.DECIDER, roles=STATION)
    cancel_assignment = asks(
        "POST", "/tasks/{id}/assignment/cancellation", public.CancelAssignment, of=task.DECIDER, roles=ANSWERING
    )
    reassign_task = asks("POST", "/tasks/{id}/reassignment", public.ReassignTask, of=task.DECIDER, roles=ORGANIZERS)
    arrive = asks("POST", "/tasks/{id}/arrival", public.RecordArrival, of=task.DECIDER, roles=ANSWERING)
    complete_task = asks("POST", "/tasks/{id}/completion", public.CompleteTask, of=task.DECIDER, roles=ANSWERING)
    verify_task = asks("POST", "/tasks/{id}/verification", public.VerifyTask, of=task.DECIDER, roles=STATION)
    record_no_show = asks("POST", "/tasks/{id}/no-show", public.RecordNoShow, of=task.DECIDER, roles=STATION)
    declare_unfilled = asks("POST", "/tasks/{id}/unfilled", public.DeclareUnfilled, of=task.DECIDER, roles=STATION)
    cancel_task = asks("POST", "/tasks/{id}/cancellation", public.CancelTask, of=task.DECIDER, roles=STATION)
    contact_client = asks("POST", "/tasks/{id}/client-contacts", public.ContactClient, of=task.DECIDER, roles=STATION)
    call_emergency = asks(
        "POST", "/tasks/{id}/emergency-calls", public.CallEmergencyService, of=task.DECIDER, roles=ANSWERING
    )
    mark_error = asks("POST", "/tasks/{id}/error", public.MarkTaskEnteredInError, of=task.DECIDER, roles=STATION)
    all_alerts = lists("/task-alerts", alerts, by=("task_id", "kind", "who", "matter_id"), roles=STATION)
    all_no_shows = lists("/no-shows", no_shows, by=("assignee",), roles=DISPATCHING)
    one_task = shows("/tasks/{id}", tasks, roles=READING)
    all_tasks = lists(
        "/tasks", tasks, by=("state", "matter_id", "case_id", "referral_id", "area", "holder"), roles=READING
    )
    all_assignments = lists(
        "/assignments", assignments, by=("task_id", "assignee", "state", "matter_id"), roles=READING
    )

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
        states = {row["task_id"]: row["state"] for row in look.run(ASSIGNMENTS.select(request.actor))}
        rows = look.run(TASKS.select(request.actor).where(tasks.c.task_id.in_(states)))
        return {"items": [{"mine": states[row["task_id"]]} | row for row in rows]}
