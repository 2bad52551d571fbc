"""A matter in words: its chain of custody and its timeline, one line each, in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

ACTS = {
    "taken": "接手 / taken", "offered": "提出 / offered", "refused": "谢绝 / refused", "returned": "退回 / returned",
    "released": "交出 / released", "": "",
}  # fmt: skip
FAULTS = {
    "none": "无人负责 / nobody answers", "two": "两方负责 / two answer", "suspended": "责任方已暂停 / its holder is suspended",
    "retired": "责任方已注销 / its holder is retired", "ended": "责任方已结束 / its holder has ended",
}  # fmt: skip


def moment(text: str | None) -> str:
    """An instant to the minute, in the time of this machine; the present is not named."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M") if text else "…"


def custody(found: dict[str, Any]) -> str:
    """Who answered, line by line, the matter itself first and then each of its needs."""
    lines = [head(found)]
    needs = dict.fromkeys(interval["need_id"] for interval in found["intervals"])
    for need in needs:
        lines.append(f"需求 / need {need}" if need else "事项本身 / the matter itself")
        lines += [_interval(each) for each in found["intervals"] if each["need_id"] == need]
    lines += [_finding(each) for each in found["findings"]]
    return "\n".join(lines)


def replay(found: dict[str, Any]) -> str:
    """The matter's state, and everything that happened, in the order in which it happened."""
    lines = [head(found)]
    for kind in ("help_requests", "cases", "referrals", "tasks", "grants", "pairings", "consents"):
        lines += [f"  {each['kind']} {each['id']}: {each['state']}" for each in found.get(kind) or ()]
    return "\n".join(lines + [_happening(each) for each in found["timeline"]])


def head(found: dict[str, Any]) -> str:
    """Which matter, whether it is open, and who answers for it."""
    state = "进行中 / open" if found["open"] else "已结束 / closed"
    holders = f"; 由 / held by {', '.join(found['holders'])}" if found["holders"] else ""
    return f"事项 / matter {found['matter_id']}: {state}{holders}"


def ledger(found: dict[str, Any]) -> str:
    """What came of checking the ledger."""
    lines = [f"{found['size']} 条 / entries, {found['root']}"]
    if found["sound"]:
        return "\n".join(["账本完好 / the ledger is sound", *lines])
    flaws = [f"  {flaw['entry']}: {flaw['code']}" for flaw in found["flaws"]]
    return "\n".join([f"账本有 {found['flaws_count']} 处问题 / the ledger is not sound", *lines, *flaws])


def _interval(each: dict[str, Any]) -> str:
    held = ", ".join(each["holders"]) or "—"
    mark = "  ✗" if each["broken"] else ""
    return f"  {moment(each['from'])} → {moment(each['to']):16}  {held}  {ACTS.get(each['act'], each['act'])}{mark}"


def _finding(each: dict[str, Any]) -> str:
    what = FAULTS.get(each["fault"], each["fault"])
    return f"✗ {moment(each['since'])} → {moment(each['until'])}  {what}  {each['need_id'] or ''}".rstrip()


def _happening(each: dict[str, Any]) -> str:
    actor = each["actor"]
    late = f"  (迟记 {each['late_days']} 天 / late)" if each["late_days"] else ""
    struck = "  (已更正 / corrected)" if each["struck_by"] is not None else ""
    return f"{moment(each['at'])}  {each['zh']} / {each['en']}  {actor['role']}:{actor['id']}{late}{struck}"
