"""How the hub is, and what may be done about it: services and queues, messages set aside, editions."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

from services.console.domain import repair
from services.console.domain.account import KEEPER
from services.console.gate.sessions import WRITE_SECONDS
from services.console.hub import Answer, Unreachable
from services.console.pages import system as pages
from services.console.web import Visit, page_for
from services.console.words import local
from services.contracts import codes, codes_times  # noqa: F401 - their tables are shown
from services.contracts import console as public
from services.contracts.tables import TABLES
from services.contracts.worktime import calendar
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import HubError, NotFound
from services.kernel.message import Ask
from services.kernel.unit import Order, Unit


class System:
    """The hub itself."""

    log: Hand

    @http("GET", "/admin", roles=None, page=True)
    @page_for(KEEPER)
    def system_page(self, v: Visit) -> Page:
        """Every service: whether it answers, how far it is behind, what it has set aside."""
        found = {name: _ready(v, name) for name in pages.SERVICES}
        dead = {name: _dead(v, name) for name in pages.SERVICES}
        counts = {name: None if rows is None else len(rows) for name, rows in dead.items()}
        return v.page(pages.page(v.frame("/admin"), pages.services(found, counts)))

    @http("GET", "/admin/dead-letters", roles=None, page=True)
    @page_for(KEEPER)
    def dead_page(self, v: Visit) -> Page:
        """Messages that could not be handled, with the reason of each."""
        found = {name: _dead(v, name) for name in pages.SERVICES}
        rows = [{"service": name, **row} for name, listed in found.items() for row in listed or ()]
        away = [name for name, listed in found.items() if listed is None]
        return v.page(pages.dead_page(v.frame("/admin/dead-letters"), rows, away))

    @http("POST", "/admin/dead-letters", roles=None, page=True)
    @page_for(KEEPER)
    def replay_dead(self, v: Visit) -> Page:
        """Have one handled again; who asked for it stands on record first."""
        service, publisher, position = _named(v)
        asked = public.AskDeadLetterReplay(service=service, publisher=publisher, publisher_position=position)
        _record(v, repair.stream_of(service, publisher, position), asked)
        answer = v.hub.post(service, f"/dead-letters/{publisher}/{position}/replay", {}, uuid4().hex)
        if not answer.ok:
            return v.go("/admin/dead-letters", failed=v.words("form.failed", why=answer.why(v.words.lang)))
        return v.go("/admin/dead-letters", done=v.words("dead.asked"))

    @http("GET", "/admin/tables", roles=None, page=True)
    @page_for(KEEPER, "station_head", "auditor")
    def tables_page(self, v: Visit) -> Page:
        """Which edition of each table holds, since when, and what changed with it."""
        today, now = local(v.words.now), calendar()
        found = (pages.shown(table, today) for table in TABLES.values())
        return v.page(
            pages.tables_page(v.frame("/admin/tables"), found, now, now.is_workday(today), v.who.role == KEEPER)
        )

    @http("GET", "/admin/tables/{name}", roles=None, page=True)
    @page_for(KEEPER, "station_head", "auditor")
    def table_page(self, v: Visit) -> Page:
        """One table, code by code."""
        table = TABLES.get(str(v.request.path["name"]))
        if table is None:
            raise NotFound("no such table")
        shown = pages.shown(table, local(v.words.now))
        return v.page(pages.table_page(v.frame("/admin/tables"), shown, v.who.role == KEEPER))


def _ready(v: Visit, service: str) -> Answer | None:
    with suppress(Unreachable):
        return v.hub.ready(service)
    return None


def _dead(v: Visit, service: str) -> list[dict[str, Any]] | None:
    """What a service has set aside; None where it cannot be asked."""
    with suppress(Unreachable):
        answer = v.hub.get(service, "/dead-letters")
        if answer.ok and isinstance(answer.body, dict):
            return list(answer.body["items"])
    return None


def _named(v: Visit) -> tuple[str, str, int]:
    service, publisher = v.request.form.get("service", ""), v.request.form.get("publisher", "")
    position = v.request.form.get("position", "")
    known = service in pages.SERVICES and publisher in pages.SERVICES
    if not (known and position.isascii() and position.isdecimal() and len(position) < 17):
        raise NotFound("no such message")
    return service, publisher, int(position)


def _record(v: Visit, stream_id: Any, command: public.AskDeadLetterReplay) -> None:
    now = v.words.now
    ask = Ask(id=uuid4(), now=now, at=now, actor=v.who.actor, channel="web")
    order = Order(repair.DECIDER, stream_id, command, ask, fresh=True)
    (result,) = v.hand.store.submit(Unit([order])).result(timeout=WRITE_SECONDS)
    if isinstance(result, HubError):
        raise result
