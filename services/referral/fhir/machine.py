"""The referral Task's ten codes, the edges between them, and who sets which (SDOH Clinical Care 3.0.0). Pure."""

from __future__ import annotations

from typing import Literal

from services.kernel.errors import Refused

Status = Literal[
    "draft", "requested", "accepted", "rejected", "cancelled", "in-progress", "on-hold", "failed", "completed",
    "entered-in-error",
]  # fmt: skip
Who = Literal["requester", "target"]

EDGES: dict[Status, tuple[Status, ...]] = {
    "draft": ("requested",),
    "requested": ("accepted", "rejected", "cancelled"),
    "accepted": ("in-progress", "on-hold", "cancelled", "completed", "failed"),
    "rejected": (),
    "cancelled": (),
    "in-progress": ("on-hold", "cancelled", "completed", "failed"),
    "on-hold": ("in-progress", "cancelled", "completed", "failed"),
    "failed": (),
    "completed": (),
    "entered-in-error": (),
}
"""From each code to those that may follow; besides, `entered-in-error` may follow any other."""

SETS: dict[Who, tuple[Status, ...]] = {
    "requester": ("draft", "requested", "cancelled", "entered-in-error"),
    "target": ("accepted", "rejected", "in-progress", "on-hold", "failed", "completed", "cancelled"),
}
"""The side that asks, and the organization that is asked."""

SAID_ZH: dict[Who, str] = {"requester": "转出方", "target": "承接方"}


def following(now: Status) -> tuple[Status, ...]:
    """What may come next, whoever sets it."""
    return EDGES[now] if now == "entered-in-error" else (*EDGES[now], "entered-in-error")


def allowed(now: Status, who: Who) -> tuple[Status, ...]:
    """What this side may set now."""
    return tuple(status for status in following(now) if status in SETS[who])


def must_follow(now: Status, then: Status, who: Who) -> None:
    """Refuse any other edge, and say which there are."""
    may = allowed(now, who)
    if then not in may:
        could, could_zh = ", ".join(may) or "nothing", "、".join(may) or "无"
        raise Refused(
            "no-such-edge",
            f"A Task that is {now} does not become {then} by the {who}. Allowed: {could}.",
            f"状态 {now} 的 Task 不能由{SAID_ZH[who]}改为 {then}。允许: {could_zh}。",
            allowed=may, field="Task.status",
        )  # fmt: skip
