"""What takes two persons, by the pages alone and without scripts: opening again what was reported, erasure, breaking a seal."""

from __future__ import annotations

import re
from datetime import UTC, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from services.kernel.clock import system_clock
from tests.browser.axe import assert_accessible
from tests.browser.conftest import COMMUNITY, Open, Street
from tests.browser.test_console import AUDITOR, COORDINATOR

pytestmark = pytest.mark.browser

HEAD = "站长"
LONG_AGO = timedelta(days=40)


def told(days_ago: timedelta) -> dict[str, Any]:
    """When it happened, by paper."""
    at = (system_clock().astimezone(UTC) - days_ago).isoformat()
    return {"happened": {"at": at, "precision": "instant", "channel": "paper"}}


def ended(street: Street, person: str = "") -> str:
    """A request that came in and was closed forty days ago; the matter."""
    body = {
        "unit": f"community:{COMMUNITY}",
        "area": COMMUNITY,
        "came_by": "phone",
        "need_codes": ["goods"],
        "urgency": "normal",
    }
    body |= {"person_id": person} if person else {}
    matter = str(street.ask("/intake/v1/help-requests", body | told(LONG_AGO))["id"])
    triage = {"urgency": "normal", "disposition": "referral"}
    street.ask(f"/intake/v1/help-requests/{matter}/triage", triage | told(LONG_AGO - timedelta(hours=1)))
    end = {"outcome": "withdrawn"}
    street.ask(f"/intake/v1/help-requests/{matter}/closing", end | told(LONG_AGO - timedelta(hours=2)))
    street.hub.settles()
    return matter


def row_of(page: Page, matter: str) -> Locator:
    """What waits about a matter."""
    page.goto("/approvals")
    return page.get_by_role("row", name=re.compile(matter[:8])).first


def test_a_matter_of_a_month_that_is_over_is_opened_again_by_two(opens: Open, street: Street):
    """INV-31: it may have been reported; one person alone is told who else must approve, and asks at once."""
    matter = ended(street)
    station, head = opens(COORDINATOR, java_script_enabled=False), opens(HEAD, java_script_enabled=False)
    station.goto(f"/matters/{matter}")
    station.get_by_role("link", name="重开求助").first.click()
    station.locator("select[name=reason_code]").select_option(index=1)
    station.get_by_role("button", name=re.compile("^记下")).click()
    expect(station.get_by_role("status")).to_contain_text("等另一人复核")
    row_of(head, matter).get_by_role("button", name=re.compile("^批准")).click()
    expect(head.get_by_role("status").first).to_contain_text("已记下")
    street.hub.settles()
    head.goto(f"/matters/{matter}")
    expect(head.locator(".state .chip").first).to_have_text("已重开")


def known(street: Street, name: str) -> str:
    """Somebody on record."""
    body = {"station": "220104004", "pseudonym": name, "phone": "13900000031", "age_band": "from_60"}
    return str(street.ask("/intake/v1/persons", body)["id"])


def test_an_erasure_is_asked_for_decided_kind_by_kind_and_approved_by_another(opens: Open, street: Street):
    """INV-35: identity and narrative go, facts rest, safeguarding stays; one alone decides nothing (H10)."""
    matter = ended(street, known(street, "丙奶奶"))
    station, head = opens(COORDINATOR, java_script_enabled=False), opens(HEAD, java_script_enabled=False)
    station.goto(f"/matters/{matter}/file")
    station.get_by_role("button", name="查看称呼和电话").click()
    expect(station.locator("main")).to_contain_text("丙奶奶")
    station.get_by_role("link", name="删除个人信息").click()
    station.get_by_label("理由").select_option(label="撤回同意")
    station.get_by_role("button", name="记下请求").click()
    expect(station.get_by_role("status")).to_contain_text("等待逐类决定")
    seen = opens(HEAD)
    seen.goto(f"/matters/{matter}/erasure")
    assert_accessible(seen)
    head.goto(f"/matters/{matter}/erasure")
    fate = head.get_by_role("group", name=re.compile("未成年人保护")).get_by_label("决定")
    fate.select_option(label="删除（销毁密钥）")
    head.get_by_role("button", name="提交决定，等另一人批准").click()
    expect(head.get_by_role("status")).to_contain_text("等另一人复核")
    # What the law does not let pass is told to the second person, and waits on until it is taken back.
    row_of(station, matter).get_by_role("button", name=re.compile("^批准")).click()
    expect(station.get_by_role("alert")).to_contain_text("不得删除")
    row_of(head, matter).get_by_role("button", name=re.compile("^撤回")).click()
    head.goto(f"/matters/{matter}/erasure")
    head.get_by_role("button", name="提交决定，等另一人批准").click()
    row = row_of(station, matter)
    expect(row).to_contain_text("限制处理")
    row.get_by_role("button", name=re.compile("^批准")).click()
    expect(station.get_by_role("status").first).to_contain_text("已记下：决定删除请求")
    street.hub.settles()
    for _ in range(40):
        station.goto(f"/matters/{matter}/erasure")
        if "限制处理" in station.locator(".facts").inner_text():
            break
        station.wait_for_timeout(250)
    expect(station.locator("main")).to_contain_text("已销毁密钥数")
    station.goto(f"/matters/{matter}/file")
    assert "丙奶奶" not in station.content()


def test_an_auditor_breaks_a_seal_with_a_reason_and_a_second_person_and_it_is_on_record(opens: Open, street: Street):
    """INV-33: who asked, why, who approved, stands in the record of who has seen what."""
    matter = ended(street, known(street, "丁大爷"))
    auditor, head = opens(AUDITOR, java_script_enabled=False), opens(HEAD, java_script_enabled=False)
    auditor.goto(f"/matters/{matter}")
    auditor.get_by_role("link", name="解封查阅").click()
    auditor.get_by_label("目的").select_option(label="审计")
    auditor.get_by_role("checkbox", name="身份").check()
    auditor.get_by_role("button", name="申请解封").click()
    expect(auditor.get_by_role("status")).to_contain_text("等另一人复核")
    expect(auditor.get_by_role("button", name=re.compile("^打开"))).to_have_count(0)
    auditor.goto("/approvals")
    assert matter[:8] not in auditor.locator("main").inner_text(), "nobody approves what he asks himself"
    row_of(head, matter).get_by_role("button", name=re.compile("^批准")).click()
    expect(head.get_by_role("status").first).to_contain_text("一小时内可打开")
    auditor.goto(f"/matters/{matter}/unsealing")
    auditor.get_by_role("button", name=re.compile("^打开")).click()
    expect(auditor.get_by_role("heading", level=1)).to_have_text("已解封")
    expect(auditor.locator("main")).to_contain_text("丁大爷")
    again = opens(AUDITOR)
    again.goto(f"/matters/{matter}/unsealing")
    assert_accessible(again)
    again.get_by_role("button", name=re.compile("^打开")).click()
    expect(again.locator("main")).to_contain_text("丁大爷")
    assert_accessible(again)
    street.hub.settles()
    auditor.goto(f"/matters/{matter}/access")
    expect(auditor.get_by_role("row", name=re.compile("查阅.*审计")).first).to_contain_text("h-demo")


def test_forms_of_two_persons_are_usable_in_english(opens: Open, street: Street):
    matter = ended(street, known(street, "戊奶奶"))
    page = opens(HEAD)
    for path in (f"/matters/{matter}/erasure", "/approvals"):
        page.goto(f"{path}?lang=en")
        assert re.findall("[\u4e00-\u9fff]+", page.inner_text("main")) == []
