"""What an organization said by telephone or message, written down by the station (H12).

The same answers as the organization's own, under the same rules; the record says whose will it was and who wrote it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.console.acts.act import TOLD_HOW, TOLD_REF, Act, Circumstances, one, plain
from services.console.acts.grants import GIVING, GRANTS
from services.console.acts.people import CHANNELS
from services.console.acts.referrals import PARTNERS, of_offer
from services.contracts.words import STATION_ROLES

HOW = (one(TOLD_HOW, codes=CHANNELS, words="told-how", needed=True, start="phone"), plain(TOLD_REF, "text"))


def of_whom(at: Circumstances) -> str:
    """The organization whose will it is, as a party."""
    known = at.subject.known
    return str(known.get("party") or known.get("fund") or "unknown")


def organization(at: Circumstances) -> dict[str, Any]:
    """Which organization answers, where the command asks that."""
    return {"organization_id": str(at.subject.known.get("organization_id") or "")}


def written_down(act: Act) -> Act:
    """An organization's act as the station writes it down."""
    given = organization if act.given is of_offer else act.given
    return replace(act, of="told", roles=STATION_ROLES, fields=(*act.fields, *HOW), given=given, behalf=of_whom)


def of_giver(act: Act) -> Act:
    """What a giver decides about money, as the station writes it down; who gives may not be told."""
    return replace(act, of="told-grant", roles=STATION_ROLES, fields=(*act.fields, *HOW), behalf=of_whom)


TOLD = (
    *(written_down(act) for act in PARTNERS),
    *(of_giver(act) for act in GRANTS if act.roles == GIVING),
)
