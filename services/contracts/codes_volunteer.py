"""Code tables of the volunteer service: dated versions of words that people choose from, and what rules count with.

They are data: a station that lives by other words sets its own edition (`editions`); events keep the codes, so history is
read with the words of its own time. Codes outside a table are taken as they are, and shown as they are.
"""

from __future__ import annotations

from datetime import timedelta

from services.contracts.tables import Table, table

VERSION = "2026-1"

Labels = dict[str, tuple[str, str]]
"""A code's Chinese and English words."""

TASK_KINDS: Labels = {
    "home-visit": ("入户走访", "home visit"),
    "small-repair": ("小型维修", "small repair"),
    "companionship": ("陪伴聊天", "company"),
    "outing": ("陪伴外出", "outing together"),
    "escort": ("陪同就医办事", "escort to a doctor or an office"),
    "housework": ("家务", "housework"),
    "delivery": ("代购送物", "errands and deliveries"),
    "child-care": ("儿童看护", "child care"),
    "tutoring": ("学业辅导", "tutoring"),
    "sports": ("运动指导", "sports"),
    "event-help": ("活动协助", "help at an event"),
    "other": ("其他", "other"),
}

LIMITS: Labels = {
    "heavy-lifting": ("重物搬运", "heavy lifting"),
    "stairs": ("爬楼", "stairs"),
    "night": ("夜间", "at night"),
    "far": ("远途", "far away"),
    "animals": ("家有动物", "animals at home"),
}
"""What a task may demand, and what a volunteer may prefer not to do; never why."""

CHECK_KINDS: Labels = {
    "minor-protection": ("从业查询(未成年人保护)", "register check for work with minors"),
    "qualification": ("专业资格", "professional qualification"),
}
MINOR_PROTECTION = "minor-protection"
MINOR_PROTECTION_DAYS = 366
"""A check for work with minors holds one year (未成年人保护法 art. 62 asks for a check every year)."""

TASK_REASONS: Labels = {
    "client-cancelled": ("服务对象取消", "the client called it off"),
    "not-needed": ("不再需要", "not needed any more"),
    "matter-closed": ("事项已结束", "the matter is closed"),
    "referral-ended": ("转介已终止", "the referral has ended"),
    "weather": ("天气", "weather"),
    "ill": ("身体不适", "unwell"),
    "busy": ("另有安排", "something else came up"),
    "safety": ("安全顾虑", "a worry about safety"),
    "suspended": ("志愿者已暂停", "the volunteer is suspended"),
    "not-cleared": ("从业查询未通过", "the check for work with minors was not passed"),
    "organization-left": ("所属队伍已暂停或退出", "the team is suspended or has left"),
    "no-show": ("未到", "did not come"),
    "other": ("其他", "other"),
}

ARRIVAL_METHODS: Labels = {
    "told": ("本人告知", "said so"),
    "phone": ("电话", "by phone"),
    "station-code": ("站点扫码", "a code shown by the station or client"),
    "witnessed": ("他人见证", "somebody saw it"),
    "unknown": ("不详", "not known"),
}
"""Never a position of somebody's phone (国办函〔2026〕12号)."""

FINDINGS: Labels = {
    "radiator-cold": ("暖气片不热", "radiator without warmth"),
    "valve-rusted": ("阀门锈蚀", "rusty valve"),
    "air-in-pipe": ("管内有气未排", "air in the pipe"),
}
ACTIONS: Labels = {
    "valve-opened": ("打开放气阀", "opened the vent"),
    "air-vented": ("充分放气", "let the air out"),
    "water-drained": ("接排污水", "caught the dirty water"),
}

COMMITMENTS: Labels = {
    "pay-tuition": ("缴纳学费", "paying the school fees"),
    "buy-clothes": ("买衣服", "buying clothes"),
    "buy-toys": ("买篮球等玩具", "buying a basketball and other toys"),
    "outings": ("看电影、吃饭、外出", "films, meals and outings"),
    "activities": ("参加各种活动", "taking part in activities"),
    "c1": ("选择帮扶对象、跟学", "choosing whom to help, and learning along"),
    "c2": ("年内完成一个服务个案并汇报", "one case within the year, and reports on it"),
    "c3": ("接受社区、学院双导师督导", "supervision by a community and an academy mentor"),
    "c4": ("发挥结对服务的示范作用", "setting an example"),
    "c5": ("开展有益于实务和教学的活动", "activities of use to practice and teaching"),
}

SCHOOL_COMMITMENTS = ("c1", "c2", "c3", "c4", "c5")
"""The five commitments of every school-community pairing; c2 falls due on the last day of the year."""

