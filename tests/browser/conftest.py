"""The console in headless Chromium, over an embedded hub of its own; every page is watched for errors and strangers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.walk import Walk, seeds_of
from tests.conftest import servers_are_required
from tests.support.embedded import Embedded, Hub
from tests.support.postoffice import PostOffice

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE = 30_000
"""Milliseconds until what does not come is a failure: nothing is measured here, and the machine may be busy."""
expect.set_options(timeout=PATIENCE)
VIEW = {"width": 1280, "height": 900}
HERE = Path(__file__).parent
COMMUNITY, STREET = "220104004005", "220104004"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several work side by side, a file stays with one of them, and so do all stories, for they share one stack."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("stories" if item.path.parent != HERE else item.path.name))


@dataclass
class Street:
    """A street with one station, one community and the drivers' team, told through the hub's own API."""

    hub: Hub
    team: str = ""
    post: PostOffice = field(default_factory=PostOffice)
    keys: list[str] = field(default_factory=list)

    def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One command of the coordinator, done."""
        answer = self.hub.ask("POST", path, body, Idempotency_Key=uuid4().hex)
        assert answer.ok, answer.text
        return dict(answer.json())

    def opens(self) -> Street:
        """The team is in the directory and offers company on this street."""
        self.team = self.organization(
            "volunteer_team", "leifeng-nanguan", "雷锋车队南关分会", "companionship", "counselling"
        )
        return self

    def organization(self, kind: str, code: str, name: str, *services: str) -> str:
        """An organization that is in the directory and has room."""
        made = str(self.ask("/referral/v1/organizations", {"kind": kind, "code": code, "name": name})["id"])
        self.ask(f"/referral/v1/organizations/{made}/verification", {"evidence_kind": "visit"})
        self.ask(f"/referral/v1/organizations/{made}/activation", {})
        offering = {"organization_id": made, "service_codes": list(services), "areas": ["220104"], "capacity": 50}
        self.ask("/referral/v1/offerings", offering)
        return made

    def request(self, *needs: str) -> str:
        """Somebody asks for help; returns the matter's id."""
        made = self.ask(
            "/intake/v1/help-requests",
            {
                "unit": f"community:{COMMUNITY}",
                "area": COMMUNITY,
                "came_by": "phone",
                "need_codes": list(needs),
                "urgency": "normal",
            },
        )
        return str(made["id"])

    def offered(self, *needs: str) -> tuple[str, str]:
        """A request is triaged and its need offered to the team; returns matter and referral."""
        matter = self.request(*needs)
        self.ask(f"/intake/v1/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "referral"})
        self.hub.settles()
        draft = {
            "matter_id": matter,
            "kind": "referral",
            "need_codes": list(needs),
            "areas": [COMMUNITY],
            "legal_basis": "pipl13-4",
        }
        referral = str(self.ask("/referral/v1/referrals", draft)["id"])
        self.ask(f"/referral/v1/referrals/{referral}/readiness", {})
        self.ask(f"/referral/v1/referrals/{referral}/offers", {"organization_id": self.team})
        self.hub.settles()
        return matter, referral


def mailed(post: PostOffice) -> dict[str, str]:
    """The settings of a hub that sends mails."""
    return {"HUB_SMTP_URL": post.url, "HUB_MAIL_FROM": "hub@example.org"}


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One hub for all browser tests, with the street in it."""
    with PostOffice() as post, Embedded(tmp_path_factory.mktemp("hub"), settings=mailed(post)) as embedded:
        yield Street(embedded.hub, post=post).opens()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if servers_are_required() else pytest.skip)("Chromium is not installed here: run `make servers`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The console of a hub with the five stories and something of everything in it, walked through in Chinese."""
    from tests.browser.screenshots import pages

    with (
        PostOffice() as post,
        Embedded(tmp_path_factory.mktemp("walked"), demo=True, settings=mailed(post)) as embedded,
    ):
        embedded.hub.settles()
        walk = Walk(embedded.hub, seeds_of(pages(embedded.hub)))
        embedded.hub.settles()
        walk.go()
        yield walk


Open = Callable[..., Page]


@pytest.fixture
def opens(chromium: Browser, street: Street) -> Iterator[Open]:
    """Opens a window, signed in as one of the demo's roles; at the end nothing may have failed or gone to another host."""
    yield from windows(chromium, street.hub.url)


def windows(chromium: Browser, url: str) -> Iterator[Open]:
    """A way to open windows on the console at this address, and what must be so at the end."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def window(role: str = "", **options: Any) -> Page:
        context = chromium.new_context(**({"viewport": VIEW, "locale": "zh-CN", "base_url": url} | options))
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: wrong.append(f"{said.type}: {said.text}") if "Content Security" in said.text else None,
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(url) else wrong.append(f"elsewhere: {asked.url}"),
        )
        page.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 500 else None)
        page.goto("/sign-in")
        if role:
            page.get_by_role("button", name=re.compile(role)).click()
        return page

    yield window
    for context in contexts:
        context.close()
    assert wrong == []
