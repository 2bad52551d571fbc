"""The de-identified summary of a need: what may be told of a person before anybody has accepted (INV-6).

It is codes of known tables and places no finer than a community, so there is no sentence in it that a name could hide
in. What looks like a number of a person or of a telephone is refused wherever a code of somebody's own making may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from services.contracts.codes import CLIENT_GROUP, GOAL
from services.contracts.codes_referral import known_services
from services.contracts.intake import AgeBand
from services.contracts.referral import DraftReferral, ReferralDrafted
from services.kernel.errors import Refused

PLACE_DIGITS = (2, 4, 6, 9, 12)
"""From the province to the community; below that a grid has few households, and a place says who."""

_NUMBERS = re.compile(r"[0-9]{7,}")
"""Telephones, resident IDs, case numbers of others: no code needs so many digits in a row."""


def must_be_deidentified(said: DraftReferral | ReferralDrafted) -> None:
    """Refuse a summary by which somebody could be told apart from others."""
    known_services(said.need_codes, "need_codes")
    CLIENT_GROUP.known(*said.group_codes, field="group_codes")
    GOAL.known(said.goal_code, field="goal_code")
    if said.age_band is not None and said.age_band not in get_args(AgeBand):
        raise Refused(
            "unknown-code", f"{said.age_band} is no age band.", f"没有年龄段代码 {said.age_band}。", field="age_band"
        )
    no_numbers((place for place in said.areas if not place.isdigit()), "areas")
    if any(place.isdigit() and len(place) not in PLACE_DIGITS for place in said.areas):
        raise Refused(
            "place-too-fine", "Name no place finer than a community: an area code of 2, 4, 6, 9 or 12 digits.",
            "地点不得细于社区: 区划代码应为 2、4、6、9 或 12 位。", field="areas",
        )  # fmt: skip


def no_numbers(codes: Iterable[str], field: str) -> None:
    """Refuse codes that hold what looks like a number of a person."""
    for code in codes:
        if _NUMBERS.search(code):
            raise Refused(
                "looks-personal", "This looks like the number of a person or of a telephone.",
                "疑似个人号码或电话号码, 不得写入。", field=field,
            )  # fmt: skip
