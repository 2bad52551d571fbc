"""What a dispatcher can do with a task: ask people, send them, write down what came of it."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, many, one, pick, plain
from services.contracts import volunteer as public
from services.contracts.codes import CONFIRMED_BY
from services.contracts.codes_volunteer import ACTION, ARRIVAL_METHOD, FINDING, TASK_REASON

LOOKING = ("opened",)
GOING = ("assigned", "on-site")
__all__ = ["TASKS"]


def _act(command: type, path: str, event: str, *states: str, **more: Any) -> Act:
    return Act(command=command, of="task", service="volunteer", path=f"/tasks/{{id}}/{path}", event=event,
               states=states, **more)  # fmt: skip


TASKS = (
    _act(public.OfferTask, "offers", "task.offered", *LOOKING, main=True,
         fields=(pick("candidates", "volunteers", needed=True),)),
    _act(public.AssignTask, "assignment", "task.assigned", *LOOKING, main=True,
         fields=(pick("assignees", "volunteers", needed=True),)),
    _act(public.RecordArrival, "arrival", "task.arrival-recorded", "assigned",
         fields=(one("method", ARRIVAL_METHOD, needed=True),)),
    _act(public.CompleteTask, "completion", "task.completed", *GOING, main=True, fields=(
        one("result", codes=("done", "partly", "not_done", "unreachable"), words="task-result", needed=True),
        many("finding_codes", FINDING), many("action_codes", ACTION), plain("began_at", "moment"),
        plain("ended_at", "moment"), plain("note", "words"))),
    _act(public.VerifyTask, "verification", "task.verified", "completed", main=True, fields=(
        one("by", codes=("client", "coordinator"), words=CONFIRMED_BY.name, needed=True), plain("on_site", "yes"))),
    _act(public.RecordNoShow, "no-show", "task.no-show-recorded", "assigned",
         fields=(pick("assignee", "going", needed=True),)),
    _act(public.CancelAssignment, "assignment/cancellation", "task.assignment-cancelled", "assigned", fields=(
        pick("assignee", "going", needed=True), one("reason_code", TASK_REASON))),
    _act(public.DeclareUnfilled, "unfilled", "task.unfilled", *LOOKING),
    _act(public.CancelTask, "cancellation", "task.cancelled", *LOOKING, "assigned", fields=(
        one("by", codes=("client", "station"), words="cancelled-by", needed=True),
        one("reason_code", TASK_REASON, needed=True))),
)  # fmt: skip
