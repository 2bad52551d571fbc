"""The hard cases that people meet at their screens, lived through on the pages alone (domain.md 5)."""

from __future__ import annotations

import pytest

from tests.browser.stories.conftest import Enters
from tests.browser.stories.people import Auditor, Desk, Partner, accept_at_once
from tests.browser.stories.test_five_stories import BY_PHONE, WAYS
from tests.browser.stories.town import DAWN, TEAM, WARM

pytestmark = pytest.mark.browser

VILLAGE = {"纸质单号": "village-2026-02/7", "单据上的日期": "2026-02-10", "谁看到的": "社工 w-village"}


def test_three_decline_in_turn_and_the_station_still_answers(enters: Enters):
    """H1: each no has its reason, those who said no are not suggested again, and somebody at the station takes it up."""
    desk, team = enters(Desk), enters(Partner)
    matter = desk.refers("心理疏导", "王奶奶", TEAM, WARM, DAWN)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.declines(matter, "无容量")
    for name, reason in ((WARM, "超出专业能力"), (DAWN, "不在服务区域")):
        matter.does("发出转介", {"机构": name}, on="转介")
        matter.does("不受案", {"原因": reason, **BY_PHONE}, told_by=name)
    matter.opens("发出转介", on="转介")
    desk.is_warned_against(TEAM, WARM, DAWN)
    matter.does("无机构承接", {"由谁接手": "我本人"}, on="转介")
    for said in ("无容量", "超出专业能力", "不在服务区域", "无机构承接", "此刻负责 社工 w-desk"):
        matter.needs_say(said)
    for answered in (TEAM, WARM, DAWN):
        matter.file_lacks(f"身份披露给 {answered}")


def test_of_two_who_accept_at_once_one_has_it_and_the_other_is_told(enters: Enters):
    """H2: asked at the same time, both press yes; who was second learns so, and never learns whose need it is."""
    desk, warm, dawn = enters(Desk), enters(Partner, "p-warm"), enters(Partner, "p-dawn")
    matter = desk.refers("心理疏导", "王奶奶", WARM, DAWN)
    for name in (WARM, DAWN):
        matter.does("发出转介", {"机构": name, "方式": "同时询问多家"}, on="转介")
    told = accept_at_once(matter, warm, dawn)
    assert sorted("已记下" in each for each in told) == [False, True], told
    assert sorted("受案没有生效" in each for each in told) == [False, True], told
    first, second = (WARM, DAWN) if "已记下" in told[0] else (DAWN, WARM)
    matter.needs_say(f"此刻负责 {first}")
    matter.needs_say("他方已接")
    matter.file_says(f"身份披露给 {first}")
    matter.file_lacks(f"身份披露给 {second}")


