"""A partner organization's day by the pages alone: answered in a minute, whom it serves, what it takes, its programs."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import COMMUNITY, Open, Street
from tests.support.called import Endpoints

pytestmark = pytest.mark.browser

PARTNER = "合作机构"


def asked(page: Page, referral: str) -> Locator:
    """The offer of this referral on the partner's page."""
    return page.get_by_role("article", name=re.compile(referral[:8]))


def consented(street: Street) -> tuple[str, str]:
    """A matter of somebody who has agreed that the team learns who it is, with its need offered to the team."""
    who = {
        "station": "220104004",
        "age_band": "adult",
        "pseudonym": "小伟",
        "phone": "000-0000",
        "residence_area": COMMUNITY,
    }
    person = street.ask("/intake/v1/persons", who)["id"]
    request = {"unit": f"community:{COMMUNITY}", "area": COMMUNITY, "came_by": "walk-in", "person_id": person}
    matter = street.ask("/intake/v1/help-requests", request)["id"]
    street.ask(f"/intake/v1/help-requests/{matter}/triage", {"urgency": "normal", "disposition": "referral"})
    given = {
        "person_id": person,
        "by": "self",
        "categories": ["identity", "contact"],
        "method": "oral",
        "notice_version": "2026-1",
    }
    street.ask("/intake/v1/consents", given | {"purposes": ["casework"]})
    team = street.hub.ask("GET", f"/referral/v1/organizations/{street.team}").json()["party"]
    consent = street.ask("/intake/v1/consents", given | {"purposes": ["referral"], "receivers": [team]})["id"]
    street.hub.settles()
    draft = {"matter_id": matter, "kind": "referral", "need_codes": ["companionship"], "areas": [COMMUNITY],
             "consent_id": consent}  # fmt: skip
    referral = str(street.ask("/referral/v1/referrals", draft)["id"])
    street.ask(f"/referral/v1/referrals/{referral}/readiness", {})
    street.ask(f"/referral/v1/referrals/{referral}/offers", {"organization_id": street.team})
    street.hub.settles()
    return referral, consent


def test_an_offer_shows_how_long_there_is_and_is_answered_in_one_click_or_asked_about(opens: Open, street: Street):
    _, referral = street.offered("companionship")
    page = opens(PARTNER)
    offer = asked(page, referral)
    expect(offer.locator(".countdown")).to_have_text(re.compile(r"还剩 \d+ 小时 \d+ 分钟"))
    assert_accessible(page)
    offer.get_by_text("先问清楚").click()
    offer.get_by_role("button", name="发问").click()
    expect(page.get_by_role("status")).to_contain_text("已记下")
    expect(asked(page, referral)).to_contain_text("待补充信息")
    page.keyboard.press("Tab")
    asked(page, referral).get_by_role("button", name=re.compile("^受案")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已记下：受案")


def test_a_partner_sees_whom_it_serves_only_while_consent_stands_and_each_look_is_on_record(
    opens: Open, street: Street
):
    referral, consent = consented(street)
    page = opens(PARTNER)
    asked(page, referral).get_by_role("button", name=re.compile("^受案")).click()
    expect(page.get_by_role("status")).to_contain_text("已记下：受案")
    street.hub.settles()
    page.get_by_role("link", name="服务对象", exact=True).click()
    need = page.get_by_role("region", name=re.compile(referral[:8]))
    assert "小伟" not in page.content()
    assert_accessible(page)
    need.get_by_role("button", name=re.compile("查看是谁")).click()
    expect(page.locator("main")).to_contain_text("小伟")
    expect(page.locator("main")).to_contain_text("此次查看已记录")
    assert_accessible(page)
    page.goto("/served")
    street.ask(f"/intake/v1/consents/{consent}/withdrawal", {"scope": "all"})
    need.get_by_role("button", name=re.compile("查看是谁")).click()
    expect(page.get_by_role("alert")).to_contain_text("已不能查看")
    assert "小伟" not in page.content()


def test_service_is_started_and_its_outcome_reported_from_the_page(opens: Open, street: Street):
    _, referral = street.offered("companionship")
    page = opens(PARTNER)
    asked(page, referral).get_by_role("button", name=re.compile("^受案")).click()
    expect(page.get_by_role("status")).to_contain_text("已记下：受案")
    page.goto("/served")
    need = page.get_by_role("region", name=re.compile(referral[:8]))
    need.get_by_role("link", name=re.compile("^开始服务|^服务开始|首次")).first.click()
    page.get_by_role("button", name=re.compile("^记下")).click()
    expect(page.get_by_role("status")).to_contain_text("已记下")
    page.goto("/served")
    need.get_by_role("link", name=re.compile("成效|结果")).first.click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name=re.compile("^记下")).click()
    expect(page.get_by_role("status")).to_contain_text("已记下")


