"""Figures and reports in words, one line a number, in both languages."""

from __future__ import annotations

from typing import Any

FEN_IN_YUAN, MINUTES_IN_HOUR = 100, 60


def report(found: dict[str, Any]) -> str:
    """The figures of a month, and where they are a sealed report, what was adjusted and what they were sealed with."""
    lines = [
        f"{found['month']}  {found['station'] or '全枢纽 / the hub'}  {found['size']} 条 / entries, {found['root']}"
    ]
    lines += [_figure(each) for each in found.get("items", found.get("figures", ()))]
    lines += [_adjustment(each) for each in found.get("adjustments", ())]
    if "figures_hash" in found:
        lines.append(f"已封存 / sealed: {found['figures_hash']}  {', '.join(found['recipients'])}")
    if found.get("restated_in"):
        lines.append(f"后续调整见 / restated in {', '.join(found['restated_in'])}")
    return "\n".join(lines)


def _figure(each: dict[str, Any]) -> str:
    part = f" [{each['part']}]" if each["part"] else ""
    unknown = f"  不详 / unknown {each['unknown']}" if each["unknown"] else ""
    return f"  {each['zh']} / {each['en']}{part}: {number(each, each)}{unknown}"


def _adjustment(each: dict[str, Any]) -> str:
    part = f" [{each['part']}]" if each["part"] else ""
    before, after = (number(each, each[side] or {}) for side in ("before", "after"))
    events = " ".join(f"{event['publisher']}/{event['position']}" for event in each["events"])
    return f"  调整数 / adjusted {each['month']} {each['zh']}{part}: {before} → {after}  {events}".rstrip()


def number(each: dict[str, Any], said: dict[str, Any]) -> str:
    """A number in its unit; a share with its percentage; a small one not at all."""
    value, of = said.get("value"), said.get("of")
    if each["masked"]:
        return "<3"
    if value is None:
        return "—"
    match each["unit"]:
        case "percent":
            return f"{value}/{of}" + (f" = {100 * value / of:.1f} %" if of else "")
        case "fen":
            return f"{value / FEN_IN_YUAN:.2f} 元"
        case "minutes":
            return f"{value / MINUTES_IN_HOUR:.1f} 小时 / h" + (f" (n={of})" if of is not None else "")
        case _:
            return str(value)
