"""An organization without an account: the station writes its address down, sees its letters, and makes a link void."""

from __future__ import annotations

import re
from uuid import uuid4

import requests
from playwright.sync_api import expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import COMMUNITY, Open, Street, pytest

pytestmark = pytest.mark.browser
COORDINATOR = "协调员"


def offered(street: Street, team: str) -> str:
    """A need that was offered to this team; the referral's id."""
    matter = street.request("companionship")
    street.ask(f"/intake/v1/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "referral"})
    street.hub.settles()
    draft = {"matter_id": matter, "kind": "referral", "need_codes": ["companionship"], "areas": [COMMUNITY],
             "legal_basis": "pipl13-4"}  # fmt: skip
    referral = str(street.ask("/referral/v1/referrals", draft)["id"])
    street.ask(f"/referral/v1/referrals/{referral}/readiness", {})
    street.ask(f"/referral/v1/referrals/{referral}/offers", {"organization_id": team})
    return referral


def test_an_address_is_written_down_letters_go_there_and_a_link_is_made_void(opens: Open, street: Street):
    name, address = f"Dawn {uuid4().hex[:4]}", f"dawn.{uuid4().hex[:6]}@example.org"
    team = street.organization("volunteer_team", f"dawn-{uuid4().hex[:6]}", name, "companionship")
    referral = offered(street, team)
    page = opens(COORDINATOR)
    page.goto(f"/directory?q={name}")
    page.get_by_role("link", name=re.compile("^邮件方式")).click()
    expect(page.locator("main")).to_contain_text("尚未以邮件告知")
    assert_accessible(page)
    page.get_by_label(re.compile("^电子邮箱")).fill(address)
    page.get_by_role("button", name="登记地址").click()
    expect(page.get_by_role("status")).to_contain_text("已登记")
    assert address not in page.content()

    row = page.get_by_role("row", name=re.compile(referral[:8]))
    for _ in range(60):
        page.reload()
        if row.get_by_text("已发出").count():
            break
        page.wait_for_timeout(250)
    expect(row).to_contain_text("未用")
    assert_accessible(page)
    (letter,) = street.post.to(address)
    link = letter.link
    assert "承接" in requests.get(link, timeout=30).text
    row.get_by_role("button", name=re.compile("^作废链接")).click()
    expect(page.get_by_role("status")).to_contain_text("链接已作废")
    expect(row).to_contain_text("已失效")
    assert "此链接已作废" in requests.get(link, timeout=30).text

    page.get_by_role("button", name="停用邮件，并作废所有链接").click()
    expect(page.locator("main")).to_contain_text("停用")
    page.get_by_role("link", name="English").click()
    page.evaluate("document.querySelectorAll('[lang=zh-CN], [hreflang=zh-CN]').forEach(e => e.remove())")
    assert re.findall("[\u4e00-\u9fff]+", page.inner_text("body").replace(name, "")) == []
