"""The worklist: the page, the part of it that changes, and a stream that sends that part whenever it does."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import Protocol

import sqlalchemy as sa

from services.console import views
from services.console.pages import worklist
from services.console.scopes import WAITING
from services.console.streams import HEARD, PLACES, event
from services.console.web import Visit, home, page_for
from services.contracts.words import STATION_ROLES
from services.kernel.entrypoints import Flow, Hand, Page, Request, aside, http

HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 900.0
"""A stream ends after so long; the browser comes again."""
APART_SECONDS = 1.0
"""However much is heard, the list is not drawn more often than this."""

WAITS = sa.select(
    views.waiting, views.matter.c.holder, views.matter.c.needs.label("matter_needs"),
    views.matter.c.urgency.label("matter_urgency"),
).outerjoin(views.matter, views.matter.c.matter_id == views.waiting.c.matter_id).where(views.waiting.c.whose.is_not(None))  # fmt: skip


class Console(Protocol):
    """What these pages need of the console."""

    log: Hand

    def visit(self, request: Request) -> Visit:
        """A request, read."""
        ...


class Working:
    """What a coordinator looks at all day."""

    log: Hand

    @http("GET", "/", roles=None, page=True)
    @page_for()
    def first_page(self, v: Visit) -> Page:
        """The worklist of the station; other roles have a first page of their own."""
        if not v.who.works_at_station:
            return v.go(home(v.who))
        return v.page(worklist.page(_model(v), v.frame("/")))

    @http("GET", "/worklist/part", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def worklist_part(self, v: Visit) -> Page:
        """The part of the page that changes, for a browser that gets no stream."""
        return v.page(worklist.part(_model(v), v.frame("/")))

    @http("GET", "/worklist/stream", roles=None, page=True, waits=True)
    def worklist_stream(self: Console, request: Request) -> Flow:
        """That part as server-sent events, whenever something in it has changed; it ends with the session."""
        headers = (("Cache-Control", "no-store"), ("X-Accel-Buffering", "no"))
        return Flow(_flowing(self, request), headers=headers)


def _flowing(console: Console, request: Request) -> Iterator[bytes]:
    """What the list says, again whenever it says something else; `over` when nobody is signed in, `full` at the limit."""
    who, until, shown = aside(_whose, console, request), monotonic() + STREAM_SECONDS, ""
    with PLACES.one(who) as place:
        yield b"retry: 3000\n\n"
        while place.given and monotonic() < until:
            with console.log.waiting.on(HEARD) as bell:
                part = aside(_part, console, request, who)
                if not part:
                    yield event("over", "")
                    return
                yield event("list", part) if part != shown else b": still here\n\n"
                shown = part
                bell.wait(HEARTBEAT_SECONDS)
            with console.log.waiting.on("nothing") as pause:
                pause.wait(APART_SECONDS)
        if not place.given:
            yield event("full", "")


def _whose(console: Console, request: Request) -> str:
    """The account that looks; empty where nobody is signed in who works at a station."""
    account = console.visit(request).account
    return account.id if account is not None and account.works_at_station else ""


def _part(console: Console, request: Request, who: str) -> str:
    """The list as it is for this session now; empty where it has ended or has become somebody else's."""
    v = console.visit(request)
    if not who or v.account is None or v.account.id != who or not v.account.works_at_station:
        return ""
    return worklist.part(_model(v), v.frame("/"))


def _model(v: Visit) -> worklist.Model:
    rows = v.look.run(WAITS.where(WAITING.rows(v.who.actor)))
    return worklist.build(rows, v.words.now)
