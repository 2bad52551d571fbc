"""The numbers that the order of volunteers is made with, in minutes of travel; suggestions say by which they came."""

from __future__ import annotations

from dataclasses import dataclass

MODEL = "roster-1"


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A face that the client knows is worth `not_usual` minutes; each hour given or promised that month costs `load`.

    The places are thought to be so many minutes apart; who said yes last time in vain is `thanked`.
    """

    version: str = "2026-11"
    not_usual: int = 300
    load: int = 2
    community: int = 10
    street: int = 20
    district: int = 40
    elsewhere: int = 90
    unknown: int = 60
    thanked: int = 20


WEIGHTS = Weights()
