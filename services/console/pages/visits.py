"""The day's visits on one sheet: everybody who is to be looked in on, all well unless somebody says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.console.templating import Frame, render
from services.console.words import local
from services.contracts.codes import CONCERN, CONCERN_ACTION

RESULTS = ("ok", "concern", "no_answer")
EVERY = {"daily": 1, "weekly": 7, "fortnightly": 14, "monthly": 30, "quarterly": 91}
"""After how many days somebody is to be looked in on again, by cadence."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One plan of visits: whose, how often, when last, and whether it is due on the day of the sheet."""

    plan_id: str
    person_id: str
    name: str
    cadence: str
    level: str
    area: str
    last: date | None
    last_result: str
    due: bool


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The sheet of one day: those who are due first."""

    day: date
    rows: tuple[Row, ...]
    results: tuple[str, ...] = RESULTS
    concerns: tuple[str, ...] = tuple(CONCERN.current.terms)
    measures: tuple[str, ...] = tuple(CONCERN_ACTION.current.terms)

    @property
    def due(self) -> int:
        """How many are due."""
        return len(self.of_due)

    @property
    def of_due(self) -> tuple[Row, ...]:
        """Those who are due."""
        return tuple(row for row in self.rows if row.due)

    @property
    def others(self) -> tuple[Row, ...]:
        """Those who are not due, and may be looked in on all the same."""
        return tuple(row for row in self.rows if not row.due)

    def is_wrong(self, wrong: Mapping[str, str]) -> bool:
        """Whether one of those who are not due has a line that was refused."""
        return any(row.plan_id in wrong for row in self.others)


def row(found: Mapping[str, Any], day: date, name: str = "") -> Row:
    """A plan from the row of intake's list."""
    last = date.fromisoformat(str(found["last_visit_on"])) if found.get("last_visit_on") else None
    every = timedelta(days=EVERY.get(str(found.get("cadence")), 1))
    return Row(
        plan_id=str(found["plan_id"]), person_id=str(found.get("person_id") or ""), name=name,
        cadence=str(found.get("cadence") or ""), level=str(found.get("level") or ""), area=str(found.get("area") or ""),
        last=last, last_result=str(found.get("last_result") or ""), due=last is None or last + every <= day,
    )  # fmt: skip


def build(found: Iterable[Mapping[str, Any]], day: date, names: Mapping[str, str]) -> Sheet:
    """The sheet of a day; `names` are those that were read, by person."""
    rows = [row(each, day, names.get(str(each.get("person_id")), "")) for each in found]
    return Sheet(
        day=day, rows=tuple(sorted(rows, key=lambda r: (not r.due, r.area, r.last or date.min, r.name, r.plan_id)))
    )


def commands(form: Mapping[str, Sequence[str]], day: date, key: str) -> list[dict[str, Any]]:
    """What the sheet asks of intake: one visit for each plan that has a result; what has none was not visited."""
    found = []
    for name, (result, *_) in sorted(form.items()):
        plan = name.removeprefix("result-")
        if name != plan and result in RESULTS:
            body = {
                "on": day.isoformat(),
                "result": result,
                "happened": {"channel": "web"},
                **_more(form, plan, result),
            }
            command = {"command": "record-visit", "key": f"{key}-{plan}", "path": {"id": plan}, "body": body}
            found.append(command)
    return found


def _more(form: Mapping[str, Sequence[str]], plan: str, result: str) -> dict[str, Any]:
    """What was found and done, where not all was well."""
    if result == "ok":
        return {}
    concern, measure = (next(iter(form.get(f"{what}-{plan}", ())), "") for what in ("concern", "measure"))
    told: dict[str, Any] = {"concern_code": concern} if concern and result == "concern" else {}
    return told | ({"action_codes": [measure]} if measure else {})


def page(sheet: Sheet, frame: Frame, key: str, given: Mapping[str, Sequence[str]] | None = None,
         wrong: Mapping[str, str] | None = None) -> str:  # fmt: skip
    """The whole page; after a refusal with what was chosen still on it, and why, line by line."""
    before, after = sheet.day - timedelta(days=1), sheet.day + timedelta(days=1)
    today = local(frame.words.now)
    return render(
        "visits.html",
        frame,
        m=sheet,
        key=key,
        given=given or {},
        wrong=wrong or {},
        before=before,
        after=after,
        today=today,
    )
