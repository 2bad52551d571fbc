"""Code tables of help requests: needs, how they come, what is decided, guidance, how they end."""

from __future__ import annotations

from services.contracts.tables import table

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
