"""The station's daily pages: visits, dispatch, the directory, figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import sqlalchemy as sa

from services.console import views
from services.console.endpoints.acting import typed
from services.console.endpoints.mailing import KEEPERS
from services.console.pages import directory, figures, visits
from services.console.web import Visit, page_for
from services.console.words import local
from services.contracts.visibility import CODED, lies_within, unit_of
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound
from services.kernel.scope import within_code

PAGES = 20
NAMES_AT_ONCE = 60


class Daily:
    """What a coordinator looks at beside the worklist."""

    @http("GET", "/visits", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def visits_page(self, v: Visit) -> Page:
        """The sheet of a day."""
        return v.page(visits.page(_sheet(v, v.request.query.get("day", "")), v.frame("/visits"), uuid4().hex))

    @http("POST", "/visits", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def record_visits(self, v: Visit) -> Page:
        """Write the sheet down in one go; what was refused stays on it, line by line."""
        form, key = typed(v), v.request.form.get("key", "")
        day = day_asked(v, v.request.form.get("day", ""))
        wanted = visits.commands(form, day, key)
        answers = v.hub.post("intake", "/commands", wanted, key).body if wanted else []
        wrong = _refused(v, wanted, answers)
        done = len(wanted) - len(wrong)
        if not wrong:
            return v.go(f"/visits?day={day}", done=v.words("form.done", what=v.words("visits.done", n=done)))
        v.failed = v.words("visits.some", n=done, wrong=len(wrong))
        return v.page(visits.page(_sheet(v, str(day)), v.frame("/visits"), uuid4().hex, form, wrong), 422)

    @http("GET", "/directory", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def directory_page(self, v: Visit) -> Page:
        """Everybody who is there."""
        there = listed(v, "referral", "/organizations"), listed(v, "referral", "/offerings", state="published")
        held = [row for state in directory.SERVING for row in listed(v, "referral", "/referrals", state=state)]
        today = local(v.words.now).isoformat()
        signed = listed(v, "referral", "/agreements", state="signed")
        agreements = [row for row in signed if str(row.get("valid_until") or today) >= today]
        beside = directory.Beside(agreements=agreements, referrals=held, kept=_kept(v, there[0]))
        found = directory.build(*there, beside)
        wanted = directory.Wanted(service=v.request.query.get("service", ""), text=v.request.query.get("q", "").strip())
        shown = directory.looked_for(found, wanted, v.words)
        return v.page(directory.page(shown, v.frame("/directory"), wanted, directory.services_of(found)))

    @http("GET", "/figures", roles=None, page=True)
    @page_for(*STATION_ROLES, "auditor")
    def figures_page(self, v: Visit) -> Page:
        """The figures of a month, of the own station."""
        month = figures.month_of(v.request.query.get("month", ""), local(v.words.now))
        found, known = v.hub.get("audit", "/figures", month=month, **_own(v)), v.hub.get("audit", "/indicators")
        if not (found.ok and known.ok):
            v.failed = v.words("figures.away", why=(found if not found.ok else known).why(v.words.lang))
            return v.page(figures.page([], v.frame("/figures"), month, 0, ""), 503)
        shown = figures.lines(found.body["items"], known.body["items"], v.words)
        return v.page(figures.page(shown, v.frame("/figures"), month, found.body["size"], found.body["root"]))

    @http("GET", "/figures/{indicator}", roles=None, page=True)
    @page_for(*STATION_ROLES, "auditor")
    def figure_page(self, v: Visit) -> Page:
        """The events behind one number."""
        month = figures.month_of(v.request.query.get("month", ""), local(v.words.now))
        asked = {name: value for name in ("part", "after") if (value := v.request.query.get(name))}
        indicator = str(v.request.path["indicator"])
        found = v.hub.get("audit", f"/figures/{indicator}/events", month=month, **_own(v), **asked)
        known = {str(d["code"]): d for d in v.hub.get("audit", "/indicators").body.get("items") or ()}
        if not found.ok or indicator not in known:
            raise NotFound("no such figure")
        name = v.words.pick(str(known[indicator]["zh"]), str(known[indicator]["en"]))
        following = found.body.get("next")
        more = f"/figures/{indicator}?{urlencode({**asked, 'month': month, 'after': following})}" if following else ""
        return v.page(figures.events_page(found.body["items"], v.frame("/figures"), month, name, more))


def listed(v: Visit, service: str, path: str, **query: str) -> list[Mapping[str, Any]]:
    """Every row of a list, page by page, as far as anybody reads on a page."""
    rows: list[Mapping[str, Any]] = []
    for _ in range(PAGES):
        answer = v.hub.get(service, path, **query)
        if not answer.ok or not isinstance(answer.body, dict):
            break
        rows += answer.body.get("items") or ()
        if not answer.body.get("next"):
            break
        query = query | {"after": str(answer.body["next"])}
    return rows


def _kept(v: Visit, rows: list[Mapping[str, Any]]) -> frozenset[str]:
    """The organizations whose entries the reader's own station keeps: it wrote them down, or they lie within its area."""
    if v.who.role not in KEEPERS:
        return frozenset()
    entered = within_code(views.organization.c.kept_by, unit_of(v.who.org), *CODED)
    ours = v.look.run(sa.select(views.organization.c.organization_id).where(entered))
    here = [row["organization_id"] for row in rows if lies_within(str(row.get("area") or "-"), v.who.org)]
    return frozenset(map(str, [*(row["organization_id"] for row in ours), *here]))


def _own(v: Visit) -> dict[str, str]:
    """The own station, for those who have one; the hub for auditors."""
    return {"station": v.who.org} if v.who.works_at_station else {}


def day_asked(v: Visit, text: str) -> date:
    """The day that a query names; today where it names none, and where it is none, with a word of that."""
    today = local(v.words.now)
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        v.failed = v.words("visits.bad-day")
        return today


def _sheet(v: Visit, day: str) -> visits.Sheet:
    plans = listed(v, "intake", "/visit-plans", state="running")
    names = _names(v, plans) if v.request.query.get("names") else {}
    return visits.build(plans, day_asked(v, day), names)


def _names(v: Visit, plans: list[Mapping[str, Any]]) -> dict[str, str]:
    """What people are called, as whoever asks may know; intake puts each reading on record."""
    found = {}
    for person in dict.fromkeys(str(plan["person_id"]) for plan in plans[:NAMES_AT_ONCE] if plan.get("person_id")):
        answer = v.hub.get("intake", f"/persons/{person}/identity", why="visit", categories="identity")
        fields = answer.body.get("fields") or {} if answer.ok else {}
        found[person] = str(fields.get("name") or fields.get("pseudonym") or "")
    return found


def _refused(v: Visit, wanted: list[dict[str, Any]], answers: Any) -> dict[str, str]:
    """Why not, by plan, for the lines that were not written down."""
    if not isinstance(answers, list):
        said = (
            str(answers.get("detail_zh" if v.words.lang == "zh" else "detail") or "")
            if isinstance(answers, dict)
            else ""
        )
        return {each["path"]["id"]: said for each in wanted}
    said_of = zip(wanted, answers, strict=False)
    return {each["path"]["id"]: _why(v, answer) for each, answer in said_of if answer.get("status", 500) >= 400}


def _why(v: Visit, answer: Mapping[str, Any]) -> str:
    fields = [str(e.get("expected_zh" if v.words.lang == "zh" else "expected")) for e in answer.get("errors") or ()]
    return " ".join([str(answer.get("detail_zh" if v.words.lang == "zh" else "detail") or ""), *fields]).strip()
