"""The console's pages where a hundred thousand matters and a million events are known, on the real stack.

The history is written into intake's log as intake writes it, views included; all services hear it from there, as ever. The
station's own work (requests that wait, referrals, visits) comes through the API. Then each page is asked for as a browser
asks, signed in, one request after the other, straight from the console: what is timed is the page and no network.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pyotp
import requests

from services.contracts import intake as public
from services.intake.service import MANIFEST
from services.kernel.message import Actor
from services.kernel.store import Store
from services.kernel.unit import Order
from tests.bench.stage import Hub, Row, Stage, number, percentile, until
from tests.bench.subject import CASE, ask, fill, opened, served
from tests.support.street import STREET
from tests.support.street import Street as Station

MATTERS, EACH = 100_000, 10
REQUESTS = 1_000
OPEN_EVERY = 30
"""One of so many cases is still open."""
LONG_EVERY = 1_000
"""One of so many cases has a hundred events."""
TIMES = 60
NEED = "housework"
KIB = 1024
KEEPER = Actor(id="a-ops", role="administrator")
PEOPLE = {
    "worker": ("coordinator", STREET), "head": ("station_head", STREET), "auditor": ("auditor", "cc-audit"),
    "keeper": ("administrator", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A page: what it is, whose, where; `{matter}` is one of many, at random. With a form it is sent, not asked for."""

    what: str
    who: str
    path: str
    form: tuple[tuple[str, str], ...] = ()


PAGES = (
    Wanted("worklist", "worker", "/"),
    Wanted("list of matters", "worker", "/matters"),
    Wanted("a matter", "worker", "/matters/{matter}"),
    Wanted("a matter's file", "worker", "/matters/{matter}/file"),
    Wanted("taking a request", "worker", "/take"),
    Wanted("search by letters", "worker", "/search", (("word", "peiban"),)),
    Wanted("search by number", "worker", "/search", (("word", "0197"),)),
    Wanted("directory", "worker", "/directory"),
    Wanted("dispatch, the week", "worker", "/dispatch"),
    Wanted("dispatch, a day", "worker", "/dispatch?view=day"),
    Wanted("plans of days", "worker", "/dispatch/plans"),
    Wanted("daily visits", "worker", "/visits"),
    Wanted("figures of the month", "head", "/figures"),
    Wanted("monthly report", "head", "/figures/report"),
    Wanted("second person's page", "head", "/approvals"),
    Wanted("auditor: find a matter", "auditor", "/audit"),
    Wanted("auditor: a matter", "auditor", "/matters/{matter}"),
    Wanted("auditor: time machine", "auditor", "/matters/{matter}/time-machine"),
    Wanted("auditor: the ledger", "auditor", "/audit/ledger"),
    Wanted("auditor: findings", "auditor", "/findings"),
    Wanted("auditor: who has seen what", "auditor", "/matters/{matter}/access"),
    Wanted("auditor: findings of a matter", "auditor", "/matters/{matter}/findings"),
    Wanted("auditor: receipts", "auditor", "/matters/{matter}/receipts"),
    Wanted("auditor: a bundle's page", "auditor", "/matters/{matter}/bundle"),
    Wanted("auditor: samples", "auditor", "/audit/samples"),
    Wanted("partner: offers", "partner", "/offers"),
    Wanted("partner: people served", "partner", "/served"),
    Wanted("partner: capacity", "partner", "/capacity"),
    Wanted("partner: programs", "partner", "/programs"),
    Wanted("administrator", "keeper", "/admin"),
    Wanted("accounts", "keeper", "/admin/accounts"),
    Wanted("stations", "keeper", "/admin/stations"),
    Wanted("tables of codes", "keeper", "/admin/tables"),
    Wanted("set aside", "keeper", "/admin/dead-letters"),
)


def run(stage: Stage) -> Iterable[Row]:
    """A row for each page, the slowest named; and how much the first page weighs."""
    count, times = stage.matters or stage.size(MATTERS), 5 if stage.quick else TIMES
    with Hub(HUB_SITE_URL="http://127.0.0.1") as hub:
        station = Station(hub.hub)
        partner = station.organizations(20, NEED)[0]
        matters = written(hub, count)
        asked_for(station, min(REQUESTS, count))
        until(lambda: level(hub, station), 3_600, 1.0)
        until(lambda: replayable(hub, matters[-1]), 3_600, 5.0)
        people = PEOPLE | {"partner": ("partner", partner.id)}
        browsers = {who: signed_in(hub, who, role, org) for who, (role, org) in people.items()}
        for page in PAGES:
            yield row(hub, browsers[page.who], page, matters, times)
        yield weight(hub, browsers["worker"])


def written(hub: Hub, count: int) -> list[UUID]:
    """So many cases, most of them closed, in intake's log and views."""
    store = Store(MANIFEST, hub.owner_url("intake"))
    store.start()
    cases = [uuid4() for _ in range(count)]
    fill(store, [histories(n, each) for n, each in enumerate(cases)])
    store.stop()
    return cases