def test_a_consent_that_is_taken_back_before_an_answer_ends_what_was_asked_on_it(enters: Enters):
    """H3: the partner is asked no more, and it counts as the person's wish."""
    desk, team = enters(Desk), enters(Partner)
    matter = desk.refers("陪伴", "王奶奶", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    offered = team.offer(matter)
    assert offered.count() == 1
    ref = matter.referral()
    matter.in_file("撤回同意")
    matter.needs_say("已撤回")
    team.is_offered_nothing_of(ref)
    matter.file_says("已撤回")


def test_a_consent_that_is_taken_back_afterwards_closes_what_was_opened(enters: Enters):
    """H3: who has been told is told no more from then on; what was lawfully done stays on record."""
    desk, team = enters(Desk), enters(Partner)
    matter = desk.refers("陪伴", "王奶奶", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.accepts(matter)
    team.sees_who(matter, "王奶奶")
    ref = matter.referral()
    matter.in_file("撤回同意")
    matter.needs_say("已撤回")
    team.sees_nobody(ref, "王奶奶")
    matter.timeline_says("受案")


@WAYS
def test_a_driver_sees_bruises_and_reports_on_one_screen(enters: Enters, lang: str, scripts: bool):
    """H7: from the partner's own page, nobody's consent needed; on the matter's pages there is no trace of it (INV-11)."""
    desk, team = enters(Desk, "", lang, scripts), enters(Partner, "", lang, scripts)
    matter = desk.refers("陪伴", "小伟", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.accepts(matter)
    team.finds_harm_with(matter, {"看到听到了什么": "胳膊上有淤青", "涉及监护人": "是"})
    team.reports_to_police("110-0417")
    auditor = enters(Auditor, "", lang, scripts)
    for seen in (desk.looks_at(matter), auditor.looks_at(matter)):
        seen.timeline_lacks("淤青", "报告侵害疑似", "强制报告")


def test_a_station_reports_though_the_matter_is_closed_and_the_way_is_shown_where_it_is_barred(enters: Enters):
    """H7: whatever the state of the matter; the choice that cannot be made says what can be done now."""
    desk = enters(Desk)
    matter = desk.receives("同伴交往")
    matter.opens("分诊")
    desk.is_barred_from("强制报告", "现在可以办：报告侵害疑似")
    matter.does("分诊", {"紧急程度": "一般", "去向": "现场解答"})
    matter.does("办结求助", {"结果": "已解答"})
    matter.does("报告侵害疑似", {"看到听到了什么": "胳膊上有淤青"})
    desk.reports_to_police("110-0418")
    matter.timeline_lacks("淤青", "侵害")


def test_a_village_s_sheets_of_february_come_in_later_and_both_answers_stay(enters: Enters):
    """H8: what was so in February and what was known of it are two answers; a day after the closing is shown as one."""
    desk = enters(Desk)
    january = {"何时发生": "2026-01-05T10:00"}
    matter = desk.receives("同伴交往", name="村里的孩子", age="成年", happened_at="2026-01-05T09:00")
    matter.does("分诊", {"紧急程度": "一般", "去向": "开个案", **january})
    matter.does("登记同意", {"同意用于": ["个案服务"], "哪些信息": ["身份"], "方式": "书面", **january})
    matter.does("接案", {"负责人": "我本人", **january})
    matter.does("预估", {"需求": ["同伴交往"], **january})
    matter.does("商定服务计划", {"目标": ["同龄交往"], "谁同意计划": "本人", **january})
    matter.does("结案", {"原因": "目标达成", "未评估先结案的原因": "服务对象意愿", "何时发生": "2026-02-05T10:00"})
    matter.does("登记服务", {"类别": "运动指导", **VILLAGE})
    matter.timeline_says("结案后补录")
    matter.is_now("已办结")
    auditor = enters(Auditor, scripts=False)
    assert "两刻所知相同" in auditor.compares(matter, "2月5日")
    assert "两刻所知相同" not in auditor.compares(matter, "2月10日")


def test_somebody_wants_everything_deleted_and_every_proof_still_holds(enters: Enters):
    """H10: identity goes, facts rest under a reference, whoever was told deletes; two persons decide, and the ledger is sound."""
    desk, team, auditor = enters(Desk), enters(Partner), enters(Auditor)
    matter = desk.refers("陪伴", "韩七奶奶", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.accepts(matter)
    team.sees_who(matter, "韩七奶奶")
    team.says(matter, "开始服务")
    team.says(matter, "报告成效", {"结果": "已提供"})
    matter.does("确认成效", on="转介")
    matter.is_now("已办结")
    desk.writes_down_that_all_should_go(matter, "撤回同意")
    enters(Desk, "h-desk").decides_kind_by_kind(matter)
    desk.approves(matter)
    desk.erasure_says(matter, "限制处理", "已销毁密钥数", TEAM)
    desk.writes_down_that_it_is_deleted(matter)
    desk.erasure_says(matter, "已删除")
    matter.file_lacks("韩七奶奶")
    desk.finds_nobody("韩七奶奶")
    team.page.goto("/served")
    assert "韩七奶奶" not in team.page.content()
    matter.timeline_says("受案")
    auditor.has_every_entry_checked()


def test_an_organization_answers_by_telephone_and_everybody_sees_who_wrote_it_down(enters: Enters):
    """H12, with scripts off; the organization may deny it afterwards, on its own page."""
    desk = enters(Desk, scripts=False)
    matter = desk.refers("陪伴", "王奶奶", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    matter.does("受案", BY_PHONE, told_by=TEAM)
    matter.does("开始服务", BY_PHONE, told_by=TEAM)
    matter.does("报告成效", {"结果": "已提供", **BY_PHONE}, told_by=TEAM)
    matter.does("确认成效", on="转介")
    matter.is_now("已办结")
    enters(Auditor, scripts=False).reads_of(matter, f"代 {TEAM} 记录", "w-desk")


@WAYS
def test_a_need_goes_its_whole_way_from_the_desk_to_the_partner_and_back(enters: Enters, lang: str, scripts: bool):
    """Asked, accepted, begun, reported, confirmed, closed; and read by the auditor without a name."""
    desk, team = enters(Desk, "", lang, scripts), enters(Partner, "", lang, scripts)
    matter = desk.refers("陪伴", "王奶奶", TEAM)
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.accepts(matter)
    team.says(matter, "开始服务")
    team.says(matter, "报告成效", {"结果": "已提供"})
    matter.does("确认成效", on="转介")
    matter.is_now("已办结")
    enters(Auditor, "", lang, scripts).learns_no(["王奶奶"], matter)
