"""What is said of things that take two persons: erasure, breaking a seal, opening again what was reported."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    # erasure
    "erasure.title": ("删除个人信息", "Erasure"),
    "erasure.lead": (
        "本人或监护人可请求删除个人信息。逐类决定：能删的销毁密钥，法定保存期内的只保存不使用，未成年人保护记录不删；决定须另一人批准，记录与验证不受影响。",
        "The person or a guardian may ask that personal data go. It is decided kind by kind: keys are destroyed, what the law has kept only rests, safeguarding stays. A second person approves; every proof still holds.",
    ),
    "erasure.stands": ("目前情况", "Where it stands"),
    "erasure.by": ("请求人", "Who asks"),
    "erasure.ground": ("理由", "Ground"),
    "erasure.kind": ("信息类别", "Kind"),
    "erasure.kind.hint": ("不选即全部", "none chosen: all"),
    "erasure.fate": ("决定", "Decision"),
    "erasure.basis": ("依据", "Basis"),
    "erasure.basis.kept": ("留存依据", "Basis of what is kept"),
    "erasure.until": ("保存至", "Rests until"),
    "erasure.until.hint": ("限制处理时填写；不填按法定期限", "where it is restricted; empty: as long as the law says"),
    "erasure.keys": ("已销毁密钥数", "Keys destroyed"),
    "erasure.second": ("批准人", "Approved by"),
    "erasure.decide": ("逐类决定", "Decide kind by kind"),
    "erasure.decide.lead": (
        "提交后等另一人批准；批准后立即执行，已获知信息的各方会收到删除要求。",
        "It waits for a second person; once approved it is carried out at once, and whoever was told is asked to delete.",
    ),
    "erasure.decide.do": ("提交决定，等另一人批准", "Submit: a second person approves"),
    "erasure.waits": ("已有决定在等另一人批准。", "A decision waits for its second person."),
    "erasure.for-heads": (
        "请求已记下，由站长或督导逐类决定。",
        "It is written down; the station's head or a supervisor decides.",
    ),
    "erasure.not-now": (
        "现在没有待决定的请求，或已有决定在等批准。",
        "Nothing waits for a decision now, or one waits for its second person already.",
    ),
    "erasure.receivers": ("已获知信息的各方", "Who was told"),
    "erasure.answer-by": ("请于 {day} 前答复", "to answer by {day}"),
    "erasure.result": ("对方答复", "What they say"),
    "erasure.how": ("怎样告知的", "How they said it"),
    "erasure.answer.do": ("记下答复", "Record the answer"),
    "erasure.answered": ("答复已记下", "The answer is recorded"),
    "erasure.ask": ("记下删除请求", "Somebody asks for erasure"),
    "erasure.ask.do": ("记下请求", "Record the request"),
    "erasure.asked": ("请求已记下，等待逐类决定", "Recorded; it is to be decided kind by kind"),
    # breaking a seal
    "unsealing.title": ("解封查阅", "Break the seal"),
    "unsealing.lead": (
        "审计默认只见代号。确需知道是谁时，写明目的并由另一人批准；批准后一小时内可打开，每次打开连同两人都记入查阅记录。",
        "An audit sees references only. Where it must be known who somebody is, give the reason and let a second person approve. It can be opened for an hour, and each opening is on record with both of you.",
    ),
    "unsealing.ask": ("申请解封", "Ask to break the seal"),
    "unsealing.asked": ("我的申请", "What I have asked"),
    "unsealing.what": ("查阅内容", "What"),
    "unsealing.why": ("目的", "Reason"),
    "unsealing.waits": ("等另一人批准", "waits for a second person"),
    "unsealing.by": ("由 {who} 批准，", "approved by {who},"),
    "unsealing.until": ("{clock} 前可打开", "open until {clock}"),
    "unsealing.over": ("已过一小时", "its hour is over"),
    "unsealing.open": ("打开", "Open"),
    "unsealing.incomplete": ("请选择目的和至少一类内容。", "Choose the reason and at least one kind."),
    "unsealing.approved": ("已批准，对方一小时内可打开", "Approved: it can be opened for an hour"),
    "unsealing.opened": ("已解封", "The seal is broken"),
    "unsealing.opened.lead": (
        "由 {who} 批准。此次打开已记入查阅记录；内容不留存，离开本页后须重新打开。",
        "Approved by {who}. This opening is on record; nothing of it is kept, and leaving this page closes it.",
    ),
    "unsealing.nothing": ("没有此类信息，或已删除。", "There is nothing of this kind, or it was erased."),
    "unsealing.record": ("查看查阅记录", "See who has seen what"),
    "unsealing.for": ("解封查阅（审计）", "Breaking a seal (audit)"),
    "unsealing.child": ("未成年人档案", "A child's record"),
    "file.why": ("查阅目的", "Reason"),
    "file.erasure": ("删除个人信息", "Erasure"),
    "field.decisions": ("决定", "Decisions"),
}
"""Key -> (Chinese, English)."""

CODES: dict[str, dict[str, tuple[str, str]]] = {
    "erasure-kind": {
        "identity": ("身份", "who they are"), "contact": ("联系方式", "how to reach them"), "narrative": ("叙述", "what was told"),
        "health": ("健康", "health"), "facts": ("经过与代码（假名）", "facts, under a reference"),
        "safeguarding": ("未成年人保护记录", "safeguarding"),
    },
    "erasure-fate": {
        "erased": ("删除（销毁密钥）", "erase: destroy the keys"), "restricted": ("限制处理（只保存）", "restrict: it rests"),
        "refused": ("不予删除", "refuse"),
    },
    "erasure-by": {
        "self": ("本人", "the person"), "guardian": ("监护人", "a guardian"), "agent": ("受托人", "an agent"),
        "near_relative": ("近亲属（本人已去世）", "near relatives, after a death"), "station": ("站点依法主动删除", "the station, as the law has it"),
    },
    "erasure-state": {
        "requested": ("等待决定", "to be decided"), "decided": ("已决定，执行中", "decided, being carried out"),
        "refused": ("已拒绝", "refused"), "erased": ("已删除", "erased"), "restricted": ("限制处理", "at rest"),
        "review": ("保存期届满，须重新决定", "its time is over: decide anew"),
    },
    "deletion": {
        "demanded": ("已要求删除", "asked to delete"), "deleted": ("已删除", "deleted"), "returned": ("已归还", "returned"),
        "kept": ("依法留存", "kept, on a basis"), "nothing_held": ("未持有", "held nothing"),
    },
}  # fmt: skip
"""The console's own tables: table -> code -> (Chinese, English)."""
