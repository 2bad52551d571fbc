"""The stories of the feature and the hard cases, lived through by the pages alone, in Chinese (domain.md 1.6 and 5)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.living import Matter, fill, takes
from tests.browser.test_console import AUDITOR, COORDINATOR, PARTNER

pytestmark = pytest.mark.browser

TEAM = "雷锋车队南关分会"
CONSENT = {
    "同意用于": ["个案服务", "转介", "结对帮扶", "资助申请"], "哪些信息": ["身份", "联系方式"], "可提供给": [TEAM], "方式": "书面",
}  # fmt: skip
BY_PHONE = {"对方怎么告知的": "电话", "凭据（通话、信息编号）": "call-0417"}


def referred(desk: Page, need: str, *receivers: str) -> Matter:
    """Somebody has consented to be referred to these, and the referral is ready."""
    matter = takes(desk, [need], "80 岁以上", client_name="王奶奶")
    matter.does("分诊", {"紧急程度": "一般", "去向": "转介"})
    matter.does("登记同意", {"同意用于": ["转介"], "哪些信息": ["身份"], "可提供给": list(receivers), "方式": "书面"})
    matter.does("拟定转介")
    matter.does("转介就绪", {"依据的同意": "转介"}, part="^转介")
    return matter


def test_an_organization_answers_by_telephone_and_everybody_sees_who_wrote_it_down(enters: Open):
    """H12, with scripts off."""
    desk = enters(COORDINATOR, java_script_enabled=False)
    matter = referred(desk, "陪伴", TEAM)
    matter.does("发出转介", {"机构": TEAM}, part="^转介")
    matter.does("受案", BY_PHONE, part=f"代记 {TEAM}")
    matter.does("开始服务", BY_PHONE, part=f"代记 {TEAM}")
    matter.does("报告成效", {"结果": "已提供", **BY_PHONE}, part=f"代记 {TEAM}")
    matter.does("确认成效", part="^转介")
    matter.reads(".state", "已办结")
    auditor = enters(AUDITOR, java_script_enabled=False)
    auditor.goto(matter.url)
    said = auditor.locator(".timeline li").filter(has_text="受案").first
    expect(said).to_contain_text("w-demo")
    expect(said).to_contain_text(f"代 {TEAM} 记录")


def test_a_consent_that_is_taken_back_ends_what_was_asked_on_it(enters: Open):
    """H3: before an answer; the partner is asked no more, and it counts as the person's wish."""
    desk = enters(COORDINATOR)
    matter = referred(desk, "陪伴", TEAM)
    matter.does("发出转介", {"机构": TEAM}, part="^转介")
    partner = enters(PARTNER)
    waiting = partner.get_by_role("article")
    expect(waiting).not_to_have_count(0)
    before = waiting.count()
    matter.of_person("撤回同意")
    matter.reads(".needs", "已撤回")
    partner.reload()
    expect(waiting).to_have_count(before - 1)
    desk.goto(f"{matter.url}/file")
    expect(desk.locator(".file")).to_contain_text("已撤回")


def test_a_concern_about_harm_is_raised_on_one_screen_and_leaves_no_trace_on_the_matter(enters: Open):
    """H7: no consent, no further field; where to report is said at once, and the matter's page shows nothing of it (INV-11)."""
    desk = enters(COORDINATOR)
    matter = takes(desk, ["同伴交往"])
    matter.waits_for("分诊").click()
    barred = desk.get_by_role("group", name=re.compile("^去向")).get_by_role("listitem").filter(has_text="强制报告")
    expect(barred.get_by_role("radio")).to_be_disabled()
    expect(barred).to_contain_text("现在可以办：报告侵害疑似")
    matter.does("报告侵害疑似", {"看到听到了什么": "胳膊上有淤青"})
    expect(desk.get_by_role("heading", level=1)).to_have_text("强制报告")
    fill(desk, "回执编号", "110-0417")
    desk.get_by_role("button", name="记下强制报告").click()
    expect(desk.get_by_role("status").first).to_contain_text("已记下")
    for looker in (desk, enters(AUDITOR)):
        looker.goto(matter.url)
        said = looker.inner_text(".timeline") + looker.inner_text(".needs")
        assert "淤青" not in said and "侵害" not in said
    matter.does("分诊", {"紧急程度": "紧急", "去向": "强制报告", "已联系": "110"})
