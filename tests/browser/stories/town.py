"""The town of the stories: its streets' organizations and staff, and an account for everybody who signs in.

This alone is told through the hub's API, as whoever sets a hub up would; what people then do, they do on the pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pyotp
from playwright.sync_api import Browser, Page, expect

from services.kernel.clock import system_clock
from tests.support.embedded import Hub
from wushe.demo.places import HUAYANG, XINGHUA, YIHE, YONGCHANG

TEAM, WARM, DAWN = "雷锋车队南关分会", "暖心服务社", "晨光服务社"
COLLEGE, ASSOCIATION, COMMUNITY = "东北师范大学社工学院", "长春市社会工作协会", "华阳社区"
PASSWORD = "three quiet herons"

ORGANIZATIONS = {
    "leifeng-nanguan": ("volunteer_team", TEAM, None, ("companionship", "one-to-one-support", "counselling")),
    "nuanxin": ("social_organization", WARM, None, ("counselling", "companionship")),
    "chenguang": ("social_organization", DAWN, None, ("counselling",)),
    "xinghua": ("community", "杏花社区", XINGHUA, ()),
    "yihe": ("community", "义和社区", YIHE, ()),
    "huayang": ("community", COMMUNITY, HUAYANG, ()),
    "nenu-sw": ("university", COLLEGE, None, ()),
    "cc-swa": ("social_organization", ASSOCIATION, None, ()),
}
"""By their codes: kind, name, where they are, what they offer."""

STAFF = {"w-zbs": XINGHUA, "w-village": YONGCHANG}
"""Colleagues who go and see, and sign in nowhere in these stories; and where they work."""

ACCOUNTS = {
    "w-desk": ("coordinator", YONGCHANG), "h-desk": ("station_head", YONGCHANG), "w-grid": ("grid_worker", XINGHUA),
    "w-point": ("worker", YIHE), "w-pair": ("worker", HUAYANG), "p-team": ("partner", "leifeng-nanguan"),
    "p-warm": ("partner", "nuanxin"), "p-dawn": ("partner", "chenguang"), "a-city": ("auditor", ""),
}  # fmt: skip
"""Who signs in: role, and the station or organization they belong to."""


@dataclass
class Town:
    """A hub with the town in it."""

    hub: Hub
    organizations: dict[str, str] = field(default_factory=dict)

    def opens(self) -> Town:
        """Everybody is in the directory."""
        for code, (kind, name, area, services) in ORGANIZATIONS.items():
            self.organizations[code] = self._organization(kind, code, name, area, services)
        for worker, area in STAFF.items():
            self._ask("/referral/v1/staff", {"code": worker, "employer": f"community:{area}"})
        return self

    def _organization(self, kind: str, code: str, name: str, area: str | None, services: tuple[str, ...]) -> str:
        body = {"kind": kind, "code": code, "name": name} | ({"area": area} if area else {})
        made = str(self._ask("/referral/v1/organizations", body)["id"])
        self._ask(f"/referral/v1/organizations/{made}/verification", {"evidence_kind": "visit"})
        self._ask(f"/referral/v1/organizations/{made}/activation", {})
        if services:
            offering = {"organization_id": made, "service_codes": list(services), "areas": ["2201"], "capacity": 50}
            self._ask("/referral/v1/offerings", offering)
        return made

    def _ask(self, path: str, body: dict[str, Any], **who: str) -> dict[str, Any]:
        answer = self.hub.ask("POST", path, body, Idempotency_Key=uuid4().hex, **who)
        assert answer.ok, f"{path}: {answer.text}"
        return dict(answer.json())

    def invites(self, holder: str) -> str:
        """The path of the link by which somebody sets a password; the same person's pages in English have an account more."""
        role, org = ACCOUNTS[holder.removesuffix("-en")]
        body = {"holder": holder, "role": role, "org": self.organizations.get(org, org) or None}
        link = str(self._ask("/console/v1/accounts", body, role="administrator", ident="m-town", org="")["link"])
        return "/" + link.split("/", 3)[3]


@dataclass
class Cast:
    """Everybody who has an account, each signed in once, by the pages; a window of theirs is opened with what that left."""

    chromium: Browser
    town: Town
    known: dict[str, Any] = field(default_factory=dict)

    def state(self, holder: str, lang: str) -> Any:
        """What a browser keeps of somebody who is in."""
        name = holder if lang == "zh" else f"{holder}-{lang}"
        if name not in self.known:
            self.known[name] = next(self._signed_in(name, lang))
        return self.known[name]

    def _signed_in(self, holder: str, lang: str) -> Iterator[Any]:
        with self.chromium.new_context(base_url=self.town.hub.url, locale="zh-CN") as context:
            page = context.new_page()
            page.goto(self.town.invites(holder))
            for box in ("新密码", "再输一次"):
                page.get_by_label(re.compile(f"^{box}")).fill(PASSWORD)
            page.get_by_role("button", name="保存密码").click()
            expect(page.get_by_role("status")).to_contain_text("密码已保存")
            page.get_by_label("编号").fill(holder)
            page.get_by_label("密码").fill(PASSWORD)
            page.keyboard.press("Enter")
            expect(page.get_by_label("密码")).to_have_count(0)
            _second_factor(page)
            page.goto(f"/account?lang={lang}")
            yield context.storage_state()


def _second_factor(page: Page) -> None:
    """Roles that come in with a second factor set it up on their first day."""
    if "/enrol" not in page.url:
        return
    secret = page.locator(".secret code").inner_text().replace(" ", "")
    page.get_by_label("验证码").fill(pyotp.TOTP(secret).at(system_clock()))
    page.get_by_role("button", name="启用").click()
    page.get_by_role("link", name="已收好").click()
