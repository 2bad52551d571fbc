"""The words of calling a volunteer."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "calling.show": ("查看姓名电话", "Show name and number"),
    "calling.person": ("联系志愿者", "Calling a volunteer"),
    "calling.nothing": ("没有登记姓名或电话。", "Neither a name nor a number is on record."),
    "calling.not-now": (
        "现在不能查看：只有派这项任务的人，在其被邀约到任务核实期间可以查看。此次请求已记录。",
        "It cannot be seen now: only by those who dispatch the task, from the asking until it is verified. This request is on record.",
    ),
}
