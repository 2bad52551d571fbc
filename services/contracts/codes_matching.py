"""Why somebody is suggested and why somebody is not, as codes with their words: what people read beside a suggestion.

`{number}` and `{of}` in a label are filled from the reason itself. There is no score among them: a suggestion says what
speaks for whom, and what against, and a person chooses (国办函〔2026〕12号 art. 2: no ranking of people).
"""

from __future__ import annotations

from dataclasses import dataclass

from services.contracts.tables import table
from services.kernel.contract import Code, Count

CANDIDATE_REASON = table("candidate_reason", "推荐理由", """
    offers-service | 提供所需服务 {number} 项 | offers {number} of the services asked for
    serves-area | 服务该区域 | serves the area
    serves-everywhere | 不限区域 | serves everywhere
    area-unknown | 服务对象所在区域待核实 | where the person belongs is still to be asked
    serves-group | 服务该类对象 | serves this group
    group-unknown | 对象类别待核实 | the person's group is still to be asked
    serves-age | 服务该年龄段 | serves this age
    age-unknown | 年龄待核实 | the person's age is still to be asked
    agreement | 合作协议有效 | stands in a cooperation agreement
    consent-names | 同意书已载明该机构 | the person's consent names it
    consent-to-ask | 尚须征得对该机构的同意 | the person is still to be asked for consent to it
    knows-the-person | 已在为该服务对象服务 | already serves the person
    free-places | 还可接收 {number} 例 | free places: {number}
    capacity-unknown | 容量未知 | nobody said how many it can take
    conditions-to-check | 待核对的条件 {number} 项 | conditions to check: {number}
    clearance-to-check | 接触未成年人人员的从业查询待核实 | the register check of those who meet minors is still to be seen
    accepted-of | 近期询问 {of} 次, 接收 {number} 次 | accepted {number} of the last {of} askings
    replies-in-hours | 通常 {number} 小时内答复 | usually answers within {number} hours
    never-asked | 尚未询问过 | never asked so far
    newcomer | 新加入的机构, 每月至少询问一次 | new here: asked at least once a month
    covers-needs | 可同时承接 {number} 项需求 | takes {number} of the needs at once
    lead | 建议作为牵头机构 | suggested as the lead
""", fixed=True)  # fmt: skip

CANDIDATE_AGAINST = table("candidate_against", "不宜推荐的原因", """
    service-not-offered | 不提供这项服务 | does not offer this service
    out-of-area | 不在服务区域 | out of its area
    no-capacity | 已无余力 | no free place
    conditions-open | 条件未满足 | conditions are not met
    nothing-offered | 没有登记服务供给 | offers nothing
    group-not-served | 不服务该类对象 | does not serve this group
    age-not-served | 不服务该年龄段 | does not serve this age
    no-agreement | 无有效合作协议 | no cooperation agreement stands
    consent-not-named | 同意书未载明该机构 | the person's consent does not name it
    not-cleared | 队伍中没有从业查询有效的人员 | nobody in the team has a register check that stands
    is-origin | 即转出方自身 | is the side that asks
    dispute-open | 与该服务对象的异议尚未了结 | a dispute with this person is open
    registration-expired | 登记核验已过期 | its verification is over
    organization-registered | 尚未核验 | not verified yet
    organization-verified | 尚未启用 | not active yet
    organization-suspended | 已暂停 | suspended
    organization-retired | 已退出 | has left
    asked-already.live | 正在询问 | is being asked
    asked-already.declined | 已询问, 不受案 | asked already, declined
    asked-already.expired | 已询问, 超时未复 | asked already, kept silent
    asked-already.superseded | 已询问, 他方已接 | asked already, another took it
    asked-already.withdrawn | 已询问, 后撤回 | asked already, taken back
    asked-already.refused | 已询问, 接收无效 | asked already, its yes took no effect
    asked-already.accepted | 已受案 | has taken it
    asked-already.returned | 接收后退回 | took it and gave it back
    asked-already.closed | 已办结 | took it to its end
    asked-already.stopped | 接收后中止 | took it until it was stopped
""", fixed=True)  # fmt: skip

RELAXATION = table("relaxation", "放宽一项条件", """
    asked-already | 说明理由后再次询问 | ask again, with a reason
    consent-not-named | 征得服务对象对该机构的同意 | ask the person for consent to it
    out-of-area | 请区域外的机构承接 | ask beyond the area
    no-capacity | 请机构增加名额或等待 | ask for one more place, or wait for one
    service-not-offered | 拆分需求, 分别转介 | split the need and refer its parts
    group-not-served | 请机构破例接收该类对象 | ask it to take this group for once
    age-not-served | 请机构破例接收该年龄段 | ask it to take this age for once
    no-agreement | 先签订合作协议 | sign a cooperation agreement first
    registration-expired | 先重新核验登记 | verify it anew first
""", fixed=True)  # fmt: skip
"""What a person may do where nobody is left. Suspension, clearance and an open dispute are not among them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason: a code, and the numbers that its words need."""

    code: Code
    number: Count | None = None
    of: Count | None = None


def words(reason: Reason, language: str = "zh") -> str:
    """A reason as people read it."""
    numbers = {"number": reason.number or 0, "of": reason.of or 0}
    return CANDIDATE_REASON.label(reason.code, language).format(**numbers)


