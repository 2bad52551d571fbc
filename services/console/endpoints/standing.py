"""Acts outside of any matter: what a station signs and holds, and harm that anybody who is in may report (H7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID, uuid4

import sqlalchemy as sa

from services.console import acts, views
from services.console.acts.act import Act, Circumstances, Subject
from services.console.acts.looking import Looking
from services.console.acts.options import options
from services.console.acts.referrals import ANSWERING
from services.console.endpoints.acting import asked, typed
from services.console.endpoints.answering import organization_of
from services.console.hub import Answer
from services.console.pages import act as page
from services.console.record import Story
from services.console.web import Visit, home, page_for
from services.contracts.words import ROLES, STATION_ROLES
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound

NONE = UUID(int=0)
ANYBODY = tuple(role for role in ROLES if role not in ("client", "service"))
RAISE, REPORT = "raise-safeguarding-concern", "make-mandatory-report"


class Console(Protocol):
    """What these pages need of the console."""

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was done can be seen."""
        ...


class Standing:
    """Forms that no matter's page leads to."""

    @http("GET", "/station/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def station_act_page(self, v: Visit) -> Page:
        """The form of something that the station does."""
        return v.page(_page(v, *_station(v), _Form(f"/station/{v.request.path['act']}", "/directory")))

    @http("POST", "/station/{act}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def do_station_act(self: Console, v: Visit) -> Page:
        """Ask for it; what was typed stays on the form if the service says no."""
        act, at = _station(v)
        form, key = typed(v), v.request.form.get("key", "")
        answer, no = asked(v, act, at, form, key)
        if answer is None:
            return v.page(_page(v, act, at, _Form(f"/station/{act.code}", "/directory", key, form, no.why)), no.status)
        if act.begins:
            return self.go_on(v, *answer, f"/matters/{answer[1].body['id']}", act.event, "/directory")
        return v.go("/directory", done=v.words("form.done", what=page.name_of_act(act, v.words)))

    @http("GET", "/harm", roles=None, page=True)
    @page_for(*ANYBODY)
    def harm_page(self, v: Visit) -> Page:
        """One screen, for everybody who is in, whatever it was found at; nothing on it is required."""
        act, at = _harm(v, v.request.query)
        return v.page(_page(v, act, at, _Form(_harm_path(v.request.query), home(v.who))))

    @http("POST", "/harm", roles=None, page=True)
    @page_for(*ANYBODY)
    def raise_harm(self, v: Visit) -> Page:
        """Put it on record; whoever has not told the authority yet is asked to, and to write that down."""
        act, at = _harm(v, v.request.query)
        form, key = typed(v), v.request.form.get("key", "")
        answer, no = asked(v, act, at, form, key)
        if answer is None:
            return v.page(
                _page(v, act, at, _Form(_harm_path(v.request.query), home(v.who), key, form, no.why)), no.status
            )
        if v.request.form.get("authority_kind"):
            return v.go(home(v.who), done=v.words("form.done", what=page.name_of_act(act, v.words)))
        return v.go(f"/harm/{answer[1].body['id']}/report", done=v.words("concern.raised"))

    @http("GET", "/harm/{id}/report", roles=None, page=True)
    @page_for(*ANYBODY)
    def harm_report_page(self, v: Visit) -> Page:
        """Where it is written down that the authority was told."""
        return v.page(_page(v, *_report(v), _Form(f"/harm/{v.id}/report", home(v.who))))

    @http("POST", "/harm/{id}/report", roles=None, page=True)
    @page_for(*ANYBODY)
    def report_harm(self, v: Visit) -> Page:
        """Put the report on record."""
        act, at = _report(v)
        form, key = typed(v), v.request.form.get("key", "")
        answer, no = asked(v, act, at, form, key)
        if answer is None:
            return v.page(_page(v, act, at, _Form(f"/harm/{v.id}/report", home(v.who), key, form, no.why)), no.status)
        return v.go(home(v.who), done=v.words("form.done", what=page.name_of_act(act, v.words)))


class _Form:
    """Where a form goes and leads back to, and what stands in it."""

    def __init__(
        self, action: str, back: str, key: str = "", given: Mapping[str, list[str]] | None = None, wrong: str = ""
    ) -> None:
        self.action, self.back, self.key, self.given, self.wrong = action, back, key or uuid4().hex, given or {}, wrong


def _page(v: Visit, act: Act, at: Circumstances, given: _Form) -> str:
    looking = Looking(hub=v.hub, at=at, story=Story(), words=v.words)
    shown = page.shown(act, v.words, options(looking, act.sources))
    drawn = page.Form(act=act, action=given.action, back=given.back, key=given.key, fields=shown, given=given.given,
                      wrong=given.wrong)  # fmt: skip
    return page.page(drawn, v.frame(given.back), at.subject)


def _station(v: Visit) -> tuple[Act, Circumstances]:
    act = acts.found("station", str(v.request.path["act"]))
    if act is None or v.who.role not in act.roles:
        raise NotFound("no such act")
    return act, _here(v, Subject(kind="station", id=NONE, state="open"))


def _here(v: Visit, subject: Subject) -> Circumstances:
    return Circumstances(matter_id=NONE, subject=subject, actor_id=v.who.id, org=v.who.org)


def _harm(v: Visit, query: Mapping[str, str]) -> tuple[Act, Circumstances]:
    known = _matter_of(v, query)
    return _known_act(RAISE), _here(v, Subject(kind="harm", id=NONE, state="open", known=known))


def _report(v: Visit) -> tuple[Act, Circumstances]:
    return _known_act(REPORT), _here(v, Subject(kind="harm", id=v.id, state="raised"))


def _known_act(code: str) -> Act:
    act = acts.found("harm", code)
    if act is None:
        raise NotFound("no such act")
    return act


def _harm_path(query: Mapping[str, str]) -> str:
    """The same address, with what it was found at."""
    return next((f"/harm?{name}={query[name]}" for name in ("offer", "task") if _ident(query, name)), "/harm")


def _matter_of(v: Visit, query: Mapping[str, str]) -> dict[str, Any]:
    """The matter in whose course it was found, where that is one's own offer or task; otherwise it is not said."""
    offer, task = _ident(query, "offer"), _ident(query, "task")
    if offer is not None and v.who.role in ANSWERING:
        rows = v.look.run(sa.select(views.offer).where(
            views.offer.c.offer_id == offer, views.offer.c.organization_id == organization_of(v)))  # fmt: skip
        return {"matter_id": rows[0]["matter_id"]} if rows else {}
    if task is not None:
        answer = v.hub.get("volunteer", f"/tasks/{task}")
        return {"matter_id": answer.body.get("matter_id")} if answer.ok else {}
    return {}


def _ident(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query.get(name, ""))
    except ValueError:
        return None
