"""Who takes the steps of the stories: workers by ids made of initials; who is not named stays `unnamed`."""

from __future__ import annotations

from services.kernel.message import Actor
from wushe.demo.places import HUAYANG, XINGHUA, YIHE, YONGCHANG

KEEPER = Actor(id="w-yc", role="coordinator", org=YONGCHANG)
"""Keeps the directory, at the station of 永昌街道."""

ZSL = Actor(id="w-zsl", role="supervisor", org="jida-fangzhou")
"""Project supervisor of 吉达方舟 who also carries cases."""

ZYH = Actor(id="w-zyh", role="grid_worker", org=XINGHUA)
"""Grid worker in 杏花社区, and a social worker of the station."""

HCH = Actor(id="w-hch", role="worker", org=YIHE)
"""At the social work point of 义和社区."""

XINGHUA_DESK = Actor(id="w-xinghua-desk", role="worker", org=XINGHUA)
"""Whoever took the call in 杏花社区."""

GRID = Actor(id="unnamed-grid", role="grid_worker", org=XINGHUA)
"""The grid worker who sent two colleagues; the feature does not name him or her."""

ZBS = Actor(id="w-zbs", role="worker", org=XINGHUA)
"""One of the two who went."""

ZXY = Actor(id="w-zxy", role="worker", org=HUAYANG)
"""Front-line worker of 华阳社区, one of the pair."""

STUDENT = "person:s-zmy"
"""The student of the pair."""


def party(actor: Actor) -> str:
    """As which party a worker answers."""
    return f"worker:{actor.id}"
