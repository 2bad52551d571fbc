"""The code tables of the hub: dated editions with labels in both languages; history is read with its own edition.

A code is never renamed: a later edition leaves it out, and what was said before keeps its meaning. Tables marked as
assumed have no public source; a city replaces them with its own edition (`editions`).
"""

from __future__ import annotations

from datetime import date

from services.contracts.tables import FIRST, TABLES, Edition, Table, Term, edition, table

__all__ = ["FIRST", "TABLES", "Edition", "Table", "Term", "edition", "table"]

NEED = table("need_code", "需求", """
    economic-hardship | 经济困难 | economic hardship
    tuition | 学费 | tuition
    goods | 实物 | goods in kind
    peer-contact | 同伴交往 | contact with peers
    confidence | 自信/眼界 | confidence and outlook
    exercise | 运动锻炼 | sport and exercise
    companionship | 陪伴 | company
    health-watch | 健康关注 | an eye on health
    housework | 家务 | housework
    paperwork | 材料/政策咨询 | advice on papers and policies
    small-repair | 小型维修 | small repairs
    counselling | 心理疏导 | counselling
    child-care | 儿童看护 | child care
    medical-aid | 医疗救助 | medical aid
    mediation | 纠纷调解 | mediation
    legal-aid | 法律援助 | legal aid
    home-visit | 入户走访 | home visits
    other | 其他 | other
""")  # fmt: skip

PARTY_KIND = table("party_kind", "主体类别", """
    community | 社区 | community
    worker | 社会工作者(站/点) | social worker (station, point)
    organization | 社会组织 | social organization
    team | 社区志愿者(队) | volunteer team
    volunteer | 志愿者 | volunteer
    charity | 社会慈善资源 | charity
    university | 高校 | university
    authority | 政府部门/群团 | authority or mass organization
    person | 个人/家庭 | person or family
    unknown | 未知 | unknown
""", fixed=True)  # fmt: skip

CAME_BY = table("came_by", "来源渠道", """
    walk-in | 来访 | walk-in
    phone | 来电 | telephone
    grid | 网格上报 | reported by the grid
    outreach | 走访发现 | found on a round
    partner | 机构转来 | from a partner
    web | 网络 | web
    paper | 书面 | paper
    hotline | 热线转来 | hotline
    unknown | 未知 | unknown
""")  # fmt: skip

REPORTER_KIND = table("reporter_kind", "求助人类别", """
    self | 本人 | the person
    family | 家人 | family
    neighbour | 邻居 | neighbour
    grid-worker | 网格员 | grid worker
    worker | 社工 | social worker
    volunteer | 志愿者 | volunteer
    partner | 合作机构 | partner organization
    authority | 政府部门 | authority
    other | 其他 | other
    unknown | 未知 | unknown
""")  # fmt: skip

PLACE_KIND = table("place_kind", "地点类别", """
    home | 家中 | at home
    station | 社工站 | station
    point | 社工点 | point
    community | 社区 | community
    school | 学校 | school
    outdoors | 户外 | outdoors
    partner | 合作单位 | at a partner's
    phone | 电话 | by telephone
    online | 线上 | online
    other | 其他 | other
""")  # fmt: skip

URGENCY = table("urgency", "紧急程度", """
    emergency | 紧急(人身安全) | emergency: life or safety now
    urgent | 当日 | the same day
    normal | 一般 | normal
    low | 不急 | low
""", fixed=True)  # fmt: skip

RISK_LEVEL = table("risk_level", "风险等级", """
    red | 红 | red
    yellow | 黄 | yellow
    blue | 蓝 | blue
    green | 绿 | green
""", fixed=True)  # fmt: skip

DISPOSITION = table("disposition", "分诊去向", """
    guidance | 现场解答 | guidance
    case | 开个案 | open a case
    dispatch | 派单 | dispatch
    referral | 转介 | refer
    safeguarding | 强制报告 | safeguarding
    decline | 不接案 | decline
""", fixed=True)  # fmt: skip

