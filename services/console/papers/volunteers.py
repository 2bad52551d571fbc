"""志愿服务记录单: what a unit has confirmed of a volunteer, with the code by which anybody can check it (民政部令第67号 7, 15, 17)."""

from __future__ import annotations

from services.console.papers.known import Known
from services.console.papers.paper import Grid, Paper, Pen

ROWS = 12


def record_form(pen: Pen, known: Known) -> Paper:
    """The organizing unit's statement. It is no 证明 of the hub's: the unit states, the hub says whether it still holds."""
    s = known.statement
    heads = (
        "record.activity",
        "grid.day",
        "record.place",
        "record.content",
        "record.hours",
        "record.organizer",
        "record.lead",
    )
    rows = tuple(
        (str(row.get("activity") or ""), pen.day(row.get("day")), pen.area(row.get("place_area")),
         pen.t.code("task_kind", str(row.get("content_code") or "")), hours(int(row.get("minutes") or 0)),
         pen.party(row.get("organizer")), pen.party(row.get("lead")))
        for row in known.hours
    )  # fmt: skip
    total = hours(int(s["minutes"])) if s.get("minutes") else ""
    return Paper(code="record", number=str(s.get("verify_code") or ""), blocks=(
        pen.line("record.name", known.name), pen.line("record.no", s.get("national_no") or s.get("volunteer_no")),
        pen.line("record.organizer", pen.party(s.get("issuer"))), pen.line("record.issued", pen.day(s.get("issued_at"))),
        Grid(heads=tuple(pen(head) for head in heads), rows=rows, least=ROWS if not rows else 0),
        pen.line("record.total", total), pen.line("record.code", s.get("verify_code")),
        pen.signs("sign.organizer", stamp=True),
    ), note=pen("record.note", where=s.get("where") or "/records"))  # fmt: skip


def hours(minutes: int) -> str:
    """Minutes in hours, as the rules count them: 1.5."""
    return f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
