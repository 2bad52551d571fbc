"""Words that the contracts of the volunteer service share: kinds of risk, results, capacities of a pairing."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from services.contracts.words import Party
from services.kernel.contract import Code, Said

Urgency = Literal["emergency", "urgent", "normal", "low"]
Risk = Literal["none", "some", "high"]
"""What may happen to somebody who does a task: anything but `none` needs an insurance that has begun."""

TaskResult = Literal["done", "partly", "not_done", "unreachable"]
VerifiedBy = Literal["client", "coordinator"]
ContactResult = Literal["reached", "no_answer"]
CheckResult = Literal["clear", "not_clear"]
PairingKind = Literal["one_to_one", "school_community"]
PairingResult = Literal["fulfilled", "partly", "broken_off"]
MentorKind = Literal["community", "academy"]
VolunteerState = Literal["registered", "verified", "active", "suspended", "withdrawn"]
CommitmentState = Literal["open", "fulfilled", "waived"]

Minutes = Annotated[int, Meta(ge=1, le=1440), Said("whole minutes, 1 to 1440", "整分钟数, 1 至 1440")]
Headcount = Annotated[int, Meta(ge=1, le=200), Said("how many are needed, 1 to 200", "所需人数, 1 至 200")]
Score = Annotated[int, Meta(ge=1, le=5), Said("a whole number from 1 to 5", "1 至 5 的整数")]

Codes = Annotated[tuple[Code, ...], Meta(max_length=32)]
SomeParties = Annotated[tuple[Party, ...], Meta(min_length=1, max_length=200), Said("at least one party", "至少一方")]
