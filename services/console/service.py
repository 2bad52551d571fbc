"""The console as a nameko service: pages at `/`, read models folded from the other services, no decisions but who comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.console import assets, proved, served, views
from services.console.directory import Directory
from services.console.domain import account, edition, repair
from services.console.endpoints.accounts import Accounts
from services.console.endpoints.acting import Acting
from services.console.endpoints.answering import Answering
from services.console.endpoints.approvals import Approvals
from services.console.endpoints.auditing import Auditing
from services.console.endpoints.bundling import Bundling
from services.console.endpoints.calling import Calling
from services.console.endpoints.daily import Daily
from services.console.endpoints.designing import Designing
from services.console.endpoints.dispatching import Dispatching
from services.console.endpoints.elsewhere import Elsewhere
from services.console.endpoints.erasing import Erasing
from services.console.endpoints.filing import Filing
from services.console.endpoints.inspecting import Inspecting
from services.console.endpoints.mailing import Mailing
from services.console.endpoints.overseeing import Overseeing
from services.console.endpoints.own import Own
from services.console.endpoints.papers import Papers
from services.console.endpoints.partnering import Partnering
from services.console.endpoints.placing import Placing
from services.console.endpoints.programs import Programs
from services.console.endpoints.registers import Registers
from services.console.endpoints.reporting import Reporting
from services.console.endpoints.searching import Searching
from services.console.endpoints.seconding import Seconding
from services.console.endpoints.signing import Signing
from services.console.endpoints.standing import Standing
from services.console.endpoints.stations import Stations
from services.console.endpoints.system import System
from services.console.endpoints.taking import Taking
from services.console.endpoints.unsealing import Unsealing
from services.console.endpoints.volunteering import Volunteering
from services.console.endpoints.working import Working
from services.console.gate import tables as gate
from services.console.gate import views as gate_views
from services.console.hub import Answer, Hub
from services.console.pages import matter, matters
from services.console.pages.act import steps as next_steps
from services.console.scopes import MATTERS
from services.console.streams import Listening
from services.console.web import SECURITY, Visit, page_for, refused, visit
from services.console.words import CHINA, Lang
from services.contracts.visibility import BOUND
from services.contracts.words import STATION_ROLES
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Log, Page, Request, http
from services.kernel.errors import NotFound
from services.kernel.manifest import Manifest
from services.kernel.message import Actor

HEARS = ("intake", "referral", "volunteer", "audit")
MANIFEST = Manifest(
    name="console", deciders=(account.DECIDER, repair.DECIDER, edition.DECIDER), metadata=views.METADATA, kept=gate.KEPT,
    project=gate_views.project, project_heard=served.project_heard, facts=gate_views.FACTS, hears=HEARS, bound=BOUND,
    companions=lambda hand: (Listening(hand, HEARS),),
)  # fmt: skip

PARTNERS = ("partner", "team_leader")
READERS = (*STATION_ROLES, "auditor")
LIST = 50
HOUR = 3600
CATCH_UP_SECONDS = 2.0
IN_VAIN = "acceptance.refused"
"""What follows a yes that takes no effect: it is on record, and whoever said it must not believe that it counts (H2)."""


class ConsoleService(
    Signing,
    Elsewhere,
    Own,
    Accounts,
    System,
    Stations,
    Placing,
    Seconding,
    Erasing,
    Unsealing,
    Designing,
    Working,
    Taking,
    Searching,
    Filing,
    Approvals,
    Acting,
    Standing,
    Answering,
    Daily,
    Auditing,
    Inspecting,
    Overseeing,
    Bundling,
    Dispatching,
    Calling,
    Partnering,
    Mailing,
    Programs,
    Volunteering,
    Papers,
    Registers,
    Reporting,
):
    """The people's pages. Each handler reads, asks, and hands to a page function; each act is another service's command."""

    name = "console"
    log = Log(MANIFEST)

    # --- everybody ---

    @http("GET", "/*", roles=None, page=True)
    @page_for(anybody=True)
    def nowhere(self, v: Visit) -> Page:
        """A path that there is not."""
        return refused(v, 404, v.words("error.nowhere"))

    @http("GET", "/static/{name}", roles=None, page=True)
    def static_file(self, request: Request) -> Page:
        """The console's own files, and htmx from its package."""
        found = assets.static().get(str(request.path["name"]))
        if found is None:
            raise NotFound("no such file")
        headers = (("Cache-Control", f"public, max-age={HOUR}"), ("ETag", found.etag), *SECURITY)
        if request.header("if-none-match") == found.etag:
            return Page(b"", 304, headers, found.content_type)
        return Page(found.body, 200, headers, found.content_type)

    # --- matters: for the station and the auditor ---

    @http("GET", "/matters", roles=None, page=True)
    @page_for(*READERS)
    def all_matters(self, v: Visit) -> Page:
        """All matters, newest change first, some at a time."""
        state = v.request.query.get("state", "open")
        chosen = state if state in matters.FILTERS else "open"
        before = moment(v.request.query.get("before", ""))
        rows = v.look.run(matter_rows(chosen, before).where(MATTERS.rows(v.who.actor)))
        older = f"/matters?state={chosen}&before={stamp(rows[LIST - 1])}" if len(rows) > LIST else ""
        return v.page(matters.page(rows[:LIST], v.frame("/matters"), chosen, older))

    @http("GET", "/matters/{id}", roles=None, page=True)
    @page_for(*READERS)
    def matter_page(self, v: Visit) -> Page:
        """One matter, now or at an earlier moment."""
        model = self.matter_model(v)
        if v.request.query.get("known_at") and moment(v.request.query["known_at"]) is None:
            v.failed = v.words("replay.bad-time")
        steps = next_steps(model, v.who.role, v.words) if model.is_now else []
        return v.page(matter.page(model, v.frame("/matters"), new_key(), steps))

    @http("GET", "/matters/{id}/moment", roles=None, page=True)
    @page_for(*READERS)
    def matter_moment(self, v: Visit) -> Page:
        """What the slider changes."""
        return v.page(matter.fragment(self.matter_model(v), v.frame("/matters")))

    def matter_model(self, v: Visit) -> matter.Model:
        """The matter from the console's own record, with audit's word on its custody where audit answers."""
        seen = sa.select(views.matter.c.matter_id).where(views.matter.c.matter_id == v.id, MATTERS.rows(v.who.actor))
        if not v.look.run(seen):
            raise NotFound("no such matter")
        entries = [views.entry_of(row) for row in v.look.run(RECORD.where(views.record.c.matter_id == v.id))]
        if not entries:
            raise NotFound("no such matter")
        n = number(v.request.query.get("n", ""))
        model = matter.build(entries, n, moment(v.request.query.get("known_at", "")))
        return matter.with_proof(model, self.proofs.custody(v.hub, model.entries, model.seen))

    # --- together ---

    def visit(self, request: Request) -> Visit:
        """A request, read."""
        return visit(request, self.log, self.names)

    def go_on(self, v: Visit, service: str, answer: Answer, to: str, event: str, otherwise: str = "") -> Page:
        """Go where what was just done can be seen; if the console has not heard of it yet, say so (`otherwise`: elsewhere)."""
        if IN_VAIN in (answer.body.get("events") or ()):
            return v.go(to, failed=v.words("answer.in-vain"))
        position, until = answer.body.get("position"), monotonic() + CATCH_UP_SECONDS
        while v.look.one(views.record, service, position) is None:
            if monotonic() > until:
                return v.go(otherwise or to, done=v.words("form.on-its-way", what=v.words.event(event)))
            sleep(0.03)
        return v.go(to, done=v.words("form.done", what=v.words.event(event)))

    @cached_property
    def proofs(self) -> proved.Proofs:
        """Audit's word on custody, asked once for each state of a matter."""
        return proved.Proofs()

    @cached_property
    def directory(self) -> Directory:
        """What organizations are called, as the referral service's directory says."""
        reader = Actor(id="console", role="service")
        return Directory(lambda: Hub(self.log.settings, reader, system_clock))

    def names(self, lang: Lang) -> Callable[[str], str | None]:
        """What parties are called in one language."""
        return self.directory.name


RECORD = sa.select(views.record)


def matter_rows(chosen: str, before: datetime | None) -> sa.Select[Any]:
    """One page of the list of matters, and one row more if there is more."""
    query = sa.select(views.matter).order_by(views.matter.c.changed_at.desc()).limit(LIST + 1)
    if chosen != "all":
        query = query.where(views.matter.c.is_open.is_(chosen == "open"))
    return query if before is None else query.where(views.matter.c.changed_at < before)


def stamp(row: Mapping[str, Any]) -> str:
    """Where a list goes on."""
    return views.aware(row["changed_at"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_key() -> str:
    """What makes a form one command, however often it is sent."""
    return uuid4().hex


def number(text: str) -> int | None:
    """A small whole number typed by somebody, None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def moment(text: str) -> datetime | None:
    """A moment from an address or a form; without a zone it is the station's own clock."""
    try:
        told = datetime.fromisoformat(text)
        at = told if told.tzinfo is not None else told.replace(tzinfo=CHINA)
        return at.astimezone(UTC)
    except (ValueError, OverflowError):  # at an end of the calendar it is none in UTC
        return None