RECORD_WITHIN_WORKING_DAYS = 10
"""民政部令第67号 art. 11."""

QUALIFICATION = "qualification"


def _table(name: str, zh: str, labels: Labels) -> Table:
    return table(
        name, zh, "\n".join(f"{code} | {said[0]} | {said[1]}" for code, said in labels.items()), version=VERSION
    )


TASK_KIND = _table("task_kind", "任务类别", TASK_KINDS)
TASK_LIMIT = _table("task_limit", "任务要求", LIMITS)
CHECK_KIND = _table("check_kind", "核验类别", CHECK_KINDS)
TASK_REASON = _table("task_reason", "任务原因", TASK_REASONS)
ARRIVAL_METHOD = _table("arrival_method", "到达方式", ARRIVAL_METHODS)
FINDING = _table("finding", "现场情况", FINDINGS)
ACTION = _table("action", "现场处置", ACTIONS)
COMMITMENT = _table("commitment", "结对承诺", COMMITMENTS)

OVERRIDE_REASON = table("override_reason", "改选原因", """
    client-asked | 服务对象指定 | the client asked for them
    knows-the-person | 熟悉服务对象情况 | they know the person, which the hub does not know
    known-availability | 已知其时间安排 | who has time is known otherwise
    training | 带教 | somebody learns
    language | 语言沟通 | language
    safety | 安全顾虑 | a worry about safety
    same-face | 保持固定人员 | the same face is to come
    other | 其他 | other
""", version=VERSION)  # fmt: skip
"""Why others go than were suggested. A reason that is given often is a rule that is missing."""

SKILL = table("skill", "志愿技能", """
    companionship | 陪伴聊天 | company
    tutoring | 学业辅导 | tutoring
    cooking | 烹饪 | cooking
    repair | 小型维修 | small repairs | training=1
    child-care | 儿童看护 | child care | training=1
    elder-care | 老年照护 | care of elders | training=1
    sports | 运动指导 | sports | training=1
    driving | 驾驶 | driving | qualification=1
    electrical-work | 电工作业 | electrical work | training=1 qualification=1
    first-aid | 急救 | first aid | training=1 qualification=1
    counselling | 心理疏导 | counselling | training=1 qualification=1
    legal-advice | 法律咨询 | legal advice | training=1 qualification=1
""", version=VERSION, assumed=True)  # fmt: skip
"""What a task may ask for; `training=1`: trained first, `qualification=1`: qualified by law first (志愿服务条例 art. 16).

A skill that is not in the table asks for training, to be on the safe side.
"""

DISPATCH = table("dispatch", "派单时限", """
    grace | 迟到等候 | late, and not yet a no-show | minutes=15
    unfilled | 开始前停止寻找 | the search ends before the slot | minutes=15
    answer | 至少留给答复的时间 | at least this long to answer | minutes=15
    short-notice | 临近取消 | a cancellation that makes a task more urgent | minutes=1440
    emergency | 紧急任务 | an emergency: the holder of the matter takes over | minutes=10
    emergency-slot | 紧急任务最迟开始 | what begins later is no emergency | minutes=30
    next | 一次补邀人数 | how many are asked at once when somebody cannot come | count=5
    wave | 一批最多邀约人数 | the largest wave | count=12
    wave-emergency | 紧急: 一批的把握与答复时限 | emergency: likelihood of a yes, and time to answer | percent=95 minutes=5
    wave-urgent | 当日: 一批的把握与答复时限 | urgent: likelihood of a yes, and time to answer | percent=85 minutes=15
    wave-normal | 一般: 一批的把握与答复时限 | normal: likelihood of a yes, and time to answer | percent=60 minutes=60
    wave-low | 不急: 一批的把握与答复时限 | low: likelihood of a yes, and time to answer | percent=60 minutes=60
    quiet | 夜间不打扰(时) | quiet hours, from and to | from=21 to=8
    attention | 每人每周最多邀约次数 | offers a week at most, each volunteer | count=10
    empty-waves | 连续无人应答的批数 | waves without a yes, then it is escalated | count=2
    escalate | 开始前多久督办 | it is escalated this long before the slot | minutes=240
    escalate-again | 逐级督办间隔 | and one level higher after | minutes=30
""", version=VERSION, fixed=True, assumed=True)  # fmt: skip
"""What dispatching counts with. No text sets these numbers."""


def dispatch_minutes(code: str) -> timedelta:
    """A span of dispatching, as it stands on the day of the decision."""
    return timedelta(minutes=DISPATCH.number(code, "minutes"))
