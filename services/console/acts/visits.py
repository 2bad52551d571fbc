"""What can be done with regular visits: plan them for a person, write one or a whole sheet down, let another go, end them."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, Circumstances, Field, many, one, pick, plain
from services.console.acts.paper import PAPER
from services.console.acts.requests import concern, place
from services.contracts import codes
from services.contracts import intake as public

CADENCES = ("daily", "weekly", "fortnightly", "monthly", "quarterly")
MODES = ("door", "phone", "video", "neighbour")
RESULTS = ("ok", "concern", "no_answer")
RUNNING = ("visiting",)
WHY = one("reason_code", codes.REASON, needed=True)


def to_plan(at: Circumstances) -> dict[str, Any]:
    """Whom the visits are for, where, and which unit answers for there being any."""
    known = at.subject.known
    area = str(known.get("residence_area") or place(at))
    return {"person_id": str(at.subject.id), "area": area, "unit": str(at.request.get("unit") or f"community:{area}")}


def _act(command: type, path: str, event: str, *fields: Field, **more: Any) -> Act:
    return Act(command=command, of="visit-plan", service="intake", path=f"/visit-plans/{{id}}/{path}", event=event,
               states=more.pop("states", RUNNING), fields=fields, **more)  # fmt: skip


VISITS = (
    Act(command=public.SetVisitPlan, of="person", service="intake", path="/visit-plans", event="visit-plan.set",
        states=("active",), given=to_plan, begins=True, fields=(
            one("cadence", codes=CADENCES, words="cadence", needed=True), pick("visitor", "workers", needed=True),
            one("basis", codes.GROUP_BASIS, needed=True), one("level", codes.RISK_LEVEL))),
    _act(public.RecordVisit, "visits", "visit.made",
        plain("on", "day"), one("mode", codes=MODES, words="visit-mode", needed=True, start="door"),
        one("result", codes=RESULTS, words="visit-result", needed=True, start="ok"),
        many("activity_codes", codes.VISIT_ACTIVITY), one("concern_code", codes.CONCERN),
        many("action_codes", codes.CONCERN_ACTION), plain("words", "words"), *PAPER, main=True),
    _act(public.RecordVisits, "visit-sheets", "visit.made", Field(name="visits", kind="days", needed=True), *PAPER,
         states=(*RUNNING, "closed")),
    _act(public.RecordMissedVisit, "missed-visits", "visit.missed", plain("on", "day", needed=True), WHY),
    _act(public.ChangeVisitor, "visitor", "visit-plan.visitor-changed", pick("visitor", "workers", needed=True), WHY),
    _act(public.ChangeVisitPlan, "cadence", "visit-plan.changed",
         one("cadence", codes=CADENCES, words="cadence", needed=True), WHY, one("level", codes.RISK_LEVEL)),
    _act(public.EndVisitPlan, "end", "visit-plan.ended", WHY, plain("on", "day")),
    concern("visit-plan", (*RUNNING, "closed")),
)  # fmt: skip