def histories(n: int, case_id: UUID) -> Order:
    """A case's whole life in one step."""
    length = 10 * EACH if n % LONG_EVERY == 0 else EACH
    events = [opened(case_id), *(served(case_id) for _ in range(length - 2))]
    ending = served(case_id) if n % OPEN_EVERY == 0 else closed(case_id)
    return Order(CASE, case_id, [*events, ending], ask(), fresh=True)


def closed(case_id: UUID) -> public.CaseClosed:
    """A case has ended."""
    return public.CaseClosed(case_id=case_id, matter_id=case_id, reason_code="goals-reached")


def asked_for(station: Station, count: int) -> None:
    """Requests that wait for the station's decision."""
    unit, area = f"community:{STREET}001", f"{STREET}001"
    body = {"unit": unit, "area": area, "came_by": "phone", "need_codes": [NEED], "urgency": "normal"}
    for start in range(0, count, 250):
        station.batch("intake", "receive-help-request", [("", body)] * min(250, count - start))


def level(hub: Hub, station: Station) -> bool:
    """Whether console and audit have heard all that intake has said."""
    head = station.head("intake")
    return all(heard(hub, name) >= head for name in ("console", "audit"))


def replayable(hub: Hub, matter: UUID) -> bool:
    """Whether audit has derived all that it replays from: it goes on behind the ledger."""
    path = f"/audit/v1/matters/{matter}/moments?purpose=audit"
    answer = hub.hub.ask("GET", path, role="auditor", ident="a-bench", org="")
    return answer.ok and bool(answer.json()["known"])


def heard(hub: Hub, name: str) -> int:
    """How far a service has heard intake."""
    state = requests.get(hub.url(name) + "/readyz", timeout=30).json()
    return int(state["services"][name]["heard"]["intake"])


def signed_in(hub: Hub, who: str, role: str, org: str) -> requests.Session:
    """A browser in which somebody has signed in: invited, with a password of his own, and a second factor where his role has one."""
    console, browser, password = hub.url("console"), requests.Session(), token_urlsafe(16)
    told = {"holder": who, "role": role, "org": org or None}
    made = hub.hub.ask("POST", "/console/v1/accounts", told, role=KEEPER.role, ident=KEEPER.id, org="")
    made.raise_for_status()
    invited = console + urlsplit(made.json()["link"]).path
    submit(browser, invited, password=password, again=password)
    inside = submit(browser, console + "/sign-in", holder=who, password=password)
    if "/enrol" in inside.url:
        found = re.search(r'class="secret"><code>([^<]+)', inside.text)
        assert found, "no secret to enrol"
        submit(browser, inside.url, code=pyotp.TOTP(found[1].replace(" ", "")).now())
    return browser


def submit(browser: requests.Session, url: str, **form: str) -> requests.Response:
    """Open the page of a form, fill it in and send it."""
    page = browser.get(url, timeout=60)
    answer = browser.post(url, data={"csrf": token(page.text), **form}, timeout=60)
    answer.raise_for_status()
    return answer


def token(page: str) -> str:
    """The token that the forms of a page carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "a page without a form"
    return found[1]


def row(hub: Hub, browser: requests.Session, page: Wanted, matters: list[UUID], times: int) -> Row:
    """How long one page takes, after a first time that is not counted."""
    chance = random.Random(page.what)
    taken = [seconds for seconds, _ in visits(hub, browser, page, chance, matters, times + 1)][1:]
    p50, p95 = percentile(taken, 0.5) * 1000, percentile(taken, 0.95) * 1000
    fewer = "" if len(matters) >= MATTERS else f"; the goal is for {number(MATTERS)}"
    return Row(what=f"page, {number(len(matters))} matters: {page.what}, p95", goal="≤ 100 ms", ours=p95, unit="ms",
               reached=p95 <= 100 and not fewer, note=f"p50 {p50:.0f} ms{fewer}")  # fmt: skip


def visits(
    hub: Hub, browser: requests.Session, page: Wanted, chance: random.Random, matters: list[UUID], times: int
) -> Iterator[tuple[float, requests.Response]]:
    """Each visit's seconds and answer; an answer that is no page is an error."""
    form = (
        {"csrf": token(browser.get(hub.url("console") + page.path, timeout=60).text), **dict(page.form)}
        if page.form
        else {}
    )
    for _ in range(times):
        url = hub.url("console") + page.path.format(matter=chance.choice(matters))
        began = time.perf_counter()
        answer = browser.post(url, data=form, timeout=120) if page.form else browser.get(url, timeout=120)
        taken = time.perf_counter() - began
        if answer.status_code != 200 or "/sign-in" in answer.url:
            raise AssertionError(f"{page.what}: {answer.status_code} {answer.url}")
        yield taken, answer


def weight(hub: Hub, browser: requests.Session) -> Row:
    """Bytes of the worklist with all that it loads, as they travel."""
    text = browser.get(hub.url("console") + "/", timeout=60).text
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text))
    total = len(text.encode()) + sum(len(browser.get(hub.url("console") + each, timeout=60).content) for each in parts)
    return Row(what="first page with all that it loads", goal="≤ 200 KiB", ours=total / KIB, unit="KiB", reached=total <= 200 * KIB,
               note=f"{len(parts)} files, not compressed")  # fmt: skip
