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
