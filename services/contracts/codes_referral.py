"""Code tables of the referral service: dated versions of words that people choose from, and the clocks that run.

They are data: a station that lives by other words adds an edition, by other deadlines other numbers. Deadlines are written
into the events that set them, so history is read as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
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
""")  # fmt: skip

REFERRAL_STATE = table("referral_state", "转介状态", """
    draft | 草拟 | draft
    ready | 就绪 | ready
    offered | 已发出 | offered
    accepted | 已受案 | accepted
    in_service | 服务中 | in service
    outcome_reported | 成效已报 | outcome reported
    disputed | 有异议 | disputed
    closed | 闭环 | closed
    withdrawn | 已撤回 | withdrawn
    cancelled | 已取消 | cancelled
    exhausted | 无机构承接 | nobody left to ask
    entered_in_error | 误录作废 | entered in error
""")  # fmt: skip


def known_services(codes: tuple[str, ...], field: str) -> None:
    """Refuse what is neither a need nor a way of helping in the current editions."""
    for code in codes:
        if code not in NEED.current.terms and code not in SERVICE.current.terms:
            raise Refused(
                "unknown-code",
                f"{code} is neither a need nor a service.",
                f"{code} 不是需求代码或服务代码。",
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


@dataclass(frozen=True)
class Span:
    """A length of time: so many minutes of the wall clock or of working time."""

    minutes: int
    clock: Literal["working", "wall"] = "working"

    def part(self, percent: int) -> Span:
        """That many percent of it."""
        return Span(self.minutes * percent // 100, self.clock)


DAY_STARTS, DAY_ENDS = 8 * 60 + 30, 17 * 60
"""Minutes after midnight between which working time runs."""

DAY = DAY_ENDS - DAY_STARTS
"""Minutes of one working day."""

REPLY: dict[str, Span] = {
    "emergency": Span(30, "wall"),
    "urgent": Span(240),
    "normal": Span(2 * DAY),
    "low": Span(3 * DAY),
}
"""How long an organization has to answer an offer, by urgency. No national text sets these; they are ours to edit."""

FIRST_CONTACT: dict[str, Span] = {
    "emergency": Span(120, "wall"),
    "urgent": Span(DAY),
    "normal": Span(5 * DAY),
    "low": Span(5 * DAY),
}
"""How long after accepting the organization has to meet the person."""

ANSWER_BACK: dict[str, Span] = {
    "emergency": Span(15, "wall"),
    "urgent": Span(120),
    "normal": Span(DAY),
    "low": Span(DAY),
}
"""How long the origin has to answer an organization's questions."""

OUTCOME_CHECK = Span(30 * 24 * 60, "wall")
"""How often a running service is asked what has come of it."""

REMIND_AT = 50
"""Percent of a span after which whoever keeps it waiting is reminded; at 100 it expires or is escalated."""

ESCALATION_LEVELS: tuple[Literal["receiver_lead", "station_head"], ...] = ("receiver_lead", "station_head")
"""To whom an acceptance without service goes, one span after the other."""

HOLIDAYS: frozenset[date] = frozenset(
    date.fromisoformat(f"{year}-{day}")
    for year, days in {
        2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
        2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 "
        "10-06 10-07",
    }.items()
    for day in days.split()
)
"""法定节假日 on weekdays, as announced each autumn for the next year; years not listed have weekends alone."""

MADE_UP: frozenset[date] = frozenset(
    date.fromisoformat(day)
    for day in [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
)
"""调休: weekend days on which people work."""
