"""The places of the stories, looked up by name among the statistical area codes of 长春."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def divisions() -> tuple[dict[str, str], ...]:
    """All districts, streets and communities of the city: code, name, level, parent_code."""
    text = (files("wushe.demo") / "changchun-divisions.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def code_of(name: str, within: str = "2201") -> str:
    """The code of the one place of this name within an area."""
    codes = [row["code"] for row in divisions() if row["name"] == name and row["code"].startswith(within)]
    if len(codes) != 1:
        raise LookupError(f"{name} within {within}: {len(codes)} places")
    return codes[0]


CITY = "2201"
"""长春市. Where the feature names no district, this is all that is known."""

JINGYUE = code_of("长春净月高新技术产业开发区")
YONGCHANG = code_of("永昌街道")
XINGHUA = code_of("杏花村社区", YONGCHANG)
YIHE = code_of("义和社区", YONGCHANG)
HUAYANG = code_of("华阳社区", code_of("南关区"))
"""The feature names 华阳社区 without its district; there is one of that name in 南关区."""
