"""A matter at two moments in words: one line for each stream, need, person and difference, in both languages."""

from __future__ import annotations

from typing import Any

from wushe.wording import moment

SECTIONS = ("requests", "cases", "visit_plans", "referrals", "tasks", "grants", "pairings", "consents", "others")
TRUE = {"then": "当时 / then", "now": "现在 / now"}
KNOWN = {"as_known_then": "按当时所知 / as known then", "as_known_now": "按现在所知 / as known now"}
MONEY = {
    "approved": "批准 / approved", "paid": "发放 / paid", "returned": "退回 / returned", "used": "使用 / used",
    "in-kind": "实物 / in kind",
}  # fmt: skip


def state(found: dict[str, Any]) -> str:
    """What a matter was like at a moment."""
    return "\n".join([f"事项 / matter {found['matter_id']}", *lines(found), stamp(found)])


def lines(found: dict[str, Any]) -> list[str]:
    """A state, line by line."""
    if not any(found[name] for name in SECTIONS):
        return ["  当时尚无记录 / nothing was known of it then"]
    told = ["  进行中 / open" if found["open"] else "  已结束 / closed"]
    told += [f"  由 / held by {', '.join(found['holders'])}"] if found["holders"] else []
    told += [_stream(each) for name in SECTIONS for each in found[name]]
    told += [_need(each) for each in found["needs"]]
    told += [_money(what, sums) for what, sums in found["money"].items()]
    return told + [_person(each) for each in found["persons"]]


def _stream(each: dict[str, Any]) -> str:
    return f"  {each['kind']} {each['id']}: {each['state'] or each['last']}  ({moment(each['since'])} 起 / since, 第 {each['entry']} 条)"


def _need(each: dict[str, Any]) -> str:
    held = ", ".join(each["holders"]) or "—"
    return f"  需求 / need {each['need_id']}: {'进行中 / open' if each['open'] else '已结束 / closed'}, {held}"


def _money(what: str, sums: dict[str, int]) -> str:
    unknown = f" + {sums['unknown']} 笔金额不详 / of unknown amount" if sums["unknown"] else ""
    return f"  {MONEY.get(what, what)}: {sums['fen'] // 100}.{sums['fen'] % 100:02d} 元 / yuan{unknown}"


def _person(each: dict[str, Any]) -> str:
    shown = f" → {each['shown_as']}" if each["shown_as"] != each["person_id"] else ""
    more = f" ({len(each['records'])} 份档案 / records)" if len(each["records"]) > 1 else ""
    return f"  人 / person {each['person_id']}{shown}{more}"


def four(found: dict[str, Any]) -> str:
    """The four answers, one below the other, and what was learnt since."""
    told = [f"事项 / matter {found['matter_id']}"]
    for true, answers in ((name, found[name]) for name in TRUE):
        for known, answer in answers.items():
            told += [f"{TRUE[true]} · {KNOWN[known]}", *lines(answer), f"  {stamp(answer)}"]
    return "\n".join([*told, "此后得知 / learnt since", *_changes(found["learnt_since"])])


def differences(found: dict[str, Any]) -> str:
    """What changed our mind."""
    return "\n".join([f"事项 / matter {found['matter_id']}", *_changes(found), stamp(found["from"]), stamp(found)])


def _changes(found: dict[str, Any]) -> list[str]:
    entries = {each["entry"]: each for each in found["entries"]}
    told = []
    for each in found["differences"]:
        told.append(
            f"  {each['section']} {each['id']} {each['field']}: {_value(each['before'])} → {_value(each['after'])}"
        )
        for idx in each["entries"]:
            by = entries[idx]
            told.append(f"    第 {idx} 条 {by['zh']} / {by['en']}, {moment(by['known_at'])} 入账 / recorded")
    return told or ["  没有不同 / nothing differs"]


def _value(value: object) -> str:
    return "—" if value in (None, "", []) else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def accesses(found: dict[str, Any]) -> str:
    """Who saw what, line by line."""
    told = [f"人 / person {found['person_id']} ({len(found['records'])} 份档案 / records)"]
    return "\n".join([*told, *(_access(each) for each in found["items"]), stamp(found)])


def _access(each: dict[str, Any]) -> str:
    who = ":".join(part for part in (each["who"]["role"], each["who"]["id"]) if part)
    why = " · ".join(part for part in (each["purpose"], ", ".join(each["categories"]), each["ground"]) if part)
    if each.get("received"):
        why = f"{each['received']['type']} (no. {each['received']['number']})"
    second = f"  (批准 / approved by {each['approver']})" if each["approver"] else ""
    return f"  {moment(each['known_at'])}  {each['zh']} / {each['en']}  {who}  {why}{second}".rstrip()


def stamp(found: dict[str, Any]) -> str:
    """What makes an answer reproducible."""
    signed = "" if found["checkpoint"] is None else "; 已签名 / signed"
    return f"台账 / ledger: {found['size']} 条 / entries, {found['root']}{signed}"
