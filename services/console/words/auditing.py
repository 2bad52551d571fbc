"""The texts of the auditor's pages."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "machine.title": ("时光机", "Time machine"),
    "machine.open": ("用时光机查看", "Open in the time machine"),
    "machine.lead": ("当时是怎样的，当时又知道多少：两根指针各走各的。", "What was so, and what was known: two hands, each at its own time."),
    "machine.valid": ("事实时间", "What was so at"),
    "machine.valid.hint": ("事情发生的先后", "in the order in which things happened"),
    "machine.known": ("知情时间", "As known at"),
    "machine.known.hint": ("入账的先后", "in the order in which they were recorded"),
    "machine.said": ("{valid} 的情形，按 {known} 已入账的记录", "As of {valid}, by what was on record at {known}"),
    "machine.state": ("那时的情形", "As it was"),
    "machine.entry": ("账目 {n}", "entry {n}"),
    "machine.changed": ("后来改记", "told otherwise by now"),
    "machine.nothing": ("那时还没有这件事。", "There was nothing of it then."),
    "machine.differences": ("与今日所知不同之处", "What is known otherwise today"),
    "machine.same": ("与今日所知相同。", "The same as is known today."),
    "machine.field": ("项目", "Field"),
    "machine.before": ("当时所知", "Known then"),
    "machine.after": ("今日所知", "Known today"),
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