EMERGENCY_CONTACT = table("emergency_contact", "紧急联络", """
    110 | 110 | police
    120 | 120 | ambulance
    119 | 119 | fire brigade
    on-site | 已到现场 | on site
    phone | 已通话 | spoken to by telephone
    neighbour | 邻居在场 | a neighbour is there
""")  # fmt: skip

MATERIAL = table("material", "材料", """
    identity-card | 身份证 | identity card
    household-book | 户口簿 | household register
    marriage-certificate | 结婚证 | marriage certificate
    birth-certificate | 出生证明 | birth certificate
    one-child-certificate | 独生子女证 | one-child certificate
    witness-statement | 知情人证明 | a witness's statement
    residence-proof | 居住证明 | proof of residence
    income-proof | 收入证明 | proof of income
    medical-record | 病历 | medical record
    bank-card | 银行卡 | bank card
    application-form | 申请表 | application form
    photo | 照片 | photograph
    other | 其他 | other
""")  # fmt: skip

SUPPLIER_KIND = table("supplier_kind", "材料提供方", """
    client | 本人 | the client
    family | 家人 | family
    neighbour | 邻居 | a neighbour
    community | 社区 | community
    authority | 政府部门 | an authority
    employer | 单位 | an employer
    hospital | 医院 | a hospital
    other | 其他 | other
    unknown | 未知 | unknown
""")  # fmt: skip

NEXT_STEP = table("next_step", "后续步骤", """
    bring-material | 补交材料 | bring what is missing
    find-witness | 联系知情人 | find the witness
    go-to-office | 前往办理 | go to the office
    station-asks | 社工代为联系 | the station asks around
    station-calls | 社工回电 | the station calls back
    wait | 等待审核 | wait for the review
    other | 其他 | other
""")  # fmt: skip

TOPIC = table("guidance_topic", "指引事项", """
    one-child-reward | 独生子女奖励金 | one-child reward
    subsistence-allowance | 低保 | subsistence allowance
    temporary-relief | 临时救助 | temporary relief
    medical-insurance | 医保 | medical insurance
    pension | 养老 | pension
    disability | 残疾 | disability
    housing | 住房 | housing
    heating | 供热 | heating
    school | 入学 | school
    residence | 户籍 | household registration
    other | 其他 | other
""")  # fmt: skip

DIFFICULTY = table("difficulty", "办事困难", """
    moved-away | 人户分离 | lives elsewhere than registered
    no-contact | 不知联系谁 | does not know whom to ask
    mobility | 行动不便 | cannot get about
    reading | 读写困难 | reading and writing
    digital | 不会用手机 | cannot use a smartphone
    language | 语言不通 | language
    other | 其他 | other
""")  # fmt: skip

FOLLOW_UP_RESULT = table("follow_up_result", "回访结果", """
    no-answer | 未联系上 | no answer
    in-progress | 办理中 | under way
    materials-complete | 材料齐全 | all is there
    stuck | 遇到困难 | stuck
    done | 已办成 | done
    gave-up | 放弃 | given up
    doing-well | 情况良好 | doing well
    needs-help | 需要再帮助 | needs help again
    other | 其他 | other
""")  # fmt: skip

REQUEST_DECLINE = table("request_decline_reason", "不接案原因", """
    outside-mandate | 不属服务范围 | outside the mandate
    outside-area | 不在服务区域 | outside the area
    no-need-found | 未发现需求 | no need was found
    client-unwilling | 本人不愿 | the client is not willing
    other | 其他 | other
""")  # fmt: skip

ALTERNATIVE = table("alternative", "替代建议", """
    other-station | 其他社工站 | another station
    authority | 政府部门 | an authority
    hotline | 热线 | a hotline
    hospital | 医院 | a hospital
    legal-aid | 法律援助 | legal aid
    police | 公安 | the police
    family | 家人 | family
    none-exists | 暂无 | there is none
""")  # fmt: skip

DECLINE_REASON = table("decline_reason", "不受案原因", """
    no-capacity | 无容量 | no capacity
    outside-area | 不在服务区域 | outside the area
    not-eligible | 不符合条件 | not eligible
    beyond-competence | 超出专业能力 | beyond our competence
    client-declines | 服务对象拒绝接触 | the client declines contact
    not-enough-information | 信息不足 | too little information
    funds-exhausted | 资金用尽 | funds are exhausted
    already-served | 已由他方服务 | served by others already
    safety | 安全顾虑 | safety concerns
    other | 其他 | other
""")  # fmt: skip

