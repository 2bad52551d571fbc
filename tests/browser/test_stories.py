"""The stories of the feature and the hard cases, lived through by the pages alone, in Chinese (domain.md 1.6 and 5)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open
from tests.browser.living import Matter, fill, takes
from tests.browser.test_console import AUDITOR, COORDINATOR, PARTNER

pytestmark = pytest.mark.browser

TEAM = "雷锋车队南关分会"
CONSENT = {
    "同意用于": ["个案服务", "转介", "结对帮扶", "资助申请"], "哪些信息": ["身份", "联系方式"], "可提供给": [TEAM], "方式": "书面",
}  # fmt: skip
BY_PHONE = {"对方怎么告知的": "电话", "凭据（通话、信息编号）": "call-0417"}


def test_a_child_is_helped_from_several_sides_and_the_case_stays(enters: Open):
    """小伟 (A): consent by his mother, a case, money from a giver who is not named, a team that promises five things."""
    desk = enters(COORDINATOR)
    matter = takes(desk, ["经济困难", "同伴交往"], client_name="小伟")
    matter.does("分诊", {"紧急程度": "一般", "去向": "开个案"})
    matter.of_person("登记监护人", {"称呼或化名": "小伟妈妈", "关系": "母亲", "凭什么": "户口簿"})
    consent = CONSENT | {"由谁": "监护人", "哪位监护人": "母亲", "孩子本人的意见": "无法征询", "敏感": "是"}
    matter.does("登记同意", consent)
    matter.does("接案", {"负责人": "我本人"})
    matter.does("收集资料", {"从谁处得知": ["家人"], "哪些信息": ["情况叙述"], "情况": "村里几乎没有同龄人"})
    matter.does("预估", {"需求": ["经济困难", "同伴交往", "自信/眼界"]})
    matter.does("商定服务计划", {"目标": ["经济支持", "同龄交往", "自信/眼界"], "谁同意计划": "监护人"})

    matter.does("申请资助", {"用途": "经济困难", "依据的同意": "个案服务"})
    matter.does("批准资助", BY_PHONE, part="代记出资方")
    matter.does("发放资助", {"付给": "家人", **BY_PHONE}, part="代记出资方")

    matter.does("拟定转介", {"需求": ["陪伴"], "依据的同意": "转介"})
    matter.does("转介就绪", part="^转介")
    matter.does("发出转介", {"机构": TEAM}, part="^转介")
    matter.does("受案", BY_PHONE, part=f"代记 {TEAM}")
    matter.does("开始服务", BY_PHONE, part=f"代记 {TEAM}")
    promised = ["缴纳学费", "买衣服", "买篮球等玩具", "看电影、吃饭、外出", "参加各种活动"]
    matter.does("结对", {"各方": [TEAM], "承诺": promised}, part="^转介")
    matter.does("登记履约", {"哪项承诺": "缴纳学费", "凭据编号": "told-by-the-worker"}, part="^结对")
    matter.does("登记实物支持", {"什么物品": ["衣服", "篮球"], "谁给的": TEAM})
    for kind in ("运动指导", "运动指导", "其他"):
        matter.does("登记服务", {"类别": kind})
    matter.does("追踪评估", {"谁来评": "家人", "原话": "孩子现在话比以前多了"})

    matter.reads(".state", "已评估")
    expect(desk.locator(".needs")).to_contain_text(f"此刻负责 {TEAM}")
    desk.goto(f"{matter.url}/file")
    expect(desk.locator(".file")).to_contain_text("已发放")
    expect(desk.locator(".file")).to_contain_text("衣服、篮球")
    assert_accessible(desk)

    auditor = enters(AUDITOR)
    auditor.goto(matter.url)
    expect(auditor.locator(".holder").first).to_contain_text("w-demo")  # one owner, to the end
    said = auditor.inner_text("body")
    assert "结案" not in auditor.locator(".timeline").inner_text()
    assert not [word for word in ("小伟", "同龄人", "话比以前多") if word in said]


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


def test_three_decline_in_turn_and_the_station_still_answers(enters: Open):
    """H1: each no has its reason, those who said no are not suggested again, and somebody at the station takes it up."""
    desk = enters(COORDINATOR)
    several = (TEAM, "暖心服务社", "晨光服务社")
    matter = referred(desk, "心理疏导", *several)
    for name, reason in zip(several, ("无容量", "超出专业能力", "不在服务区域"), strict=True):
        matter.does("发出转介", {"机构": name}, part="^转介")
        matter.does("不受案", {"原因": reason, **BY_PHONE}, part=f"代记 {name}")
    matter.waits_for("发出转介", "^转介").click()
    expect(desk.locator(".cards .cannot").filter(has_text="暖心服务社")).to_contain_text("暂不能选")
    matter.does("无机构承接", {"由谁接手": "我本人"}, part="^转介")
    matter.reads(".needs", "无机构承接")
    for reason in ("无容量", "超出专业能力", "不在服务区域"):
        expect(desk.locator(".answers")).to_contain_text(reason)
    expect(desk.locator(".needs")).to_contain_text("此刻负责 社工 w-demo")


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
