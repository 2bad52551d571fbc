"""Sign-in by an identity provider: who is bound comes in, everybody else gets a code for the administrator."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt

from services.console.endpoints.accounts import _bind
from services.console.gate import elsewhere
from services.contracts import console as public
from services.kernel.clock import system_clock
from services.kernel.entrypoints import Request
from services.kernel.errors import NotSignedIn
from services.kernel.message import Actor
from services.kernel.tokens import pair_of, verify
from tests.support.provider import ISSUER, Provider, new_key
from tests.unit.console.test_gate import CLI, SETTINGS, Hub, is_in, keeper
from tests.unit.console.test_web import Browser, header

THERE = replace(SETTINGS, oidc_issuer=ISSUER, oidc_client_id="wushe", oidc_client_secret="between us")


@pytest.fixture(scope="module")
def _key() -> Any:
    return new_key()


@pytest.fixture
def provider(_key: Any) -> Provider:
    return Provider(key=_key)


@pytest.fixture
def hub(provider: Provider) -> Hub:
    made = Hub(THERE)
    made.log.look._beside[elsewhere.Provider] = elsewhere.Provider(provider.ask)
    made.opens("w-07")
    return made


def goes(hub: Hub, provider: Provider, **changed: str) -> tuple[Browser, Any]:
    """Somebody goes there, signs in, and comes back with what he was given."""
    browser = hub.browser()
    there = header(browser.send("go_elsewhere"), "Location")
    back = provider.signs_in(there) | changed
    return browser, browser.send(
        "come_back", path="/sign-in/elsewhere/back", query="&".join(f"{k}={v}" for k, v in back.items())
    )


def binds(hub: Hub, provider: Provider, holder: str = "w-07") -> None:
    """The administrator types the code that was shown."""
    _, page = goes(hub, provider)
    code = re.findall(r'class="secret"><code>([a-z0-9-]+)<', str(page.html))[0]
    visit: Any = hub.first.service.visit(request(code))
    visit.account = type("Keeper", (), {"actor": CLI, "id": "cli.0"})()
    _bind(visit, holder)


def request(code: str) -> Request:
    return Request("POST", "/", {}, {}, f"code={code}".encode())


def test_whoever_is_bound_comes_in_and_nobody_gets_an_account_by_signing_in(hub: Hub, provider: Provider):
    browser, page = goes(hub, provider)
    assert page.status == 403 and not is_in(browser)
    binds(hub, provider)
    browser, page = goes(hub, provider)
    assert (page.status, header(page, "Location")) == (303, "/")
    assert is_in(browser)
    keeper(hub, public.SuspendAccount(reason_code="left"))
    assert goes(hub, provider)[1].status == 403 and not is_in(browser)


def test_what_was_not_begun_in_this_browser_does_not_end_in_it(hub: Hub, provider: Provider):
    binds(hub, provider)
    browser, page = goes(hub, provider, state="another")
    assert page.status == 422 and not is_in(browser)
    victim = hub.browser()
    there = header(hub.browser().send("go_elsewhere"), "Location")
    back = provider.signs_in(there)
    page = victim.send("come_back", query="&".join(f"{k}={v}" for k, v in back.items()))
    assert page.status == 422 and not is_in(victim)


@pytest.mark.parametrize(
    "lies",
    [{"iss": "https://evil.example"}, {"aud": "another"}, {"aud": ["wushe", "other"], "azp": "other"}, {"exp": 1}, {"exp": "soon"},
     {"nonce": "another"}, {"nonce": None}, {"sub": ""}, {"sub": None}],
)  # fmt: skip
def test_a_token_that_is_not_for_us_now_and_for_this_sign_in_lets_nobody_in(
    hub: Hub, provider: Provider, lies: dict[str, Any]
):
    binds(hub, provider)
    provider.lies = lies
    browser, page = goes(hub, provider)
    assert page.status == 422 and not is_in(browser)


def test_the_provider_may_change_its_keys(hub: Hub, provider: Provider, monkeypatch: pytest.MonkeyPatch):
    binds(hub, provider)
    provider.key = new_key()
    monkeypatch.setattr(elsewhere, "AGAIN_SECONDS", 0.0)
    browser, page = goes(hub, provider)
    assert page.status == 303 and is_in(browser)
    assert provider.asked.count("/keys") == 2


def test_a_token_signed_by_somebody_else_lets_nobody_in_and_does_not_choose_how_often_keys_are_asked_for(
    hub: Hub, provider: Provider, monkeypatch: pytest.MonkeyPatch
):
    binds(hub, provider)
    own = provider.key
    signed = new_key()
    original = provider._token

    def forged(form: Any, client: Any) -> str:
        claims = jwt.decode(original(form, client), own, algorithms=["RS256"]).claims
        return jwt.encode({"alg": "RS256", "kid": own.kid}, claims, signed)

    monkeypatch.setattr(provider, "_token", forged)
    for _ in range(3):
        browser, page = goes(hub, provider)
        assert page.status == 422 and not is_in(browser)
    assert provider.asked.count("/keys") == 1


def test_a_code_is_used_once(hub: Hub, provider: Provider):
    binds(hub, provider)
    browser = hub.browser()
    back = provider.signs_in(header(browser.send("go_elsewhere"), "Location"))
    query = "&".join(f"{k}={v}" for k, v in back.items())
    kept = dict(browser.cookies)
    assert browser.send("come_back", query=query).status == 303
    browser.cookies = kept
    assert browser.send("come_back", query=query).status == 422


def test_services_get_the_hubs_own_token_and_the_providers_opens_nothing_there(
    hub: Hub, provider: Provider, monkeypatch: pytest.MonkeyPatch
):
    """What the provider says is exchanged by the console for a short token of the hub, which each service checks itself."""
    theirs: list[str] = []
    original = provider._token
    monkeypatch.setattr(provider, "_token", lambda form, client: theirs.append(original(form, client)) or theirs[-1])
    binds(hub, provider)
    browser, _ = goes(hub, provider)
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    visit: Any = browser.service.visit(
        Request("GET", "/", {}, {"HTTP_COOKIE": cookies, "REMOTE_ADDR": "192.0.2.7"}, b"")
    )
    public_keys = (pair_of(THERE.token_private_key).public,)
    ours = visit.hub._headers("")["Authorization"].partition(" ")[2]
    assert verify(ours, public_keys, system_clock()) == Actor(id="w-07", role="coordinator", org="220104004")
    for token in theirs:
        with pytest.raises(NotSignedIn):
            verify(token, public_keys, system_clock())