def test_what_it_takes_is_published_changed_and_withdrawn(opens: Open, street: Street):
    page = opens(PARTNER)
    page.get_by_role("link", name="承接能力").click()
    assert_accessible(page)
    form = page.get_by_role("region", name="发布服务")
    form.get_by_role("checkbox").first.check()
    form.get_by_label(re.compile("同时可接")).fill("3")
    form.get_by_role("button", name="发布服务").click()
    expect(page.get_by_role("status")).to_contain_text("已发布")
    expect(page.locator("main")).to_contain_text("同时 3 件")
    mine = page.locator("article", has_text="同时 3 件")
    mine.get_by_label(re.compile("同时可接")).fill("")
    mine.get_by_role("button", name=re.compile("改名额")).click()
    expect(page.locator("main")).to_contain_text("名额不详")


def test_a_token_is_made_shown_once_used_and_taken_back_without_javascript(opens: Open, street: Street):
    page = opens(PARTNER, java_script_enabled=False)
    page.get_by_role("link", name="接口").click()
    holder = f"desk-{uuid4().hex[:6]}"
    tokens: list[str] = []
    for _ in range(2):
        page.get_by_role("textbox", name=re.compile("^程序")).fill(holder)
        page.get_by_role("button", name="生成令牌").click()
        tokens.append(page.locator(".once code").first.inner_text())
    page.reload()  # the form is sent once more, as by whoever goes back and forth
    expect(page.get_by_role("alert")).to_contain_text("只在首次回复中出现一次")
    page.get_by_role("textbox", name=re.compile("^程序")).fill(holder)
    page.get_by_role("button", name="生成令牌").click()
    expect(page.get_by_role("alert")).to_contain_text("已有两个有效令牌")
    assert all(token not in page.content() for token in tokens)
    feed = f"{street.hub.url}/partner/v1/events?after=0&limit=5"
    answer = requests.get(feed, headers={"Authorization": f"Bearer {tokens[0]}"}, timeout=10)
    assert [int(event["sequence"]) for event in answer.json()][:1] == [1]
    for _ in range(2):
        page.get_by_role("button", name=re.compile(f"收回 {holder}")).first.click()
        expect(page.get_by_role("status")).to_contain_text("令牌已收回")


def test_a_webhook_is_registered_tested_turned_and_its_log_read(opens: Open, street: Street):
    page = opens(PARTNER)
    page.get_by_role("link", name="接口").click()
    assert_accessible(page)
    with Endpoints() as called:
        url = f"http://127.0.0.1:{called.port}/hook"
        page.get_by_label(re.compile("^地址")).fill(url)
        page.get_by_role("button", name="登记回调").click()
        secret = page.locator(".once code").first.inner_text()
        assert secret.startswith("whsec_")
        assert_accessible(page)
        page.goto("/programs")
        assert secret not in page.content()
        hook = page.locator("article", has_text=url)
        hook.get_by_role("button", name=re.compile("试投最新一号")).click()
        expect(page.get_by_role("status")).to_contain_text("已安排再投第")
        for _ in range(40):
            page.goto("/programs")
            if hook.get_by_text("已送达").count():
                break
            page.wait_for_timeout(250)
        hook.get_by_text("投递记录").click()
        expect(hook.get_by_role("cell", name=re.compile("已送达")).first).to_be_visible()
        hook.get_by_role("button", name=re.compile("^换密钥")).click()
        again = page.locator(".once code").first.inner_text()
        assert again.startswith("whsec_") and again != secret
        page.locator("article", has_text=url).get_by_role("button", name=re.compile("^删除")).click()
        expect(page.get_by_role("status")).to_contain_text("已删除")


def test_the_last_number_and_the_kept_head_are_shown_in_english_too(opens: Open, street: Street):
    page = opens(PARTNER)
    page.get_by_role("link", name="English").click()
    for path in ("/offers", "/served", "/capacity", "/programs"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('[lang=zh-CN], [hreflang=zh-CN]').forEach(e => e.remove())")
        said = page.inner_text("body").replace("雷锋车队南关分会", "")
        assert re.findall("[\u4e00-\u9fff]+", said) == [], path
    expect(page.locator("main")).to_contain_text("The last number")
