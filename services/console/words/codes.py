"""Codes in words: the tables of the contracts, and the console's own for states and roles, both languages side by side."""

from __future__ import annotations

from datetime import date

from services.console.words import (
    acts,
    auditing,
    desk,
    dispatching,
    gate,
    inspecting,
    mailing,
    partnering,
    registers,
    seconding,
    standing,
    street,
    volunteering,
)
from services.console.words.joining import joined
from services.contracts import codes_referral, codes_volunteer
from services.contracts.codes import TABLES

_OWN: dict[str, dict[str, tuple[str, str]]] = {
    "party-kind": {
        "community": ("社区", "Community"),
        "worker": ("社工", "Worker"),
        "organization": ("机构", "Organization"),
        "team": ("志愿队", "Team"),
        "volunteer": ("志愿者", "Volunteer"),
        "charity": ("慈善", "Charity"),
        "university": ("高校", "University"),
        "authority": ("主管部门", "Authority"),
        "person": ("个人", "Person"),
    },
    "matter-state": {
        "received": ("待分诊", "New"),
        "triaged": ("已分诊", "Triaged"),
        "waiting-client": ("等居民补充", "Waiting for the resident"),
        "in-service": ("服务中", "In service"),
        "referred": ("已转介", "Referred"),
        "converted": ("个案服务中", "Case open"),
        "opened": ("已接案", "Case opened"),
        "assessed": ("已预估", "Assessed"),
        "planned": ("已订计划", "Planned"),
        "intervening": ("介入中", "Under way"),
        "evaluated": ("已评估", "Evaluated"),
        "suspended": ("已中止", "Suspended"),
        "transferred": ("已移交", "Transferred"),
        "paired": ("结对中", "Paired"),
        "visiting": ("定期探访", "Regular visits"),
        "closed": ("已办结", "Closed"),
        "declined": ("不接案", "Declined"),
        "duplicate": ("重复求助", "Duplicate"),
        "reopened": ("已重开", "Reopened"),
        "entered-in-error": ("作废", "Entered in error"),
        "open": ("进行中", "Open"),
    },
    "matter-kind": {
        "help-request": ("求助", "Help request"),
        "case": ("个案", "Case"),
        "visit-plan": ("探访计划", "Visit plan"),
        "pairing": ("结对", "Pairing"),
        "activity": ("活动", "Activity"),
        "referral": ("转介", "Referral"),
        "task": ("任务", "Task"),
        "grant": ("资助", "Grant"),
        "matter": ("事项", "Matter"),
    },
    "strand-kind": {
        "referral": ("转介", "Referral"),
        "task": ("派单", "Task"),
        "grant": ("资助", "Grant"),
        "pairing": ("结对", "Pairing"),
        "in-kind-support": ("实物支持", "Goods"),
        "need": ("需求", "Need"),
        "safeguarding": ("保护", "Safeguarding"),
        "offer": ("转介", "Referral"),
    },
    "strand-state": {
        "draft": ("草稿", "Draft"),
        "ready": ("待发出", "Ready"),
        "offered": ("待答复", "Offered"),
        "accepted": ("已受案", "Accepted"),
        "in-service": ("服务中", "In service"),
        "paused": ("已暂停", "Paused"),
        "outcome-reported": ("待确认成效", "Outcome to confirm"),
        "disputed": ("有异议", "Disputed"),
        "returned": ("已退回", "Returned"),
        "exhausted": ("无机构承接", "Nobody left to ask"),
        "escalated": ("已督办", "Escalated"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "cancelled": ("已取消", "Cancelled"),
        "closed": ("已闭环", "Closed"),
        "opened": ("待派", "To be assigned"),
        "assigned": ("已派", "Assigned"),
        "on-site": ("已到场", "On site"),
        "completed": ("待核实", "To be verified"),
        "verified": ("已核实", "Verified"),
        "unfilled": ("无人承接", "Unfilled"),
        "applied": ("已申请", "Applied"),
        "approved": ("已批准", "Approved"),
        "rejected": ("未批准", "Rejected"),
        "paid": ("已发放", "Paid"),
        "use-reported": ("已报使用", "Use reported"),
        "lapsed": ("已失效", "Lapsed"),
        "delivered": ("已送达", "Delivered"),
        "active": ("进行中", "Active"),
        "ended": ("已结束", "Ended"),
        "entered-in-error": ("作废", "Entered in error"),
        "open": ("进行中", "Open"),
    },
    "offer-state": {
        "live": ("待答复", "not answered yet"),
        "offered": ("待答复", "Waiting for an answer"),
        "accepted": ("已受案", "Accepted"),
        "declined": ("不受案", "Declined"),
        "expired": ("超时未复", "Expired"),
        "superseded": ("他方已接", "Taken by another"),
        "withdrawn": ("已撤回", "Withdrawn"),
        "asked-back": ("待补充信息", "Asked for more"),
        "in-service": ("服务中", "In service"),
        "paused": ("已暂停", "Paused"),
        "outcome-reported": ("已报成效", "Outcome reported"),
        "returned": ("已退回", "Returned"),
        "closed": ("已闭环", "Closed"),
    },
    "channel": {
        "web": ("网页", "web"),
        "api": ("接口", "API"),
        "visit": ("上门", "visit"),
        "import": ("导入", "import"),
        "system": ("系统", "system"),
        "wechat": ("微信", "WeChat"),
        "mail-link": ("邮件链接", "link in a mail"),
        "sheet": ("表格", "spreadsheet"),
    },
    "role": {
        "coordinator": ("站点协调员", "Coordinator"),
        "station_head": ("站长", "Station head"),
        "worker": ("社工", "Social worker"),
        "grid_worker": ("网格员", "Grid worker"),
        "dispatcher": ("派单员", "Dispatcher"),
        "supervisor": ("督导", "Supervisor"),
        "partner": ("合作机构", "Partner organization"),
        "team_leader": ("志愿队队长", "Team leader"),
        "volunteer": ("志愿者", "Volunteer"),
        "commissioner": ("购买方", "Commissioner"),
        "client": ("服务对象", "Person served"),
        "auditor": ("审计员", "Auditor"),
        "administrator": ("管理员", "Administrator"),
        "service": ("系统", "System"),
    },
    "service": {
        "intake": ("受理", "intake"),
        "referral": ("转介", "referral"),
        "volunteer": ("志愿", "volunteering"),
        "audit": ("审计", "audit"),
        "partner": ("合作方", "partners"),
        "console": ("控制台", "console"),
    },
    "act": {
        "offered": ("提出", "Offered"),
        "taken": ("接手", "Taken"),
        "refused": ("谢绝", "Refused"),
        "returned": ("退回", "Returned"),
        "released": ("交还", "Released"),
    },
    "cadence": {
        "daily": ("每日", "daily"),
        "weekly": ("每周", "weekly"),
        "fortnightly": ("每两周", "fortnightly"),
        "monthly": ("每月", "monthly"),
        "quarterly": ("每季", "quarterly"),
    },
    "visit-result": {
        "ok": ("平安", "well"),
        "concern": ("有异常", "a concern"),
        "no_answer": ("无人应门", "no answer"),
    },
    "wait": {
        "triage": ("等分诊", "To be triaged"),
        "route": ("等安排去向", "To be routed"),
        "offer": ("等机构答复", "Waiting for an organization's answer"),
        "re-offer": ("无人受案，等另找机构", "Nobody accepted; ask another"),
        "first-contact": ("等首次服务", "Waiting for the first contact"),
        "outcome": ("等成效反馈", "Waiting for the outcome"),
        "resumption": ("服务暂停，等恢复", "Paused; waiting for it to go on"),
        "confirm": ("等确认成效", "Outcome to be confirmed"),
        "dispute": ("有异议，等处理", "Disputed; to be settled"),
        "information": ("等补充信息", "Information to be supplied"),
        "assign": ("等派人", "To be assigned"),
        "task": ("等完成任务", "Waiting for the task"),
        "verify": ("等核实结果", "Result to be verified"),
        "client": ("等居民补材料", "Waiting for the resident"),
        "grant": ("等资助决定", "Waiting for the grant's decision"),
        "payment": ("等发放", "Waiting for payment"),
        "grant-use": ("等报告使用", "Use to be reported"),
        "concern": ("异常待处置", "Concern to be answered"),
        "custody": ("责任落空，须立即指定", "Nobody answers: name somebody now"),
        "offer-it": ("转介就绪，等发出", "Ready: ask an organization"),
        "commitment": ("等履约", "Waiting for commitments"),
    },
    "item": {
        "clothes": ("衣服", "clothes"),
        "basketball": ("篮球", "a basketball"),
        "toys": ("玩具", "toys"),
        "books": ("图书", "books"),
        "food": ("食品", "food"),
        "stationery": ("文具", "stationery"),
        "bedding": ("被褥", "bedding"),
        "medicine": ("药品", "medicine"),
    },
    "pairing-kind": {
        "one_to_one": ("一对一帮扶", "one-to-one support"),
        "school_community": ("校社结对", "school and community"),
    },
    "leaves": {
        "waiting": ("继续等待", "waiting on"),
        "triaged": ("重新安排去向", "to be routed again"),
        "closed": ("就此办结", "closed"),
    },
    "finding": {
        "none": ("无人负责", "nobody answers"),
        "two": ("两方负责", "two answer"),
        "suspended": ("负责方已暂停", "the one who answers is suspended"),
        "retired": ("负责方已注销", "the one who answers has left"),
        "ended": ("结对已结束", "the pairing is over"),
    },
}

PARTS = (
    acts, street, auditing, desk, dispatching, gate, registers, volunteering, inspecting, partnering, mailing, seconding,
    standing,
)  # fmt: skip
CODES: dict[str, dict[str, tuple[str, str]]] = joined([_OWN, *(part.CODES for part in PARTS)])
"""The console's own tables: table -> code -> (Chinese, English)."""

SHARED = {
    "need": ("need_code", codes_referral.SERVICE.name, "guidance_topic"),
    "channel": ("came_by",),
    "urgency": ("urgency",),
    "risk": ("risk_level",),
    "disposition": ("disposition",),
    "decline": ("decline_reason",),
    "outcome": ("outcome", "request_outcome"),
    "reporter": ("reporter_kind",),
    "emergency-contact": ("emergency_contact",),
}
"""What pages call a table, and the tables of the contracts in which it is looked up."""

VOLUNTEERING = tuple(
    table.name
    for table in (
        codes_volunteer.TASK_KIND, codes_volunteer.TASK_REASON, codes_volunteer.FINDING, codes_volunteer.ACTION,
        codes_volunteer.COMMITMENT, codes_volunteer.ARRIVAL_METHOD,
    )
)  # fmt: skip
"""The volunteer service's tables, looked up before the others."""

TOLD = ("disposition", "outcome", "decline", "cadence", "visit-result", "urgency")
"""The tables in which the one telling code of an event is looked up, before all tables of the contracts."""


def label(table: str, code: str, lang: str, day: date | None = None) -> str | None:
    """A code of a table in words, as they were on a day where one is given; None where no table knows it."""
    own = CODES.get(table, {}).get(code)
    if own is not None:
        return own[0 if lang == "zh" else 1]
    for name in SHARED.get(table, (table,)):
        said = shared(name, code, lang, day)
        if said is not None:
            return said
    return None


def shared(name: str, code: str, lang: str, day: date | None = None) -> str | None:
    """A code of one of the contracts' tables in words (INV-40)."""
    known = TABLES.get(name)
    if known is None:
        return None
    said = known.label(code, lang, day)
    return said if said != code or code in known.current.terms else None


def anywhere(code: str, lang: str, day: date | None = None) -> str | None:
    """A code in words, whichever table it comes from."""
    for table in (*TOLD, *SHARED, "item", "pairing-kind", "leaves"):
        if (said := label(table, code, lang, day)) is not None:
            return said
    said = next(
        (said for name in (*VOLUNTEERING, *TABLES) if (said := shared(name, code, lang, day)) is not None), None
    )
    own = next((table[code] for table in CODES.values() if code in table), None)
    return said if said is not None or own is None else own[0 if lang == "zh" else 1]
