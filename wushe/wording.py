"""A matter in words: its chain of custody and its timeline, one line each, in both languages."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
SEASONS = {12: "冬 / winter", 3: "春 / spring", 6: "夏 / summer", 9: "秋 / autumn"}

ACTS = {
    "taken": "接手 / taken", "offered": "提出 / offered", "refused": "谢绝 / refused", "returned": "退回 / returned",
    "released": "交出 / released", "": "",
}  # fmt: skip
FAULTS = {
    "none": "无人负责 / nobody answers", "two": "两方负责 / two answer", "suspended": "责任方已暂停 / its holder is suspended",
    "retired": "责任方已注销 / its holder is retired", "ended": "责任方已结束 / its holder has ended",
}  # fmt: skip


def moment(text: str | None, precision: str = "instant") -> str:
    """An instant as precisely as it is known, by the station's clock; the present is not named."""
    if text is None:
        return "…"
    if precision == "unknown":
        return "时间不详 / unknown"
    at = datetime.fromisoformat(text).astimezone(CHINA)
    if precision == "season":
        return f"{at.year - (at.month < 3)} {SEASONS[at.month // 3 * 3 or 12]}"
    if at.time() == time():
        precision = "month" if precision == "month" else "day"
    return at.strftime({"day": "%Y-%m-%d", "month": "%Y-%m"}.get(precision, "%Y-%m-%d %H:%M"))


def custody(found: dict[str, Any]) -> str:
    """Who answered, line by line, the matter itself first and then each of its needs."""
    lines = [head(found)]
    for need in dict.fromkeys(each["need_id"] for each in (*found["intervals"], *found["steps"])):
        lines.append(f"需求 / need {need}" if need else "事项本身 / the matter itself")
        lines += [_interval(each) for each in found["intervals"] if each["need_id"] == need]
        lines += [_passing(each) for each in found.get("passing", ()) if each["need_id"] == need]
    lines += [_finding(each) for each in found["findings"]]
    if found["steps"]:
        lines.append("交接 / handoffs")
        lines += [_step(each) for each in found["steps"]]
    return "\n".join(lines)


def replay(found: dict[str, Any]) -> str:
    """The matter's state, and everything that happened, in the order in which it happened."""
    lines = [head(found)]
    for kind in ("requests", "cases", "visit_plans", "referrals", "tasks", "grants", "pairings", "consents"):
        lines += [f"  {each['kind']} {each['id']}: {each['state']}" for each in found.get(kind) or ()]
    return "\n".join(lines + [_happening(each) for each in found["timeline"]])


def head(found: dict[str, Any]) -> str:
    """Which matter, whether it is open, and who answers for it; what nobody knew of yet is neither."""
    if not found["timeline" if "timeline" in found else "steps"]:
        return f"事项 / matter {found['matter_id']}: 当时尚无记录 / nothing was known of it then"
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
    began = moment(each["from"], each.get("precision", "instant"))
    ended = moment(each["to"], each.get("to_precision") or "instant")
    return f"  {began} → {ended:16}  {held}  {ACTS.get(each['act'], each['act'])}{mark}"


def _passing(each: dict[str, Any]) -> str:
    """Somebody who answered for no time that can be told: it is said, for it was."""
    at = moment(each["from"], each.get("precision", "instant"))
    return f"  {at}  {', '.join(each['holders']) or '—'}  (未历时 / no time)"


def _step(each: dict[str, Any]) -> str:
    """One handoff: no time need lie between two that are known by their season only, so no interval shows them."""
    moved = f"{each['giver'] or '—'} → {', '.join(each['takers']) or '—'}" if each["act"] else "—"
    what = ACTS.get(each["act"], each["act"])
    at = moment(each["at"], each.get("precision", "instant"))
    return f"  {each['entry']}  {at}  {each['type']}  {moved}  {what}".rstrip()


def _finding(each: dict[str, Any]) -> str:
    what = FAULTS.get(each["fault"], each["fault"])
    closes = [f"\n    → {way['zh']} / {way['en']}" for way in each.get("closed_by", ())]
    return f"✗ {moment(each['since'])} → {moment(each['until'])}  {what}  {each['need_id'] or ''}".rstrip() + "".join(
        closes
    )


def _happening(each: dict[str, Any]) -> str:
    actor = each["actor"]
    late = f"  (迟记 {each['late_days']} 天 / late)" if each["late_days"] else ""
    struck = "  (已更正 / corrected)" if each["struck_by"] is not None else ""
    return f"{moment(each['at'], each['precision'])}  {each['zh']} / {each['en']}  {actor['role']}:{actor['id']}{late}{struck}"
