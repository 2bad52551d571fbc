"""Sessions, forms, preferences and errors of the console's web, without a server."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.console import assets, views
from services.console.hub import Answer, Unreachable
from services.console.service import ConsoleService
from services.kernel.config import Settings
from services.kernel.entrypoints import Page, Request
from services.kernel.tokens import generate
from tests.unit.console import stories
from tests.unit.console.kept import Log
from tests.unit.console.stories import MATTER, NOW, OFFERS, REFERRAL

TEAM = UUID(int=77)
SETTINGS = Settings(
    service="console",
    database_url="",
    amqp_url="",
    session_secret=b"s" * 32,
    token_private_key=generate().private,
    demo=True,
)


class Browser:
    """Keeps cookies and follows nothing: what a person's browser would send next."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.service = ConsoleService()
        self.service.log = Log(settings)
        self.service.names = lambda lang: lambda party: None
        self.cookies: dict[str, str] = {}

    def send(
        self,
        handler: str,
        method: str = "GET",
        path: str = "/",
        form: dict[str, Any] | None = None,
        query: str = "",
        **parts: Any,
    ) -> Page:
        environ = {"HTTP_COOKIE": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "REMOTE_ADDR": "192.0.2.7"}
        asked = dict(pair.split("=") for pair in query.split("&") if pair)
        request = Request(method, path, parts, environ, urlencode(form or {}, doseq=True).encode(), None, asked)
        page: Page = getattr(self.service, handler)(request)
        for name, value in page.headers:
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return page

    def token(self) -> str:
        html = str(self.send("take_page").html) if "account" in self.cookies else str(self.send("sign_in_page").html)
        return re.findall(r'name="csrf" value="([^"]+)"', html)[0]

    def sign_in(self, account: str = "w-demo") -> Browser:
        self.send("sign_in", "POST", form={"account": account, "csrf": self.token()})
        return self

    def insert(self, table: sa.Table, **row: Any) -> None:
        with self.service.log.engine.begin() as connection:
            connection.execute(sa.insert(table).values(**row))


def header(page: Page, name: str) -> str:
    """The first header of this name."""
    return next((value for key, value in page.headers if key == name), "")


@pytest.fixture
def browser() -> Browser:
    return Browser()


def csrf_of(page: Page) -> str:
    return re.findall(r'name="csrf" value="([^"]+)"', str(page.html))[0]


def test_who_has_not_signed_in_is_sent_to_the_door(browser: Browser):
    page = browser.send("first_page")
    assert (page.status, header(page, "Location")) == (303, "/sign-in")


def test_each_demo_role_goes_to_its_own_first_page(browser: Browser):
    for account, home in (("w-demo", "/"), ("p-demo", "/offers"), ("a-demo", "/audit"), ("m-demo", "/admin")):
        page = browser.send(
            "sign_in",
            "POST",
            form={"account": account, "csrf": csrf_of(Browser.send(fresh := Browser(), "sign_in_page"))},
        )
        assert header(page, "Location") == "/sign-in"  # a form of another session signs nobody in
        page = fresh.send("sign_in", "POST", form={"account": account, "csrf": csrf_of(fresh.send("sign_in_page"))})
        assert header(page, "Location") == home


def test_without_the_demo_nobody_signs_in_that_way():
    browser = Browser(Settings(service="console", database_url="", amqp_url="", session_secret=b"s" * 32))
    page = browser.send("sign_in_page")
    assert "w-demo" not in str(page.html)
    sent = browser.send("sign_in", "POST", form={"account": "w-demo", "csrf": browser.cookies.get("none", "")})
    assert header(sent, "Location") == "/sign-in"
    assert browser.send("first_page").status == 303


def test_signing_in_begins_a_new_session_with_a_safe_cookie(browser: Browser):
    first = browser.send("sign_in_page")
    before = browser.cookies["wushe_session"]
    page = browser.send("sign_in", "POST", form={"account": "w-demo", "csrf": csrf_of(first)})
    assert browser.cookies["wushe_session"] != before
    assert "HttpOnly; SameSite=Lax" in header(page, "Set-Cookie")


