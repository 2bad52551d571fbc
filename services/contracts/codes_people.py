"""Code tables of persons: groups, guardians, consent and its grounds, who reads what, harm to children."""

from __future__ import annotations

from datetime import date

from services.contracts.tables import table

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
