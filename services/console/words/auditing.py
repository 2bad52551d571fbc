"""The texts of the auditor's pages."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "machine.not-yet": (
        "账本还没有收到此事项的记录，请稍候再看。",
        "The ledger has not heard of this matter yet: look again in a moment.",
    ),
    "machine.title": ("时光机", "Time machine"),
    "machine.open": ("用时光机查看", "Open in the time machine"),
    "machine.lead": ("当时是怎样的，当时又知道多少：两根指针各走各的；第三根定与哪一刻所知相比。", "What was so, and what was known: two hands, each at its own time; a third says with which knowledge that is compared."),
    "machine.valid": ("事实时间", "What was so at"),
    "machine.valid.hint": ("事情发生的先后", "in the order in which things happened"),
    "machine.known": ("知情时间", "As known at"),
    "machine.known.hint": ("入账的先后", "in the order in which they were recorded"),
    "machine.other": ("与此刻所知相比", "Compared with what was known at"),
    "machine.other.hint": ("不同之处加以标出", "what differs is marked"),
    "machine.differs": ("与 {other} 所知有 {n} 处不同", "{n} told otherwise at {other}"),
    "machine.between": ("{first} 所知，对 {second} 所知", "Known at {first}, against known at {second}"),
    "machine.ghost": ("另一刻所知才有", "known at the other moment only"),
    "machine.struck": ("另一刻所知已无", "not so by the other moment's knowledge"),
    "machine.checkpoint.label": ("检查点全文", "The checkpoint"),
    "machine.said": ("{valid} 的情形，按 {known} 已入账的记录", "As of {valid}, by what was on record at {known}"),
    "machine.state": ("那时的情形", "As it was"),
    "machine.entry": ("账目 {n}", "entry {n}"),
    "machine.changed": ("另一刻不同", "told otherwise"),
    "machine.nothing": ("那时还没有这件事。", "There was nothing of it then."),
    "machine.differences": ("两刻所知不同之处", "What was known otherwise"),
    "machine.same": ("两刻所知相同。", "The same at both moments."),
    "machine.field": ("项目", "Field"),
    "machine.before": ("先前所知", "Known first"),
    "machine.after": ("后来所知", "Known later"),
    "machine.proof": ("凭证", "Proof"),
    "machine.checkpoint": ("覆盖以上内容的已签名检查点，可离线核验：", "The signed checkpoint that covers this; verify it offline:"),
    "machine.unsigned": ("覆盖以上内容的检查点尚未签出。", "No checkpoint that covers this has been signed yet."),
    "audit.signed": ("已签名至", "Signed up to"),
    "audit.signing.halted": ("签名已停止：账本有损，请看运行手册。", "Signing has stopped: the ledger is damaged; see the runbook."),
    "audit.origin": ("账本名", "Origin"),
}  # fmt: skip

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "machine-state": {
        "strand-opened": ("已有去向", "handed on"), "strand-ended": ("去向已结束", "strand over"), "granted": ("有效", "in force"),
        "guidance-given": ("已指引", "guidance given"), "person-linked": ("已关联到人", "person linked"),
        "followed-up": ("已回访", "followed up"), "plan-agreed": ("已订计划", "plan agreed"), "set": ("已订", "set"),
        "needs-assessed": ("已预估", "needs assessed"), "service-delivered": ("已服务", "served"), "live": ("待答复", "not answered"),
        "risk-changed": ("风险已变", "risk changed"), "taken-over": ("已接手", "taken over"), "disbursed": ("已发放", "paid"),
    },
    "machine-section": {
        "requests": ("求助", "Request"), "cases": ("个案", "Case"), "visit_plans": ("探访计划", "Visit plan"),
        "consents": ("同意", "Consent"), "referrals": ("转介", "Referral"), "tasks": ("任务", "Task"),
        "grants": ("资助", "Grant"), "pairings": ("结对", "Pairing"), "persons": ("人员", "Person"),
        "others": ("其他", "Other"), "money": ("资金", "Money"), "custody": ("责任", "Custody"), "matter": ("事项", "Matter"),
        "needs": ("需求", "Needs"),
    },
}  # fmt: skip
"""The console's own tables for these pages."""
