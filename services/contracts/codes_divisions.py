"""Names of administrative divisions, by their codes: those of the provinces come with the hub, a station adds its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.contracts.tables import table

DIVISION = table("division", "行政区划", """
    11 | 北京市 | Beijing
    12 | 天津市 | Tianjin
    13 | 河北省 | Hebei
    14 | 山西省 | Shanxi
    15 | 内蒙古自治区 | Inner Mongolia
    21 | 辽宁省 | Liaoning
    22 | 吉林省 | Jilin
    23 | 黑龙江省 | Heilongjiang
    31 | 上海市 | Shanghai
    32 | 江苏省 | Jiangsu
    33 | 浙江省 | Zhejiang
    34 | 安徽省 | Anhui
    35 | 福建省 | Fujian
    36 | 江西省 | Jiangxi
    37 | 山东省 | Shandong
    41 | 河南省 | Henan
    42 | 湖北省 | Hubei
    43 | 湖南省 | Hunan
    44 | 广东省 | Guangdong
    45 | 广西壮族自治区 | Guangxi
    46 | 海南省 | Hainan
    50 | 重庆市 | Chongqing
    51 | 四川省 | Sichuan
    52 | 贵州省 | Guizhou
    53 | 云南省 | Yunnan
    54 | 西藏自治区 | Tibet
    61 | 陕西省 | Shaanxi
    62 | 甘肃省 | Gansu
    63 | 青海省 | Qinghai
    64 | 宁夏回族自治区 | Ningxia
    65 | 新疆维吾尔自治区 | Xinjiang
    71 | 台湾省 | Taiwan
    81 | 香港特别行政区 | Hong Kong
    82 | 澳门特别行政区 | Macao
""")  # fmt: skip
"""After GB/T 2260; a code that has no name here is shown as it stands."""

LEVELS = {"province": 2, "city": 4, "county": 6, "street": 9, "community": 12}
"""How many digits name a division of each level: 省, 市, 区/县, 街道/乡镇, 社区/村."""

MUNICIPALITIES = ("11", "12", "31", "50")
"""Provinces that are cities."""

DIGITS = 12
ABOVE = ("province", "city")
"""What everybody in a city knows, and nobody says."""
NOTHING: Mapping[str, str] = MappingProxyType({})


def parts_of(code: str) -> dict[str, str]:
    """The code of each level that a division lies in, its own included; zeros that fill it up say nothing."""
    bare = code.rstrip("0") if len(code) == DIGITS else code
    deepest = next((digits for digits in LEVELS.values() if digits >= len(bare)), DIGITS)
    return {level: code[:digits] for level, digits in LEVELS.items() if digits <= min(deepest, len(code))}


def padded(code: str) -> str:
    """A division's code in twelve digits."""
    return code.ljust(DIGITS, "0")


def name_of(code: str) -> str:
    """What a division is called, or its code where nobody said."""
    return DIVISION.label(code)


def called(code: str, language: str = "zh", others: Mapping[str, str] = NOTHING) -> str:
    """What people call a division: by its own name after those of the county and the street; without a name its code.

    `others` are names that stand in no table, such as those of communities in the directory.
    """
    own = next(reversed(parts_of(code).values()), code)
    parts = [part for level, part in parts_of(code).items() if level not in ABOVE or part == own]
    names = [name for part in parts if (name := _name(part, language, others)) != part]
    if _name(own, language, others) == own:
        return code
    return "".join(names) if language == "zh" else ", ".join(reversed(names))


def _name(part: str, language: str, others: Mapping[str, str]) -> str:
    found = DIVISION.label(part, language)
    return found if found != part else others.get(part, part)