VOLUNTEER_REASON = table("volunteer_reason", "推荐人选的理由", """
    usual | 曾为该服务对象服务 {number} 次 | has been with this person {number} times
    same-community | 同一社区 | of the same community
    same-street | 同一街道 | of the same street
    same-district | 同一区 | of the same district
    elsewhere | 不在本区 | of another district
    place-unknown | 所在区域待核实 | where the volunteer lives is not known
    skilled | 具备所需技能 {number} 项 | has the skills asked for: {number}
    trained-until | 培训有效至 {number} 年 {of} 月 | training holds until {number}-{of}
    cleared-until | 从业查询有效至 {number} 年 {of} 月 | the register check holds until {number}-{of}
    insured-until | 保险有效至 {number} 年 {of} 月 | insured until {number}-{of}
    hours-this-month | 当月已安排 {number} 小时 | hours given or promised that month: {number}
    free-this-month | 当月尚无安排 | nothing given or promised that month
    thanked | 上次应允而未派上 | said yes last time and was not needed
""", fixed=True)  # fmt: skip

VOLUNTEER_AGAINST = table("volunteer_against", "不可派的原因", """
    not-a-volunteer | 没有这名志愿者 | there is no such volunteer
    not-active | 不在服务状态 | not active
    guardian-consent | 未成年或年龄不详, 未见监护人同意 | a minor, or of unknown age, without the guardian's consent
    minor-at-risk | 不得安排未成年人参加有危险的服务 | minors are not sent where there is danger
    skill-missing | 不具备所需技能, 或未经培训 | has not the skill, or was not trained for it
    not-qualified | 未见法定专业资格 | no qualification that the law asks for
    beyond-ability | 超出其意愿与能力 | demands what this volunteer does not do
    not-insured | 无有效保险 | not insured
    not-cleared | 无有效从业查询 | no register check that stands
    woman-asked | 服务对象要求女性 | a woman is asked for
    clash | 该时段已另有任务 | bound elsewhere at that time
    own-family | 与服务对象有亲属关系 | of the client's family
    asked-already | 已被询问 | is being asked, or has answered
    goes-already | 已接单或已派 | goes already
    other-offer-open | 该时段另有未答复的邀约 | another offer for that time is open
    asked-enough | 本周已多次被询问 | has been asked often enough this week
""", fixed=True)  # fmt: skip

EASING = table("easing", "可设法放宽的条件", """
    clash | 调整时段 | move the time
    skill-missing | 先行培训, 或降低技能要求 | train somebody first, or ask for less skill
    beyond-ability | 减少任务要求 | demand less
    not-insured | 先办理保险 | insure somebody first
    not-cleared | 先办理从业查询 | have somebody's register check made first
    not-qualified | 请具备资格的专业人员 | ask a professional who is qualified
    guardian-consent | 征得监护人同意 | ask the guardian's consent
    not-active | 先完成核实与培训 | verify and train somebody first
    asked-already | 再次询问 | ask again
""", fixed=True)  # fmt: skip
"""What could be done where nobody is left, the cheapest first. No rule is waived by it: it is made to hold."""


PLAN_CHANGE = table("plan_change", "可使任务有人去的调整", """
    earlier | 提前 {number} 分钟开始 | begin {number} minutes earlier
    later | 推后 {number} 分钟开始 | begin {number} minutes later
    longer-day | 一人当日多服务 {number} 分钟 | somebody stays out {number} minutes longer
    farther | 一人多走 {number} 公里 | somebody goes {number} km farther
    one-more-visit | 一人当日多走访 {number} 次 | somebody makes {number} more visit that day
    somebody-free | 请当日未报空闲者相助 | ask somebody who is not free that day
    client-agrees | 征得服务对象同意由男性前往 | ask the client whether a man may come
    training | 先行培训 {number} 项技能 | train somebody first, skills: {number}
    clearance | 先办理从业查询 | have somebody's register check made first
    clash | 调整时段, 则 {number} 人可去 | move the time: {number} could go
    skill-missing | 先行培训, 则 {number} 人可去 | train somebody first: {number} could go
    beyond-ability | 减少任务要求, 则 {number} 人可去 | demand less: {number} could go
    not-insured | 先办理保险, 则 {number} 人可去 | insure somebody first: {number} could go
    not-cleared | 先办理从业查询, 则 {number} 人可去 | have a register check made first: {number} could go
    guardian-consent | 征得监护人同意, 则 {number} 人可去 | ask the guardian's consent: {number} could go
    not-active | 先完成核实与培训, 则 {number} 人可去 | verify and train somebody first: {number} could go
    not-qualified | 请具备资格的专业人员, 则 {number} 人可去 | ask a professional who is qualified: {number} could go
""", fixed=True)  # fmt: skip
"""What would have to change so that somebody can go where nobody does, the cheapest first, each enough on its own."""


def volunteer_words(reason: Reason, language: str = "zh") -> str:
    """A reason for a volunteer as people read it."""
    numbers = {"number": reason.number or 0, "of": reason.of or 0}
    return VOLUNTEER_REASON.label(reason.code, language).format(**numbers)
