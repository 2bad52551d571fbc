"""Code tables of the referral service: dated versions of words that people choose from.

They are data: a station that lives by other words adds an edition (`editions`); the clocks stand in `codes_times`.
"""

from __future__ import annotations

from typing import Literal

from services.contracts.codes import NEED, table
from services.kernel.errors import Refused

SERVICE = table("service_code", "服务项目", """
    one-to-one-support | 一对一帮扶 | one-to-one support
    outing | 陪伴外出 | outings together
    group-activity | 主题/小组活动 | group activities
    resource-linking | 链接社会资源 | finding resources
    individual-plan | 个性化方案 | an individual plan
    training | 培训 | training
""")  # fmt: skip
"""Ways of helping that are asked for by themselves; an organization offers these and the codes of NEED."""

ORGANIZATION_KIND = table("organization_kind", "机构类别", """
    community | 社区 | community
    station | 社会工作者(站/点) | social work station or point
    social_organization | 社会组织 | social organization
    volunteer_team | 社区志愿者(队) | volunteer team
    charity | 社会慈善资源 | charity
    university | 高校 | university
    authority | 政府部门/群团 | authority or mass organization
    other | 其他 | other
""", fixed=True)  # fmt: skip

REFERRAL_STATE = table("referral_state", "转介状态", """
    draft | 草拟 | draft
    ready | 就绪 | ready
    offered | 已发出 | offered
    accepted | 已受案 | accepted
    in_service | 服务中 | in service
    paused | 已暂停 | paused
    outcome_reported | 成效已报 | outcome reported
    disputed | 有异议 | disputed
    closed | 闭环 | closed
    withdrawn | 已撤回 | withdrawn
    cancelled | 已取消 | cancelled
    exhausted | 无机构承接 | nobody left to ask
    entered_in_error | 误录作废 | entered in error
""", fixed=True)  # fmt: skip


def known_services(codes: tuple[str, ...], field: str) -> None:
    """Refuse what is neither a need nor a way of helping in the current editions."""
    for code in codes:
        if not any(code in edition.terms for edition in (*NEED.usable, *SERVICE.usable)):
            no = NEED.unknown(code, field)
            raise Refused(
                "unknown-code",
                f"{code} is neither a need nor a service. {no.en} {SERVICE.unknown(code).en}",
                f"{code} 不是需求代码或服务代码。{no.zh}{SERVICE.unknown(code).zh}",
                field=field,
            )


PARTY_PREFIX: dict[str, str] = {
    "community": "community",
    "station": "community",
    "social_organization": "organization",
    "volunteer_team": "team",
    "charity": "charity",
    "university": "university",
    "authority": "authority",
    "other": "organization",
}
"""As what kind of party an organization of each kind answers for a need."""


ESCALATION_LEVELS: tuple[Literal["receiver_lead", "station_head"], ...] = ("receiver_lead", "station_head")
"""To whom an acceptance without service goes, one span after the other."""

RETURN_AFTER_SILENCE = True
"""Whether an acceptance comes back by itself when one more span has passed after the last of these, without service."""