CLOSE_REASON = table("close_reason", "结案原因", """
    goals-reached | 目标达成 | goals reached
    client-unwilling | 服务对象不愿继续 | the client does not wish to go on
    referred | 客观原因转介/移交 | referred or transferred for objective reasons
    parties-changed | 社工或服务对象变动 | worker or client changed
    lost-contact | 失联 | contact lost
    deceased | 去世 | deceased
    error | 误录 | entered in error
""", needs="deceased")  # fmt: skip

OUTCOME = table("outcome", "成效", """
    delivered | 已提供 | delivered
    partially | 部分提供 | partially delivered
    not_delivered | 未提供 | not delivered
    client_declined | 服务对象拒绝 | declined by the client
    unreachable | 联系不上 | unreachable
""", fixed=True)  # fmt: skip

REQUEST_OUTCOME = table("request_outcome", "求助办结结果", """
    resolved | 已解决 | resolved
    answered | 已解答 | answered
    withdrawn | 撤回 | withdrawn
    unreachable | 联系不上 | unreachable
""", fixed=True)  # fmt: skip

CONFIRMED_BY = table("confirmed_by", "确认方", """
    client | 本人 | the client
    family | 家人 | family
    guardian | 监护人 | guardian
    worker | 社工 | worker
    coordinator | 站长 | coordinator
    partner | 合作机构 | partner
    third | 第三方 | a third party
""")  # fmt: skip

LEGAL_BASIS = table("legal_basis", "法定依据", """
    pipl13-1 | 个人同意 | consent
    pipl13-2 | 订立履行合同 | contract
    pipl13-3 | 法定职责或义务 | statutory duty
    pipl13-4 | 突发公共卫生事件或紧急情况 | emergency
    pipl13-5 | 新闻报道舆论监督 | news reporting
    pipl13-6 | 已合法公开 | lawfully public already
    pipl13-7 | 其他法定情形 | other statutory cases
    mandatory-report | 强制报告 | mandatory report
    life-safety | 紧急情况救助 | rescue in an emergency
""", needs="pipl13-1")  # fmt: skip

PURPOSE = table("purpose", "处理目的", """
    casework | 个案服务 | casework
    referral | 转介 | referral
    support | 结对帮扶 | one-to-one support
    grant | 资助申请 | grant application
    visit | 探访关爱 | visits
    activity | 活动 | activities
    volunteer | 志愿服务 | volunteer service
    training | 督导教学 | supervision and training
    statistics | 统计 | statistics
""", needs="casework referral")  # fmt: skip

PERSONAL_CATEGORY = table("personal_category", "个人信息类别", """
    identity | 身份 | identity
    contact | 联系方式 | contact
    narrative | 情况叙述 | narrative
    health | 健康 | health
""", fixed=True)  # fmt: skip

CONSENT_METHOD = table("consent_method", "同意方式", """
    written | 书面 | in writing
    oral | 口头(有记录) | spoken, written down
    phone | 电话 | by telephone
    electronic | 电子 | electronic
    witnessed | 见证 | witnessed
""")  # fmt: skip

CHILD_ASKED = table("child_asked", "听取儿童意见", """
    agrees | 同意 | agrees
    disagrees | 不同意 | disagrees
    unsure | 不确定 | not sure
    could-not-be-asked | 无法征询 | could not be asked
""")  # fmt: skip

SITUATION = table("situation_code", "侵害情形", """
    1 | 未成年人生殖器官或隐私部位异常损伤 | abnormal injury of private parts
    2 | 不满十四周岁女性遭受性侵、怀孕、流产 | girl under 14: assault, pregnancy, abortion
    3 | 十四周岁以上女性遭受性侵怀孕流产 | girl of 14 or more: pregnancy by assault
    4 | 身体多处损伤、严重营养不良、意识不清,疑受侵害 | injuries, malnutrition, unconscious: suspected abuse
    5 | 自杀、自残、工伤、中毒等致残致死 | suicide, self-harm, poisoning: disability or death
    6 | 被遗弃或长期无人照料 | abandoned or long unattended
    7 | 来源不明、失踪或被拐卖 | unknown origin, missing, trafficked
    8 | 被组织乞讨 | organised begging
    9 | 其他严重侵害或危险 | other serious harm or danger
""", version="2020", since=date(2020, 5, 7), fixed=True)  # fmt: skip

