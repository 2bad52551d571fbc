"""Dispatching by the pages: the board of a day or week, a task and who could go, plans, pairing rounds, overrides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

from services.console.acts.reading import moment_typed
from services.console.directory import Directory
from services.console.endpoints.daily import day_asked, listed
from services.console.hub import Answer, Unreachable
from services.console.pages import dispatch as board
from services.console.pages import dispatching as pages
from services.console.web import Visit, page_for
from services.contracts.visibility import unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

DISPATCHERS = ("coordinator", "station_head", "dispatcher")
TASK_ACTS = {
    "wave": "waves",
    "escalation": "escalation",
    "offers": "offers",
    "assignment": "assignment",
    "override": "override",
}
PLAN_ACTS = ("publication", "rejection")
ROUND_ACTS = ("wishes", "proposal", "confirmations", "declines", "swaps")


class Console(Protocol):
    """What these pages need of the console."""

    directory: Directory


class Dispatching:
    """From the board to whoever goes."""

    @http("GET", "/dispatch", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def dispatch_page(self, v: Visit) -> Page:
        """The board of a week, or of a day."""
        going: dict[str, list[str]] = {}
        for row in listed(v, "volunteer", "/assignments", state="assigned"):
            going.setdefault(str(row["task_id"]), []).append(str(row["assignee"]))
        day, by_day = day_asked(v, v.request.query.get("day", "")), v.request.query.get("view") == "day"
        tasks = listed(v, "volunteer", "/tasks")
        if by_day:
            return v.page(board.day_page(board.of_day(tasks, going, day), v.frame("/dispatch"), day))
        return v.page(board.page(board.build(tasks, going, day), v.frame("/dispatch")))

    # --- one task ---

    @http("GET", "/dispatch/tasks/{id}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def task_page(self, v: Visit) -> Page:
        """Who was asked, who could go and why, who not and why, and what happens next."""
        task = _one(v, f"/tasks/{v.id}")
        asked, clocks = (listed(v, "volunteer", path, task_id=str(v.id)) for path in ("/assignments", "/task-clocks"))
        suggested, judged = _got(v, f"/tasks/{v.id}/suggestions", k="10"), _judged(v)
        others = [f"volunteer:{row['volunteer_id']}" for row in listed(v, "volunteer", "/volunteers", state="active")]
        found = pages.search(task, asked, clocks, suggested, judged, others, v.words)
        return v.page(pages.task_page(found, v.frame("/dispatch"), uuid4().hex))

    @http("POST", "/dispatch/tasks/{id}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def act_on_task(self, v: Visit) -> Page:
        """Ask in waves, ask or send those chosen, choose others with a reason, escalate."""
        act, who, form = str(v.request.path["act"]), v.several("who"), v.request.form
        if act not in TASK_ACTS:
            raise NotFound("no such act")
        body: dict[str, Any] = {"candidates": who} if act == "offers" else {}
        body |= {"assignees": who} if act in ("assignment", "override") else {}
        body |= {"reason_code": form.get("reason_code", "")} if act == "override" else {}
        return _ask(v, f"/tasks/{v.id}/{TASK_ACTS[act]}", body, f"/dispatch/tasks/{v.id}")

    # --- plans ---

    @http("GET", "/dispatch/plans", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def plans_page(self, v: Visit) -> Page:
        """Plans, and the form for another."""
        day = day_asked(v, v.request.query.get("day", ""))
        rows = listed(v, "volunteer", "/plans")
        staff = [str(row["worker"]) for row in listed(v, "referral", "/staff", state="working")]
        asked = pages.NewPlan(day=day, area=unit_of(v.who.org), staff=tuple(dict.fromkeys(staff)))
        return v.page(pages.plans_page(rows, v.frame("/dispatch"), uuid4().hex, asked))

    @http("POST", "/dispatch/plans", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def request_plan(self, v: Visit) -> Page:
        """Have a plan made; its own page shows when it is there."""
        form = v.request.form
        body = {"area": unit_of(v.who.org), "day": form.get("day", ""), "workers": v.several("workers")}
        return _ask(v, "/plans", body, "/dispatch/plans", made="/dispatch/plans/{id}")

    @http("GET", "/dispatch/plans/{id}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def plan_page(self, v: Visit) -> Page:
        """One plan: who would go where, where nobody would and why, what is short."""
        found = pages.plan(_one(v, f"/plans/{v.id}"))
        pairs, left = (listed(v, "volunteer", path, plan_id=str(v.id)) for path in ("/plan-pairs", "/plan-unserved"))
        tasks = {str(row["task_id"]): row for row in listed(v, "volunteer", "/tasks")} if pairs or left else {}
        return v.page(pages.plan_page(pages.with_people(found, pairs, left, tasks), v.frame("/dispatch"), uuid4().hex))

    @http("POST", "/dispatch/plans/{id}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def decide_plan(self, v: Visit) -> Page:
        """Publish it or not."""
        act = str(v.request.path["act"])
        if act not in PLAN_ACTS:
            raise NotFound("no such act")
        body = {"reason_code": v.request.form.get("reason_code", "")} if act == "rejection" else {}
        return _ask(v, f"/plans/{v.id}/{act}", body, f"/dispatch/plans/{v.id}")

    # --- pairing rounds ---

    @http("GET", "/dispatch/rounds", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def rounds_page(self, v: Visit) -> Page:
        """The rounds of the station."""
        rows = listed(v, "volunteer", "/pairing-rounds")
        return v.page(pages.rounds_page(rows, v.frame("/dispatch"), uuid4().hex))

    @http("POST", "/dispatch/rounds", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def open_round(self, v: Visit) -> Page:
        """Open a round."""
        form = v.request.form
        body = {
            "kind": form.get("kind", ""),
            "year": _whole(form.get("year", "")),
            "answer_by": moment_typed(form.get("answer_by", "")),
        }
        return _ask(v, "/pairing-rounds", body, "/dispatch/rounds", made="/dispatch/rounds/{id}")

    @http("GET", "/dispatch/rounds/{id}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def round_page(self: Console, v: Visit) -> Page:
        """One round: wishes are written down, pairs proposed, answers taken."""
        row, pairs = (
            _one(v, f"/pairing-rounds/{v.id}"),
            listed(v, "volunteer", "/pairing-round-pairs", round_id=str(v.id)),
        )
        return v.page(
            pages.round_page(row, pairs, v.frame("/dispatch"), uuid4().hex, sorted(self.directory.all().values()))
        )

    @http("POST", "/dispatch/rounds/{id}/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def act_on_round(self: Console, v: Visit) -> Page:
        """Write down what somebody wishes or answers, with the evidence of who said it; or propose pairs."""
        act = str(v.request.path["act"])
        if act not in ROUND_ACTS:
            raise NotFound("no such act")
        return _ask(
            v,
            f"/pairing-rounds/{v.id}/{act}",
            _round_body(act, v.request.form, self.directory.all()),
            f"/dispatch/rounds/{v.id}",
        )

    # --- overrides ---

    @http("GET", "/dispatch/overrides", roles=None, page=True)
    @page_for(*DISPATCHERS)
    def overrides_page(self, v: Visit) -> Page:
        """By month and reason."""
        totals = _got(v, "/overrides/totals").get("items") or ()
        return v.page(pages.overrides_page(totals, listed(v, "volunteer", "/overrides"), v.frame("/dispatch")))


def _got(v: Visit, path: str, **query: str) -> Mapping[str, Any]:
    answer = v.hub.get("volunteer", path, **query)
    return answer.body if answer.ok and isinstance(answer.body, dict) else {}


def _one(v: Visit, path: str) -> Mapping[str, Any]:
    found = _got(v, path)
    if not found:
        raise NotFound("no such thing")
    return found


def _judged(v: Visit) -> Mapping[str, Any]:
    """What keeps one from going, who was asked about."""
    asked = unit_of(v.request.query.get("volunteer", ""))
    try:
        return _got(v, f"/tasks/{v.id}/why-not", volunteer=str(UUID(asked)))
    except ValueError:
        return {}


def _round_body(act: str, form: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    """What is said, and on whose behalf the station writes it down."""
    if act == "proposal":
        return {}
    party = "".join(pages.parties(form.get("party", ""), names))
    body: dict[str, Any] = {
        "party": party,
        "happened": {"channel": "web", "behalf": {"org": party, "evidence_kind": "phone"}},
    }
    if act == "wishes":
        body |= {"side": form.get("side", ""), "wishes": pages.parties(form.get("wishes", ""), names)}
    if act == "swaps":
        body |= {"reason_code": form.get("reason_code", "")}
    return body


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else text


def _ask(v: Visit, path: str, body: dict[str, Any], back: str, made: str = "") -> Page:
    """Ask the volunteer service, and go back, or to what was made, to say what came of it."""
    told = body if path.endswith("/proposal") else {"happened": {"channel": "web"}} | body
    key = f"{v.request.form.get('key', '')}-{path.replace('/', '.')}"[:180]
    try:
        answer: Answer = v.hub.post("volunteer", path, told, key)
    except Unreachable as gone:
        return v.go(back, failed=v.words("form.unreachable", service=gone.service))
    if not answer.ok:
        return v.go(back, failed=v.words("form.failed", why=answer.why(v.words.lang)))
    to = made.replace("{id}", str(answer.body.get("id"))) if made else back
    return v.go(to, done=v.words("hours.done"))
