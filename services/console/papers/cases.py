"""Forms of a case: opened, served, closed."""

from __future__ import annotations

from services.console.papers.known import Known
from services.console.papers.paper import Grid, Paper, Pen, codes
from services.contracts import codes as tables

SERVICE_ROWS = 14
AGES = ("under_8", "from_8_to_13", "from_14_to_17", "adult", "from_60", "from_80")
GOAL_RESULTS = ("achieved", "partly", "not_achieved")
GOAL_ROWS = 4


def case_form(pen: Pen, known: Known) -> Paper:
    """接案表."""
    c, who, r = known.case, known.identity, known.request
    needs = codes(c.get("need_codes")) or codes(r.get("need_codes"))
    return Paper(code="case", number=str(c.get("case_id") or known.matter_id)[:8], blocks=(
        pen.line("unit", pen.party(r.get("unit")) or known.unit), pen.line("opened-at", pen.day(c.get("opened_at"))),
        pen.line("owner", pen.party(c.get("owner"))), pen.line("supervisor", pen.party(c.get("supervisor"))),
        pen.checks("came-by", tables.CAME_BY, codes(r.get("came_by"))),
        pen.line("client", known.name), pen.line("phone", who.get("phone")),
        pen.boxes("age", {code: pen.t.code("age", code) for code in AGES}, codes(known.person.get("age_band"))),
        pen.line("residence", pen.area(known.person.get("residence_area") or c.get("area"))),
        pen.line("hukou", pen.area(known.person.get("hukou_area"))),
        pen.line("address", who.get("address"), wide=4),
        pen.line("guardian"), pen.line("guardian-phone"),
        pen.checks("needs", tables.NEED, needs),
        pen.checks("risk", tables.RISK_LEVEL, codes(c.get("risk_level") or r.get("risk_level"))),
        pen.space("situation", known.notes.get("story"), rows=6), pen.space("strengths", rows=3),
        pen.checks("basis", tables.LEGAL_BASIS, codes(c.get("legal_basis"))),
        pen.signs("sign.client", "sign.worker", "sign.supervisor"),
    ))  # fmt: skip


def service_form(pen: Pen, known: Known) -> Paper:
    """服务记录: one line a contact; two workers at one client are one contact."""
    heads = ("grid.no", "grid.day", "grid.kind", "grid.minutes", "grid.content", "grid.result", "grid.signed")
    rows = tuple(
        (str(n), pen.day(row.get("happened_at") or row.get("on_day")), str(row.get("what") or ""),
         str(row.get("minutes") or ""), "", "", "")
        for n, row in enumerate(known.records, 1)
    )  # fmt: skip
    return Paper(code="service", number=str(known.case.get("case_id") or known.matter_id)[:8], blocks=(
        pen.line("unit", pen.party(known.request.get("unit")) or known.unit), pen.line("client", known.name),
        pen.line("owner", pen.party(known.case.get("owner"))), pen.line("month"),
        Grid(heads=tuple(pen(head) for head in heads), rows=rows, least=SERVICE_ROWS),
        pen.signs("sign.worker", "sign.supervisor"),
    ), note=pen("service.note"))  # fmt: skip


def closing_form(pen: Pen, known: Known) -> Paper:
    """结案表: why, what was reached, how the person fares, and who follows up."""
    c = known.case
    heads = ("goal", "goal.reached", "goal.how")
    goals = tuple((pen.t.code("goal_code", code), "", "") for code in codes(c.get("goal_codes")))
    return Paper(code="closing", number=str(c.get("case_id") or known.matter_id)[:8], blocks=(
        pen.line("unit", pen.party(known.request.get("unit")) or known.unit), pen.line("client", known.name),
        pen.line("opened-at", pen.day(c.get("opened_at"))), pen.line("closed-at", pen.day(c.get("closed_at"))),
        pen.line("owner", pen.party(c.get("owner"))), pen.line("services", str(c.get("services") or "")),
        pen.checks("close-reason", tables.CLOSE_REASON, codes(c.get("close_reason"))),
        Grid(heads=tuple(pen(head) for head in heads), rows=goals, least=GOAL_ROWS),
        pen.space("process", rows=4), pen.space("evaluation", rows=4), pen.space("left-open", rows=3),
        pen.line("follow-up"), pen.line("follow-up-by"),
        pen.signs("sign.client", "sign.worker", "sign.supervisor"),
    ), note=pen("closing.note"))  # fmt: skip
