"""Code tables of cases, rounds of visits and activities: what was done, to which end, and why it ended."""

from __future__ import annotations

from services.contracts.tables import table

CLOSE_REASON = table("close_reason", "结案原因", """
    goals-reached | 目标达成 | goals reached
    client-unwilling | 服务对象不愿继续 | the client does not wish to go on
    referred | 客观原因转介/移交 | referred or transferred for objective reasons
    parties-changed | 社工或服务对象变动 | worker or client changed
    lost-contact | 失联 | contact lost
    deceased | 去世 | deceased
    error | 误录 | entered in error
""", needs="deceased")  # fmt: skip

SERVICE_KIND = table("service_kind", "服务类别", """
    talk | 面谈 | talk
    home-visit | 入户走访 | home visit
    phone-call | 电话联系 | telephone call
    counselling | 心理疏导 | counselling
    sport | 运动指导 | sport
    companionship | 陪伴 | company
    tutoring | 学业辅导 | tutoring
    resource-link | 链接资源 | linking resources
    housework | 家务 | housework
    health-watch | 健康关注 | an eye on health
    paperwork | 材料咨询 | advice on papers
    mediation | 调解 | mediation
    escort | 陪同外出 | going out together
    group | 小组 | group work
    other | 其他 | other
""")  # fmt: skip

SOURCE_KIND = table("source_kind", "资料来源", """
    client | 本人 | the client
    family | 家人 | family
    neighbour | 邻居 | neighbours
    school | 学校 | school
    community | 社区 | community
    document | 材料 | documents
    observation | 观察 | observation
    partner | 合作机构 | partners
    worker | 社工 | worker
    third | 第三方 | a third party
""")  # fmt: skip

GOAL = table("goal_code", "目标", """
    economic-support | 经济支持 | economic support
    peer-contact | 同龄交往 | contact with peers
    confidence | 自信/眼界 | confidence and outlook
    health | 健康 | health
    companionship | 不孤单 | not alone
    schooling | 学业 | schooling
    safety | 安全 | safety
    housing | 居住 | housing
    papers | 办成手续 | papers in order
    family | 家庭关系 | family relations
    other | 其他 | other
""")  # fmt: skip

ACTIVITY_KIND = table("activity_kind", "活动类别", """
    children-social | 儿童社会交往 | children's meeting
    residents-help | 帮扶困难居民 | help for residents in need
    sport | 运动 | sport
    reading-writing | 读写创作 | reading and writing
    career | 职业体验 | learning about work
    elders | 老人活动 | elders' meeting
    salon | 沙龙 | salon
    group-work | 小组工作 | group work
    festival | 节日 | festival
    other | 其他 | other
""")  # fmt: skip

VISIT_CADENCE = table("visit_cadence", "探访频次", """
    daily | 几乎每天 | almost daily
    weekly | 每周 | weekly
    fortnightly | 每两周 | fortnightly
    monthly | 每月 | monthly
    quarterly | 每季 | quarterly
""", fixed=True)  # fmt: skip

CADENCE_PER_MONTH = {"daily": 30, "weekly": 4, "fortnightly": 2, "monthly": 1, "quarterly": 0}
"""How many visits a month a cadence promises, for the rate; a quarter's visit is not due every month."""

VISIT_ACTIVITY = table("visit_activity", "探访内容", """
    talk | 聊天 | talk
    health-watch | 了解健康 | asking after health
    housework | 打扫屋子 | housework
    photos | 看老照片 | looking at old photographs
    stories | 听故事 | listening to stories
    errand | 代办 | an errand
    safety-check | 安全检查 | a look at safety
    other | 其他 | other
""")  # fmt: skip

CONCERN = table("concern_code", "异常情形", """
    no-answer | 无人应答 | nobody answers
    fall | 跌倒 | a fall
    ill | 生病 | ill
    confused | 神志不清 | confused
    no-food | 断粮 | no food
    no-heating | 无供暖 | no heating
    low-mood | 情绪低落 | low spirits
    danger-at-home | 居家隐患 | danger at home
    other | 其他 | other
""")  # fmt: skip

CONCERN_ACTION = table("concern_action", "异常处置", """
    called-family | 联系家人 | called the family
    called-120 | 拨打120 | called an ambulance
    called-110 | 拨打110 | called the police
    called-119 | 拨打119 | called the fire brigade
    entered-with-witness | 见证入户 | went in with a witness
    asked-neighbours | 询问邻居 | asked the neighbours
    came-again | 再次上门 | came again
    reported-station | 报告社工站 | told the station
    stayed | 留下陪护 | stayed
""")  # fmt: skip

REASON = table("reason_code", "原因", """
    client-wish | 服务对象意愿 | the client's wish
    worker-left | 社工离职 | the worker left
    worker-ill | 社工请假 | the worker is ill or away
    reorganized | 工作调整 | reorganized
    handed-over | 接手 | handed over
    transfer-returned | 移交退回 | the transfer came back
    unknown | 未知 | unknown
    moved-away | 迁居 | moved away
    hospital | 住院 | in hospital
    recovered | 情况好转 | doing better
    got-worse | 情况变差 | doing worse
    new-facts | 新情况 | new facts
    deceased | 去世 | deceased
    typing-error | 录入错误 | typing error
    wrong-person | 登记错人 | the wrong person
    test | 测试 | a test
    not-over | 尚未解决 | not over
    client-absent | 服务对象不在 | the client was not there
    weather | 天气 | weather
    no-time | 未能安排 | no time
    no-agreement | 未达成一致 | no agreement
    erased | 删除个人信息 | data erased
    cannot-agree | 无法表达意愿 | cannot say
    emergency | 紧急情况 | emergency
    other | 其他 | other
""", needs="deceased worker-left handed-over transfer-returned unknown")  # fmt: skip

PAIRING_COMMITMENT = table("pairing_commitment", "校社结对承诺", """
    c1 | 根据需求选择帮扶对象、跟学 | choose clients by need, learn along
    c2 | 年内完成一个服务个案并汇报 | one case within the year, reported
    c3 | 接受双导师督导 | supervision by two mentors
    c4 | 发挥示范作用 | set an example
    c5 | 开展有益于实务和教学的活动 | activities that serve practice and teaching
""", fixed=True)  # fmt: skip

STAR_SCHEME = table("star_scheme", "志愿者星级", """
    1 | 一星 | one star | hours=100
    2 | 二星 | two stars | hours=300
    3 | 三星 | three stars | hours=600
    4 | 四星 | four stars | hours=1000
    5 | 五星 | five stars | hours=1500
""", version="s1", assumed=True)  # fmt: skip
