"""Households: persons living together, with the days on which each came and left, as far as anybody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.words import AreaCode
from services.kernel.contract import Code, asked, published


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One who belongs to a household, and how he is related to its head."""

    person_id: UUID
    relation: Code = "unknown"
    since: date | None = None


Members = Annotated[tuple[Member, ...], Meta(min_length=1, max_length=40)]


@published("household.formed", zh="建户")
class HouseholdFormed:
    """These persons live together, as this station knows; the household may be the subject of a case."""

    household_id: UUID
    station: AreaCode
    members: Members
    area: AreaCode | None = None
    area_edition: Code | None = None


@published("household.member-joined", zh="入户")
class HouseholdMemberJoined:
    """One more person lives in the household."""

    household_id: UUID
    person_id: UUID
    relation: Code
    since: date | None = None


@published("household.member-left", zh="离户")
class HouseholdMemberLeft:
    """This person lives in the household no longer."""

    household_id: UUID
    person_id: UUID
    reason_code: Code
    until: date | None = None


@asked(zh="建户")
class FormHousehold:
    """Say which persons live together; each must be registered."""

    station: AreaCode
    members: Members
    area: AreaCode | None = None
    area_edition: Code | None = None


@asked(zh="登记入户")
class JoinHousehold:
    """Say that a registered person lives there too."""

    person_id: UUID
    relation: Code = "unknown"
    since: date | None = None


@asked(zh="登记离户")
class LeaveHousehold:
    """Say that somebody lives there no longer."""

    person_id: UUID
    reason_code: Code
    until: date | None = None
