"""The texts of a coordinator's desk: the worklist, taking a request, search, the matter's parts."""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "worklist.parts": ("各类事项数", "How many of each"),
    "worklist.keys": ("在列表里按 j、k 或上下键移动，回车打开。", "In the list, j and k or the arrows move, Enter opens."),
    "worklist.to-list": ("到列表", "To the list"),
    "worklist.changed": ("工作台已更新：{counts}", "The worklist has changed: {counts}"),
}  # fmt: skip
