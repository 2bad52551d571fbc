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
