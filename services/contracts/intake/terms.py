"""The words that intake's contracts share among themselves: lists of codes, kinds of personal text."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.words import Party
from services.kernel.contract import Code, Said, Sealed

Codes = Annotated[tuple[Code, ...], Meta(max_length=40)]
SomeCodes = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=40)]
Parties = Annotated[tuple[Party, ...], Meta(max_length=40)]

Name = Annotated[str, Meta(max_length=80), Sealed("identity"), Said("a name or pseudonym", "姓名或化名")]
IdNumber = Annotated[str, Meta(max_length=40), Sealed("identity"), Said("the number of a document", "证件号码")]
IdKind = Annotated[
    Literal["resident", "residence_permit", "foreign_permanent", "passport", "other"],
    Sealed("identity"),
    Said("which document it is the number of", "证件类型"),
]
"""The first three carry a check of their own; a number without a kind is taken for a resident ID."""
BornOn = Annotated[
    str,
    Meta(pattern=r"^(18|19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$(?!\n)"),
    Sealed("identity"),
    Said(
        "a year of birth, a month or a day: 1948, 1948-05 or 1948-05-20",
        "出生年、年月或日期, 如 1948、1948-05、1948-05-20",
    ),
]
"""As exactly as anybody knows."""
Aliases = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=80)], ...],
    Meta(max_length=8),
    Sealed("identity"),
    Said("other names, at most 8", "别名, 至多 8 个"),
]
Phone = Annotated[str, Meta(max_length=40), Sealed("contact"), Said("a telephone number", "电话号码")]
Address = Annotated[str, Meta(max_length=200), Sealed("contact"), Said("an address", "地址")]
Narrative = Annotated[str, Meta(max_length=4000), Sealed("narrative"), Said("what was told or seen", "叙述")]
Health = Annotated[str, Meta(max_length=2000), Sealed("health"), Said("about somebody's health", "健康情况")]

Urgency = Literal["emergency", "urgent", "normal", "low"]
"""Time to the first action; it says nothing about the person's risk over time."""

RiskLevel = Literal["red", "yellow", "blue", "green"]
"""The person's risk over time; it says nothing about how soon somebody must act."""

AgeBand = Literal["under_8", "from_8_to_13", "from_14_to_17", "adult", "from_60", "from_80", "unknown"]
"""`unknown` is a legal value and may be a child; `adult` is somebody surely grown up."""

PersonalCategory = Literal["identity", "contact", "narrative", "health"]
"""The kinds of personal values that the vault keeps; consents and disclosures name them."""