def test_a_cookie_that_was_tampered_with_is_nobodys(browser: Browser):
    browser.sign_in()
    assert browser.send("first_page").status == 200
    browser.cookies["wushe_session"] = browser.cookies["wushe_session"][:-3] + "abc"
    assert browser.send("first_page").status == 303


def test_a_form_without_this_sessions_token_changes_nothing(browser: Browser):
    browser.sign_in()
    browser.service.matter_model = lambda *_: pytest.fail("looked at")
    page = browser.send("do_act", "POST", form={"csrf": "x", "urgency": "normal"}, id=MATTER, act="triage-help-request")
    assert page.status == 303


@pytest.mark.parametrize(
    ("account", "handler"),
    [("p-demo", "all_matters"), ("a-demo", "take_page"), ("w-demo", "audit_page"), ("a-demo", "offers_page")],
)
def test_a_role_sees_only_its_own_pages(browser: Browser, account: str, handler: str):
    page = browser.sign_in(account).send(handler)
    assert page.status == 403
    assert "回到首页" in str(page.html)


def test_a_preference_is_kept_and_its_link_works_without_javascript(browser: Browser):
    browser.sign_in()
    page = browser.send("all_matters", path="/matters", query="lang=en&state=all")
    assert (page.status, header(page, "Location")) == (303, "/matters?state=all")
    assert "All matters" in str(browser.send("all_matters", path="/matters").html)
    browser.send("first_page", query="theme=dark")
    assert 'data-theme="dark"' in str(browser.send("first_page").html)


def test_pages_carry_a_strict_policy_and_are_kept_by_nobody(browser: Browser):
    page = browser.send("sign_in_page")
    assert "unsafe" not in header(page, "Content-Security-Policy")
    assert header(page, "Cache-Control") == "no-store"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_design_system_is_shown_to_anybody_by_itself(browser: Browser, lang: str):
    browser.cookies["lang"] = lang
    page = browser.send("design_page", path="/design")
    assert page.status == 200
    assert str(page.html).count('class="swatch"') > 20


def test_an_unknown_matter_is_not_there(browser: Browser):
    assert browser.sign_in().send("matter_page", id=MATTER).status == 404


def record(browser: Browser, org: str = "220104004") -> None:
    """A matter that this station took down."""
    browser.insert(views.matter, matter_id=MATTER)
    for entry in stories.xiaowei():
        values = {column.name: getattr(entry, column.name) for column in views.record.columns}
        values |= {"actor_role": "coordinator", "actor_org": org}
        browser.insert(views.record, **(values | {"takers": " ".join(entry.takers), "needs": " ".join(entry.needs)}))


def test_a_matter_is_shown_from_the_consoles_own_record_while_audit_is_away(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
):
    record(browser)
    monkeypatch.setattr("services.console.hub.Hub._send", away)
    page = browser.sign_in().send("matter_page", id=MATTER, path=f"/matters/{MATTER}")
    assert page.status == 200
    assert "控制台自己的记录" in str(page.html)
    fragment = str(browser.send("matter_moment", id=MATTER, query="n=4").html)
    assert fragment.lstrip().startswith('<div id="moment" class="then">')
    assert "第 4 / " in fragment


