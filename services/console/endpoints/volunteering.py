"""The pages of volunteers and of teams: to answer, to go, to say how it went, and to see one's own hours.

Everything is read from the volunteer service with the rights of whoever looks, so what was just said is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from services.console.acts.reading import moment_typed
from services.console.endpoints.daily import listed
from services.console.hub import Unreachable
from services.console.pages import volunteering as pages
from services.console.web import Visit, page_for
from services.contracts.visibility import unit_of
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

GOERS = ("volunteer", "team_leader")
ANSWERS = {"acceptance": "task.accepted", "decline": "task.declined", "cancellation": "task.assignment-cancelled",
           "completion": "task.completed"}  # fmt: skip
"""What somebody may say of a task, and the event that follows."""

PATHS = {"cancellation": "assignment/cancellation"}
JUDGED = ("question", "confirmation", "correction", "upholding")


class Volunteering:
    """What those who go see and say."""

    @http("GET", "/volunteering", roles=None, page=True)
    @page_for(*GOERS)
    def volunteering_page(self, v: Visit) -> Page:
        """What was asked, where to go, what fits."""
        people, team = _people(v), _team(v)
        answer = v.hub.get("volunteer", "/fitting-tasks")
        fitting = answer.body.get("items") or () if answer.ok else ()
        found = pages.board(
            people, team, listed(v, "volunteer", "/assignments"), listed(v, "volunteer", "/tasks"), fitting, v.words
        )
        return v.page(pages.page(found, v.frame("/volunteering"), uuid4().hex))

    @http("POST", "/volunteering/tasks/{id}/{answer}", roles=None, page=True)
    @page_for(*GOERS)
    def answer_task(self, v: Visit) -> Page:
        """Say yes or no, that one cannot come, or that it is done."""
        said = str(v.request.path["answer"])
        if said not in ANSWERS:
            raise NotFound("no such answer")
        path = f"/tasks/{v.id}/{PATHS.get(said, said)}"
        return _ask(v, path, _answer(said, v.request.form), "/volunteering", v.words.event(ANSWERS[said]))

    @http("GET", "/volunteering/tasks/{id}/whom", roles=None, page=True)
    @page_for("volunteer")
    def whom_page(self, v: Visit) -> Page:
        """For whom it is: intake opens it from the assignment to the end, and puts each reading on record (INV-33)."""
        task = v.hub.get("volunteer", f"/tasks/{v.id}")
        if not task.ok or not task.body.get("person_id"):
            raise NotFound("no such task")
        shown = v.hub.get(
            "intake", f"/persons/{task.body['person_id']}/identity", why="visit", categories="identity,contact"
        )
        fields = (shown.body.get("fields") or {}) if shown.ok else {}
        return v.page(pages.whom_page(pages.call(task.body), fields, v.frame("/volunteering")))

    @http("GET", "/volunteering/hours", roles=None, page=True)
    @page_for(*GOERS)
    def hours_page(self, v: Visit) -> Page:
        """What is on record of one's own hours, or of a team's."""
        people, team = _people(v), _team(v)
        hours, issued = listed(v, "volunteer", "/service-hours"), listed(v, "volunteer", "/record-statements")
        done = _done(v, people, {str(row.get("task_id")) + pages.same(str(row["volunteer_id"])) for row in hours})
        return v.page(
            pages.hours_page(pages.book(people, team, hours, issued, done), v.frame("/volunteering/hours"), uuid4().hex)
        )

    @http("POST", "/volunteering/hours", roles=None, page=True)
    @page_for(*GOERS)
    def record_hours(self, v: Visit) -> Page:
        """Write down what was given at a task; whoever organized it confirms."""
        form = v.request.form
        task = v.hub.get("volunteer", f"/tasks/{_ident(form.get('task_id', ''))}")
        if not task.ok:
            raise NotFound("no such task")
        return _ask(v, "/service-hours", _given(form, task.body, _team(v)), "/volunteering/hours")

    @http("POST", "/volunteering/hours/{id}/{judged}", roles=None, page=True)
    @page_for(*GOERS)
    def judge_hours(self, v: Visit) -> Page:
        """Ask for a correction of one's own record (INV-20), or stand by, correct or uphold one of the team's."""
        judged, form = str(v.request.path["judged"]), v.request.form
        if judged not in JUDGED:
            raise NotFound("no such thing to say of a record")
        body: dict[str, Any] = {"reason_code": form["reason_code"]} if form.get("reason_code") else {}
        body |= {"minutes": _whole(form["minutes"])} if form.get("minutes") else {}
        return _ask(v, f"/service-hours/{v.id}/{judged}", body, "/volunteering/hours")

    @http("POST", "/volunteering/records", roles=None, page=True)
    @page_for("team_leader")
    def issue_statement(self, v: Visit) -> Page:
        """The team states what it has confirmed of a member (INV-21)."""
        volunteer = _ident(unit_of(v.request.form.get("volunteer", "")))
        return _ask(v, f"/volunteers/{volunteer}/record-statements", {"issuer": _team(v)}, "/volunteering/hours")


def _team(v: Visit) -> str:
    """The team that somebody leads; nothing of one who speaks for himself."""
    return f"team:{v.who.org}" if v.who.role == "team_leader" and v.who.org else ""


def _people(v: Visit) -> list[str]:
    """Those for whom the signed-in person may answer."""
    return [f"volunteer:{row['volunteer_id']}" for row in listed(v, "volunteer", "/volunteers", state="active")]


def _answer(said: str, form: Mapping[str, str]) -> dict[str, Any]:
    if said == "completion":
        times = {name: moment_typed(form[name]) for name in ("began_at", "ended_at") if form.get(name)}
        note = {"note": form["note"].strip()} if form.get("note", "").strip() else {}
        return {"result": form.get("result", ""), **times, **note}
    reason = {"reason_code": form["reason_code"]} if form.get("reason_code") and said != "acceptance" else {}
    return {"assignee": form.get("assignee", ""), **reason}


def _done(v: Visit, people: list[str], recorded: set[str]) -> list[pages.Call]:
    """Tasks to which one of these went, that are done, and of which nothing is written down yet."""
    ours = {pages.same(one): one for one in people}
    tasks = {
        str(row["task_id"]): row
        for row in listed(v, "volunteer", "/tasks")
        if row["state"] in ("completed", "verified")
    }
    went = listed(v, "volunteer", "/assignments", state="assigned") if tasks else []
    return [
        pages.call(tasks[str(row["task_id"])], who=ours[who])
        for row in went
        if (who := pages.same(str(row["assignee"]))) in ours
        and str(row["task_id"]) in tasks
        and str(row["task_id"]) + who.partition(":")[2] not in recorded
        and (v.who.role == "team_leader" or tasks[str(row["task_id"])].get("holder"))
    ]


def _given(form: Mapping[str, str], task: Mapping[str, Any], team: str) -> dict[str, Any]:
    """A record of hours: the team organized what its members did for it, otherwise whoever gave the task out."""
    organizer = team or str(task.get("holder") or "")
    return {
        "volunteer_id": unit_of(form.get("assignee", "")), "activity": f"task-{str(task['task_id'])[:8]}",
        "day": form.get("day", ""), "minutes": _whole(form.get("minutes", "")), "content_code": str(task.get("kind")),
        "organizer": organizer, "lead": team or str(task.get("dispatcher") or organizer), "task_id": str(task["task_id"]),
    }  # fmt: skip


def _ident(text: str) -> UUID:
    """An id that a form names; NotFound where it is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such thing") from None


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text


def _ask(v: Visit, path: str, body: dict[str, Any], back: str, what: str = "") -> Page:
    """Ask the volunteer service, and go back to say what came of it."""
    key = f"{v.request.form.get('key', '')}-{path.replace('/', '.')}"[:180]
    try:
        answer = v.hub.post("volunteer", path, body | {"happened": {"channel": "web"}}, key)
    except Unreachable as gone:
        return v.go(back, failed=v.words("form.unreachable", service=gone.service))
    if answer.ok:
        return v.go(back, done=v.words("form.done", what=what) if what else v.words("hours.done"))
    return v.go(back, failed=v.words("form.failed", why=answer.why(v.words.lang)))
