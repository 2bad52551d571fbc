"""The five stories of the feature, lived through on the pages alone (domain.md 1.6)."""

from __future__ import annotations

import pytest

from tests.browser.stories.conftest import Enters
from tests.browser.stories.living import Matter, today
from tests.browser.stories.people import Auditor, Desk, Partner
from tests.browser.stories.town import ASSOCIATION, COLLEGE, COMMUNITY, TEAM

pytestmark = pytest.mark.browser

BY_PHONE = {"对方怎么告知的": "电话", "凭据（通话、信息编号）": "call-0417"}
PROMISED = ["缴纳学费", "买衣服", "买篮球等玩具", "看电影、吃饭、外出", "参加各种活动"]
WAYS = pytest.mark.parametrize(("lang", "scripts"), [("zh", True), ("en", False)])
"""In Chinese with scripts, in English without."""


def taken_over(desk: Desk) -> Matter:
    """小伟's case: his mother has consented, his needs are known, the plan is agreed."""
    matter = desk.receives("经济困难", "同伴交往", name="小伟", came="未知")
    matter.does("分诊", {"紧急程度": "一般", "去向": "开个案"})
    matter.in_file("登记监护人", {"称呼或化名": "小伟妈妈", "关系": "母亲", "凭什么": "户口簿"})
    matter.does("登记同意", {
        "同意用于": ["个案服务", "转介", "结对帮扶", "资助申请", "活动"], "哪些信息": ["身份", "联系方式"], "可提供给": [TEAM],
        "方式": "书面", "由谁": "监护人", "哪位监护人": "母亲", "孩子本人的意见": "无法征询", "含敏感信息（健康、未成年人等）": "是",
    })  # fmt: skip
    matter.does("接案", {"负责人": "我本人"})
    matter.does("收集资料", {"从谁处得知": ["家人"], "哪些信息": ["情况叙述"], "情况": "村里几乎没有同龄人"})
    matter.does("预估", {"需求": ["经济困难", "同伴交往", "自信/眼界"]})
    matter.does("商定服务计划", {"目标": ["经济支持", "同龄交往", "自信/眼界"], "谁同意计划": "监护人"})
    return matter


def test_a_child_is_helped_from_several_sides_and_the_case_stays(enters: Enters):
    """小伟 (A): money from a giver who is not named, a team that promises five things, activities, services; not closed."""
    desk, team = enters(Desk), enters(Partner)
    matter = taken_over(desk)

    matter.does("申请资助", {"用途": "经济困难", "依据的同意": "个案服务"})
    matter.does("批准资助", BY_PHONE, by_giver=True)
    matter.does("发放资助", {"付给": "家人", **BY_PHONE}, by_giver=True)

    matter.does("拟定转介", {"需求": [], "服务项目": ["一对一帮扶"], "依据的同意": "个案服务"})
    matter.does("转介就绪", on="转介")
    matter.does("发出转介", {"机构": TEAM}, on="转介")
    team.accepts(matter)
    team.says(matter, "开始服务")
    team.sees_who(matter, "小伟")
    matter.does("结对", {"各方": [TEAM], "承诺": PROMISED, "与未成年人相处": "是"}, on="转介")
    matter.does("登记履约", {"哪项承诺": "缴纳学费", "凭据编号": "told-by-the-worker"}, on="结对")
    matter.does("登记实物支持", {"什么物品": ["衣服", "篮球"], "谁给的": TEAM})

    matter.does("登记活动和参加", {"类别": "儿童社会交往", "参加人数": "12"})
    for kind in ("运动指导", "运动指导", "其他"):
        matter.does("登记服务", {"类别": kind})
    matter.does("追踪评估", {"谁来评": "家人", "原话": "孩子现在话比以前多了"})

    matter.is_now("已评估")
    matter.needs_say(f"此刻负责 {TEAM}")
    for kept in ("已发放", "衣服、篮球", f"身份披露给 {TEAM}"):
        matter.file_says(kept)
    desk.finds_nothing_wrong()
    auditor = enters(Auditor)
    auditor.reads_of(matter, "w-desk", "参加活动").timeline_lacks("结案")  # one owner, to the end
    auditor.learns_no(["小伟", "同龄人", "话比以前多"], matter)


def test_an_old_lady_is_looked_in_on_every_day_and_no_referral_is_forced(enters: Enters):
    """洪阿姨 (B): a plan, a quarter's visits as one sheet, today's with one press; somebody else goes; nobody opens once."""
    grid = enters(Desk, "w-grid")
    asked = grid.receives("陪伴", name="洪阿姨", age="60 岁以上", came="走访发现")
    asked.in_file("认定类别", {"类别": "独居", "依据": "走访所见"})
    visits = grid.plans_visits(asked, "洪阿姨", {"频次": "每日", "探访人": "我本人", "依据": "走访所见"})
    visits.does("批量登记探访", {"哪些天": "2022-07-01~2022-09-28"})
    visits.does("登记探访", {
        "哪一天": "2022-09-29", "做了什么": ["聊天", "打扫屋子", "看老照片", "听故事"], "原话": "有你的关心与陪伴, 我一点都不觉得孤单",
    })  # fmt: skip
    visits.timeline_says("91")
    grid.writes_todays_visits()
    visits.does("登记漏访", {"哪一天": "2022-09-30", "原因": "社工请假"})
    visits.does("更换探访人", {"探访人": "社工 w-zbs", "原因": "社工请假"})
    visits.does(
        "登记探访", {"哪一天": today(), "方式": "电话", "结果": "无人应门", "现场处置": ["询问邻居", "联系家人"]}
    )
    grid.worklist_says(visits, "异常待处置")
    seen = enters(Auditor).reads_of(visits, "更换探访人", "w-zbs")
    seen.timeline_lacks("拟定转介", "发出转介", "志愿服务时长")
    seen.never_says("洪阿姨", "孤单")


