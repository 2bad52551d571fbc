"""The stories of the feature and the hard cases, lived through by the pages alone, in Chinese (domain.md 1.6 and 5)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import assert_accessible
from tests.browser.conftest import Open
from tests.browser.living import Matter, takes
from tests.browser.test_console import AUDITOR, COORDINATOR

pytestmark = pytest.mark.browser

TEAM = "雷锋车队南关分会"
CONSENT = {
    "同意用于": ["个案服务", "转介", "结对帮扶", "资助申请"], "哪些信息": ["身份", "联系方式"], "可提供给": [TEAM], "方式": "书面",
}  # fmt: skip
BY_PHONE = {"对方怎么告知的": "电话", "凭据（通话、信息编号）": "call-0417"}


def accepts(page: Page, referral_of: Matter) -> str:
    """The partner says yes to the newest offer of this matter's; returns the referral's short id."""
    ref = referral_of.page.locator(".needs").inner_text()
    page.goto("/offers")
    return ref


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
