"""An administrator sets a new edition of a table or of the calendar: typed or uploaded, looked at, then placed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from services.console.domain import edition as domain
from services.console.domain.account import KEEPER
from services.console.gate.sessions import WRITE_SECONDS
from services.console.pages import placing as pages
from services.console.placing import Days, Draft, Folder, Line, Looked, from_sheet, lines_of
from services.console.web import Visit, page_for
from services.console.words import local
from services.contracts.console import PlaceEdition
from services.contracts.tables import TABLES, Table
from services.contracts.worktime import calendar
from services.importing.sheets import NoRegister
from services.kernel.entrypoints import Hand, Page, http
from services.kernel.errors import HubError, NotFound
from services.kernel.message import Ask
from services.kernel.unit import Order, Unit

MOST_LINES = 500
FILE_BYTES = 1024 * 1024


class Placing:
    """New editions, each with a day from which it holds."""

    log: Hand

    @http("GET", "/admin/tables/{name}/edition", roles=None, page=True)
    @page_for(KEEPER)
    def edition_page(self, v: Visit) -> Page:
        """The form, with the newest edition in it."""
        table = _table(v)
        draft = Draft(table=table.name, lines=lines_of(table.editions[-1]))
        return v.page(pages.page(v.frame("/admin/tables"), table, draft))

    @http("POST", "/admin/tables/{name}/edition", roles=None, page=True, max_body=FILE_BYTES)
    @page_for(KEEPER)
    def preview_edition(self, v: Visit) -> Page:
        """What would change, and what the hub would say against it, or the form again: nothing is written."""
        table = _table(v)
        try:
            draft = _draft(v, table)
        except NoRegister as no:
            draft = Draft(table=table.name, lines=lines_of(table.editions[-1]))
            return v.page(pages.page(v.frame("/admin/tables"), table, draft, wrong=v.words.pick(no.zh, no.en)), 422)
        if v.request.form.get("again"):
            return v.page(pages.page(v.frame("/admin/tables"), table, draft))
        looked = _folder(v).looked(draft, table)
        status = 422 if looked.problems or pages.faults(draft, local(v.words.now), v.words) else 200
        return v.page(pages.preview(v.frame("/admin/tables"), table, draft, looked, _folder(v)), status)

    @http("POST", "/admin/tables/{name}/edition/placing", roles=None, page=True)
    @page_for(KEEPER)
    def place_edition(self, v: Visit) -> Page:
        """Place what was looked at; who did it stands on record first."""
        table = _table(v)
        draft = _draft(v, table)
        looked = _folder(v).looked(draft, table)
        if looked.problems or not _folder(v).is_writable:
            return v.page(pages.preview(v.frame("/admin/tables"), table, draft, looked, _folder(v)), 422)
        _place(v, table.name, draft.version, date.fromisoformat(draft.since), looked)
        return v.go(f"/admin/tables/{table.name}", done=v.words("placing.done"))

    @http("POST", "/admin/tables/{name}/edition/file", roles=None, page=True)
    @page_for(KEEPER)
    def edition_file(self, v: Visit) -> Page:
        """The file of a draft, for whoever keeps the folder where the console cannot write."""
        looked = _folder(v).looked(_draft(v, _table(v)), _table(v))
        return _sent(v, looked)

    @http("GET", "/admin/calendar", roles=None, page=True)
    @page_for(KEEPER)
    def calendar_page(self, v: Visit) -> Page:
        """The station's own days and hours."""
        return v.page(pages.calendar_page(v.frame("/admin/tables"), pages.days(calendar())))

    @http("POST", "/admin/calendar", roles=None, page=True)
    @page_for(KEEPER)
    def preview_calendar(self, v: Visit) -> Page:
        """What would change."""
        days, looked = _days(v)
        status = 422 if looked.problems else 200
        return v.page(pages.calendar_page(v.frame("/admin/tables"), days, looked, _folder(v)), status)

    @http("POST", "/admin/calendar/placing", roles=None, page=True)
    @page_for(KEEPER)
    def place_calendar(self, v: Visit) -> Page:
        """Place it: it holds from now on, and no deadline that was set moves."""
        days, looked = _days(v)
        if looked.problems or not _folder(v).is_writable:
            return v.page(pages.calendar_page(v.frame("/admin/tables"), days, looked, _folder(v)), 422)
        today = local(v.words.now)
        _place(v, "calendar", f"station-{today.isoformat()}", today, looked)
        return v.go("/admin/tables", done=v.words("placing.done"))

    @http("POST", "/admin/calendar/file", roles=None, page=True)
    @page_for(KEEPER)
    def calendar_sent(self, v: Visit) -> Page:
        """The calendar as a file."""
        return _sent(v, _days(v)[1])


def _table(v: Visit) -> Table:
    table = TABLES.get(str(v.request.path["name"]))
    if table is None:
        raise NotFound("no such table")
    return table


def _folder(v: Visit) -> Folder:
    return Folder(path=v.settings.codes, today=local(v.words.now))


def _draft(v: Visit, table: Table) -> Draft:
    """What was typed; a file that came with it says the codes instead."""
    form, sent = v.request.form, v.request.files.get("file")
    lines = from_sheet(sent.name, sent.data) if sent is not None and sent.data else _lines(form)
    return Draft(
        table=table.name, version=form.get("version", "").strip(), since=form.get("since", "").strip(),
        lines=tuple({line.code: line for line in lines if line.code}.values())[:MOST_LINES],
    )  # fmt: skip


def _lines(form: Mapping[str, str]) -> list[Line]:
    """The rows of the form, without those that are left out."""
    count = next((n for n in range(MOST_LINES) if f"code-{n}" not in form), MOST_LINES)
    told = [
        {name: form.get(f"{name}-{n}", "").strip() for name in ("code", "zh", "en", "numbers")} for n in range(count)
    ]
    return [Line(**one) for n, one in enumerate(told) if not form.get(f"out-{n}")]


def _days(v: Visit) -> tuple[Days, Looked]:
    form = v.request.form
    days = Days(**{name: form.get(name, "").strip()[:20_000] for name in ("off", "worked", "since", "opens", "closes")})
    return days, _folder(v).looked_at_days(days, calendar())


def _sent(v: Visit, looked: Looked) -> Page:
    kept = Page(looked.text, content_type="application/toml; charset=utf-8")
    name = ("Content-Disposition", f'attachment; filename="{looked.name}"')
    return Page(kept.html, 200, (*v.page("").headers, name), kept.content_type)


def _place(v: Visit, table: str, version: str, since: date, looked: Looked) -> None:
    now: Any = v.words.now
    command = PlaceEdition(table=table, edition=version, since=since, digest=looked.digest)
    ask = Ask(id=uuid4(), now=now, at=now, actor=v.who.actor, channel="web")
    order = Order(domain.DECIDER, domain.stream_of(table), command, ask, fresh=True)
    (result,) = v.hand.store.submit(Unit([order])).result(timeout=WRITE_SECONDS)
    if isinstance(result, HubError):
        raise result
    _folder(v).put(looked)