@WAYS
def test_somebody_leaves_with_a_plan_and_is_asked_again_on_the_promised_day(enters: Enters, lang: str, scripts: bool):
    """孙大姐 (C): a paper is missing that a neighbour can supply; it waits for her, and nothing is called resolved."""
    point = enters(Desk, "w-point", lang, scripts)
    phone = "000-2727-0001" if lang == "zh" else "000-2727-0002"
    matter = point.receives("材料/政策咨询", name="孙大姐", age="成年", client_phone=phone)
    matter.does("分诊", {"紧急程度": "一般", "去向": "现场解答"})
    matter.does("给予指引", {
        "咨询事项": ["独生子女奖励金"], "还缺材料": ["其他"], "缺的材料由谁提供": "邻居", "难处": ["人户分离", "不知联系谁"],
        "下一步": ["补交材料"], "何日再问": today(), "怎么答复的": "一步一步理清补办材料的思路",
    })  # fmt: skip
    matter.is_now("等居民补充")
    point.finds_due(matter)
    matter.does("回访求助", {"结果": "办理中", "之后": "继续等待", "何日再问": today()})
    matter.is_now("等居民补充")
    matter.timeline_lacks("求助办结")
    elsewhere = enters(Desk, "w-pair", lang, scripts)
    elsewhere.is_warned_of("义和社区", client_name="孙大姐", client_phone=phone)


@WAYS
def test_a_cold_radiator_is_seen_to_by_two_of_whom_one_is_not_named(enters: Enters, lang: str, scripts: bool):
    """李明华 (D): a call, a grid worker, two who go, and a room that gets warm; it closes by the client's word."""
    grid = enters(Desk, "w-grid", lang, scripts)
    matter = grid.receives("小型维修", name="李明华", age="60 岁以上", came="来电", story="暖气管不热")
    matter.does("分诊", {"紧急程度": "当日", "去向": "派单", "派单员": "我本人"})
    matter.does("发布任务", {"类别": "小型维修", "需要几人": "2", "紧急程度": "当日"})
    matter.does("派单", {"派谁": ["社工 w-zbs", "不具名的同事"]}, on="派单")
    matter.does("登记到达", {"方式": "不详"}, on="派单")
    matter.does("完成任务", {
        "结果": "办成", "现场情况": ["暖气片不热", "阀门锈蚀", "管内有气未排"], "现场处置": ["打开放气阀", "接排污水", "充分放气"],
    }, on="派单")  # fmt: skip
    matter.does("核实任务", {"由谁": "本人", "在现场核实": "是"}, on="派单")
    matter.is_now("已办结")
    matter.needs_say("已核实")
    matter.timeline_lacks("志愿服务时长")
    enters(Auditor, "", lang, scripts).learns_no(["李明华", "暖气管"], matter)


def test_a_school_and_a_community_pair_up_and_it_can_be_said_what_is_kept(enters: Enters):
    """The pair (E): an agreement, two mentors, five commitments, one case that counts once, reports to both units."""
    worker = enters(Desk, "w-pair")
    worker.signs("签订合作协议", {"各方": [COMMUNITY, COLLEGE], "合作内容": ["督导教学", "个案服务"]})
    pair = worker.pairs({
        "社区（责任方）": COMMUNITY, "高校": COLLEGE, "各方": ["我本人"], "学生（学校内编号）": "s-zmy", "召集方": ASSOCIATION,
        "依据的协议": COMMUNITY, "结对日期": "2022-07-15",
    })  # fmt: skip
    pair.does("指定导师", {"哪一方的导师": "社区导师", "单位": COMMUNITY}, on="结对")
    pair.does("指定导师", {"哪一方的导师": "学院导师", "单位": COLLEGE}, on="结对")
    pair.does("登记活动", {"类别": "帮扶困难居民", "参加人数": "4", "活动情况": "学生等4人来到社区"}, on="结对")

    client = worker.receives("入户走访", name="被帮扶的居民", age="成年")
    client.does("分诊", {"紧急程度": "一般", "去向": "开个案"})
    client.does("登记同意", {
        "同意用于": ["个案服务", "督导教学"], "哪些信息": ["身份", "联系方式"], "可提供给": ["个人 s-zmy"], "方式": "书面",
    })  # fmt: skip
    client.does("接案", {"负责人": "我本人"})
    client.in_file("披露身份", {"提供给谁": "个人 s-zmy", "用于": "督导教学", "到哪一结对结束为止": COMMUNITY})
    client.does("预估", {"需求": ["入户走访"]})
    client.does("商定服务计划", {"目标": ["其他"], "谁同意计划": "没有人", "原因": "未达成一致", "方法": ["入户走访"]})

    pair.does("关联结对个案", {"哪一个案": "入户走访"}, on="结对")
    pair.does("登记履约", {"哪项承诺": "选择帮扶对象、跟学", "凭据编号": "case-2022-1"}, on="结对")
    pair.does("登记履约", {"哪项承诺": "开展有益于实务和教学的活动", "凭据编号": "activity-0829"}, on="结对")
    for unit in (COMMUNITY, COLLEGE):
        pair.does("结对成果汇报", {"向谁汇报": unit}, on="结对")
    pair.file_says("选择帮扶对象、跟学 已履约")
    pair.file_says("年内完成一个服务个案并汇报 未履约")
    worker.finds_nothing_wrong()
    client.file_says("身份披露给 个人 s-zmy")
    pair.does("结束结对", {"结果": "部分履约"}, on="结对")
    client.file_says("已收回")
    enters(Auditor).learns_no(["被帮扶的居民"], client)