AUTHORITY_KIND = table("authority_kind", "受理机关", """
    police | 公安 | police
    civil-affairs | 民政 | civil affairs
    education | 教育 | education
    health | 卫生健康 | health
    procuratorate | 检察院 | procuratorate
    women-federation | 妇联 | women's federation
    youth-league | 团委 | youth league
""")  # fmt: skip

CLIENT_GROUP = table("client_group", "服务对象类别", """
    living-alone | 独居 | lives alone
    empty-nest | 空巢 | children not living along
    no-kin | 孤寡 | no spouse, no children
    left-behind-elder | 留守老人 | elder left behind
    disabled-elder | 失能 | in need of care
    severe-disability | 重残 | severely disabled
    special-family | 计生特殊家庭 | family that lost its only child
    child-in-difficulty-1 | 困境儿童(家庭经济) | child in difficulty: family's means
    child-in-difficulty-2 | 困境儿童(自身原因) | child in difficulty: own condition
    child-in-difficulty-3 | 困境儿童(监护缺失) | child in difficulty: guardianship
    left-behind-child | 留守儿童 | child left behind
    youth-a1 | 重点青少年: 闲散青少年 | youth: neither at school nor at work | from=6 to=25
    youth-a2 | 重点青少年: 有不良行为或严重不良行为 | youth: bad or seriously bad conduct
    youth-a3 | 重点青少年: 流浪乞讨 | youth: vagrant or begging
    youth-a4 | 重点青少年: 服刑在教人员未成年子女 | youth: parents in prison | from=6 to=18
    youth-a5 | 重点青少年: 农村留守儿童 | youth: left behind in the country | from=6 to=16
    youth-b1 | 重点青少年 长春第1类(名称待补) | youth, Changchun class 1 (name to come)
    youth-b2 | 重点青少年 长春第2类(名称待补) | youth, Changchun class 2 (name to come)
    youth-b3 | 重点青少年 长春第3类(名称待补) | youth, Changchun class 3 (name to come)
    youth-b4 | 重点青少年 长春第4类(名称待补) | youth, Changchun class 4 (name to come)
    youth-b5 | 重点青少年 长春第5类(名称待补) | youth, Changchun class 5 (name to come)
    youth-b6 | 重点青少年 长春第6类(名称待补) | youth, Changchun class 6 (name to come)
    youth-b7 | 重点青少年 长春第7类(名称待补) | youth, Changchun class 7 (name to come)
    youth-b8 | 重点青少年 长春第8类(名称待补) | youth, Changchun class 8 (name to come)
    youth-b9 | 重点青少年 长春第9类(名称待补) | youth, Changchun class 9 (name to come)
    youth-b10 | 重点青少年 长春第10类(名称待补) | youth, Changchun class 10 (name to come)
    youth-b11 | 重点青少年 长春第11类(名称待补) | youth, Changchun class 11 (name to come)
    youth-b12 | 重点青少年 长春第12类(名称待补) | youth, Changchun class 12 (name to come)
    subsistence | 低保 | on subsistence allowance
    extreme-poverty | 特困 | in extreme poverty
    low-income | 低收入 | low income
    resident | 普通居民 | resident
""")  # fmt: skip

GROUP_BASIS = table("group_basis", "认定依据", """
    document | 证件 | a document
    authority-list | 部门名单 | an authority's list
    assessment | 评估 | assessment
    told | 本人陈述 | told by the person
    seen | 走访所见 | seen on a visit
    unknown | 未知 | unknown
""")  # fmt: skip

