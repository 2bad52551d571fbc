"""Loading the five stories into a running hub: as often as one likes, what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import requests

from wushe.demo import directory, hongayi, huayang, liminghua, sundajie, volunteers, xiaowei
from wushe.demo.hub import Hub, StoryStopped, TokenFor

__all__ = ["STORIES", "Report", "StoryStopped", "load"]

STORIES: dict[str, ModuleType] = {
    "xiaowei": xiaowei, "hongayi": hongayi, "sundajie": sundajie, "liminghua": liminghua, "huayang": huayang,
}  # fmt: skip
"""The stories by name, A to E."""

Progress = Callable[[int, int], None]


@dataclass
class Report:
    """How many steps were taken, how many of them had been taken before, and the ids that each story is about."""

    steps: int = 0
    again: int = 0
    stories: dict[str, dict[str, str]] = field(default_factory=dict)


def load(
    base_url: str, token_for: TokenFor, progress: Progress | None = None, session: requests.Session | None = None
) -> Report:
    """Tell all stories to the hub at this address; `progress` is called with steps done and steps in all.

    `session` is what the commands go through, where it is not to be one of this function's own.

    Raises StoryStopped where the hub refuses a step or does not come to show what a step waits for.
    """
    parts = (directory, volunteers, *STORIES.values())
    in_all = sum(len(part.STEPS) for part in parts)
    hub = Hub(base_url.rstrip("/"), token_for, session or requests.Session())
    if progress is not None:
        hub.told = lambda key: progress(len(hub.taken), in_all)
    hub.table = directory.STEPS
    known = directory.tell(hub)
    hub.table = volunteers.STEPS
    volunteers.tell(hub, known)
    report = Report()
    for name, story in STORIES.items():
        hub.table = story.STEPS
        report.stories[name] = story.tell(hub, known)
    report.steps, report.again = len(hub.taken), hub.again
    return report
