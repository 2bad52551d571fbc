"""Registers taken over by the pages: what `wushe import` does, with the rights of whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from services.console.held import Held
from services.console.pages import registers as pages
from services.console.web import Visit, page_for
from services.contracts.visibility import unit_of
from services.contracts.words import STATION_ROLES
from services.importing.days import HERE
from services.importing.hub import Hub, Refusal
from services.importing.mapping import NAMES, BadMapping, Register, load
from services.importing.plan import Planner
from services.importing.report import Report
from services.importing.running import run
from services.importing.sheets import NoRegister, Upload, opened
from services.importing.values import Context
from services.kernel.config import Settings
from services.kernel.entrypoints import Page, http
from services.kernel.errors import NotFound
from services.kernel.message import Actor
from services.kernel.tokens import issue

FILE_BYTES = 8 * 1024 * 1024
ROWS = 5_000
"""A register with more rows is taken over by `wushe import`, which says how far it has come."""

LIFE = timedelta(minutes=15)
HELD = Held()


class Services(Hub):
    """The hub as an import reaches it from inside: each service at its own address, with the token of whoever asks."""

    def __init__(self, settings: Settings, actor: Actor, now: object) -> None:
        super().__init__("", issue(actor, settings.token_private_key, LIFE, now))  # type: ignore[arg-type]
        self.settings = settings

    def address(self, path: str) -> str:
        """`/intake/v1/codes` at the address of intake."""
        _, service, _, rest = path.split("/", 3)
        return f"{self.settings.url_of(service)}/{rest}"


class Registers:
    """From a spreadsheet to commands, with a look at them first."""

    @http("GET", "/registers", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def registers_page(self, v: Visit) -> Page:
        """Every kind of register that can be taken over."""
        return v.page(pages.index(v.frame("/papers")))

    @http("GET", "/registers/{name}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def register_page(self, v: Visit) -> Page:
        """The form for a file."""
        name = _name(v)
        return v.page(_page(v, name, _usual(v, name)))

    @http("POST", "/registers/{name}/preview", roles=None, page=True, max_body=FILE_BYTES)
    @page_for(*STATION_ROLES)
    def preview_register(self, v: Visit) -> Page:
        """What would become of each row: nothing is written."""
        name, form = _name(v), v.request.form
        settings = {key: form.get(key, "").strip() for key in _usual(v, name)}
        sent = v.request.files.get("file")
        if sent is None or not sent.data:
            return v.page(_page(v, name, settings, wrong=v.words("registers.no-file")), 422)
        year = int(form["year"]) if form.get("year", "").isdecimal() and len(form["year"]) == 4 else None
        report, wrong = _ran(v, name, Upload(sent.name, sent.data), settings, year, dry_run=True)
        if report is None:
            return v.page(_page(v, name, settings, wrong=wrong, filename=sent.name), 422)
        token = HELD.put(v.who.id, sent.name, sent.data, settings, year)
        return v.page(_page(v, name, settings, pages.Previewed(report=report, token=token), sent.name))

    @http("POST", "/registers/{name}", roles=None, page=True)
    @page_for(*STATION_ROLES)
    def import_register(self, v: Visit) -> Page:
        """Do what was previewed; the same file twice changes nothing."""
        name = _name(v)
        file = HELD.take(v.request.form.get("upload", ""), v.who.id)
        if file is None:
            return v.page(_page(v, name, _usual(v, name), wrong=v.words("registers.gone")), 422)
        report, wrong = _ran(v, name, Upload(file.name, file.data), file.settings, file.year, dry_run=False)
        if report is None:
            return v.page(_page(v, name, file.settings, wrong=wrong, filename=file.name), 422)
        return v.page(_page(v, name, file.settings, pages.Previewed(report=report), file.name))


def _name(v: Visit) -> str:
    name = str(v.request.path["name"])
    if name not in NAMES:
        raise NotFound("no such register")
    return name


def _station(v: Visit) -> str:
    return unit_of(v.who.org)


def _usual(v: Visit, name: str) -> dict[str, str]:
    """The settings of a register as they usually are here."""
    anything = dict.fromkeys(("unit", "area", "organizer", "lead", "host"), "-")
    return pages.usual(load(name, {"station": _station(v), **anything}), _station(v), v.who.id)


def _page(v: Visit, name: str, settings: Mapping[str, str], found: pages.Previewed | None = None, filename: str = "",
          wrong: str = "") -> str:  # fmt: skip
    columns = tuple(column.headings[0] for column in _register(v, name, settings).columns.values())
    told = tuple(dict.fromkeys(columns))
    return pages.page(name, told, settings, v.frame("/papers"), uuid4().hex, found, filename, wrong)


def _register(v: Visit, name: str, settings: Mapping[str, str]) -> Register:
    filled = {key: value or "-" for key, value in settings.items()}
    return load(name, {"station": _station(v), **filled})


def _ran(v: Visit, name: str, file: Upload, settings: Mapping[str, str], year: int | None, *,
         dry_run: bool) -> tuple[Report | None, str]:  # fmt: skip
    """The report on a file, or why it could not be read."""
    if not v.settings.import_key:
        return None, v.words("registers.off")
    try:
        register = load(name, {"station": _station(v), **settings})
        hub = Services(v.settings, v.who.actor, v.words.now)
        context = Context(v.words.now.astimezone(HERE).date(), hub.tables(), year, register.parties, register.places)
        sheet = opened(file, set(register.by_heading))
        planner = Planner(register, context, sheet, v.settings.import_key.encode(), _station(v), "import")
        return run(planner, hub, Report(register.register, file.name, dry_run), most=ROWS), ""
    except (BadMapping, NoRegister, Refusal) as no:
        return None, v.words.pick(no.zh, no.en)
    except ConnectionError:
        return None, v.words("registers.away")