def test_another_stations_matter_is_not_there(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    record(browser, org="220102001")
    monkeypatch.setattr("services.console.hub.Hub._send", away)
    browser.sign_in()
    for page in ("matter_page", "matter_moment"):
        assert browser.send(page, id=MATTER).status == 404
    assert str(MATTER) not in str(browser.send("all_matters").html)


def away(self: Any, method: str, service: str, path: str, **rest: Any) -> Answer:
    raise Unreachable(service)


def test_a_time_that_is_none_is_said_and_the_newest_shown(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    record(browser)
    monkeypatch.setattr("services.console.hub.Hub._send", away)
    page = browser.sign_in().send("matter_page", id=MATTER, query="known_at=yesterday")
    assert "看不懂这个时间" in str(page.html)


def test_what_intake_refuses_stays_on_the_form_with_the_reason(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    refused = Answer(
        422,
        {
            "detail": "No.",
            "detail_zh": "不行。",
            "errors": [{"field": "area", "expected": "a code", "expected_zh": "代码"}],
        },
    )
    monkeypatch.setattr("services.console.hub.Hub._send", lambda *_, **__: refused)
    browser.sign_in()
    token = csrf_of(browser.send("take_page"))
    page = browser.send(
        "take_request", "POST", form={"csrf": token, "key": "k", "need": ["goods", "tuition"], "story": "暖气不热"}
    )
    assert page.status == 422
    html = str(page.html)
    assert "不行。 地点：代码" in html and "暖气不热" in html
    assert html.count(" checked") >= 2


def test_an_answer_goes_to_the_referral_in_the_organizations_name(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    asked: list[tuple[Any, ...]] = []

    def send(self: Any, method: str, service: str, path: str, **rest: Any) -> Answer:
        asked.append((self.actor.org, method, service, path, rest.get("json"), rest.get("key")))
        return Answer(200, {})

    monkeypatch.setattr("services.console.hub.Hub._send", send)
    browser.insert(
        views.organization, organization_id=TEAM, party=f"team:{TEAM}", kind="volunteer_team", code="leifeng-nanguan"
    )
    browser.insert(
        views.offer,
        offer_id=OFFERS[0],
        referral_id=REFERRAL,
        organization_id=TEAM,
        state="offered",
        kind="referral",
        offered_at=NOW,
    )
    page = browser.sign_in("p-demo").send("offers_page")
    sent = browser.send(
        "give_answer",
        "POST",
        form={"csrf": csrf_of(page), "key": "k-no", "reason_code": "no-capacity"},
        id=OFFERS[0],
        act="decline-offer",
    )
    assert header(sent, "Location") == "/offers"
    body = {"organization_id": str(TEAM), "reason_code": "no-capacity", "happened": {"channel": "web"}}
    sent_on = (str(TEAM), "POST", "referral", f"/referrals/{REFERRAL}/refusal", body, f"k-no-{OFFERS[0]}")
    assert [each for each in asked if each[1] == "POST"] == [sent_on]
    assert "已记下：不受案" in str(browser.send("offers_page").html)


def test_another_organizations_offer_is_not_there(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.console.hub.Hub._send", away)
    browser.insert(
        views.organization, organization_id=TEAM, party="team:x", kind="volunteer_team", code="leifeng-nanguan"
    )
    browser.insert(views.offer, offer_id=OFFERS[0], referral_id=REFERRAL, organization_id=UUID(int=78), state="offered")
    token = csrf_of(browser.sign_in("p-demo").send("offers_page"))
    assert browser.send("give_answer", "POST", form={"csrf": token}, id=OFFERS[0], act="accept-referral").status == 404


def test_static_files_are_the_consoles_own_and_htmx(browser: Browser):
    assert {"console.css", "console.js", "mark.svg", "htmx.js"} <= set(assets.static())
    page = browser.send("static_file", name="htmx.js")
    assert b"htmx" in page.html[:100]  # type: ignore[operator]
    assert 'version:"2.' in page.html.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "/\r\nX-Evil: y"])
def test_no_path_leads_elsewhere_or_adds_a_header(browser: Browser, path: str):
    place = header(browser.send("nowhere", path=path, query="lang=en"), "Location")
    assert re.fullmatch("/[A-Za-z0-9%.-]+", place)
    assert path not in str(browser.send("nowhere", path=path).html)


def test_a_cookie_of_somebody_else_on_this_host_keeps_nobody_out(browser: Browser):
    browser.cookies["a/b"] = "1"
    assert browser.send("sign_in_page").status == 200
