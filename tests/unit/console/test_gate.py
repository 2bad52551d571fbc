"""Who comes in: passwords, second factors, links, how often one may try, and when one is out again (ASVS 7)."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from services.console.gate import secrets
from services.console.gate import tables as t
from services.console.gate.door import TRIES, Keeper, source_of
from services.console.gate.sessions import STRICT, USUAL, device
from services.contracts import console as public
from services.kernel.clock import system_clock
from services.kernel.config import Settings
from services.kernel.entrypoints import Page, Request
from services.kernel.message import Actor
from services.kernel.tokens import generate
from tests.unit.console.test_web import Browser, csrf_of, header

PASSWORD = "three quiet herons"
SETTINGS = Settings(
    service="console", database_url="", amqp_url="", session_secret=b"s" * 32, token_private_key=generate().private
)
CLI = Actor(id="cli.0", role="administrator")


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost a millisecond: how dear they are is argon2's own business."""
    monkeypatch.setattr(secrets, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    secrets._nobodys.cache_clear()


class Hub:
    """A console without the demo, with accounts in it, and the browsers of those who come."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.first = Browser(settings)
        self.log: Any = self.first.service.log

    def browser(self) -> Browser:
        made = Browser(SETTINGS)
        made.service.log = self.log
        return made

    def opens(self, holder: str, role: str = "coordinator", org: str = "220104004") -> str:
        """The link that its holder is given."""
        body = json.dumps({"holder": holder, "role": role, "org": org or None}).encode()
        request = Request("POST", "/console/v1/accounts", {}, {}, body, CLI)
        made: Any = self.first.service.open_account(request)
        return str(made.value["link"]).rpartition("/")[2]

    def has(self, holder: str, role: str = "coordinator", org: str = "220104004") -> None:
        """Somebody who has chosen his password."""
        code, browser = self.opens(holder, role, org), self.browser()
        csrf = csrf_of(browser.send("invitation_page", code=code))
        form = {"csrf": csrf, "password": PASSWORD, "again": PASSWORD}
        assert header(browser.send("accept_invitation", "POST", form=form, code=code), "Location") == "/sign-in"

    def shifts(self, **columns: timedelta) -> None:
        """The clock goes on: what the sessions say of themselves lies further back."""
        with self.log.engine.begin() as connection:
            for row in connection.execute(sa.select(t.session)).mappings().all():
                moved = {name: row[name] - by for name, by in columns.items()}
                connection.execute(sa.update(t.session).where(t.session.c.digest == row["digest"]).values(**moved))


@pytest.fixture
def hub() -> Hub:
    return Hub()


def comes(browser: Browser, holder: str, password: str = PASSWORD) -> Page:
    """Somebody types an id and a password."""
    csrf = csrf_of(browser.send("sign_in_page"))
    return browser.send("sign_in", "POST", form={"csrf": csrf, "holder": holder, "password": password})


def is_in(browser: Browser) -> bool:
    return browser.send("account_page").status == 200


def secret_of(page: Page) -> str:
    """The secret that an enrolment page shows."""
    return str(re.findall(r'class="secret"><code>([A-Z2-7 ]+)<', str(page.html))[0]).replace(" ", "")


def enrols(browser: Browser) -> list[str]:
    """Whoever must, sets up the second factor; the recovery codes."""
    page = browser.send("enrol_page")
    code = pyotp.TOTP(secret_of(page)).at(system_clock())
    shown = str(browser.send("enrol", "POST", form={"csrf": csrf_of(page), "code": code}).html)
    return re.findall(r"<li><code>([a-z0-9-]+)</code>", shown)


def test_whoever_was_given_a_link_chooses_a_password_once_and_comes_in_with_it(hub: Hub):
    code, browser = hub.opens("w-07"), hub.browser()
    page = browser.send("invitation_page", code=code)
    form = {"csrf": csrf_of(page), "password": "short", "again": "short"}
    assert browser.send("accept_invitation", "POST", form=form, code=code).status == 422
    form |= {"password": PASSWORD, "again": PASSWORD}
    assert browser.send("accept_invitation", "POST", form=form, code=code).status == 303
    assert browser.send("accept_invitation", "POST", form=form, code=code).status == 404
    assert header(comes(browser, "W-07 "), "Location") == "/"
    assert is_in(browser)


def test_a_wrong_password_and_an_unknown_id_are_told_alike(hub: Hub):
    hub.has("w-07")
    wrong, nobody = comes(hub.browser(), "w-07", "not this one"), comes(hub.browser(), "w-99", "not this one")
    assert (wrong.status, nobody.status) == (422, 422)
    assert "编号或密码不对" in str(wrong.html) and "编号或密码不对" in str(nobody.html)


def test_a_flood_of_tries_is_told_when_to_come_again_and_the_right_password_waits_too(hub: Hub):
    hub.has("w-07")
    for _ in range(TRIES.amount):
        assert comes(hub.browser(), "w-07", "guess").status == 422
    page = comes(hub.browser(), "w-07")
    assert page.status == 429
    assert re.search(r"请在 1[56] 分钟后（\d\d:\d\d 起）再试", str(page.html))


def test_signing_in_begins_a_session_under_a_value_that_nobody_had_before(hub: Hub):
    """Session fixation: what a browser came with opens nothing afterwards."""
    hub.has("w-07")
    browser, planted = hub.browser(), hub.browser()
    browser.send("sign_in_page")
    planted.cookies = dict(browser.cookies)
    comes(browser, "w-07")
    assert is_in(browser) and not is_in(planted)


def test_the_cookie_is_kept_as_a_hash_and_forms_do_not_tell_it(hub: Hub):
    hub.has("w-07")
    browser = hub.browser()
    comes(browser, "w-07")
    token = browser.cookies["wushe_session"]
    kept = [bytes(row["digest"]) for row in hub.log.look.all(t.session)]
    assert len(kept) == 1 and token.encode() not in kept
    assert token not in str(browser.send("account_page").html)


@pytest.mark.parametrize(("role", "limits"), [("coordinator", USUAL), ("auditor", STRICT)])
def test_a_session_ends_when_nobody_clicks_and_when_it_is_too_old(hub: Hub, role: str, limits: Any):
    hub.has("x-1", role)
    for moved in ({"seen_at": limits.idle}, {"begun_at": limits.longest}):
        browser = hub.browser()
        comes(browser, "x-1")
        if role == "auditor":
            second(hub, browser)
        assert is_in(browser)
        hub.shifts(**moved)
        page = browser.send("account_page")
        assert (page.status, header(page, "Location")) == (303, "/sign-in")


SECRETS: dict[str, str] = {}


def second(hub: Hub, browser: Browser) -> None:
    """Show the second factor, by a recovery code where it is set up already."""
    if not hub.log.look.all(t.account, holder="x-1")[0]["has_second"]:
        SECRETS["code"] = enrols(browser)[0]
        return
    page = browser.send("second_page")
    browser.send("second", "POST", form={"csrf": csrf_of(page), "code": SECRETS["code"]})


def test_a_page_that_keeps_itself_up_to_date_keeps_nobody_in(hub: Hub):
    hub.has("w-07")
    browser = hub.browser()
    comes(browser, "w-07")
    hub.shifts(seen_at=timedelta(minutes=90))
    request = Request("GET", "/", {}, {"HTTP_COOKIE": f"wushe_session={browser.cookies['wushe_session']}",
                                       "HTTP_SEC_FETCH_MODE": "cors"}, b"", None)  # fmt: skip
    assert browser.service.account_page(request).status == 200
    hub.shifts(seen_at=timedelta(minutes=45))
    assert not is_in(browser)


def test_a_form_without_this_sessions_token_changes_nothing(hub: Hub):
    hub.has("w-07")
    browser = hub.browser()
    comes(browser, "w-07")
    form = {"current": PASSWORD, "password": "another long one", "again": "another long one"}
    for csrf in ({}, {"csrf": csrf_of(hub.browser().send("sign_in_page"))}):
        page = browser.send("change_password", "POST", form=form | csrf)
        assert header(page, "Location") == "/"
    assert comes(hub.browser(), "w-07").status == 303


def test_a_role_that_was_taken_away_is_gone_at_the_next_click(hub: Hub):
    """ASVS 8.3.2."""
    hub.has("w-07")
    browser = hub.browser()
    comes(browser, "w-07")
    assert browser.send("take_page").status == 200
    keeper(hub, public.ChangeAccountRole(role="auditor"))
    assert browser.send("take_page").status == 403
    keeper(hub, public.SuspendAccount(reason_code="left"))
    assert not is_in(browser)
    assert comes(hub.browser(), "w-07").status == 422
    keeper(hub, public.ReinstateAccount())
    assert not is_in(browser)


def keeper(hub: Hub, command: Any, holder: str = "w-07") -> None:
    """An administrator does something about an account."""
    Keeper(hub.log).ask(holder, command, CLI)


def test_an_administrator_comes_in_with_a_second_factor_and_not_without(hub: Hub):
    hub.has("m-1", "administrator", "")
    browser = hub.browser()
    assert header(comes(browser, "m-1"), "Location") == "/sign-in/enrol"
    assert header(browser.send("accounts_page"), "Location") == "/sign-in/enrol"
    codes = enrols(browser)
    assert len(codes) == 10
    assert browser.send("accounts_page").status == 200
    again = hub.browser()
    assert header(comes(again, "m-1"), "Location") == "/sign-in/second"
    assert header(again.send("accounts_page"), "Location") == "/sign-in/second"


def test_a_code_of_the_moment_and_a_recovery_code_work_once(hub: Hub):
    hub.has("m-1", "administrator", "")
    browser = hub.browser()
    comes(browser, "m-1")
    page = browser.send("enrol_page")
    totp = pyotp.TOTP(secret_of(page))
    now = totp.at(system_clock())
    shown = str(browser.send("enrol", "POST", form={"csrf": csrf_of(page), "code": now}).html)
    spare = re.findall(r"<li><code>([a-z0-9-]+)</code>", shown)[0]
    after = totp.at(system_clock() + timedelta(seconds=30))
    for code, status in ((now, 422), (after, 303), (after, 422), (spare.upper(), 303), (spare, 422)):
        again = hub.browser()
        comes(again, "m-1")
        form = {"csrf": csrf_of(again.send("second_page")), "code": code}
        assert again.send("second", "POST", form=form).status == status, code
    assert hub.log.look.all(t.account, holder="m-1")[0]["codes_left"] == 9


def test_another_password_puts_everybody_else_out_who_came_in_by_the_old_one(hub: Hub):
    hub.has("w-07")
    here, there = hub.browser(), hub.browser()
    comes(here, "w-07")
    comes(there, "w-07")
    form = {
        "csrf": csrf_of(here.send("account_page")),
        "current": "wrong",
        "password": "another long one",
        "again": "another long one",
    }
    assert here.send("change_password", "POST", form=form).status == 422
    assert here.send("change_password", "POST", form=form | {"current": PASSWORD}).status == 303
    assert is_in(here) and not is_in(there)


def test_one_sees_where_one_is_in_and_ends_it_there(hub: Hub):
    hub.has("w-07")
    here, there = hub.browser(), hub.browser()
    comes(here, "w-07")
    comes(there, "w-07")
    page = here.send("account_page")
    other = next(
        re.findall("/account/sessions/([0-9a-f]{16})/end", row)[0]
        for row in str(page.html).split("<tr>")
        if "/end" in row and "本机" not in row
    )
    here.send("end_own_session", "POST", form={"csrf": csrf_of(page)}, which=other)
    assert is_in(here) and not is_in(there)


def test_what_somebody_likes_is_kept_with_the_account_at_whichever_machine(hub: Hub):
    hub.has("w-07")
    here, there = hub.browser(), hub.browser()
    comes(here, "w-07")
    here.send("account_page", path="/account", query="type=large")
    comes(there, "w-07")
    assert 'data-type="large"' in str(there.send("account_page").html)


def test_the_demos_people_come_in_nowhere_else(hub: Hub):
    browser = hub.browser()
    csrf = csrf_of(browser.send("sign_in_page"))
    page = browser.send("sign_in", "POST", form={"csrf": csrf, "account": "m-demo"})
    assert header(page, "Location") == "/sign-in"
    assert not is_in(browser)


def test_a_cookie_goes_by_tls_alone_where_people_come_by_tls():
    tls = Settings(
        service="console", database_url="", amqp_url="", session_secret=b"s" * 32, site_url="https://hub.example"
    )
    page = Browser(tls).send("sign_in_page")
    cookie = header(page, "Set-Cookie")
    assert cookie.startswith("__Host-wushe_session=") and "Path=/" in cookie
    assert "; HttpOnly; SameSite=Lax; Secure" in cookie


def test_a_source_is_believed_of_a_proxy_of_ours_alone():
    said = Request(
        "GET", "/", {}, {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.4"}, b""
    )
    assert source_of(said, ("10.0.0.0/8",)) == "198.51.100.4"
    assert source_of(said, ()) == "10.0.0.2"


def test_a_machine_is_told_by_two_codes():
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0"
    assert device(edge) == "edge-windows"
    assert device("curl/8") == "other-other"


def test_an_administrator_opens_an_account_on_the_page_and_changes_nothing_of_his_own(hub: Hub):
    hub.has("m-1", "administrator", "")
    browser = hub.browser()
    comes(browser, "m-1")
    enrols(browser)
    form = {"csrf": csrf_of(browser.send("accounts_page")), "holder": "w-12", "role": "worker", "org": ""}
    refused = browser.send("open_account_page", "POST", form=form)
    assert refused.status == 422 and "请注明所属站点" in str(refused.html) and 'value="w-12"' in str(refused.html)
    page = browser.send("open_account_page", "POST", form=form | {"org": "220104004"})
    assert page.status == 200 and "/invitation/" in str(page.html)
    row = hub.log.look.all(t.account, holder="w-12")[0]
    shown = browser.send("one_account_page", id=row["account_id"])
    assert "/invitation/" not in str(shown.html)
    changed = {"csrf": csrf_of(shown), "role": "supervisor", "org": "220104004"}
    assert browser.send("keep_account", "POST", form=changed, id=row["account_id"], act="role").status == 303
    assert hub.log.look.all(t.account, holder="w-12")[0]["role"] == "supervisor"
    own = hub.log.look.all(t.account, holder="m-1")[0]["account_id"]
    assert "另一位管理员" in str(browser.send("one_account_page", id=own).html)
    down = {"csrf": csrf_of(shown), "role": "auditor"}
    assert browser.send("keep_account", "POST", form=down, id=own, act="role").status == 422
    assert browser.send("keep_account", "POST", form=down, id=own, act="no-such-act").status == 404