RELATION = table("guardian_relation", "监护关系", """
    mother | 母亲 | mother
    father | 父亲 | father
    grandparent | 祖父母/外祖父母 | grandparent
    sibling | 兄姐 | brother or sister
    relative | 其他亲属 | other relative
    spouse | 配偶 | spouse
    child | 子女 | son or daughter
    appointed | 指定监护人 | appointed
    authority | 民政监护 | civil affairs
    agreed | 意定监护 | agreed guardianship
""")  # fmt: skip

EVIDENCE_KIND = table("evidence_kind", "证明方式", """
    document | 证件 | a document
    household-book | 户口簿 | household register
    phone | 电话 | telephone call
    message | 微信/短信 | a message
    paper | 纸质材料 | paper
    court | 法院文书 | a court's paper
    statement | 本人陈述 | a statement
    community | 社区证明 | the community's word
    unknown | 未知 | unknown
""")  # fmt: skip

NUMBER_OVERRIDE = table("number_override", "号码存疑仍登记的原因", """
    seen-document | 已核对证件原件 | the document was seen
    register-says | 登记机关如此登记 | the register has it so
    person-says | 本人确认无误 | the person says that it is right
    not-at-hand | 证件不在手边, 待核对 | the document is not at hand; to be checked
    other | 其他 | other
""")  # fmt: skip

SAME_PERSON = table("same_person_basis", "是否同一人的依据", """
    documents | 核对证件 | documents were compared
    person-says | 本人说明 | the person says so
    family-says | 家属说明 | the family says so
    stations-agree | 两站核实 | both stations have looked
    mistake | 此前判断有误 | an earlier judgement was wrong
    other | 其他 | other
""")  # fmt: skip

HOUSEHOLD_RELATION = table("household_relation", "与户主关系", """
    head | 户主 | head of the household
    spouse | 配偶 | spouse
    child | 子女 | son or daughter
    parent | 父母 | parent
    grandparent | 祖父母/外祖父母 | grandparent
    grandchild | 孙子女/外孙子女 | grandchild
    sibling | 兄弟姐妹 | brother or sister
    in-law | 姻亲 | related by marriage
    relative | 其他亲属 | other relative
    none | 非亲属 | not related
    unknown | 未知 | unknown
""")  # fmt: skip

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
""", needs="deceased worker-left handed-over unknown")  # fmt: skip

READ_PURPOSE = table("read_purpose", "查阅目的", """
    casework | 个案服务 | casework
    visit | 探访 | a visit
    contact | 联系服务对象 | getting in touch
    referral | 转介服务 | the referred service
    supervision | 督导 | supervision
    correction | 更正资料 | a correction
    emergency | 紧急情况 | an emergency
    audit | 审计 | audit
    request | 本人要求 | the person's own request
""", fixed=True)  # fmt: skip

REVOKE_REASON = table("revoke_reason", "收回原因", """
    consent-withdrawn | 撤回同意 | consent withdrawn
    consent-ended | 同意失效 | consent ended
    service-ended | 服务结束 | the service ended
    returned | 退回 | returned
    expired | 到期 | expired
    pairing-ended | 结对结束 | the pairing ended
    organization-left | 机构退出 | the organization left
    organization-suspended | 机构暂停 | the organization was suspended
    deceased | 去世 | deceased
    misuse | 违规 | misuse
    erased | 删除个人信息 | data erased
    other | 其他 | other
""", needs="consent-withdrawn consent-ended service-ended returned expired pairing-ended organization-left organization-suspended deceased")  # fmt: skip

STAR_SCHEME = table("star_scheme", "志愿者星级", """
    1 | 一星 | one star | hours=100
    2 | 二星 | two stars | hours=300
    3 | 三星 | three stars | hours=600
    4 | 四星 | four stars | hours=1000
    5 | 五星 | five stars | hours=1500
""", version="s1", assumed=True)  # fmt: skip

PAIRING_COMMITMENT = table("pairing_commitment", "校社结对承诺", """
    c1 | 根据需求选择帮扶对象、跟学 | choose clients by need, learn along
    c2 | 年内完成一个服务个案并汇报 | one case within the year, reported
    c3 | 接受双导师督导 | supervision by two mentors
    c4 | 发挥示范作用 | set an example
    c5 | 开展有益于实务和教学的活动 | activities that serve practice and teaching
""", fixed=True)  # fmt: skip
